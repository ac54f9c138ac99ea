"""The test inside a course: drawn from the bank, marked at once, open until it is passed; and calls that count."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from courses.models import CourseTest
from courses.queries.attempts import attempt_of, attempt_page
from courses.queries.editions import progress_of
from courses.queries.player import player_page
from courses.services import testing
from courses.services.testing import start_test, submit_test, take_calls
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound
from lms.records.queries import facts_of
from question_bank import kinds, queries
from question_bank.services.loading import load_bundled as load_questions
from simulations.queries import Try
from tests.courses.lessons import SECOND, Learner, call, make_course, page, quiz
from tests.factories import make_person

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def bank(context, now):
    with unit_of_work() as session:
        load_questions(session, now=now)


@pytest.fixture
def learner(bank, now):
    make_course("gas", quiz("quiz", points=["gas/dispatch", "gas/location"]))
    return Learner(make_person(), "gas", now)


def start(learner, unit="quiz"):
    learner.now += SECOND
    with unit_of_work() as session:
        return start_test(session, learner.person.id, learner.course, unit, now=learner.now)


def answers(test, *, right):
    """The first `right` answers are right, the others wrong."""
    editions = queries.editions(reading(), [UUID(item["edition_id"]) for item in test.items])
    given = []
    for number, item in enumerate(test.items):
        edition = next(it for it in editions.values() if str(it.id) == item["edition_id"])
        make = kinds.key_answer if number < right else kinds.wrong_answer
        given.append(make(edition.kind, edition.content))
    return given


def hand_in(learner, test, given):
    learner.now += SECOND
    with unit_of_work() as session:
        return submit_test(session, test.id, learner.person.id, given, by=learner.identity, now=learner.now)


@pytest.mark.both_databases
def test_a_passed_test_finishes_its_unit_and_the_course(learner):
    test = start(learner)
    assert len(test.items) == 5
    marked = hand_in(learner, test, answers(test, right=5))
    assert (marked.points, marked.passed) == (marked.out_of, True)
    assert [fact.activity for fact in facts_of(reading(), learner.person.id)] == ["course:gas"]


@pytest.mark.parametrize(("right", "passed"), [(3, False), (4, True)], ids=["60 %", "exactly 80 %"])
def test_the_pass_mark_is_met_exactly(learner, right, passed):
    test = start(learner)
    assert len({item["points"] for item in test.items}) == 1
    assert hand_in(learner, test, answers(test, right=right)).passed is passed


def test_handing_in_twice_changes_nothing(learner):
    test = start(learner)
    hand_in(learner, test, answers(test, right=1))
    assert hand_in(learner, test, answers(test, right=5)).passed is False


def test_missing_and_superfluous_answers_do_no_harm(learner):
    test = start(learner)
    marked = hand_in(learner, test, [None, {"x": 1}, "…"])
    assert (len(marked.answers), marked.points) == (5, 0)
    assert len(hand_in(learner, start(learner), [None] * 50).answers) == 5


def test_beginning_twice_goes_on_with_the_open_test(learner):
    assert start(learner).id == start(learner).id


def test_the_next_attempt_asks_other_questions_as_long_as_there_are_any(learner):
    first = start(learner)
    hand_in(learner, first, [])
    second = start(learner)
    assert second.number == 2
    assert not {item["question_id"] for item in first.items} & {item["question_id"] for item in second.items}
    for _more in range(5):
        hand_in(learner, start(learner), [])
    assert len(reading().scalars(select(CourseTest)).all()) == 6


def test_questions_come_without_their_keys_and_are_explained_afterwards(learner):
    test = start(learner)
    open_page = attempt_page(reading(), test)
    assert [it.number for it in open_page.questions] == [1, 2, 3, 4, 5]
    assert not any({"key", "explanation"} & set(it.view) for it in open_page.questions)
    hand_in(learner, test, answers(test, right=2))
    row = attempt_of(reading(), test.id, learner.person.id)
    marked = attempt_page(reading(), row[0])
    assert (marked.questions, len(marked.reviewed)) == ((), 5)
    assert [it.points == it.out_of for it in marked.reviewed] == [True, True, False, False, False]


def test_nobody_hands_in_another_ones_test(learner):
    test = start(learner)
    stranger = Learner(make_person("李四"), "gas", learner.now)
    with pytest.raises(NotFound):
        hand_in(stranger, test, [])
    assert attempt_of(reading(), test.id, stranger.person.id) is None


def test_a_bank_without_such_questions_is_told(context, now):
    make_course("empty", quiz("quiz"))
    with pytest.raises(Conflict) as refused:
        start(Learner(make_person(), "empty", now))
    assert refused.value.code == "test.no_questions"


def test_a_page_is_no_test(bank, now):
    make_course("read", page("one"))
    with pytest.raises(NotFound):
        start(Learner(make_person(), "read", now), "one")


def test_a_finished_course_asks_nothing_more(learner):
    test = start(learner)
    hand_in(learner, test, answers(test, right=5))
    with pytest.raises(Conflict) as refused:
        start(learner)
    assert refused.value.code == "course.finished"


def test_the_player_lists_the_attempts_newest_first(learner):
    hand_in(learner, start(learner), [])
    start(learner)
    shown = player_page(reading(), learner.person.id, "gas", "quiz")
    assert [it.number for it in shown.attempts] == [2, 1]
    assert (shown.progress.attempts, shown.progress.best_percent) == (1, 0)


@pytest.fixture
def played(monkeypatch):
    """The calls the learner has played, newest first, as the simulated calls would report them."""
    calls = []
    monkeypatch.setattr(testing, "tries_of", lambda _session, _person, code: [it for it in calls if it.code == code])
    return calls


def a_call(at, total, *, passed=False, number=1):
    return Try(UUID(int=number), "gas-leak-01", "夜间漏气", "practice", at, total, passed, False)


@pytest.mark.parametrize(
    ("total", "after", "enough"),
    [(5_999, 10, False), (6_000, 10, True), (9_000, -10, False)],
    ids=["a hundredth short", "to the mark", "played before the course began"],
)
def test_a_call_counts_from_its_mark_and_from_the_beginning_of_the_course(context, now, played, total, after, enough):
    make_course("calls", call("leak"))
    learner = Learner(make_person(), "calls", now)
    learner.open("leak")
    played.append(a_call(now + timedelta(seconds=after), total))
    learner.now += 60 * SECOND
    for _again in range(2):
        with unit_of_work() as session:
            done = take_calls(session, learner.person.id, "calls", "leak", by=learner.identity, now=learner.now)
        assert done is enough
    if not enough and after > 0:
        run = learner.run()
        assert progress_of(reading(), run.id, run.edition.units[0].id).attempts == 1
    assert bool(facts_of(reading(), learner.person.id)) is enough


def test_without_a_mark_of_its_own_a_call_has_to_pass(context, now, played):
    make_course("calls", call("leak", pass_percent=None))
    learner = Learner(make_person(), "calls", now)
    learner.open("leak")
    played.append(a_call(now + 10 * SECOND, 9_000))
    learner.now += 60 * SECOND
    with unit_of_work() as session:
        assert not take_calls(session, learner.person.id, "calls", "leak", by=learner.identity, now=learner.now)
    played.insert(0, a_call(now + 20 * SECOND, 8_000, passed=True, number=2))
    with unit_of_work() as session:
        assert take_calls(session, learner.person.id, "calls", "leak", by=learner.identity, now=learner.now)
