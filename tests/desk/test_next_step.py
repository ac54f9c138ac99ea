"""What a learner does next."""

from datetime import timedelta

import pytest

from lms.desk.rules.next_step import PRESSING, Goal, Need, Task, Why, closest, first_need, next_step
from tests.conftest import NOW

SECOND = timedelta(seconds=1)
COURSE = Need("course", "燃气泄漏处置", "/courses/gas-leak", 0, 1)
CALLS = Need("calls", "模拟来电", "/calls", 2, 3)
STATION = Need("practical", "派单实操", None, 0, 1)


def goal(*needs: Need, held: bool = False, ends_in: timedelta | None = None, name: str = "燃气抢修") -> Goal:
    """Return a permit that lacks these."""
    return Goal(name, held, NOW + ends_in if ends_in else None, 3, 3 + len(needs), needs)


def task(due_in: timedelta | None, title: str = "阶段考试") -> Task:
    """Return an assigned exam."""
    return Task("exam", title, "/exams/x", NOW + due_in if due_in is not None else None)


@pytest.mark.parametrize(
    ("due_in", "why"),
    [(-SECOND, Why.OVERDUE), (timedelta(0), Why.PRESSING), (PRESSING, Why.PRESSING), (PRESSING + SECOND, Why.MISSING)],
    ids=["a second late", "due now", "due in two days", "a second later"],
)
def test_what_presses_comes_before_what_is_missing(due_in: timedelta, why: Why) -> None:
    step = next_step([task(due_in)], [goal(CALLS)], [], NOW)
    assert step is not None
    assert step.why is why


def test_a_permit_that_ends_soon_comes_before_a_new_one() -> None:
    ending = goal(COURSE, held=True, ends_in=timedelta(days=12), name="账单缴费")
    step = next_step([], [goal(CALLS), ending], [], NOW)
    assert step is not None
    assert (step.why, step.title, step.goal) == (Why.RENEWAL, "燃气泄漏处置", ending)


def test_the_permit_that_lacks_least_is_finished_first() -> None:
    near, far = goal(CALLS, name="近"), goal(COURSE, CALLS, name="远")
    assert closest([far, near]) is near
    step = next_step([], [far, near], [], NOW)
    assert step is not None
    assert step.goal is near


def test_of_needs_the_one_that_can_be_done_now_and_that_others_build_on_comes_first() -> None:
    assert first_need([CALLS, COURSE]) is COURSE
    assert first_need([STATION, CALLS]) is CALLS
    assert first_need([STATION]) is STATION


def test_a_held_permit_without_needs_asks_for_nothing() -> None:
    assert next_step([], [goal(held=True, ends_in=timedelta(days=3))], [], NOW) is None


def test_without_anything_else_the_course_begun_goes_on_before_undated_work() -> None:
    begun = Task("course", "服务规范", "/courses/service-norms", None)
    step = next_step([task(None)], [], [begun], NOW)
    assert step is not None
    assert (step.why, step.title) == (Why.LEARNING, "服务规范")


def test_nothing_waits() -> None:
    assert next_step([], [], [], NOW) is None
