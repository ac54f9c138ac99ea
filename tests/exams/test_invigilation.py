"""Sessions as they are sat: coming in, pauses, seats handed over, what the page says of itself; on both databases."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.access.identity import SYSTEM
from lms.exams.models import (
    CloseKind,
    ExamAssignment,
    IdentityCheck,
    SeatRequest,
    Sitting,
    SittingEvent,
    SittingGrant,
    SittingPresence,
)
from lms.exams.queries.board import board_of, detail_of
from lms.exams.rules.entry import SessionTerms
from lms.exams.rules.watching import EventKind, Presence
from lms.exams.saving.sightings import Happened, Sighting, parse_sighting, write_sightings
from lms.exams.saving.tokens import Seat, seat_hash
from lms.exams.services import assigning, departures, invigilation, planning
from lms.exams.services import sitting as services
from lms.exams.tasks import close_overdue
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from tests.exams.rows import SEAT, put, saved
from tests.exams.sat import answer, fresh, hand_in

pytestmark = pytest.mark.both_databases
HOUR, MINUTE, SECOND, TICK = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1), timedelta(microseconds=1)
OTHER = "another browser altogether"


@pytest.fixture
def planned(assigned, learner, now):
    """Plan a session that opens now, with the learner in it: `planned(code="K7QM2D")`."""

    def plan(**terms):
        with unit_of_work() as session:
            exam_id = session.get_one(ExamAssignment, assigned).exam_id
            row = planning.plan_session(session, exam_id, title="三月场", opens_at=now, closes_at=now + 2 * HOUR,
                                        terms=SessionTerms(**terms), by=SYSTEM, now=now)
            assigning.add_to_session(session, row.id, person_ids=[learner.id], by=SYSTEM, now=now)
            return row

    return plan


@pytest.fixture
def come(assigned):
    """Begin the sitting: `come(at=..., code=..., address=...)`."""

    def begin(**how):
        at = how.pop("at")
        with unit_of_work() as session:
            row = services.start_sitting(session, assigned, seat=SEAT, by=SYSTEM, now=at, **how)
        return fresh(Sitting, row.id)

    return begin


def pause(sitting, *, at, reason="停电"):
    with unit_of_work() as session:
        invigilation.pause_sitting(session, sitting.id, reason=reason, by=SYSTEM, now=at)
    return fresh(Sitting, sitting.id)


def resume(sitting, *, at):
    with unit_of_work() as session:
        invigilation.resume_sitting(session, sitting.id, by=SYSTEM, now=at)
    return fresh(Sitting, sitting.id)


def test_a_session_lets_in_with_its_code_and_from_its_network_only(planned, come, now):
    planned(code="K7QM2D", networks=("10.4.0.0/16",))
    with pytest.raises(Invalid) as wrong:
        come(at=now, code="K7QM2X", address="10.4.0.9")
    assert [it.where for it in wrong.value.problems] == ["code"]
    with pytest.raises(Refused) as elsewhere:
        come(at=now, code="K7QM2D", address="10.5.0.9")
    assert elsewhere.value.code == "sitting.network"
    sitting = come(at=now, code="k7qm2d ", address="10.4.0.9")
    kinds = reading().scalars(select(SittingEvent.kind).where(SittingEvent.sitting_id == sitting.id)).all()
    assert kinds == [EventKind.NOTICE_ACCEPTED]


@pytest.mark.parametrize(("after", "refused"), [(15 * MINUTE - TICK, False), (15 * MINUTE, True)])
def test_who_comes_too_late_does_not_begin(planned, come, now, after, refused):
    planned(late_entry=15)
    if refused:
        with pytest.raises(Refused) as refusal:
            come(at=now + after)
        assert refusal.value.code == "sitting.session_over"
    else:
        assert come(at=now + after).deadline_at == now + after + HOUR


def test_changed_terms_hold_for_whoever_comes_from_then_on(planned, come, now):
    row = planned(code="K7QM2D")
    with unit_of_work() as session:
        planning.change_session(session, row.id, title="三月场", place="", opens_at=row.opens_at,
                                closes_at=row.closes_at, terms=SessionTerms(), by=SYSTEM, now=now)
    assert come(at=now).session_id == row.id


@pytest.mark.parametrize("terms", [{"late_entry": 0}, {"late_entry": 721}])
def test_a_session_that_makes_no_sense_is_not_planned(planned, terms):
    with pytest.raises(Invalid):
        planned(**terms)


def test_a_pause_moves_the_deadline_by_its_length_and_keeps_its_reason(planned, come, now):
    planned()
    sitting = come(at=now)
    assert pause(sitting, at=now + 10 * MINUTE).paused_at == now + 10 * MINUTE
    assert pause(sitting, at=now + 12 * MINUTE).paused_at == now + 10 * MINUTE
    after = resume(sitting, at=now + 15 * MINUTE)
    assert (after.paused_at, after.deadline_at) == (None, now + HOUR + 5 * MINUTE)
    assert resume(sitting, at=now + 20 * MINUTE).deadline_at == now + HOUR + 5 * MINUTE
    assert reading().execute(select(SittingGrant.kind, SittingGrant.seconds, SittingGrant.reason)).all() == [
        ("pause", 300, "停电")
    ]


def test_what_arrives_during_a_pause_counts_even_after_the_old_deadline(planned, come, now):
    planned()
    sitting = come(at=now)
    pause(sitting, at=now + 59 * MINUTE)
    put(sitting, {1: "a"}, at=now + 3 * HOUR)
    close_overdue(now + 3 * HOUR)
    assert [it.verdict for it in saved(sitting)] == ["counted"]
    assert fresh(Sitting, sitting.id).closed_at is None
    after = resume(sitting, at=now + 3 * HOUR)
    assert after.deadline_at == now + 3 * HOUR + MINUTE
    put(sitting, {2: "a"}, at=after.deadline_at + 10 * SECOND + TICK)
    assert [it.verdict for it in saved(sitting)] == ["counted", "late"]


def test_nothing_is_handed_in_while_the_clock_stands(planned, come, now):
    planned()
    sitting = pause(come(at=now), at=now + MINUTE)
    assert hand_in(sitting, at=now + 2 * MINUTE).closed_at is None


def test_a_sitting_can_be_ended_during_a_pause_as_of_its_beginning(planned, come, now):
    planned()
    sitting = come(at=now)
    answer(sitting, right=40, at=now + MINUTE)
    pause(sitting, at=now + 5 * MINUTE)
    with unit_of_work() as session:
        services.end_sitting(session, sitting.id, reason="身体不适", by=SYSTEM, now=now + HOUR)
    ended = fresh(Sitting, sitting.id)
    assert (ended.closed_at, ended.close_kind, ended.paused_at, ended.passed) == (
        now + 5 * MINUTE, CloseKind.INVIGILATOR, None, True
    )


@pytest.mark.parametrize("at", [HOUR, HOUR + 10 * SECOND], ids=["at the deadline", "in the grace"])
def test_a_clock_without_time_left_is_not_stopped(planned, come, now, at):
    planned()
    sitting = come(at=now)
    with pytest.raises(Conflict):
        pause(sitting, at=now + at)
    with pytest.raises(Invalid):
        pause(sitting, at=now, reason=" ")


def test_a_forgotten_pause_ends_after_twelve_hours(planned, come, now):
    planned()
    sitting = pause(come(at=now), at=now + 50 * MINUTE)
    close_overdue(now + 50 * MINUTE + 12 * HOUR - SECOND)
    assert fresh(Sitting, sitting.id).paused_at is not None
    close_overdue(now + 50 * MINUTE + 12 * HOUR)
    running = fresh(Sitting, sitting.id)
    assert (running.paused_at, running.deadline_at) == (None, now + 13 * HOUR)


def test_whoever_leaves_during_a_pause_is_broken_off_like_anybody(planned, come, learner, now):
    planned()
    sitting = pause(come(at=now), at=now + MINUTE)
    with unit_of_work() as session:
        departures.close_for_leaver(session, learner.id, now, SYSTEM, now + 2 * MINUTE)
    assert fresh(Sitting, sitting.id).close_kind == CloseKind.CANCELLED


def ask(sitting, *, at, seat=OTHER, address="10.4.0.31"):
    with unit_of_work() as session:
        return invigilation.ask_for_seat(session, sitting.id, seat=seat, address=address, by=SYSTEM, now=at).id


def decide(request_id, *, granted, at):
    with unit_of_work() as session:
        return invigilation.decide_seat(session, request_id, granted=granted, by=SYSTEM, now=at).granted


def test_with_one_seat_moving_needs_the_invigilators_word(planned, come, now):
    planned(one_seat=True)
    sitting = come(at=now)
    with pytest.raises(Refused) as refusal, unit_of_work() as session:
        services.take_over(session, sitting.id, seat=OTHER, now=now + MINUTE)
    assert refusal.value.code == "sitting.one_seat"
    asked = ask(sitting, at=now + MINUTE)
    assert ask(sitting, at=now + 2 * MINUTE) == asked
    assert fresh(Sitting, sitting.id).epoch == 1
    assert decide(asked, granted=True, at=now + 3 * MINUTE) is True
    moved = fresh(Sitting, sitting.id)
    assert (moved.epoch, moved.seat_key) == (2, seat_hash(OTHER))
    assert decide(asked, granted=False, at=now + 4 * MINUTE) is True


def test_a_refused_seat_may_ask_again_and_one_hand_over_refuses_the_rest(planned, come, now):
    planned(one_seat=True)
    sitting = come(at=now)
    first = ask(sitting, at=now)
    assert decide(first, granted=False, at=now) is False
    again, third = ask(sitting, at=now + MINUTE), ask(sitting, at=now + MINUTE, seat="a third browser")
    assert again != first
    decide(third, granted=True, at=now + MINUTE)
    assert fresh(SeatRequest, again).granted is False
    assert fresh(Sitting, sitting.id).seat_key == seat_hash("a third browser")


def test_where_nobodys_word_is_needed_nobody_is_asked(planned, come, now):
    planned()
    sitting = come(at=now)
    with pytest.raises(Conflict):
        ask(sitting, at=now)
    with unit_of_work() as session:
        assert services.take_over(session, sitting.id, seat=OTHER, now=now).epoch == 2


def test_an_identity_is_checked_once_and_for_people_of_the_session_only(planned, assigned, now):
    row = planned()
    for at in (now, now + MINUTE):
        with unit_of_work() as session:
            invigilation.check_identity(session, row.id, assigned, by=SYSTEM, now=at)
    assert reading().scalars(select(IdentityCheck.checked_at)).all() == [now]
    elsewhere = planned()
    with unit_of_work() as session:
        session.get_one(ExamAssignment, assigned).session_id = row.id
    with pytest.raises(NotFound), unit_of_work() as session:
        invigilation.check_identity(session, elsewhere.id, assigned, by=SYSTEM, now=now)


def sight(sitting, *events, at, position=1, epoch=1, person_id=None):
    told = [Happened(sequence, EventKind(kind), timedelta(seconds=ago)) for sequence, kind, ago in events]
    seat = Seat(sitting.id, person_id or sitting.person_id, epoch)
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        write_sightings(connection, [Sighting(seat, position, told, at)])


def test_what_a_page_says_is_kept_once_and_the_board_reads_it(planned, come, learner, now):
    row = planned()
    sitting = come(at=now)
    sight(sitting, (1, "left", 30), (2, "back", 20), at=now + MINUTE, position=7)
    sight(sitting, (1, "left", 30), (3, "left", 0), at=now + MINUTE + SECOND, position=99)
    reading().rollback()
    board = board_of(reading(), row, ["/"], now + MINUTE + 2 * SECOND)
    (place,) = board.places
    assert (place.presence, place.away.times, place.position) == (Presence.AWAY, 2, 40)
    detail = detail_of(reading(), row, board, place.live.assignment_id, now + MINUTE + 2 * SECOND)
    assert [it.kind for it in detail.log] == ["left", "back", "left", "notice_accepted"]
    assert detail.log[2].at == now + 30 * SECOND
    late = board_of(reading(), row, ["/"], now + 2 * MINUTE)
    assert [it.presence for it in late.attention] == [Presence.OFFLINE]


def test_a_page_of_a_seat_given_up_or_of_somebody_else_tells_nothing_about_where_one_is(planned, come, now):
    planned()
    sitting = come(at=now)
    with unit_of_work() as session:
        services.take_over(session, sitting.id, seat=OTHER, now=now)
    sight(sitting, (1, "left", 0), at=now, epoch=1)
    sight(sitting, (1, "left", 0), at=now, epoch=2, person_id=sitting.assignment_id)
    reading().rollback()
    assert reading().scalars(select(SittingPresence.position)).all() == []
    assert reading().scalars(select(SittingEvent.epoch).where(SittingEvent.kind == "left")).all() == [1]


@pytest.mark.parametrize("statement", ["UPDATE sitting_event SET note = 'x'", "DELETE FROM sitting_event"])
def test_what_happened_can_not_be_changed(planned, come, now, statement):
    planned()
    come(at=now)
    with pytest.raises(DBAPIError), unit_of_work() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "told",
    [[], {"position": 0, "events": []}, {"position": 1, "events": [{"seq": 1, "kind": "paused", "ago": 0}]},
     {"position": 1, "events": [{"seq": 0, "kind": "left", "ago": 0}]},
     {"position": 1, "events": [{"seq": 1, "kind": "left", "ago": -1}]},
     {"position": 1, "events": [{"seq": 10_001, "kind": "left", "ago": 0}]},
     {"position": 1, "events": [{"seq": 1, "kind": "left", "ago": 0}] * 51}],
    ids=["no object", "no position", "not a page's", "sequence 0", "in the future", "too many in all", "too many"],
)
def test_a_page_can_not_say_what_only_people_do_nor_too_much(told):
    with pytest.raises(Invalid):
        parse_sighting(json.dumps(told).encode())
