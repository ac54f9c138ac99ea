"""Studying: what counts, in which order, and what a finished course leaves in the ledger."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from courses.models import AssignmentState, CourseAssignment, CourseEvent
from courses.queries import due, my_courses
from courses.queries.player import OutlineState, player_page, resume_at
from courses.rules.completion import Lack
from courses.services.assigning import assign_course
from courses.services.history import record_finished
from courses.services.studying import Report, report_progress
from lms.access.identity import SYSTEM
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.records.queries import facts_of
from tests.courses.lessons import SECOND, Learner, film, make_course, page
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def learner(now):
    make_course("gas", page("one"), page("two"))
    return Learner(make_person(), "gas", now)


def facts(learner):
    return [(fact.activity, fact.outcome, fact.edition) for fact in facts_of(reading(), learner.person.id)]


def assign(learner, unit_code="", **fields):
    with unit_of_work() as session:
        return assign_course(session, learner.course, unit_code=unit_code, person_ids=[learner.person.id], by=SYSTEM,
                             now=learner.now, **fields)


@pytest.mark.both_databases
def test_going_through_every_unit_finishes_the_course_with_one_fact(learner):
    assign(learner)
    learner.study("one", "two")
    assert facts(learner) == [("course:gas", "completed", "1")]
    assert reading().scalars(select(CourseAssignment.state)).all() == [AssignmentState.DONE]
    assert learner.finish("two").counts is False
    assert len(facts(learner)) == 1


@pytest.mark.both_databases
def test_a_page_is_done_exactly_when_its_seconds_are_reached(learner):
    learner.open("one")
    assert learner.beat("one", seconds=9.999).verdict.lack is Lack.SECONDS
    with pytest.raises(Conflict) as refused:
        learner.finish("one")
    assert refused.value.code == "unit.seconds"
    assert learner.beat("one", seconds=0.001).verdict.met
    assert learner.finish("one").done


def test_time_that_has_not_passed_does_not_count(learner):
    learner.open("one")
    assert learner.beat("one", seconds=10, after=3).progress.seen_ms == 3000


def test_two_windows_at_once_count_once(learner):
    learner.open("one")
    learner.beat("one", seconds=5)
    assert learner.beat("one", seconds=5, after=0).progress.seen_ms == 5000


def test_time_away_does_not_count_even_if_claimed_later(learner):
    learner.open("one")
    learner.now += 3600 * SECOND
    assert learner.beat("one", seconds=3600, after=0).progress.seen_ms == 60_000


def test_the_first_report_of_a_unit_only_opens_it(learner):
    learner.open("one")
    learner.now += 30 * SECOND
    assert learner.beat("one", seconds=0, after=0).progress.seen_ms == 0


def test_units_open_in_order(learner):
    with pytest.raises(Refused):
        learner.open("two")
    assert reading().scalar(select(CourseEvent.id)) is None
    learner.study("one")
    assert learner.open("two").progress.opened_at == learner.now


def test_unknown_courses_and_units_are_not_found(learner):
    with pytest.raises(NotFound):
        learner.open("three")
    learner.course = "nothing"
    with pytest.raises(NotFound):
        learner.open("one")


def test_a_film_counts_what_was_played_not_what_was_claimed(now):
    make_course("films", film("clip", duration_ms=10_000))
    learner = Learner(make_person(), "films", now)
    learner.open("clip")
    rushed = learner.beat("clip", seconds=2, played=[(0, 10_000)])
    assert rushed.progress.played == ((0, 4_000),)
    assert rushed.verdict.lack is Lack.FILM
    assert learner.beat("clip", seconds=5, played=[(4_000, 9_000)]).verdict.met
    learner.finish("clip")
    assert facts(learner) == [("course:films", "completed", "1")]


def test_a_unit_assigned_again_is_studied_alone_and_makes_its_own_fact(learner):
    learner.study("one", "two")
    learner.now += 60 * SECOND
    assert assign(learner, "two", reason="补考前") == 1
    assert [it.unit_code for it in due(reading(), learner.person.id, learner.now)] == ["two"]
    learner.study("two")
    assert facts(learner) == [("course:gas", "completed", "1"), ("course:gas#two", "completed", "1")]
    assert due(reading(), learner.person.id, learner.now) == ()


def test_a_unit_assigned_while_the_course_runs_settles_both_at_once(learner):
    learner.study("one")
    learner.open("two")
    assign(learner, "two")
    learner.study("two")
    assert sorted(facts(learner)) == [("course:gas", "completed", "1"), ("course:gas#two", "completed", "1")]


def test_a_unit_assigned_alone_opens_out_of_order(learner):
    assign(learner, "two")
    assert learner.open("two").progress.opened_at
    learner.beat("two", seconds=10)
    learner.finish("two")
    assert facts(learner) == [("course:gas#two", "completed", "1")]
    assert resume_at(reading(), learner.person.id, "gas") == "one"


def test_a_finished_course_is_looked_at_again_without_counting(learner):
    learner.study("one", "two")
    before = len(reading().scalars(select(CourseEvent.id)).all())
    assert learner.beat("one", seconds=10).counts is False
    assert len(reading().scalars(select(CourseEvent.id)).all()) == before


def test_a_course_assigned_again_starts_anew(learner):
    learner.study("one", "two")
    learner.now += 60 * SECOND
    assert assign(learner) == 1
    (mine,) = my_courses(reading(), learner.person.id, learner.now)
    assert (mine.state, mine.done) == ("new", 0)
    learner.study("one", "two")
    assert len(facts(learner)) == 2


def test_whoever_began_an_edition_finishes_that_one(learner):
    learner.study("one")
    make_course("gas", page("one"), page("two"), page("three"))
    learner.study("two")
    assert facts(learner) == [("course:gas", "completed", "1")]
    newcomer = Learner(make_person("李四"), "gas", learner.now)
    newcomer.study("one", "two")
    assert facts(newcomer) == []
    newcomer.study("three")
    assert facts(newcomer) == [("course:gas", "completed", "2")]


def test_the_player_resumes_where_the_learner_was(learner):
    assert resume_at(reading(), learner.person.id, "gas") == "one"
    learner.study("one")
    assert resume_at(reading(), learner.person.id, "gas") == "two"
    learner.open("two")
    learner.beat("two", seconds=3, position=420)
    shown = player_page(reading(), learner.person.id, "gas", "two")
    assert (shown.progress.position, shown.verdict.left) == (420, 7)
    assert (shown.previous, shown.following) == ("one", None)


def test_the_outline_says_what_is_done_open_and_locked(now):
    make_course("gas", page("one"), page("two"), page("three"))
    learner = Learner(make_person(), "gas", now)
    learner.study("one")
    shown = player_page(reading(), learner.person.id, "gas", "two")
    assert [it.state for it in shown.outline] == [OutlineState.DONE, OutlineState.OPEN, OutlineState.LOCKED]
    assert (shown.done, shown.total, shown.percent) == (1, 3, 33)


@pytest.mark.both_databases
def test_the_event_log_can_not_be_rewritten(learner):
    learner.open("one")
    for statement in ("UPDATE course_event SET seen_ms = 60000", "DELETE FROM course_event"):
        with pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(text(statement))


def test_a_past_course_is_recorded_with_its_events_and_fact(learner, now):
    with unit_of_work() as session:
        record_finished(session, learner.person.id, "gas", started_at=now - 3600 * SECOND, finished_at=now)
    assert facts(learner) == [("course:gas", "completed", "1")]
    (mine,) = my_courses(reading(), learner.person.id, now)
    assert (mine.state, mine.percent, mine.finished_at) == ("done", 100, now)


@pytest.mark.both_databases
def test_a_past_unit_is_recorded_by_itself_and_closes_its_own_assignment(learner, now):
    assign(learner, "two")
    assign(learner)
    with unit_of_work() as session:
        record_finished(session, learner.person.id, "gas#two", started_at=now + SECOND, finished_at=now + 60 * SECOND)
    assert facts(learner) == [("course:gas#two", "completed", "1")]
    assert [it.unit_code for it in due(reading(), learner.person.id, now)] == [""]
    with unit_of_work() as session:
        record_finished(session, learner.person.id, "gas", started_at=now + SECOND, finished_at=now + 90 * SECOND)
    assert due(reading(), learner.person.id, now) == ()
    with pytest.raises(NotFound), unit_of_work() as session:
        record_finished(session, learner.person.id, "gas#nine", started_at=now, finished_at=now + SECOND)


def test_my_courses_puts_the_overdue_first_and_the_finished_last(now):
    for code in ("late", "soon", "free", "over"):
        make_course(code, page("one"))
    learner = Learner(make_person(), "over", now)
    learner.study("one")
    for code, seconds in (("late", -1), ("soon", 3600)):
        learner.course = code
        assign(learner, due_at=learner.now + seconds * SECOND)
    learner.course = "free"
    learner.open("one")
    mine = my_courses(reading(), learner.person.id, learner.now)
    assert [(it.code, it.overdue, it.state) for it in mine] == [
        ("late", True, "new"), ("soon", False, "new"), ("free", False, "learning"), ("over", False, "done"),
    ]


@pytest.mark.both_databases
def test_eight_windows_reporting_the_same_seconds_at_the_same_instant_count_them_once(context, learner):
    learner.open("one")
    learner.now += 5 * SECOND

    def window(_number):
        with context.app_context(), unit_of_work() as session:
            report_progress(session, learner.person.id, "gas", "one", Report(5000), now=learner.now)

    with ThreadPoolExecutor(8) as windows:
        list(windows.map(window, range(8)))
    assert learner.beat("one", seconds=0).progress.seen_ms == 5000


@pytest.mark.both_databases
def test_eight_hands_assigning_at_once_make_one_assignment(context, learner):
    def hand(_number):
        with context.app_context(), unit_of_work() as session:
            return assign_course(session, "gas", person_ids=[learner.person.id], by=SYSTEM, now=learner.now)

    with ThreadPoolExecutor(8) as hands:
        assert sorted(hands.map(hand, range(8))) == [0] * 7 + [1]
