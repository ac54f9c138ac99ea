"""Sittings with answers that people mark: pending, held, marked once, settled once, on both databases."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM, Role
from lms.exams.models import AssignmentState, ExamAssignment, ItemMarking, MarkingLease, Sitting, SittingItem
from lms.exams.queries.marking import marking_page, marking_queue, waiting_answers
from lms.exams.queries.mine import exams_to_do
from lms.exams.queries.series import series_of
from lms.exams.rules.hand_marks import MarkingTerms, Round
from lms.exams.rules.resits import Step
from lms.exams.rules.terms import Terms
from lms.exams.services import marking
from lms.exams.services.sitting import submit
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Refused
from lms.notifications.models import Notification
from lms.people.models import MentorAssignment
from lms.people.sign_in import identity_of
from lms.records.models import Outcome, TrainingFact
from tests import factories
from tests.exams.papers import CASE, SHORT, SINGLE, make_question, refused, sit
from tests.exams.rows import make_exam
from tests.exams.sat import facts, fresh

pytestmark = pytest.mark.both_databases
MINUTE, SECOND, DAY = timedelta(minutes=1), timedelta(seconds=1), timedelta(days=1)
SAID = "先听她说完，再复述地址。"
DOUBLE = Terms((), marking=MarkingTerms(double=True, gap_percent=20))


@pytest.fixture
def markers(context, monkeypatch):
    """Three people whose licence is in force."""
    monkeypatch.setattr("lms.exams.services.marking.is_licensed", lambda *_asked: True)
    people = [factories.make_person(name, roles=[Role.ASSESSOR]) for name in ("高文博", "何静", "罗敏")]
    return [identity_of(reading(), person) for person in people]


@pytest.fixture
def short(context):
    return make_question("short", SHORT)


def take(edition, marker, now, **more):
    with unit_of_work() as session:
        return marking.take_answers(session, edition.id, by=marker, now=now, **more)


def mark(lease, marker, points, now, *, revision=1, remark=""):
    points = points if isinstance(points, dict) else {"": points}
    with unit_of_work() as session:
        return marking.save_mark(session, lease.id, points=points, remark=remark, revision=revision, by=marker, now=now)


def mark_one(edition, marker, points, now):
    (lease,) = take(edition, marker, now, limit=1)
    return mark(lease, marker, points, now)


def test_handing_in_marks_what_is_automatic_and_waits_for_people(learner, short, now):
    single = make_question("single", SINGLE)
    sitting = sit(learner, [single, short], {1: "a", 2: SAID})
    items = reading().scalars(select(SittingItem).order_by(SittingItem.position)).all()
    assert [(it.points, it.why) for it in items] == [(1000, "right"), (None, "to_be_marked")]
    assert (sitting.closed_at is not None, sitting.points, facts(learner)) == (True, None, [])
    assignment = reading().get_one(ExamAssignment, sitting.assignment_id)
    assert series_of(reading(), assignment, at=now + MINUTE).step.step is Step.MARKING
    told = reading().scalars(select(Notification.slug).where(Notification.person_id == learner.id)).all()
    assert told == ["exam-being-marked"]


def test_the_number_beside_exams_counts_what_the_candidate_can_do_now(learner, short, now):
    running = sit(learner, [short], {1: SAID}, hand_in=False)
    assert exams_to_do(reading(), learner.id, now) == 1
    with unit_of_work() as session:
        submit(session, running.id, epoch=1, by=SYSTEM, now=now)
    assert exams_to_do(reading(), learner.id, now) == 0, "people are marking it"
    sit(learner, [make_question("single", SINGLE)], {1: "b"})
    assert [exams_to_do(reading(), learner.id, now + days * DAY) for days in (0, 1)] == [0, 1], "failed: from tomorrow"


def test_what_was_left_empty_needs_nobody(learner, short):
    sitting = sit(learner, [make_question("single", SINGLE), short], {1: "a"})
    assert (sitting.points, sitting.out_of, sitting.passed) == (1000, 2000, False)


def test_the_last_mark_makes_the_result_the_fact_and_the_message_once(learner, short, markers, now):
    sitting = sit(learner, [make_question("single", SINGLE), short], {1: "a", 2: SAID})
    receipt = mark_one(short, markers[0], 800, now + 3 * MINUTE)
    assert (receipt.round, receipt.settled, receipt.repeated) == (Round.FIRST, True, False)
    sitting = fresh(Sitting, sitting.id)
    assert (sitting.points, sitting.out_of, sitting.passed, sitting.settled_at) == (1800, 2000, True, now + 3 * MINUTE)
    assert [(it[1:]) for it in facts(learner)] == [(Outcome.PASSED, 1800, 2000)]
    assert reading().scalars(select(TrainingFact)).one().occurred_at == sitting.closed_at
    assert fresh(ExamAssignment, sitting.assignment_id).state == AssignmentState.PASSED


def test_parts_of_a_case_are_marked_one_by_one_and_the_rest_by_the_system(learner, markers, now):
    case = make_question("case", CASE)
    sitting = sit(learner, [case], {1: ["a", SAID]})
    assert sitting.points is None
    mark_one(case, markers[0], {"1": 375}, now)
    assert fresh(Sitting, sitting.id).points == 250 + 375


@pytest.mark.parametrize(
    "points", [{"": 1001}, {"": -1}, {}, {"": 500, "0": 1}, {"0": 100}],
    ids=["too many", "below 0", "none", "an unknown part", "another part"],
)
def test_marks_that_do_not_fit_are_refused_and_nothing_is_kept(learner, short, markers, now, points):
    sit(learner, [short], {1: SAID})
    (lease,) = take(short, markers[0], now)
    with pytest.raises(Invalid):
        mark(lease, markers[0], points, now)
    reading().rollback()
    assert reading().scalars(select(ItemMarking)).all() == []


def test_the_same_mark_again_is_the_same_mark_and_another_is_refused(learner, short, markers, now):
    sit(learner, [short], {1: SAID}, terms=DOUBLE)
    (lease,) = take(short, markers[0], now)
    first = mark(lease, markers[0], 800, now)
    again = mark(lease, markers[0], 800, now + SECOND)
    assert (again.repeated, again.marked_at) == (True, first.marked_at)
    with refused(Conflict, "marking.taken"):
        mark(lease, markers[0], 700, now + SECOND)


def test_a_marker_may_correct_their_mark_until_a_second_has_looked(learner, short, markers, now):
    sit(learner, [short], {1: SAID}, terms=DOUBLE)
    (lease,) = take(short, markers[0], now)
    mark(lease, markers[0], 800, now)
    assert mark(lease, markers[0], 700, now + SECOND, revision=2).revision == 2
    mark_one(short, markers[1], 0, now + MINUTE)
    with pytest.raises((Conflict, NotFound)):
        mark(lease, markers[0], 600, now + 2 * MINUTE, revision=3)


def test_two_markers_never_hold_the_same_answer_and_a_lease_ends_by_itself(learner, short, markers, now):
    for person in (learner, factories.make_person(), factories.make_person()):
        sit(person, [short], {1: SAID})
    mine, theirs = take(short, markers[0], now, limit=2), take(short, markers[1], now)
    assert (len(mine), len(theirs)) == (2, 1)
    assert {it.sitting_id for it in mine}.isdisjoint({it.sitting_id for it in theirs})
    assert len(take(short, markers[1], now + marking.LEASE - SECOND)) == 1
    assert len(take(short, markers[1], now + marking.LEASE)) == 3
    with pytest.raises((Conflict, NotFound)):
        mark(mine[0], markers[0], 500, now + marking.LEASE)


def test_marking_on_prolongs_what_one_holds(learner, short, markers, now):
    for person in (learner, factories.make_person()):
        sit(person, [short], {1: SAID}, terms=DOUBLE)
    first, second = take(short, markers[0], now)
    later = now + marking.LEASE - SECOND
    mark(first, markers[0], 500, later)
    assert fresh(MarkingLease, (second.sitting_id, 1)).until == later + marking.LEASE


@pytest.mark.parametrize(
    ("given", "points"),
    [([800], None), ([800, 700], 750), ([800, 500], None), ([800, 500, 900], 900)],
    ids=["one of two", "two who agree", "two who don't", "and a third"],
)
def test_double_marking_is_blind_and_calls_a_third_above_the_gap(learner, short, markers, now, given, points):
    sitting = sit(learner, [short], {1: SAID}, terms=DOUBLE)
    for marker, value in zip(markers, given, strict=False):
        mark_one(short, marker, value, now)
    assert fresh(Sitting, sitting.id).points == points
    if given == [800, 500]:
        (waiting,) = waiting_answers(reading(), markers[2], at=now)
        assert (waiting.needs, waiting.mine_to_mark) == (Round.THIRD, True)


def test_whoever_marked_first_gets_the_answer_no_more(learner, short, markers, now):
    sit(learner, [short], {1: SAID}, terms=DOUBLE)
    mark_one(short, markers[0], 800, now)
    assert take(short, markers[0], now + MINUTE) == ()
    assert len(take(short, markers[1], now + MINUTE)) == 1


def test_two_last_marks_at_once_make_one_result(learner, markers, now, context):
    one, other = make_question("short", SHORT), make_question("short", SHORT)
    sitting = sit(learner, [one, other], {1: SAID, 2: SAID})
    leases = [(*take(edition, marker, now), marker) for edition, marker in zip((one, other), markers, strict=False)]
    start, errors = threading.Barrier(2), []

    def last(lease, marker):
        with context.app_context():
            start.wait()
            try:
                mark(lease, marker, 900, now + MINUTE)
            except Exception as error:
                errors.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=last, args=it) for it in leases]
    reading().rollback()
    [it.start() for it in threads]
    [it.join() for it in threads]
    assert errors == []
    assert fresh(Sitting, sitting.id).points == 1800
    assert len(facts(learner)) == 1
    slugs = reading().scalars(select(Notification.slug).where(Notification.person_id == learner.id)).all()
    assert sorted(slugs) == ["exam-being-marked", "exam-result"]


def test_a_lapsed_licence_marks_nothing(learner, short, markers, now, monkeypatch):
    sit(learner, [short], {1: SAID})
    (lease,) = take(short, markers[0], now)
    monkeypatch.setattr("lms.exams.services.marking.is_licensed", lambda *_asked: False)
    with refused(Refused, "marking.licence"):
        mark(lease, markers[0], 500, now)
    with refused(Refused, "marking.licence"):
        take(short, markers[0], now)


def test_nobody_marks_their_own_answers_and_no_mentor_their_learners_final(learner, short, markers, now):
    marker = markers[0]
    mine = fresh(type(learner), marker.person_id)
    final, stage = make_exam(purpose="final"), make_exam(purpose="stage")
    with unit_of_work() as session:
        session.add(MentorAssignment(mentor_id=marker.person_id, learner_id=learner.id, starts_on=now.date()))
    sit(mine, [short], {1: SAID})
    sit(learner, [short], {1: SAID}, exam=final)
    assert take(short, marker, now) == ()
    assert len(take(short, markers[1], now, limit=1)) == 1
    sit(learner, [short], {1: SAID}, exam=stage)
    assert len(take(short, marker, now)) == 1


def test_answers_of_another_part_of_the_organisation_are_not_offered(short, markers, now):
    away = factories.make_unit(name="外地分部")
    here = factories.make_unit(name="本部")
    sit(factories.make_person(unit=away), [short], {1: SAID})
    person = factories.make_person("本地考评员", roles=[Role.ASSESSOR], unit=here, everywhere=False)
    local = identity_of(reading(), person)
    assert waiting_answers(reading(), local, at=now) == ()
    assert len(waiting_answers(reading(), markers[0], at=now)) == 1


def test_passing_over_hides_an_answer_from_one_and_a_flag_is_shown_to_others(learner, short, markers, now):
    sit(learner, [short], {1: SAID})
    (lease,) = take(short, markers[0], now)
    with unit_of_work() as session:
        marking.skip_answer(session, lease.id, note="答案里有客户电话", by=markers[0], now=now)
    assert take(short, markers[0], now) == ()
    (queue,) = marking_queue(reading(), markers[1], at=now)
    assert (queue.waiting, queue.mine, queue.flags) == (1, 1, ("答案里有客户电话",))


def test_a_markers_page_says_nothing_about_whose_answer_it_is(learner, short, markers, now):
    sitting = sit(learner, [short], {1: SAID})
    leases = take(short, markers[0], now)
    shown = repr(marking_page(reading(), short.id, leases, waiting=1))
    assert SAID in shown
    assert not any(it in shown for it in (learner.name, learner.staff_no, str(learner.id), str(sitting.id)))


def test_a_lease_opens_nothing_to_anybody_else(learner, short, markers, now):
    sit(learner, [short], {1: SAID})
    (lease,) = take(short, markers[0], now)
    with pytest.raises(NotFound):
        mark(lease, markers[1], 500, now)


def test_marks_stay_as_they_were_given(learner, short, markers, now):
    sit(learner, [short], {1: SAID})
    mark_one(short, markers[0], 500, now)
    with pytest.raises(Exception, match="append-only"), unit_of_work() as session:
        session.execute(ItemMarking.__table__.update().values(remark="anders"))
