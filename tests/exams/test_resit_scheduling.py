"""The ladder schedules itself: into the next session once a resit is possible; to the manager once it is overdue."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import ExamAssignment, ExamSession
from lms.exams.queries.papers import waiting_for_decision
from lms.exams.queries.series import series_of
from lms.exams.rules.resits import DecisionKind, ResitPolicy, Step
from lms.exams.rules.terms import Terms
from lms.exams.services import assigning
from lms.exams.tasks import follow_resits
from lms.kernel.db import reading, unit_of_work
from lms.notifications.models import Notification
from lms.records.models import Outcome
from lms.records.services import append_fact
from tests import factories
from tests.exams.papers import SHORT, SINGLE, make_question, sit
from tests.exams.rows import make_exam
from tests.exams.sat import fresh

pytestmark = pytest.mark.both_databases
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def exam_with(**policy):
    return make_exam(terms=Terms((), resit=ResitPolicy(**{"wait_days": 1, "retrain": False, **policy})))


def failed_once(person, exam):
    return sit(person, [make_question("single", SINGLE)], {1: "b"}, exam=exam)


def plan(exam, opens_at, *, hours=2, unit=None):
    with unit_of_work() as session:
        row = ExamSession(exam_id=exam.id, title="补考场", place="二楼", unit_id=unit.id if unit else None,
                          opens_at=opens_at, closes_at=opens_at + hours * HOUR, created_at=opens_at)
        session.add(row)
    return row


def session_of(sitting):
    return fresh(ExamAssignment, sitting.assignment_id).session_id


def told(person, slug):
    reading().rollback()
    return len(reading().scalars(
        select(Notification.id).where(Notification.person_id == person.id, Notification.slug == slug)).all())


def test_once_waiting_is_over_the_person_is_put_into_the_next_session_and_told_once(learner, now):
    exam = exam_with()
    sitting = failed_once(learner, exam)
    later, next_one = plan(exam, now + 9 * DAY), plan(exam, now + 3 * DAY)
    plan(exam, now - DAY)
    follow_resits(now + HOUR)
    assert (session_of(sitting), told(learner, "exam-resit-open")) == (None, 0)
    for at in (now + 2 * DAY, now + 2 * DAY + MINUTE):
        follow_resits(at)
        assert (session_of(sitting), told(learner, "exam-resit-open")) == (next_one.id, 1)
    assert later.id != next_one.id


def test_a_missed_session_leads_to_the_one_after(learner, now):
    exam = exam_with()
    sitting = failed_once(learner, exam)
    first, second = plan(exam, now + 2 * DAY), plan(exam, now + 4 * DAY)
    follow_resits(now + 2 * DAY)
    assert session_of(sitting) == first.id
    follow_resits(now + 2 * DAY + 2 * HOUR)
    assert (session_of(sitting), told(learner, "exam-resit-open")) == (second.id, 2)


def test_without_a_session_the_person_may_begin_and_is_told_once(learner, now):
    sitting = failed_once(learner, exam_with())
    follow_resits(now + 2 * DAY)
    follow_resits(now + 3 * DAY)
    assert (session_of(sitting), told(learner, "exam-resit-open")) == (None, 1)


def test_an_exam_may_leave_the_scheduling_to_people(learner, now):
    exam = exam_with(schedule=False)
    sitting = failed_once(learner, exam)
    plan(exam, now + 2 * DAY)
    follow_resits(now + 2 * DAY)
    assert session_of(sitting) is None


def test_a_session_of_another_part_of_the_organisation_is_no_session_for_them(context, now):
    here, away = factories.make_unit(name="本部"), factories.make_unit(name="外地")
    person = factories.make_person(unit=here)
    exam = exam_with()
    sitting = failed_once(person, exam)
    plan(exam, now + 2 * DAY, unit=away)
    follow_resits(now + 2 * DAY)
    assert session_of(sitting) is None
    mine = plan(exam, now + 3 * DAY, unit=here)
    follow_resits(now + 2 * DAY + HOUR)
    assert session_of(sitting) == mine.id


def test_retraining_stands_before_the_session(learner, now, teaching):
    exam = exam_with(retrain=True)
    sitting = failed_once(learner, exam)
    planned = plan(exam, now + 5 * DAY)
    follow_resits(now + 2 * DAY)
    assert session_of(sitting) is None
    (task,) = series_of(reading(), fresh(ExamAssignment, sitting.assignment_id), at=now + 2 * DAY).open_tasks
    with unit_of_work() as session:
        append_fact(session, person_id=learner.id, activity=task.activity, edition="1", outcome=Outcome.COMPLETED,
                    occurred_at=now + 2 * DAY, by=SYSTEM, now=now + 2 * DAY)
    follow_resits(now + 2 * DAY + MINUTE)
    assert session_of(sitting) == planned.id


def test_while_answers_are_marked_nothing_is_scheduled(learner, now):
    exam = exam_with()
    sitting = sit(learner, [make_question("short", SHORT)], {1: "说了些话"}, exam=exam)
    plan(exam, now + 2 * DAY)
    follow_resits(now + 2 * DAY)
    assert session_of(sitting) is None


def test_a_resit_let_pass_goes_to_the_manager_who_may_open_it_again(context, now):
    unit = factories.make_unit(name="话务一组")
    learner = factories.make_person(unit=unit)
    manager = factories.make_person("经理", unit=unit, roles=[Role.MANAGER], everywhere=False)
    exam = exam_with(deadline_days=3)
    sitting = failed_once(learner, exam)
    step = series_of(reading(), fresh(ExamAssignment, sitting.assignment_id), at=now + 2 * DAY).step
    due = step.due_at
    assert (step.step, step.overdue) == (Step.SIT, False)
    follow_resits(due - MINUTE)
    assert told(manager, "exam-resit-overdue") == 0
    for at in (due, due + HOUR):
        follow_resits(at)
    assert (told(manager, "exam-resit-overdue"), told(learner, "exam-resit-overdue")) == (1, 1)
    (waiting,) = waiting_for_decision(reading(), ("/",), due)
    assert (waiting.name, waiting.overdue_since) == (learner.name, due)
    with unit_of_work() as session:
        assigning.decide_resit(session, sitting.assignment_id, kind=DecisionKind.MORE_ATTEMPTS, attempts=1,
                               reason="再给一次", by=SYSTEM, now=due)
    step = series_of(reading(), fresh(ExamAssignment, sitting.assignment_id), at=due + HOUR).step
    assert (step.step, step.due_at) == (Step.SIT, due + 3 * DAY)
