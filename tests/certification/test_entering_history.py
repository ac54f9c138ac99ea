"""Years of history entered at once come to the same certificates and permits as one fact after the other."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms.access.identity import SYSTEM
from lms.certification.models import Certificate
from lms.certification.queries.floor import explain
from lms.certification.services.history import entering_history
from lms.certification.services.projecting import check
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import Job
from lms.records.services import append_fact
from tests.certification.conftest import GAS_FACTS
from tests.factories import make_fact, make_person

pytestmark = pytest.mark.both_databases


def enter(session, person, at):
    for number, (activity, outcome, score) in enumerate(GAS_FACTS):
        when = at + timedelta(hours=number)
        append_fact(
            session, person_id=person.id, activity=activity, edition="1", outcome=outcome, occurred_at=when, now=when,
            score=score and score * 100, out_of=score and 10000, by=SYSTEM,
        )  # fmt: skip


def issued():
    reading().rollback()
    return reading().scalars(select(Certificate).order_by(Certificate.number)).all()


def test_certificates_and_renewals_are_issued_at_the_end_in_the_order_they_were_learned(certify, gas, now):
    early, late = make_person("陈雨桐"), make_person("周岚")
    long_ago = now - timedelta(days=400)
    with unit_of_work() as session, entering_history(session):
        enter(session, late, long_ago + timedelta(days=3))
        enter(session, early, long_ago)
        enter(session, early, long_ago + timedelta(days=340))
        assert session.scalar(select(func.count()).select_from(Certificate)) == 0
    in_order = sorted(issued(), key=lambda it: it.issued_at)
    assert [(it.person_id, it.cycle) for it in in_order] == [(early.id, 1), (late.id, 1), (early.id, 2)]
    assert in_order[0].number < in_order[1].number
    assert check(reading()) == []
    assert explain(reading(), early.id, gas.id, now).allowed
    assert not explain(reading(), late.id, gas.id, now).allowed
    assert reading().scalar(select(func.count()).select_from(Job).where(Job.task == "certificates.print")) == 1


def test_what_comes_after_history_is_issued_at_once_again(certify, now):
    person = make_person()
    with unit_of_work() as session, entering_history(session):
        pass
    for activity, outcome, score in GAS_FACTS:
        make_fact(person, activity, outcome, score=score)
    assert len(issued()) == 1


def test_history_that_breaks_off_leaves_nothing_behind(certify, now):
    person = make_person()
    with pytest.raises(ZeroDivisionError), unit_of_work() as session, entering_history(session):
        enter(session, person, now - timedelta(days=9))
        raise ZeroDivisionError
    assert issued() == []
    for activity, outcome, score in GAS_FACTS:
        make_fact(person, activity, outcome, score=score)
    assert len(issued()) == 1


def test_history_is_not_entered_within_history(context):
    with pytest.raises(RuntimeError), unit_of_work() as session, entering_history(session), entering_history(session):
        pass
