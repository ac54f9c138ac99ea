"""What an assessor's word makes of a call."""

from dataclasses import dataclass

import pytest

from simulations.rules import decide


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
