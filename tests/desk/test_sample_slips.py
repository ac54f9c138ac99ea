"""How the sample's people differ from a plan when they are on the phone."""

from random import Random

import pytest

from lms.desk.sample.slips import with_slips
from simulations import load_library

PLANS = [plan for script in load_library().scripts for plan in script.plans if plan.total == 100]


@pytest.mark.parametrize("plan", PLANS, ids=[f"{number}" for number in range(len(PLANS))])
def test_without_a_slip_a_call_goes_as_planned_and_with_some_it_differs(plan):
    assert with_slips(plan, 0, Random(1)) == plan
    differing = [with_slips(plan, 3, Random(seed)).steps != plan.steps for seed in range(20)]
    assert sum(differing) >= 15  # a call without a number or a button leaves some slips nothing to spoil


@pytest.mark.parametrize("plan", PLANS, ids=[f"{number}" for number in range(len(PLANS))])
def test_slips_leave_the_greeting_and_nobody_says_or_writes_nothing(plan):
    for seed in range(40):
        spoilt = with_slips(plan, 6, Random(seed))
        assert [step.kind for step in spoilt.steps][:2] == [step.kind for step in plan.steps][:2]
        assert all(step.text for step in spoilt.steps if step.kind in ("say", "fill"))


def test_the_same_seed_slips_alike():
    assert with_slips(PLANS[0], 4, Random(5)) == with_slips(PLANS[0], 4, Random(5))
