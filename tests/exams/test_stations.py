"""Practical stations: who may assess whom, taps that are never lost, a score that makes one fact."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.access.identity import SYSTEM, Role
from lms.certification.library import ASSESSOR_LICENCE
from lms.exams.models import StationAssignment, StationAssignmentState, StationMark, StationVisit, VisitState
from lms.exams.queries.tablet import tablet_of
from lms.exams.queries.visits import stations, visit_results, waiting_at
from lms.exams.services import departures
from lms.exams.services import stations as services
from lms.exams.services.library import read_library, rubric_of
from lms.exams.services.stations import Tap
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.people.models import MentorAssignment
from lms.records.models import Outcome
from lms.records.queries import facts_of
from tests import factories

pytestmark = pytest.mark.both_databases
MINUTE = timedelta(minutes=1)
TABLET = "the tablet it began on"
CRITERIA = ("dispatch", "ticket", "safety", "talk", "close")


@pytest.fixture
def waiting(content, learner, now):
    with unit_of_work() as session:
        return services.assign_station(session, "gas-dispatch", person_id=learner.id, by=SYSTEM, now=now).id


@pytest.fixture
def visit(waiting, assessor, identity, now):
    return begin(waiting, identity(assessor), now)


def begin(assignment_id, by, at, seat=TABLET):
    with unit_of_work() as session:
        return services.begin_visit(session, assignment_id, seat=seat, by=by, now=at).id


def tap(visit_id, by, at, *taps, epoch=1):
    """Record taps given as (target, value) pairs or as Tap."""
    listed = [
        it if isinstance(it, Tap) else Tap(it[0], sequence, it[1], at) for sequence, it in enumerate(taps, start=1)
    ]
    with unit_of_work() as session:
        return services.record_taps(session, visit_id, listed, epoch=epoch, by=by, now=at)[1]


def judge_all(visit_id, by, at, level="a", first=1):
    tap(visit_id, by, at, *[Tap(code, first + n, level, at) for n, code in enumerate(CRITERIA)])


def submit(visit_id, by, at):
    with unit_of_work() as session:
        services.submit_visit(session, visit_id, by=by, now=at)
    return fresh(StationVisit, visit_id)


def fresh(model, key):
    reading().rollback()
    return reading().get_one(model, key, populate_existing=True)


def facts(person):
    reading().rollback()
    return [(it.activity, it.outcome, it.score, it.out_of) for it in facts_of(reading(), person.id)]


def test_the_best_levels_pass_and_make_one_fact(visit, waiting, learner, assessor, identity, now):
    by = identity(assessor)
    judge_all(visit, by, now)
    row = submit(visit, by, now + 8 * MINUTE)
    assert (row.points, row.out_of, row.passed) == (10_000, 10_000, True)
    submit(visit, by, now + 9 * MINUTE)
    assert facts(learner) == [("practical:gas-dispatch", Outcome.PASSED, 10_000, 10_000)]
    assert fresh(StationAssignment, waiting).state == StationAssignmentState.PASSED
    assert visit_results(reading(), person_id=learner.id)[0].points == 10_000


def test_a_fail_all_item_fails_the_best_performance_and_the_candidate_waits_again(
    visit, waiting, learner, assessor, identity, now
):
    by = identity(assessor)
    judge_all(visit, by, now)
    tap(visit, by, now, Tap("switch", 9, "seen", now))
    row = submit(visit, by, now + MINUTE)
    assert (row.points, row.passed) == (10_000, False)
    assert facts(learner) == [("practical:gas-dispatch", Outcome.FAILED, 10_000, 10_000)]
    assert [it.assignment_id for it in waiting_at(reading(), row.station_id)] == [waiting]


def test_a_fail_all_item_taken_back_does_not_count(visit, assessor, identity, now):
    by = identity(assessor)
    judge_all(visit, by, now)
    tap(visit, by, now, Tap("switch", 9, "seen", now), Tap("switch", 10, "unseen", now))
    assert submit(visit, by, now + MINUTE).passed is True


def test_a_visit_is_not_handed_in_before_everything_is_judged(visit, assessor, identity, now):
    tap(visit, identity(assessor), now, ("dispatch", "a"))
    with pytest.raises(Conflict) as refusal:
        submit(visit, identity(assessor), now + MINUTE)
    assert refusal.value.code == "station.not_complete"


def test_a_fail_all_item_lets_the_visit_end_at_once(visit, assessor, identity, now):
    tap(visit, identity(assessor), now, ("stopped", "seen"))
    assert submit(visit, identity(assessor), now + MINUTE).passed is False


def test_a_repeated_tap_is_one_tap_and_another_value_under_its_key_a_conflict(visit, assessor, identity, now):
    by = identity(assessor)
    for _again in range(2):
        assert [it.conflict for it in tap(visit, by, now, ("talk", "b"))] == [False]
    assert [it.conflict for it in tap(visit, by, now, ("talk", "c"))] == [True]
    assert reading().scalars(select(StationMark.value)).all() == ["b"]


def test_a_later_tap_wins_whatever_order_the_network_brought_them_in(visit, assessor, identity, now):
    by = identity(assessor)
    tap(visit, by, now, Tap("talk", 5, "a", now), Tap("talk", 2, "d", now))
    row = fresh(StationVisit, visit)
    assert tablet_of(reading(), row).marked.levels == {"talk": "a"}


def test_marks_of_a_tablet_that_was_given_up_are_kept_and_not_counted(visit, assessor, identity, now):
    by = identity(assessor)
    tap(visit, by, now, ("talk", "a"))
    with unit_of_work() as session:
        assert services.take_over_visit(session, visit, seat="another tablet", by=by).epoch == 2
    assert [it.verdict for it in tap(visit, by, now, Tap("talk", 2, "d", now))] == ["stale"]
    tap(visit, by, now, Tap("close", 1, "b", now), epoch=2)
    tablet = tablet_of(reading(), fresh(StationVisit, visit))
    assert (tablet.marked.levels, tablet.not_counted) == ({"talk": "a", "close": "b"}, 1)


def test_marks_after_handing_in_are_kept_and_change_nothing(visit, assessor, identity, now):
    by = identity(assessor)
    judge_all(visit, by, now)
    submit(visit, by, now + MINUTE)
    assert [it.verdict for it in tap(visit, by, now + MINUTE, Tap("talk", 50, "d", now))] == ["closed"]
    assert fresh(StationVisit, visit).points == 10_000


@pytest.mark.parametrize("statement", ["UPDATE station_mark SET value = 'a'", "DELETE FROM station_mark"])
def test_the_database_itself_refuses_to_change_the_marks(visit, assessor, identity, now, statement):
    tap(visit, identity(assessor), now, ("talk", "d"))
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text(statement))


@pytest.mark.parametrize(
    "bad", [("singing", "a"), ("talk", "z"), ("switch", "a"), ("note", "x" * 4001)],
    ids=["unknown criterion", "unknown level", "a level for a fail-all item", "too long a note"],
)
def test_taps_the_rubric_does_not_know_are_refused_and_nothing_is_written(visit, assessor, identity, now, bad):
    with pytest.raises(Invalid):
        tap(visit, identity(assessor), now, ("talk", "a"), bad)
    assert reading().scalars(select(StationMark.value)).all() == []


def test_another_assessor_can_not_reach_the_visit(visit, identity, now):
    other = factories.make_person("何梦洁", roles=[Role.ASSESSOR])
    with pytest.raises(NotFound):
        tap(visit, identity(other), now, ("talk", "a"))


def test_two_assessors_do_not_assess_one_candidate_at_once(visit, waiting, identity, now):
    other = factories.make_person("何梦洁", roles=[Role.ASSESSOR])
    with pytest.raises(Conflict) as refusal:
        begin(waiting, identity(other), now)
    assert refusal.value.code == "station.other_assessor"


def test_beginning_twice_is_beginning_once(visit, waiting, assessor, identity, now):
    assert begin(waiting, identity(assessor), now + MINUTE) == visit


def test_nobody_assesses_themselves(waiting, learner, assessor, identity, now):
    with pytest.raises(Refused) as refusal:
        begin(waiting, identity(learner), now)
    assert refusal.value.code == "station.self"


def test_the_table_itself_refuses_self_assessment(visit, assessor):
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(text("UPDATE station_visit SET person_id = assessor_id"))


@pytest.mark.parametrize(
    ("starts", "ends", "refused"),
    [(date(2026, 1, 1), None, True), (date(2026, 3, 2), date(2026, 3, 2), True),
     (date(2026, 1, 1), date(2026, 3, 1), False), (date(2026, 3, 3), None, False)],
    ids=["mentors them", "on this very day", "until yesterday", "from tomorrow"],
)
def test_a_mentor_does_not_assess_the_final_of_their_learner(
    waiting, learner, assessor, identity, now, starts, ends, refused
):
    with unit_of_work() as session:
        session.add(MentorAssignment(learner_id=learner.id, mentor_id=assessor.id, starts_on=starts, ends_on=ends))
    if refused:
        with pytest.raises(Refused) as refusal:
            begin(waiting, identity(assessor), now)
        assert refusal.value.code == "station.mentee"
    else:
        assert begin(waiting, identity(assessor), now)


def test_without_a_licence_in_force_nobody_assesses(waiting, identity, now):
    unlicensed = factories.make_person("高文博", roles=[Role.ASSESSOR])
    with pytest.raises(Refused) as refusal:
        begin(waiting, identity(unlicensed), now)
    assert refusal.value.code == "station.licence"


def test_a_licence_that_lapses_during_the_visit_keeps_the_marks_from_counting(
    visit, assessor, identity, now, monkeypatch, learner
):
    judge_all(visit, identity(assessor), now)
    asked = []
    monkeypatch.setattr(services, "is_licensed", lambda _s, person, code, at: asked.append((person, code, at)) or False)
    with pytest.raises(Refused):
        submit(visit, identity(assessor), now + MINUTE)
    assert asked == [(assessor.id, ASSESSOR_LICENCE, now + MINUTE)]
    assert facts(learner) == []


def test_a_visit_broken_off_has_no_result_and_the_candidate_waits(visit, waiting, assessor, identity, learner, now):
    by = identity(assessor)
    with pytest.raises(Invalid), unit_of_work() as session:
        services.abandon_visit(session, visit, reason=" ", by=by, now=now)
    with unit_of_work() as session:
        services.abandon_visit(session, visit, reason="系统故障", by=by, now=now + MINUTE)
    assert fresh(StationVisit, visit).state == VisitState.ABANDONED
    assert facts(learner) == []
    assert begin(waiting, by, now + 2 * MINUTE) != visit


def test_leaving_takes_the_candidate_off_the_list(visit, waiting, learner, now):
    with unit_of_work() as session:
        departures.close_for_leaver(session, learner.id, now, SYSTEM, now + MINUTE)
    assert fresh(StationVisit, visit).state == VisitState.ABANDONED
    assert fresh(StationAssignment, waiting).state == StationAssignmentState.CANCELLED


def test_putting_somebody_on_the_list_twice_is_once(waiting, learner, now):
    with unit_of_work() as session:
        assert services.assign_station(session, "gas-dispatch", person_id=learner.id, by=SYSTEM, now=now).id == waiting
    assert {it.code: it.waiting for it in stations(reading())}["gas-dispatch"] == 1


def test_every_bundled_rubric_is_sound_and_offers_a_hundred_marks():
    for entry in read_library("stations.yaml"):
        rubric = rubric_of(entry)
        assert rubric.out_of == 10_000
        assert rubric.fail_all
        assert len(entry["scenarios"]) >= 2
