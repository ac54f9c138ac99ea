"""A monthly plan keeps itself: one session a month, each person once, whatever the job's order and whenever it runs."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.access.identity import SYSTEM, Role
from lms.exams import tasks
from lms.exams.models import (
    AssignmentState,
    ExamAssignment,
    ExamPurpose,
    ExamRound,
    ExamRoundMember,
    ExamSession,
    Sitting,
)
from lms.exams.queries.population import Population
from lms.exams.queries.rounds import figures, figures_of_rounds, members_of
from lms.exams.rules.months import DayRule, MonthRule
from lms.exams.rules.paper import Part
from lms.exams.rules.terms import Terms
from lms.exams.services import plans, rounds
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.people.models import Leave, Person, PersonState
from lms.people.services.leaving import mark_left
from tests import factories
from tests.exams.rows import make_exam, make_sitting
from tests.exams.test_resit_scheduling import told

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPENS = 2 * DAY  # after `now`: Wednesday 2026-03-04 09:00 in Shanghai, the third working day


@pytest.fixture
def unit(context):
    return factories.make_unit()


@pytest.fixture
def exam(context):
    return make_exam(purpose=ExamPurpose.MONTHLY, title="月度技能考试")


def plan_for(exam, unit, now, *, population=None, **more):
    rule = MonthRule(DayRule.WORKING_DAY, 3, 9 * 60, 48, 3, date(2026, 3, 1))
    with unit_of_work() as session:
        terms = plans.PlanTerms("月考", "", unit.id if unit else None, population or Population(), rule, 5)
        return plans.make_plan(session, exam.id, terms, by=SYSTEM, now=now, **more).id


def members(plan_id=None):
    reading().rollback()
    rows = reading().execute(
        select(Person.name, ExamRoundMember.state)
        .join(Person, Person.id == ExamRoundMember.person_id)
        .join(ExamRound, ExamRound.id == ExamRoundMember.round_id)
        .order_by(ExamRound.month, Person.staff_no)
    )
    return [tuple(row) for row in rows]


def series_of(person):
    reading().rollback()
    return list(
        reading().scalars(
            select(ExamAssignment)
            .where(ExamAssignment.person_id == person.id)
            .order_by(ExamAssignment.assigned_at)
            .execution_options(populate_existing=True)
        )
    )


def leave(person, starts_at, ends_at):
    with unit_of_work() as session:
        session.add(Leave(person_id=person.id, starts_at=starts_at, ends_at=ends_at))


def begin(person, at):
    """Let somebody begin what they are asked for."""
    assignment = series_of(person)[-1]
    exam = assignment.exam
    other = make_sitting(factories.make_person("他人", unit=factories.make_unit()), exam=exam)
    with unit_of_work() as session:
        model = session.get_one(Sitting, other.id)
        session.add(
            Sitting(
                assignment_id=assignment.id,
                person_id=person.id,
                edition_id=model.edition_id,
                attempt=1,
                seed="s",
                questions=1,
                started_at=at,
                deadline_at=at + HOUR,
                grace_seconds=10,
                seat_key="k",
            )
        )


@pytest.mark.both_databases
def test_a_month_is_made_ahead_and_asks_everybody_of_the_population_once(exam, unit, now):
    post, queue = factories.make_post(), factories.make_queue()
    inside = {"unit": unit, "post_id": post.id, "queues": [queue]}
    factories.make_person("在", **inside)
    factories.make_person("试用", state=PersonState.PROBATION, **inside)
    factories.make_person("别的岗位", unit=unit, queues=[queue])
    factories.make_person("别的队列", unit=unit, post_id=post.id)
    factories.make_person("别处", post_id=post.id, queues=[queue], unit=factories.make_unit())
    factories.make_person("已离职", state=PersonState.LEFT, **inside)
    manager = factories.make_person("主管", roles=[Role.MANAGER], unit=unit, everywhere=False)
    plan_for(exam, unit, now, population=Population(posts=frozenset({post.id}), queues=frozenset({queue.id})))
    tasks.keep_plans(now - 2 * DAY)
    assert members() == []
    for _again in range(3):
        tasks.keep_plans(now - HOUR)
    assert members() == [("在", "asked")]
    planned = reading().scalars(select(ExamSession)).one()
    assert (planned.opens_at, planned.closes_at, planned.title) == (now + OPENS, now + OPENS + 2 * DAY, "月考 2026-03")
    assert told(manager, "exam-round-planned") == 1


def test_downtime_over_a_whole_month_makes_the_present_month_and_never_the_old_one(exam, unit, now):
    factories.make_person("在", unit=unit)
    plan_for(exam, unit, now)
    tasks.keep_plans(now + 31 * DAY)  # 2 April, open is 3 April
    assert reading().scalars(select(ExamRound.month)).all() == [date(2026, 4, 1)]


def test_joiners_are_asked_while_the_window_is_open_and_leavers_are_taken_back(exam, unit, now):
    gone, mover = factories.make_person("走", unit=unit), factories.make_person("调", unit=unit)
    plan_for(exam, unit, now)
    tasks.keep_plans(now)
    factories.make_person("新", unit=unit)
    elsewhere = factories.make_unit()
    with unit_of_work() as session:
        mark_left(session, gone.id, now.date(), by=SYSTEM, now=now + HOUR)
        session.get_one(Person, mover.id).unit_id = elsewhere.id
    tasks.keep_plans(now + OPENS + HOUR)
    assert members() == [("走", "withdrawn"), ("调", "withdrawn"), ("新", "asked")]
    assert [it.state for it in series_of(mover)] == [AssignmentState.CANCELLED]
    factories.make_person("太晚", unit=unit)
    tasks.keep_plans(now + OPENS + 2 * DAY)
    assert members()[2:] == [("新", "missed")]


def test_leave_is_left_out_and_caught_up_on_return(exam, unit, now):
    away, back = factories.make_person("长假", unit=unit), factories.make_person("短假", unit=unit)
    leave(away, now, now + 10 * DAY)
    leave(back, now, now + OPENS + HOUR)
    plan_for(exam, unit, now)
    tasks.keep_plans(now)
    assert members() == [("长假", "waiting"), ("短假", "waiting")] and series_of(away) == []
    tasks.keep_plans(now + OPENS + HOUR)
    assert members() == [("长假", "waiting"), ("短假", "asked")]
    tasks.keep_plans(now + 10 * DAY)
    assert members() == [("长假", "catching_up"), ("短假", "missed")]
    caught_up = series_of(away)[-1]
    assert (caught_up.session_id, caught_up.due_at) == (None, now + 10 * DAY + 6 * DAY - 9 * HOUR)  # five whole days
    tasks.keep_plans(caught_up.due_at)
    assert members()[0] == ("长假", "missed") and series_of(away)[-1].state == AssignmentState.MISSED


def test_whoever_is_on_leave_until_the_next_month_comes_is_asked_for_that_one_alone(exam, unit, now):
    away = factories.make_person("长假", unit=unit)
    leave(away, now, now + 31 * DAY)
    plan_for(exam, unit, now)
    for day in range(33):
        tasks.keep_plans(now + day * DAY)
    assert members() == [("长假", "lapsed"), ("长假", "asked")]
    assert len(series_of(away)) == 1


def test_who_began_stays_and_is_counted_and_managers_are_told_how_it_went(exam, unit, now):
    sits, missing = factories.make_person("考", unit=unit), factories.make_person("缺", unit=unit)
    manager = factories.make_person("主管", roles=[Role.MANAGER], unit=factories.make_unit(), everywhere=False)
    plan_id = plan_for(exam, unit, now)
    tasks.keep_plans(now)
    begin(sits, now + OPENS)
    elsewhere = factories.make_unit()
    with unit_of_work() as session:
        session.get_one(Person, sits.id).unit_id = elsewhere.id
    tasks.keep_plans(now + OPENS + 3 * DAY)
    row = reading().scalars(select(ExamRound).where(ExamRound.plan_id == plan_id)).one()
    told_ = figures_of_rounds(reading(), [row.id])[row.id]
    assert (told_.asked, told_.sat, told_.passed, told_.missing, told_.mean) == (2, 1, 0, 1, None)
    assert told_ == figures(members_of(reading(), [row.id])[row.id])
    assert members() == [("考", "asked"), ("缺", "missed")]
    assert row.done_at is not None and told(manager, "exam-round-over") == 0
    assert series_of(missing)[-1].state == AssignmentState.MISSED


def test_a_paused_plan_makes_no_month_and_a_retired_exam_neither(exam, unit, now):
    plan_id = plan_for(exam, unit, now)
    with unit_of_work() as session:
        plans.pause_plan(session, plan_id, paused=True, by=SYSTEM, now=now)
        assert rounds.make_month(session, plan_id, now=now) is None
        plans.pause_plan(session, plan_id, paused=False, by=SYSTEM, now=now)
        assert rounds.make_month(session, plan_id, now=now) is not None


def test_a_bank_too_small_for_the_next_month_is_told_to_trainers_days_ahead_once(unit, now):
    exam = make_exam(purpose=ExamPurpose.MONTHLY, terms=Terms((Part(5, 200),)))
    trainer = factories.make_person("讲师", roles=[Role.TRAINER])
    plan_id = plan_for(exam, unit, now)
    with unit_of_work() as session:
        assert not rounds.warn_of_short_bank(session, plan_id, now=now + 17 * DAY)
    for _again in range(2):
        with unit_of_work() as session:
            assert rounds.warn_of_short_bank(session, plan_id, now=now + 18 * DAY)
    assert told(trainer, "exam-bank-short") == 1


def test_only_a_published_monthly_exam_can_be_planned(unit, now):
    with pytest.raises(Invalid):
        plan_for(make_exam(purpose=ExamPurpose.STAGE), unit, now)


class Killed(Exception):
    pass


@given(
    runs=st.lists(st.tuples(st.integers(-24 * 6, 24 * 40), st.integers(0, 6)), min_size=1, max_size=4),
    away=st.tuples(st.integers(-48, 24 * 20), st.integers(1, 24 * 30)),
)
@settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate],
          suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whenever_it_runs_and_wherever_it_is_killed_there_is_one_session_a_month_and_each_person_once(
    exam, unit, now, monkeypatch, runs, away
):
    for table in (ExamRoundMember, ExamRound, ExamAssignment, ExamSession):
        with unit_of_work() as session:
            session.execute(table.__table__.delete())
    with unit_of_work() as session:
        session.execute(plans.ExamPlan.__table__.delete())
        session.execute(Leave.__table__.delete())
    people = list(reading().scalars(select(Person).where(Person.unit_id == unit.id))) or [
        factories.make_person(f"人{n}", unit=unit) for n in range(3)
    ]
    leave(people[0], now + away[0] * HOUR, now + (away[0] + away[1]) * HOUR)
    plan_for(exam, unit, now)
    monkeypatch.setattr(rounds, "AT_ONCE", 1)
    for hours, killed_at in sorted(runs):
        steps = iter(range(100))

        def follow(*args, kill=killed_at, steps=steps, **kwargs):
            done = rounds.follow_members(*args, **kwargs)
            if next(steps) == kill:
                raise Killed
            return done

        monkeypatch.setattr(tasks, "follow_members", follow)
        try:
            tasks.keep_plans(now + hours * HOUR)
        except Killed:
            reading().rollback()
    monkeypatch.setattr(tasks, "follow_members", rounds.follow_members)
    tasks.keep_plans(now + max(it[0] for it in runs) * HOUR)
    reading().rollback()
    months = reading().execute(select(ExamRound.month, func.count()).group_by(ExamRound.month)).all()
    assert all(number == 1 for _month, number in months)
    sessions = reading().scalar(select(func.count()).select_from(ExamSession))
    assert sessions == len(months)
    open_now = (
        reading()
        .execute(
            select(ExamAssignment.person_id, func.count())
            .where(ExamAssignment.state == "open")
            .group_by(ExamAssignment.person_id)
        )
        .all()
    )
    assert all(number == 1 for _person, number in open_now)
    for month in reading().scalars(select(ExamRound.id)):
        stand = reading().scalars(select(ExamRoundMember.person_id).where(ExamRoundMember.round_id == month)).all()
        assert len(stand) == len(set(stand)) and set(stand) <= {it.id for it in people}
