"""What an assessor's word makes of a call."""

from dataclasses import dataclass

import pytest

from simulations.rules import counted, decide


@dataclass(frozen=True)
class Item:
    id: str
    outcome: str
    points: int
    out_of: int
    critical: bool = False
    dimension: str = "处置"


PASS = 8000


@pytest.mark.parametrize(
    ("second", "passed"), [(2000, True), (1999, False)], ids=["at the mark", "a hundredth below"])
def test_a_call_passes_at_the_mark(second, passed):
    items = (Item("a", "met", 6000, 6000), Item("b", "partly", second, 4000))
    assert decide(items, {}, pass_mark=PASS, floors={}).passed is passed


@pytest.mark.parametrize("outcome", ["not_met", "partly"])
def test_a_critical_item_that_was_not_met_fails_the_call_whatever_the_total(outcome):
    items = (Item("a", outcome, 0, 0, critical=True), Item("b", "met", 10000, 10000))
    verdict = decide(items, {}, pass_mark=PASS, floors={})
    assert (verdict.total, verdict.passed, verdict.critical_failures) == (10000, False, ("a",))


def test_an_override_keeps_the_engines_part_when_it_says_the_same():
    items = (Item("a", "partly", 700, 1000),)
    assert decide(items, {"a": "partly"}, pass_mark=PASS, floors={}).total == 700


@pytest.mark.parametrize(("outcome", "total"), [("met", 1000), ("partly", 500), ("not_met", 0), ("not_applicable", 0)])
def test_an_override_is_worth_all_half_or_nothing(outcome, total):
    items = (Item("a", "doubtful", 300, 1000),)
    assert decide(items, {"a": outcome}, pass_mark=PASS, floors={}).total == total


def test_a_doubtful_item_leaves_the_call_undecided():
    items = (Item("a", "doubtful", 0, 100), Item("b", "met", 9900, 9900))
    verdict = decide(items, {}, pass_mark=PASS, floors={})
    assert (verdict.undecided, verdict.passed) == (("a",), False)


@pytest.mark.parametrize(("points", "passed"), [(500, True), (499, False)], ids=["at the floor", "below it"])
def test_a_dimension_below_its_floor_fails_the_call(points, passed):
    items = (Item("a", "met", 9000, 9000), Item("b", "partly", points, 1000, dimension="礼貌"))
    assert decide(items, {}, pass_mark=PASS, floors={"礼貌": 50}).passed is passed


@pytest.mark.parametrize("overrides", [{"z": "met"}, {"a": "doubtful"}, {"a": "excellent"}])
def test_an_unknown_checkpoint_or_outcome_is_refused(overrides):
    with pytest.raises(ValueError, match="unknown"):
        decide((Item("a", "met", 1, 1),), overrides, pass_mark=PASS, floors={})


@dataclass(frozen=True)
class Bar:
    name: str
    points: int
    out_of: int
    floor_percent: int = 0


def test_bars_show_what_people_decided_with_the_engines_value_beside():
    items = (Item("a", "met", 6000, 6000, critical=True), Item("b", "not_met", 0, 1000, dimension="礼貌"))
    found = counted(items, (Bar("处置", 6000, 6000, 50), Bar("礼貌", 0, 1000, 50)),
                    {"a": "partly", "b": "met", "gone": "met"}, critical_failures=())
    assert [(it.points, it.found, it.floor_met) for it in found.dimensions] == [(3000, 6000, True), (1000, 0, True)]
    assert (found.changed, found.critical_failures) == (("a", "b"), ("a",))


def test_what_nobody_decided_otherwise_counts_as_the_engine_says():
    items = (Item("a", "doubtful", 0, 100, critical=True), Item("b", "not_met", 0, 100, critical=True))
    found = counted(items, (Bar("处置", 0, 200, 50),), {"b": "met"}, critical_failures=("b",))
    assert (found.changed, found.critical_failures, found.dimensions[0].floor_met) == (("b",), (), True)
    assert found.checkpoints["a"].outcome == "doubtful"


def test_proficiency_stays_outside_the_mark_of_people_too():
    items = (Item("a", "met", 10000, 10000), Item("b", "met", 500, 500, dimension="熟练"))
    assert decide(items, {}, pass_mark=PASS, floors={}).total == 10000
