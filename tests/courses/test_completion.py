"""When a unit is done, which may be opened and when the course is finished."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.rules.completion import (
    MET,
    Lack,
    Verdict,
    is_finished,
    judge,
    may_open,
    next_unit,
    percent_done,
    played_percent,
    spread,
)
from courses.rules.progress import Progress
from courses.rules.units import UnitKind, UnitSpec

PAGE = UnitSpec("page", UnitKind.PAGE, seconds=120)
FILM = UnitSpec("film", UnitKind.VIDEO, video_percent=90, duration_ms=100_000)
TEST = UnitSpec("test", UnitKind.TEST)
CALL = UnitSpec("call", UnitKind.CALL)
COURSE = (PAGE, FILM, TEST, CALL)


@pytest.mark.parametrize(
    ("unit", "progress", "verdict"),
    [
        (PAGE, Progress(seen_ms=119_999), Verdict(Lack.SECONDS, 1)),
        (PAGE, Progress(seen_ms=120_000), MET),
        (PAGE, Progress(), Verdict(Lack.SECONDS, 120)),
        (UnitSpec("card", UnitKind.DOCUMENT), Progress(), MET),
        (FILM, Progress(played=((0, 89_999),)), Verdict(Lack.FILM, 1)),
        (FILM, Progress(played=((0, 90_000),)), MET),
        (FILM, Progress(played=((0, 45_000), (55_000, 100_000))), MET),
        (UnitSpec("film", UnitKind.VIDEO), Progress(played=((0, 90_000),)), Verdict(Lack.NO_FILM)),
        (TEST, Progress(best_percent=74), Verdict(Lack.TEST)),
        (TEST, Progress(passed=True), MET),
        (CALL, Progress(), Verdict(Lack.CALL)),
        (CALL, Progress(passed=True), MET),
    ],
    ids=["a millisecond short", "to the second", "not begun", "asks for nothing", "a millisecond of film short",
         "to the percent", "in two parts", "no film yet", "test failed", "test passed", "call open", "call passed"],
)
def test_a_unit_is_done_exactly_when_its_figure_is_reached(unit, progress, verdict):
    assert judge(unit, progress) == verdict


@pytest.mark.parametrize(
    ("done", "code", "ordered", "opens"),
    [
        (set(), "page", True, True),
        (set(), "film", True, False),
        ({"page"}, "film", True, True),
        ({"page"}, "test", True, False),
        (set(), "call", False, True),
        ({"page", "test"}, "test", True, True),
        ({"page", "film", "test", "call"}, "page", True, True),
        ({"page", "film", "test", "call"}, "nonsense", True, False),
        (set(), "nonsense", False, False),
    ],
    ids=["the first", "the second too early", "the second in turn", "skipping one", "in any order", "done once is open",
         "back to the start", "unknown", "unknown in any order"],
)
def test_units_open_in_their_order(done, code, ordered, opens):
    assert may_open(COURSE, done, code, ordered=ordered) is opens


def test_a_unit_that_is_not_required_holds_nobody_up():
    extra = UnitSpec("extra", UnitKind.PAGE, required=False)
    course = (extra, PAGE)
    assert may_open(course, set(), "page", ordered=True)
    assert next_unit(course, set()) == "page"
    assert is_finished(course, {"page"})
    assert percent_done(course, {"page"}) == 100


def test_the_next_unit_follows_the_present_one_then_what_was_left_out():
    assert next_unit(COURSE, {"page"}, after="page") == "film"
    assert next_unit(COURSE, {"film", "test", "call"}, after="call") == "page"
    assert next_unit(COURSE, {unit.code for unit in COURSE}, after="call") is None


def test_a_course_without_units_is_never_finished():
    assert not is_finished((), set())
    assert percent_done((), set()) == 0


def test_shares_are_rounded_down_so_that_nobody_is_told_100_percent_too_early():
    assert played_percent(Progress(played=((0, 99_999),)), 100_000) == 99
    assert percent_done((PAGE, FILM, TEST), {"page", "film"}) == 66


@given(st.sets(st.sampled_from([unit.code for unit in COURSE])))
def test_whoever_is_not_finished_always_has_somewhere_to_go(done):
    wanted = next_unit(COURSE, done)
    if is_finished(COURSE, done):
        assert wanted is None
    else:
        assert wanted is not None
        assert may_open(COURSE, done, wanted, ordered=True)


@given(st.integers(0, 40), st.lists(st.sampled_from("abcde"), unique=True),
       st.dictionaries(st.sampled_from("abcde"), st.integers(0, 20)))
def test_a_test_never_asks_for_more_than_the_bank_has(questions, points, supply):
    shares = spread(questions, points, supply)
    assert all(0 < share <= supply[point] for point, share in shares.items())
    available = sum(supply.get(point, 0) for point in points)
    assert sum(shares.values()) == min(questions, available)


def test_questions_are_shared_out_evenly():
    assert spread(8, list("abcde"), dict.fromkeys("abcde", 8)) == {"a": 2, "b": 2, "c": 2, "d": 1, "e": 1}
