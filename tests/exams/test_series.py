"""From assignment to the last resit: the ladder, decisions, sessions, leaving, on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from lms.access.identity import SYSTEM
from lms.exams.models import (
    AssignmentState,
    CloseKind,
    ExamAssignment,
    ExamPurpose,
    Sitting,
)
from lms.exams.queries.mine import my_exam, my_exams, results_of
from lms.exams.queries.result import result_of
from lms.exams.queries.series import series_of
from lms.exams.rules.paper import Part
from lms.exams.rules.resits import DecisionKind, ResitPolicy, Step
from lms.exams.rules.terms import Terms
from lms.exams.services import assigning, authoring, departures, planning
from lms.exams.services.settling import assign_remedial
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.kernel.jobs import run_due_jobs
from lms.people.models import PersonState
from lms.records.models import Outcome
from tests import factories
from tests.exams.sat import facts, fail, fresh, paper, start

pytestmark = pytest.mark.both_databases
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_failure_assigns_what_to_relearn_and_opens_the_resit_at_midnight(assigned, learner, now, teaching):
    sitting = fail(assigned, learner, at=now)
    series = series_of(reading(), fresh(ExamAssignment, assigned), at=now + 3 * MINUTE)
    assert series.step.step is Step.WAIT
    assert 1 <= len(series.tasks) <= 4
    run_due_jobs()
    assert {code for code, _person in teaching.assigned} == {task.activity.split(":")[1] for task in series.tasks}
    midnight = now.replace(hour=16)  # 00:00 of the next day in Shanghai
    assert series.step.not_before == midnight
    at_midnight = series_of(reading(), fresh(ExamAssignment, assigned), at=midnight).step
    assert (at_midnight.step, len(at_midnight.open_tasks)) == (Step.RETRAIN, len(series.tasks))
    result = result_of(reading(), sitting, at=now + 3 * MINUTE)
    assert [it.link for it in result.relearn] == [f"/courses/{code}" for code, _person in teaching.assigned]


def test_what_was_relearnt_before_the_worker_came_to_it_is_not_assigned_any_more(assigned, learner, now, teaching):
    sitting = fail(assigned, learner, at=now)
    first, *others = series_of(reading(), fresh(ExamAssignment, assigned), at=now + 3 * MINUTE).tasks
    factories.make_fact(learner, first.activity, Outcome.COMPLETED, at=now + HOUR, now=now + HOUR)
    with unit_of_work() as session:
        assert assign_remedial(session, sitting.id, now=now + 2 * HOUR) == len(others)
    assert first.activity.split(":")[1] not in {code for code, _person in teaching.assigned}


def test_relearning_opens_the_resit_and_only_what_is_done_after_the_failure_counts(assigned, learner, now, teaching):
    factories.make_fact(learner, "course:gas-leak#dispatch", Outcome.COMPLETED, at=now - DAY)
    fail(assigned, learner, at=now)
    tomorrow = now + DAY
    for task in series_of(reading(), fresh(ExamAssignment, assigned), at=tomorrow).tasks:
        assert task.done_at is None
        factories.make_fact(learner, task.activity, Outcome.COMPLETED, at=tomorrow, now=tomorrow)
    assert series_of(reading(), fresh(ExamAssignment, assigned), at=tomorrow - TICK).step.step is Step.RETRAIN
    assert series_of(reading(), fresh(ExamAssignment, assigned), at=tomorrow).step.step is Step.SIT


def test_before_its_time_a_resit_can_not_be_started(assigned, learner, now):
    fail(assigned, learner, at=now)
    with pytest.raises(Refused) as refusal:
        start(assigned, learner, at=now + 10 * MINUTE)
    assert refusal.value.code == "sitting.wait"


def test_a_resit_is_another_paper(assigned, learner, now):
    first = fail(assigned, learner, at=now)
    second = start(assigned, learner, at=now + DAY)
    assert second.attempt == 2
    assert not {it.question_id for it in paper(first)} & {it.question_id for it in paper(second)}


def test_three_failures_wait_for_the_manager_and_a_grant_lets_the_person_sit_again(assigned, learner, now):
    for day in range(3):
        fail(assigned, learner, at=now + day * DAY)
    later = now + 4 * DAY
    with pytest.raises(Refused) as refusal:
        start(assigned, learner, at=later)
    assert refusal.value.code == "sitting.decision"
    with unit_of_work() as session:
        assigning.decide_resit(session, assigned, kind=DecisionKind.MORE_ATTEMPTS, attempts=1, reason="进步明显",
                               by=SYSTEM, now=later)
    assert start(assigned, learner, at=later).attempt == 4


def test_a_manager_may_end_it_and_a_later_assignment_starts_anew(assigned, learner, now):
    for day in range(3):
        fail(assigned, learner, at=now + day * DAY)
    with unit_of_work() as session:
        assigning.decide_resit(session, assigned, kind=DecisionKind.END, reason="转岗", by=SYSTEM, now=now + 4 * DAY)
    assert my_exams(reading(), learner.id, now + 4 * DAY) == ()
    with unit_of_work() as session:
        again = assigning.assign_exam(session, "gas-theory", person_id=learner.id, by=SYSTEM, now=now + 5 * DAY).id
    assert again != assigned
    assert my_exam(reading(), learner.id, "gas-theory", now + 5 * DAY).step.attempt == 1


def test_there_is_nothing_to_decide_before_the_attempts_are_used_up(assigned, learner, now):
    fail(assigned, learner, at=now)
    with pytest.raises(Conflict), unit_of_work() as session:
        assigning.decide_resit(session, assigned, kind=DecisionKind.END, reason="x", by=SYSTEM, now=now + DAY)


@pytest.mark.parametrize(("kind", "attempts", "reason"), [
    (DecisionKind.MORE_ATTEMPTS, 0, "x"), (DecisionKind.MORE_ATTEMPTS, 11, "x"), (DecisionKind.END, 0, " ")])
def test_a_decision_needs_a_reason_and_attempts_that_fit(assigned, learner, now, kind, attempts, reason):
    for day in range(3):
        fail(assigned, learner, at=now + day * DAY)
    with pytest.raises(Invalid), unit_of_work() as session:
        assigning.decide_resit(session, assigned, kind=kind, attempts=attempts, reason=reason, by=SYSTEM,
                               now=now + 4 * DAY)


def test_a_cap_holds_a_resits_score_and_the_fact_down(content, learner, now):
    with unit_of_work() as session:
        exam = authoring.create_exam(
            session, code="capped", title="封顶", purpose=ExamPurpose.STAGE, by=SYSTEM, now=now,
            terms=Terms((Part(5, 2000, subject="gas"),), resit=ResitPolicy(wait_days=0, retrain=False, cap_percent=80)),
        )
        authoring.publish_edition(session, exam.id, by=SYSTEM, now=now)
        series = assigning.assign_exam(session, "capped", person_id=learner.id, by=SYSTEM, now=now).id
    fail(series, learner, at=now, right=0)
    second = fail(series, learner, at=now + 10 * MINUTE, right=5)
    assert (second.points, second.counted, second.passed) == (10_000, 8000, True)
    assert facts(learner)[-1] == ("exam:capped", Outcome.PASSED, 8000, 10_000)


@pytest.mark.parametrize(
    ("after_opening", "code"),
    [(-TICK, "sitting.session_not_yet"), (timedelta(0), ""), (2 * 60 * MINUTE - TICK, ""),
     (2 * 60 * MINUTE, "sitting.session_over")],
    ids=["a tick early", "as it opens", "a tick before it closes", "as it closes"],
)
def test_a_session_lets_people_start_within_its_window(content, learner, now, after_opening, code):
    opens = now + DAY
    with unit_of_work() as session:
        exam = assigning.assign_exam(session, "gas-theory", person_id=learner.id, by=SYSTEM, now=now)
        planned = planning.plan_session(session, exam.exam_id, title="十一月场", opens_at=opens,
                                         closes_at=opens + 2 * 60 * MINUTE, by=SYSTEM, now=now)
        assigning.add_to_session(session, planned.id, person_ids=[learner.id], by=SYSTEM, now=now)
        series = exam.id
    if code:
        with pytest.raises(Refused) as refusal:
            start(series, learner, at=opens + after_opening)
        assert refusal.value.code == code
    else:
        sitting = start(series, learner, at=opens + after_opening)
        assert sitting.deadline_at == opens + after_opening + 60 * MINUTE


def test_a_session_is_planned_for_a_published_exam_and_has_a_length(content, learner, now):
    with unit_of_work() as session:
        exam_id = assigning.assign_exam(session, "gas-theory", person_id=learner.id, by=SYSTEM, now=now).exam_id
    with pytest.raises(Invalid), unit_of_work() as session:
        planning.plan_session(session, exam_id, title="x", opens_at=now, closes_at=now, by=SYSTEM, now=now)


def test_assigning_twice_keeps_one_series_and_takes_over_the_new_date(assigned, learner, now):
    with unit_of_work() as session:
        again = assigning.assign_exam(session, "gas-theory", person_id=learner.id, due_at=now + DAY, by=SYSTEM, now=now)
        assert (again.id, again.due_at) == (assigned, now + DAY)


def test_the_table_itself_refuses_a_second_open_series(assigned, learner, now):
    first = fresh(ExamAssignment, assigned)
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(ExamAssignment(person_id=learner.id, exam_id=first.exam_id, assigned_at=now, opens_at=now))


def test_whoever_left_is_assigned_nothing(content, now):
    gone = factories.make_person(state=PersonState.LEFT)
    with pytest.raises(Refused), unit_of_work() as session:
        assigning.assign_exam(session, "gas-theory", person_id=gone.id, by=SYSTEM, now=now)


@pytest.mark.parametrize("what", ["code", "person"])
def test_an_unknown_exam_or_person_is_not_found(content, learner, now, what):
    code, person = ("nothing", learner.id) if what == "code" else ("gas-theory", uuid4())
    with pytest.raises(NotFound), unit_of_work() as session:
        assigning.assign_exam(session, code, person_id=person, by=SYSTEM, now=now)


def test_leaving_breaks_off_what_runs_without_a_result(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    with unit_of_work() as session:
        departures.close_for_leaver(session, learner.id, now, SYSTEM, now + MINUTE)
    ended = fresh(Sitting, sitting.id)
    assert (ended.close_kind, ended.points, facts(learner)) == (CloseKind.CANCELLED, None, [])
    assert fresh(ExamAssignment, assigned).state == AssignmentState.CANCELLED
    assert results_of(reading(), learner.id, now) == ()
