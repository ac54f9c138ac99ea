"""Marking: hundredths add up, the pass mark is a whole-number question, weak points are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.exams.rules.marking import (
    ItemMark,
    Score,
    by_point,
    capped,
    missing_points,
    points_to_relearn,
    reaches_pass_mark,
    total,
)


@pytest.mark.parametrize(
    ("points", "out_of", "percent", "passes"),
    [
        (8000, 10000, 80, True),
        (7999, 10000, 80, False),
        (1300, 1500, 87, False),
        (1305, 1500, 87, True),
        (0, 1, 1, False),
        (1, 1, 100, True),
        (9999, 10000, 100, False),
    ],
    ids=["at the mark", "a hundredth below", "rounding would pass", "exactly 87", "nothing", "everything", "99.99"],
)
def test_meeting_the_pass_mark_passes_and_a_hundredth_less_does_not(points, out_of, percent, passes):
    assert reaches_pass_mark(points, out_of, percent) is passes
    assert (missing_points(points, out_of, percent) == 0) is passes


@pytest.mark.parametrize(
    ("points", "out_of", "percent"),
    [(-1, 10, 50), (11, 10, 50), (0, 0, 50), (5, 10, 0), (5, 10, 101)],
    ids=["negative", "more than offered", "nothing offered", "no pass mark", "over a hundred"],
)
def test_scores_outside_their_range_are_refused(points, out_of, percent):
    with pytest.raises(ValueError, match="points"):
        reaches_pass_mark(points, out_of, percent)


@given(st.integers(1, 20_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(1, 100))
def test_adding_what_is_missing_passes_and_a_hundredth_less_does_not(score, percent):
    points, out_of = score
    missing = missing_points(points, out_of, percent)
    assert reaches_pass_mark(points + missing, out_of, percent)
    if missing:
        assert not reaches_pass_mark(points + missing - 1, out_of, percent)


def mark(position, point, points, out_of=250):
    return ItemMark(position, point, points, out_of)


def test_a_paper_is_the_sum_of_its_questions():
    assert total([mark(1, "a", 250), mark(2, "a", 125), mark(3, "b", 0)]) == Score(375, 750)


def test_a_question_earns_no_more_than_it_offers():
    with pytest.raises(ValueError, match="mark"):
        mark(1, "a", 251)


def test_points_come_in_the_papers_order_with_the_questions_that_lost_marks():
    results = by_point([mark(3, "b", 0), mark(1, "b", 250), mark(2, "a", 200)], 80)
    assert [(it.point, it.points, it.out_of, it.questions, it.wrong, it.reached) for it in results] == [
        ("b", 250, 500, 2, (3,), False),
        ("a", 200, 250, 1, (2,), True),
    ]


def test_what_to_relearn_starts_with_the_weakest_point():
    results = by_point([mark(1, "a", 100), mark(2, "b", 0), mark(3, "c", 250)], 80)
    assert points_to_relearn(results) == ("b", "a")


@pytest.mark.parametrize(
    ("points", "cap", "counts"), [(9500, 80, 8000), (8000, 80, 8000), (7999, 80, 7999), (9500, None, 9500)],
    ids=["above the cap", "at the cap", "below the cap", "no cap"],
)
def test_a_cap_holds_a_resits_score_down(points, cap, counts):
    assert capped(points, 10_000, cap) == counts
