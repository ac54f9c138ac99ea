"""Rubrics: levels become exact scores, one fail-all item fails the station, three dimensions are looked at."""

from dataclasses import replace

import pytest

from lms.exams.rules import rubric as rules
from lms.exams.rules.rubric import NOT_SEEN, Criterion, Dimension, FailAll, Level, Rubric, RubricFlaw

FOUR = (Level("a", "优", "一次派对", 100), Level("b", "良", "回退一次", 80), Level("c", "可", "派错改回", 60),
        Level("d", "差", "派错未改", 30))


def criterion(code, marks, dimension):
    return Criterion(code, code, "", dimension, marks, FOUR)


DISPATCH = Rubric(
    (
        criterion("dispatch", 30, Dimension.CORRECTNESS),
        criterion("ticket", 25, Dimension.CORRECTNESS),
        criterion("safety", 20, Dimension.PROBLEM_SOLVING),
        criterion("talk", 15, Dimension.PROFICIENCY),
        criterion("close", 10, Dimension.PROFICIENCY),
    ),
    (FailAll("switch", "让客户开灯或动电器"), FailAll("no_dispatch", "没派单却说已派")),
    pass_percent=75,
)
FOUR_OF_FIVE = {"dispatch": "b", "ticket": "c", "safety": "b", "talk": "a"}


def test_levels_add_up_to_hundredths_of_a_mark():
    verdict = rules.judge(DISPATCH, FOUR_OF_FIVE)
    assert (verdict.points, verdict.offered, verdict.out_of) == (7000, 9000, 10_000)
    assert (verdict.marked, verdict.missing, verdict.passed, verdict.complete) == (4, ("close",), None, False)


@pytest.mark.parametrize(
    ("level", "points", "passed"), [("a", 8000, True), ("c", 7600, True), ("d", 7300, False), (NOT_SEEN, 7000, False)]
)
def test_the_last_criterion_decides(level, points, passed):
    verdict = rules.judge(DISPATCH, {**FOUR_OF_FIVE, "close": level})
    assert (verdict.points, verdict.passed, verdict.complete) == (points, passed, True)


def test_one_fail_all_item_fails_the_best_performance():
    best = {it.code: "a" for it in DISPATCH.criteria}
    verdict = rules.judge(DISPATCH, best, {"no_dispatch"})
    assert (verdict.points, verdict.passed, verdict.failed_by) == (10_000, False, ("no_dispatch",))


def test_a_fail_all_item_ends_the_station_before_everything_is_judged():
    assert rules.judge(DISPATCH, {}, {"switch"}).complete


def test_the_page_can_say_which_level_still_passes():
    assert rules.level_needed(DISPATCH, FOUR_OF_FIVE) == ("close", "c")
    assert rules.level_needed(replace(DISPATCH, pass_percent=80), FOUR_OF_FIVE) == ("close", "a")


def test_no_level_is_named_when_none_would_pass_or_more_than_one_is_open():
    assert rules.level_needed(replace(DISPATCH, pass_percent=81), FOUR_OF_FIVE) is None
    assert rules.level_needed(DISPATCH, {"dispatch": "a"}) is None
    assert rules.level_needed(DISPATCH, {it.code: "a" for it in DISPATCH.criteria}) is None


def test_each_dimension_gets_its_own_sum():
    assert rules.by_dimension(DISPATCH, FOUR_OF_FIVE) == {
        Dimension.CORRECTNESS: (3900, 5500),
        Dimension.PROFICIENCY: (1500, 1500),
        Dimension.PROBLEM_SOLVING: (1600, 2000),
    }


@pytest.mark.parametrize(
    ("levels", "seen"), [({"singing": "a"}, ()), ({"talk": "z"}, ()), ({}, ("smiling",))],
    ids=["unknown criterion", "unknown level", "unknown fail-all item"],
)
def test_codes_the_rubric_lacks_are_refused(levels, seen):
    with pytest.raises(KeyError):
        rules.judge(DISPATCH, levels, seen)


def changed(**what):
    return replace(DISPATCH, **what)


def with_levels(*percents):
    levels = tuple(Level(str(n), "", "", percent) for n, percent in enumerate(percents))
    return changed(criteria=(*DISPATCH.criteria, replace(DISPATCH.criteria[0], code="x", levels=levels)))


@pytest.mark.parametrize(
    ("rubric", "found"),
    [
        (DISPATCH, []),
        (changed(criteria=()), [RubricFlaw.NO_CRITERIA, RubricFlaw.DIMENSION_MISSING]),
        (changed(criteria=DISPATCH.criteria[:2]), [RubricFlaw.DIMENSION_MISSING]),
        (changed(fail_all=(FailAll("talk", ""),)), [RubricFlaw.DUPLICATE_CODE]),
        (changed(pass_percent=0), [RubricFlaw.THRESHOLD]),
        (changed(pass_percent=100), []),
        (changed(pass_percent=101), [RubricFlaw.THRESHOLD]),
        (with_levels(100, 0), []),
        (with_levels(100), [RubricFlaw.LEVELS]),
        (with_levels(90, 0), [RubricFlaw.LEVELS]),
        (with_levels(100, 50, 50), [RubricFlaw.LEVELS]),
        (with_levels(100, -1), [RubricFlaw.LEVELS]),
        (changed(criteria=(*DISPATCH.criteria, criterion("x", 0, Dimension.PROFICIENCY))), [RubricFlaw.MARKS]),
        (changed(criteria=(*DISPATCH.criteria, criterion("x", 101, Dimension.PROFICIENCY))), [RubricFlaw.MARKS]),
    ],
    ids=["sound", "empty", "one dimension", "same code twice", "no pass mark", "hundred percent", "over a hundred",
         "two levels", "one level", "best is not full", "two alike", "negative", "no marks", "too many marks"],
)
def test_a_rubric_is_told_everything_that_is_wrong_with_it(rubric, found):
    assert list(rules.flaws(rubric)) == found
