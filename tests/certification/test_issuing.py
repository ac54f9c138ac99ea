"""Certificates issue themselves, once, in the transaction of the last missing fact."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from lms.access.identity import SYSTEM
from lms.certification.models import Certificate, CertificateDocument, DocumentState
from lms.certification.queries.floor import explain
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.services.issuing import issue, reconsider
from lms.certification.services.projecting import check
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.jobs import Job
from lms.notifications.models import Notification
from lms.records.models import AuditEntry, Outcome
from tests.certification.conftest import GAS_FACTS, add_last_call
from tests.factories import make_fact, make_person

pytestmark = pytest.mark.both_databases


def certificates(person):
    return list(reading().scalars(select(Certificate).where(Certificate.person_id == person.id)))


def test_the_last_missing_fact_issues_the_certificate_and_opens_the_gate(certify, gas):
    person = certify(leave_out=1)
    assert certificates(person) == []
    assert not explain(reading(), person.id, gas.id, clock.now()).allowed
    make_fact(person, *GAS_FACTS[-1][:2], score=94)
    (certificate,) = certificates(person)
    assert certificate.number == "PA-RQ-2026-000001"
    assert certificate.last_day == date(2027, 3, 2)
    assert explain(reading(), person.id, gas.id, clock.now()).until == certificate.ends_at


def test_with_the_certificate_come_its_audit_its_message_and_its_printing_in_one_transaction(certify):
    person = certify()
    (certificate,) = certificates(person)
    subject = f"certificate:{certificate.id}"
    assert reading().scalar(select(AuditEntry.action).where(AuditEntry.subject == subject)) == "certificate.issue"
    told = select(Notification.slug).where(Notification.person_id == person.id)
    assert reading().scalar(told) == "certificate-issued"
    assert reading().scalar(select(CertificateDocument.state)) == DocumentState.QUEUED
    assert reading().scalar(select(func.count()).select_from(Job).where(Job.task == "certificates.print")) == 1


def test_a_fact_that_is_rolled_back_takes_its_certificate_with_it(certify):
    person = certify(leave_out=1)
    with pytest.raises(RuntimeError), unit_of_work() as session:
        from lms.records.services import append_fact  # noqa: PLC0415 - the rolled back one only

        append_fact(session, person_id=person.id, activity="call:gas-smell-02", edition="1", outcome=Outcome.PASSED,
                    score=9000, out_of=10000, occurred_at=clock.now(), by=SYSTEM, now=clock.now())
        raise RuntimeError("the sitting could not be closed")
    assert certificates(person) == []


def test_200_threads_that_finish_the_last_call_at_once_issue_one_certificate(app, certify):
    person = certify(leave_out=1)
    db.session.remove()

    def finish(number):
        with app.app_context():
            add_last_call(person.id, number)

    with ThreadPoolExecutor(200) as threads:
        list(threads.map(finish, range(200)))
    assert len(certificates(person)) == 1
    assert check(reading()) == []


def test_threads_that_each_bring_one_of_the_last_facts_issue_one_certificate_between_them(app, certify):
    person = certify(leave_out=7)
    db.session.remove()

    def bring(fact):
        with app.app_context():
            make_fact(person, fact[0], fact[1], score=fact[2])

    with ThreadPoolExecutor(7) as threads:
        list(threads.map(bring, GAS_FACTS))
    assert len(certificates(person)) == 1


def test_reconsidering_again_issues_nothing_new(certify):
    person = certify()
    with unit_of_work() as session:
        assert reconsider(session, person.id, by=SYSTEM, now=clock.now()) == []
    assert len(certificates(person)) == 1


def test_issuing_a_cycle_that_was_issued_meanwhile_writes_nothing(certify):
    person = certify()
    (certificate,) = certificates(person)
    with unit_of_work() as session:
        from lms.certification.queries.cases import as_cycle  # noqa: PLC0415 - the second writer only

        cycle = as_cycle(certificate, "gas-hotline")
        assert issue(session, load_rulebook(session), person.id, cycle, by=SYSTEM, now=clock.now()) is None
    assert len(certificates(person)) == 1


def test_the_table_itself_refuses_a_second_certificate_of_the_same_cycle(certify):
    person = certify()
    (one,) = certificates(person)
    fields = {column.key: getattr(one, column.key) for column in Certificate.__table__.columns}
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(Certificate(**{**fields, "id": None, "number": "PA-X-1", "check_code": "other"}))


def test_a_correction_voids_the_certificate_and_shuts_the_gate_at_once_but_not_as_known_then(certify, gas, now):
    person = certify()
    passed = next(it for it in facts(person) if it.activity == "exam:gas-theory")
    later = now + timedelta(days=9)
    clock.set_travel(later)
    make_fact(person, "exam:gas-theory", Outcome.FAILED, score=70, at=passed.occurred_at, supersedes=passed.id)
    (certificate,) = certificates(person)
    assert certificate.voided_at is not None
    assert not explain(reading(), person.id, gas.id, later).allowed
    assert not explain(reading(), person.id, gas.id, now + timedelta(days=1)).allowed
    assert explain(reading(), person.id, gas.id, now + timedelta(days=1), known="then").allowed
    assert check(reading()) == []


def test_a_renewal_is_a_new_row_and_the_old_one_stays_as_it_was(certify, now):
    person = certify()
    again = now + timedelta(days=330)
    clock.set_travel(again)
    certify(person, at=again)
    first, second = sorted(certificates(person), key=lambda it: it.cycle)
    assert (first.cycle, first.last_day, second.cycle, second.last_day) == (1, date(2027, 3, 2), 2, date(2028, 3, 2))
    assert check(reading()) == []


def test_history_entered_for_a_time_long_ago_tells_nobody(certify, now):
    person = certify(at=now - timedelta(days=400))
    assert len(certificates(person)) == 1
    assert reading().scalar(select(func.count()).select_from(Notification)) == 0
    assert reading().scalar(select(func.count()).select_from(Job).where(Job.task == "certificates.print")) == 0


def test_numbers_run_on_without_gaps_across_people(certify):
    numbers = [certificates(certify(make_person()))[0].number for _ in range(3)]
    assert numbers == [f"PA-RQ-2026-{serial:06d}" for serial in (1, 2, 3)]


def facts(person):
    from lms.records.queries import facts_of  # noqa: PLC0415 - for one test

    return facts_of(reading(), person.id)
