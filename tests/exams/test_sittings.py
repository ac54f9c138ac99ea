"""Sittings from start to fact: papers, seats, handing in, deadlines, the ladder, on both databases."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.access.identity import SYSTEM
from lms.exams.models import (
    AssignmentState,
    CloseKind,
    ExamAssignment,
    ExamPurpose,
    GrantKind,
    Sitting,
    SittingItem,
    SittingSeat,
)
from lms.exams.queries.mine import my_exam, my_exams, results_of
from lms.exams.queries.result import result_of
from lms.exams.queries.room import room_of
from lms.exams.queries.series import series_of
from lms.exams.rules.paper import Part
from lms.exams.rules.resits import DecisionKind, ResitPolicy, Step
from lms.exams.rules.terms import Terms, terms_from_json
from lms.exams.services import assigning, authoring, departures
from lms.exams.services import sitting as services
from lms.exams.tasks import close_overdue
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.notifications.models import Notification
from lms.people.models import PersonState
from lms.records.models import Outcome
from lms.records.queries import facts_of
from question_bank import kinds
from question_bank import queries as bank
from tests import factories
from tests.exams.rows import SEAT, put

pytestmark = pytest.mark.both_databases
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def start(assignment_id, person, *, at, seat=SEAT, who=None):
    with unit_of_work() as session:
        sitting = services.start_sitting(session, assignment_id, seat=seat, by=who or SYSTEM, now=at)
    return fresh(Sitting, sitting.id)


def hand_in(sitting, *, at, epoch=1, by=SYSTEM):
    with unit_of_work() as session:
        services.submit(session, sitting.id, epoch=epoch, by=by, now=at)
    return fresh(Sitting, sitting.id)


def fresh(model, key):
    reading().rollback()
    return reading().get_one(model, key, populate_existing=True)


def answer(sitting, *, right, at, epoch=1):
    """Save an answer to every question, the first `right` of them rightly."""
    items = paper(sitting)
    editions = bank.editions(reading(), [item.edition_id for item in items])
    answers = {}
    for item in items:
        edition = editions[item.edition_id]
        make = kinds.key_answer if item.position <= right else kinds.wrong_answer
        answers[item.position] = make(edition.kind, edition.content)
    put(sitting, answers, at=at, epoch=epoch)


def paper(sitting):
    return reading().scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting.id).order_by(SittingItem.position)
    ).all()


def fail(assigned, learner, *, at, right=10):
    sitting = start(assigned, learner, at=at)
    answer(sitting, right=right, at=at + MINUTE)
    return hand_in(sitting, at=at + 2 * MINUTE)


def facts(person):
    reading().rollback()
    return [(it.activity, it.outcome, it.score, it.out_of) for it in facts_of(reading(), person.id)]


def test_a_paper_follows_the_blueprint_and_starts_the_clock(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    items = paper(sitting)
    subjects = [item.point.split("/")[0] for item in items]
    assert (len(items), sitting.questions, sum(item.out_of for item in items)) == (40, 40, 10_000)
    assert [subjects.count(it) for it in ("service", "phone", "gas")] == [12, 12, 16]
    assert len({item.question_id for item in items}) == 40
    assert sitting.deadline_at == now + 60 * MINUTE


def test_the_room_shows_no_key(assigned, learner, now):
    room = room_of(reading(), start(assigned, learner, at=now))
    assert len(room.questions) == 40
    assert not {"answer", "answers", "key", "correct", "explanation"} & {
        name for question in room.questions for name in question.view
    }


def test_a_persons_own_extra_time_is_in_the_deadline(content, learner, now):
    with unit_of_work() as session:
        series = assigning.assign_exam(
            session, "gas-theory", person_id=learner.id, extra_minutes=15, by=SYSTEM, now=now
        ).id
    assert start(series, learner, at=now).deadline_at == now + 75 * MINUTE


def test_starting_twice_is_starting_once(assigned, learner, now):
    first = start(assigned, learner, at=now)
    assert start(assigned, learner, at=now + MINUTE).id == first.id


def test_the_same_browser_keeps_its_seat_and_another_one_raises_the_epoch(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    for seat, epoch in ((SEAT, 1), ("another browser", 2), ("another browser", 2), (SEAT, 3)):
        with unit_of_work() as session:
            assert services.take_over(session, sitting.id, seat=seat, now=now + MINUTE).epoch == epoch
    seats = reading().scalars(select(SittingSeat.epoch).where(SittingSeat.sitting_id == sitting.id).order_by("epoch"))
    assert list(seats) == [1, 2, 3]


def test_eighty_percent_passes_and_the_fact_stands_in_the_same_transaction(assigned, learner, now, identity):
    sitting = start(assigned, learner, at=now)
    answer(sitting, right=32, at=now + MINUTE)
    sitting = hand_in(sitting, at=now + 20 * MINUTE, by=identity(learner))
    assert (sitting.points, sitting.out_of, sitting.passed) == (8000, 10_000, True)
    assert facts(learner) == [("exam:gas-theory", Outcome.PASSED, 8000, 10_000)]
    assert facts_of(reading(), learner.id)[0].occurred_at == now + 20 * MINUTE
    assert fresh(ExamAssignment, assigned).state == AssignmentState.PASSED


def test_one_question_less_fails(assigned, learner, now):
    sitting = fail(assigned, learner, at=now, right=31)
    assert (sitting.points, sitting.passed) == (7750, False)
    assert facts(learner) == [("exam:gas-theory", Outcome.FAILED, 7750, 10_000)]


def test_an_empty_paper_is_a_result_too(assigned, learner, now):
    assert hand_in(start(assigned, learner, at=now), at=now + SECOND).points == 0


def test_handing_in_twice_makes_one_fact(assigned, learner, now):
    sitting = fail(assigned, learner, at=now)
    again = hand_in(sitting, at=now + 30 * MINUTE)
    assert (again.closed_at, len(facts(learner))) == (now + 2 * MINUTE, 1)


def test_a_seat_that_was_given_up_can_not_hand_in(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    with unit_of_work() as session:
        services.take_over(session, sitting.id, seat="another browser", now=now)
    with pytest.raises(Conflict) as refusal:
        hand_in(sitting, at=now + MINUTE, epoch=1)
    assert refusal.value.code == "sitting.other_seat"


@pytest.mark.parametrize(
    ("after_deadline", "kind"),
    [(-TICK, CloseKind.SUBMITTED), (10 * SECOND, CloseKind.SUBMITTED), (10 * SECOND + TICK, CloseKind.DEADLINE)],
    ids=["a tick before", "within the grace", "after the grace"],
)
def test_handing_in_late_counts_as_of_the_deadline(assigned, learner, now, after_deadline, kind):
    sitting = start(assigned, learner, at=now)
    ended = hand_in(sitting, at=sitting.deadline_at + after_deadline)
    assert (ended.close_kind, ended.closed_at) == (kind, min(sitting.deadline_at + after_deadline, sitting.deadline_at))


def test_the_sweep_closes_what_is_over_as_of_its_deadline_and_marks_what_was_saved(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    answer(sitting, right=40, at=now + MINUTE)
    close_overdue(sitting.deadline_at + 10 * SECOND)
    assert fresh(Sitting, sitting.id).closed_at is None
    close_overdue(sitting.deadline_at + 11 * SECOND)
    ended = fresh(Sitting, sitting.id)
    assert (ended.close_kind, ended.closed_at, ended.points) == (CloseKind.DEADLINE, sitting.deadline_at, 10_000)
    assert facts_of(reading(), learner.id)[0].occurred_at == sitting.deadline_at


def test_time_added_moves_the_end_and_is_kept_with_its_reason(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    with unit_of_work() as session:
        services.grant_time(session, sitting.id, kind=GrantKind.EXTENSION, added=5 * MINUTE, reason="断电",
                            by=SYSTEM, now=now + MINUTE)
    assert fresh(Sitting, sitting.id).deadline_at == now + 65 * MINUTE
    close_overdue(now + 64 * MINUTE)
    assert fresh(Sitting, sitting.id).closed_at is None


@pytest.mark.parametrize(("added", "reason"), [(0 * SECOND, "x"), (12 * 60 * MINUTE + SECOND, "x"), (MINUTE, " ")])
def test_time_is_added_with_a_reason_and_within_bounds(assigned, learner, now, added, reason):
    sitting = start(assigned, learner, at=now)
    with pytest.raises(Invalid), unit_of_work() as session:
        services.grant_time(session, sitting.id, kind=GrantKind.PAUSE, added=added, reason=reason, by=SYSTEM, now=now)


def test_nothing_is_added_to_a_sitting_that_is_over(assigned, learner, now):
    sitting = fail(assigned, learner, at=now)
    with pytest.raises(Conflict), unit_of_work() as session:
        services.grant_time(session, sitting.id, kind=GrantKind.PAUSE, added=MINUTE, reason="x", by=SYSTEM, now=now)


def test_an_invigilator_ends_a_sitting_with_a_reason_and_what_was_saved_is_marked(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    answer(sitting, right=36, at=now + MINUTE)
    with unit_of_work() as session:
        services.end_sitting(session, sitting.id, reason="违反考场纪律", by=SYSTEM, now=now + 5 * MINUTE)
    ended = fresh(Sitting, sitting.id)
    assert (ended.close_kind, ended.close_reason, ended.points) == (CloseKind.INVIGILATOR, "违反考场纪律", 9000)


def test_a_failure_assigns_what_to_relearn_and_opens_the_resit_at_midnight(assigned, learner, now, teaching):
    sitting = fail(assigned, learner, at=now)
    series = series_of(reading(), fresh(ExamAssignment, assigned), at=now + 3 * MINUTE)
    assert series.step.step is Step.WAIT
    assert 1 <= len(series.tasks) <= 4
    assert {code for code, _person in teaching.assigned} == {task.activity.split(":")[1] for task in series.tasks}
    midnight = now.replace(hour=16)  # 00:00 of the next day in Shanghai
    assert series.step.not_before == midnight
    at_midnight = series_of(reading(), fresh(ExamAssignment, assigned), at=midnight).step
    assert (at_midnight.step, len(at_midnight.open_tasks)) == (Step.RETRAIN, len(series.tasks))
    result = result_of(reading(), sitting, at=now + 3 * MINUTE)
    assert [it.link for it in result.relearn] == [f"/courses/{code}" for code, _person in teaching.assigned]


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
        planned = authoring.plan_session(session, exam.exam_id, title="十一月场", opens_at=opens,
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
        authoring.plan_session(session, exam_id, title="x", opens_at=now, closes_at=now, by=SYSTEM, now=now)


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
    assert results_of(reading(), learner.id) == ()


def test_the_result_names_points_wrong_questions_and_the_time_used(assigned, learner, now):
    sitting = fail(assigned, learner, at=now, right=30)
    result = result_of(reading(), sitting, at=now + 3 * MINUTE)
    assert (result.missing, result.answered, result.seconds_used) == (500, 40, 120)
    assert result.wrong == tuple(range(31, 41))
    assert sum(it.questions for it in result.points) == 40
    assert [it.percent for it in result.points] == sorted(it.percent for it in result.points)
    assert all(it.review is not None for it in result.questions)


def test_people_are_told_that_they_are_assigned_and_how_it_ended(assigned, learner, now):
    with clock.travel(now + 2 * MINUTE):
        fail(assigned, learner, at=now)
    told = reading().scalars(select(Notification.slug).where(Notification.person_id == learner.id)).all()
    assert sorted(told) == ["exam-assigned", "exam-result"]


def test_a_running_sitting_keeps_its_edition_when_a_new_one_is_published(assigned, learner, now):
    sitting = start(assigned, learner, at=now)
    exam = sitting.edition.exam
    with unit_of_work() as session:
        terms = terms_from_json({**exam.draft, "pass_percent": 100})
        authoring.save_draft(session, exam.id, title=exam.title, title_en=exam.title_en, purpose=ExamPurpose.FINAL,
                             terms=terms, by=SYSTEM, now=now)
        assert authoring.publish_edition(session, exam.id, by=SYSTEM, now=now).number == 2
    answer(sitting, right=32, at=now + MINUTE)
    assert hand_in(sitting, at=now + 2 * MINUTE).passed


def test_publishing_without_a_change_or_beyond_the_bank_is_refused(content, now):
    with unit_of_work() as session:
        exam = authoring.create_exam(session, code="much", title="太多", purpose=ExamPurpose.STAGE, by=SYSTEM, now=now,
                                     terms=Terms((Part(41, 100, subject="gas"),)))
        exam_id = exam.id
    with pytest.raises(Invalid) as refusal, unit_of_work() as session:
        authoring.publish_edition(session, exam_id, by=SYSTEM, now=now)
    assert [it.where for it in refusal.value.problems] == ["parts-0"]
    with unit_of_work() as session:
        authoring.save_draft(session, exam_id, title="刚好", title_en="", purpose=ExamPurpose.STAGE,
                             terms=Terms((Part(40, 100, subject="gas"),)), by=SYSTEM, now=now)
        authoring.publish_edition(session, exam_id, by=SYSTEM, now=now)
    with pytest.raises(Conflict), unit_of_work() as session:
        authoring.publish_edition(session, exam_id, by=SYSTEM, now=now)
