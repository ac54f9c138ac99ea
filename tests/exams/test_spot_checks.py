"""Spot checks: nobody knows before the start, who may be drawn, who begins in time, what the manager says."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams import tasks
from lms.exams.models import AssignmentState, ExamAssignment, ExamPurpose, ExamSession, SpotCheck, SpotCheckPerson
from lms.exams.queries.population import Population
from lms.exams.queries.spot_checks import draw_again
from lms.exams.rules.spot_draw import SizeKind, Verdict
from lms.exams.services import spot_checks as services
from lms.exams.services.assigning import assign_exam
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid
from lms.people.models import Leave, Shift
from tests import factories
from tests.exams.rows import make_exam
from tests.exams.sat import fresh
from tests.exams.test_resit_scheduling import told
from tests.exams.web import Browser, text_of

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def unit(context):
    return factories.make_unit()


@pytest.fixture
def manager(unit):
    return factories.make_person("主管", roles=[Role.MANAGER], unit=unit, everywhere=False)


def plan(manager, unit, now, *, starts_at=None, exam=None, **more):
    exam = exam or make_exam(purpose=ExamPurpose.SPOT_CHECK, title="抽查卷")
    terms = {
        "size_kind": SizeKind.COUNT,
        "size": 2,
        "stratified": False,
        "recent_days": 30,
        "on_shift": True,
        "begin_minutes": 30,
        **more,
    }
    with unit_of_work() as session:
        who = identity(manager)
        terms = services.CheckTerms("夜班抽查", unit.id, Population(), **terms)
        return services.plan_check(
            session, exam.id, terms, starts_at=starts_at or now + HOUR, by=who, now=now, seed="种子"
        ).id


def identity(person):
    return factories.identity_with(Role.MANAGER, person_id=person.id, unit_path=person.unit.path)


def worker(name, unit, now, **more):
    person = factories.make_person(name, unit=unit, **more)
    with unit_of_work() as session:
        session.add(Shift(person_id=person.id, starts_at=now, ends_at=now + 8 * HOUR))
    return person


def verdicts(check_id):
    reading().rollback()
    rows = reading().execute(select(SpotCheckPerson).where(SpotCheckPerson.check_id == check_id)).scalars()
    return {row.person_id: row.verdict for row in rows}


@pytest.mark.both_databases
def test_at_its_time_it_draws_of_those_who_are_there_and_says_why_others_are_not(unit, manager, now):
    exam = make_exam(purpose=ExamPurpose.SPOT_CHECK)
    there = [worker(f"在班{n}", unit, now) for n in range(4)]
    off = factories.make_person("不在班", unit=unit)
    away, lately, busy = (worker(name, unit, now) for name in ("休假", "刚查过", "待考"))
    with unit_of_work() as session:
        session.add(Leave(person_id=away.id, starts_at=now, ends_at=now + DAY))
        assign_exam(session, exam.code, person_id=busy.id, by=SYSTEM, now=now)
    first = plan(manager, unit, now, on_shift=False, size=100, size_kind=SizeKind.PERCENT, starts_at=now)
    with unit_of_work() as session:
        for person in (*there, off, away, busy, manager):
            session.add(SpotCheckPerson(check_id=first, person_id=person.id, stratum="", verdict=Verdict.NOT_DRAWN))
        earlier = session.get_one(SpotCheck, first)
        other = assign_exam(session, earlier.exam.code, person_id=lately.id, by=SYSTEM, now=now)
        session.add(
            SpotCheckPerson(
                check_id=first, person_id=lately.id, stratum="", verdict=Verdict.DRAWN, assignment_id=other.id
            )
        )
        earlier.state, earlier.state_at = "lapsed", now - 29 * DAY
    check_id = plan(manager, unit, now, exam=exam)
    tasks.keep_spot_checks(now + 59 * MINUTE)
    assert verdicts(check_id) == {}
    for _again in range(2):
        tasks.keep_spot_checks(now + HOUR)
    found = verdicts(check_id)
    assert {found[off.id], found[manager.id]} == {"off_shift"}
    assert (found[away.id], found[lately.id], found[busy.id]) == ("away", "checked_lately", "busy")
    drawn = [person for person in there if found[person.id] == "drawn"]
    assert len(drawn) == 2 and all(told(person, "exam-spot-check") == 1 for person in drawn)
    check = fresh(SpotCheck, check_id)
    assert (check.session.opens_at, check.session.closes_at) == (now + HOUR, now + HOUR + 30 * MINUTE)
    proof = draw_again(reading(), check)
    assert (proof.candidates, proof.drawn, proof.holds) == (4, 2, True)
    with unit_of_work() as session:
        session.get_one(SpotCheck, check_id).list_hash = "0" * 64
    assert not draw_again(reading(), fresh(SpotCheck, check_id)).holds


def test_who_does_not_begin_in_time_missed_it_and_the_manager_says_why(unit, manager, now):
    person = worker("甲", unit, now)
    check_id = plan(manager, unit, now, starts_at=now)
    tasks.keep_spot_checks(now)
    assigned = (
        reading().scalars(select(SpotCheckPerson.assignment_id).where(SpotCheckPerson.person_id == person.id)).one()
    )

    def say(reason):
        with unit_of_work() as session:
            services.excuse_missed(session, check_id, person.id, reason=reason, by=identity(manager), now=now + HOUR)

    tasks.keep_spot_checks(now + 30 * MINUTE - timedelta(seconds=1))
    assert fresh(ExamAssignment, assigned).state == AssignmentState.OPEN
    with pytest.raises(Conflict):
        say("正在接报警电话")
    tasks.keep_spot_checks(now + 30 * MINUTE)
    assert fresh(ExamAssignment, assigned).state == AssignmentState.MISSED
    with pytest.raises(Invalid):
        say("  ")
    say("正在接报警电话")
    assert fresh(SpotCheckPerson, (check_id, person.id)).missed_reason == "正在接报警电话"


@pytest.mark.parametrize("late", [30 * MINUTE, 5 * HOUR])
def test_a_check_whose_time_passed_while_the_system_stood_still_lapses(unit, manager, now, late):
    worker("甲", unit, now)
    check_id = plan(manager, unit, now)
    tasks.keep_spot_checks(now + HOUR + late)
    assert fresh(SpotCheck, check_id).state == "lapsed" and reading().scalars(select(ExamSession)).all() == []
    assert told(manager, "exam-spot-check-started") == 1


def test_a_check_that_was_taken_back_never_starts(unit, manager, now):
    check_id = plan(manager, unit, now)
    with unit_of_work() as session:
        services.cancel_check(session, check_id, by=identity(manager), now=now)
    tasks.keep_spot_checks(now + HOUR)
    assert fresh(SpotCheck, check_id).state == "cancelled"


def test_nobody_but_its_planner_sees_a_check_before_it_starts(app, client, context, sign_in, unit, manager, now):
    person = worker("甲", unit, now)
    check_id = plan(manager, unit, now)
    address = f"/exams/spot-checks/{check_id}"
    sign_in(client, manager)
    assert Browser(client).get(address).status_code == 200
    for role in (Role.TRAINING_ADMIN, Role.TRAINER, Role.AUDITOR):
        other = app.test_client()
        sign_in(other, role)
        browser = Browser(other)
        assert browser.get(address).status_code == 404 and "夜班抽查" not in text_of(browser.get("/exams/spot-checks"))
        assert "夜班抽查" not in text_of(browser.get("/exams/sessions"))
    tasks.keep_spot_checks(now + HOUR)
    shown = text_of(browser.get(address))
    assert person.name in shown and "种子" in shown


def test_a_manager_draws_now_from_the_page_and_only_within_their_part(
    app, client, context, sign_in, unit, manager, now
):
    person, exam = worker("甲", unit, now), make_exam(purpose=ExamPurpose.SPOT_CHECK)
    elsewhere = factories.make_unit()
    sign_in(client, manager)
    browser = Browser(client)
    sent = {
        "exam_id": str(exam.id),
        "title": "现在抽查",
        "size": "1",
        "size_kind": "count",
        "recent_days": "0",
        "begin_minutes": "15",
        "on_shift": "y",
        "probation": "y",
    }
    for refused in ("", str(elsewhere.id)):
        assert browser.post("/exams/spot-checks/new", data={**sent, "unit_id": refused}).status_code == 422
    done = browser.post("/exams/spot-checks/new", data={**sent, "unit_id": str(unit.id)})
    assert done.status_code == 302
    assert person.name in text_of(browser.get(done.location)) and told(person, "exam-spot-check") == 1
