"""Sittings from start to fact: papers, seats, handing in, deadlines, results, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.exams.models import (
    AssignmentState,
    CloseKind,
    ExamAssignment,
    ExamPurpose,
    GrantKind,
    Sitting,
    SittingSeat,
)
from lms.exams.queries.result import result_of
from lms.exams.queries.room import room_of
from lms.exams.rules.paper import Part
from lms.exams.rules.terms import Terms, terms_from_json
from lms.exams.services import assigning, authoring
from lms.exams.services import sitting as services
from lms.exams.tasks import close_overdue
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid
from lms.notifications.models import Notification
from lms.records.models import Outcome
from lms.records.queries import facts_of
from tests.exams.rows import SEAT
from tests.exams.sat import answer, facts, fail, fresh, hand_in, paper, start

pytestmark = pytest.mark.both_databases
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


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
