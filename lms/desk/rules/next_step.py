"""What a learner does next: one thing, chosen by a fixed order, so that everybody can say why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

PRESSING: Final = timedelta(days=2)
# Of several things missing, the one that others build on comes first.
ORDER: Final = ("course", "exam", "theory", "call", "calls", "practical", "certification")


class Why(StrEnum):
    """Why it is this that comes next."""

    OVERDUE = "overdue"
    PRESSING = "pressing"
    RENEWAL = "renewal"
    MISSING = "missing"
    LEARNING = "learning"
    DUE = "due"


@dataclass(frozen=True)
class Task:
    """Something assigned. kind: course, exam, call, practical."""

    kind: str
    title: str
    link: str | None
    due_at: datetime | None


@dataclass(frozen=True)
class Need:
    """One requirement of a permit that isn't met: done of needed. kind: course theory practical calls certification."""

    kind: str
    title: str
    link: str | None
    done: int
    needed: int


@dataclass(frozen=True)
class Goal:
    """A permit and what it still lacks.

    ends_at   when it is held and ends soon: the instant it ends; None otherwise
    met, total   requirements met and all of them
    """

    name: str
    held: bool
    ends_at: datetime | None
    met: int
    total: int
    needs: tuple[Need, ...]


@dataclass(frozen=True)
class NextStep:
    """What comes next, and what it leads to."""

    why: Why
    kind: str
    title: str
    link: str | None
    due_at: datetime | None = None
    goal: Goal | None = None
    need: Need | None = None


def next_step(tasks: Sequence[Task], goals: Sequence[Goal], learning: Sequence[Task], at: datetime) -> NextStep | None:
    """Choose what to do next, None when nothing waits.

    The order: what is overdue or due within two days; what keeps a permit that ends soon; what is missing from the
    permit that lacks least; what was assigned with a later date; a course already begun.

    tasks      assigned and open, any order
    goals      permits of the person's queues
    learning   courses begun and not finished, the last touched first
    """
    dated = sorted((task for task in tasks if task.due_at), key=lambda task: task.due_at or at)
    if dated and dated[0].due_at is not None and dated[0].due_at <= at + PRESSING:
        why = Why.OVERDUE if dated[0].due_at < at else Why.PRESSING
        return _of_task(why, dated[0])
    ending = [goal for goal in goals if goal.held and goal.ends_at and goal.needs]
    ending.sort(key=lambda goal: goal.ends_at or at)
    missing = sorted((goal for goal in goals if not goal.held and goal.needs), key=lambda goal: len(goal.needs))
    for why, goal in [*((Why.RENEWAL, goal) for goal in ending), *((Why.MISSING, goal) for goal in missing)]:
        need = first_need(goal.needs)
        return NextStep(why, need.kind, need.title, need.link, goal.ends_at, goal, need)
    for why, rest in ((Why.DUE, dated), (Why.LEARNING, learning), (Why.DUE, tasks)):
        if rest:
            return _of_task(why, rest[0])
    return None


def first_need(needs: Sequence[Need]) -> Need:
    """Return the need that comes first: what can be done right away, then in the order of `ORDER`."""
    order = {kind: place for place, kind in enumerate(ORDER)}
    return min(needs, key=lambda need: (need.link is None, order.get(need.kind, len(order))))


def closest(goals: Sequence[Goal]) -> Goal | None:
    """Return the permit that lacks least and isn't held, None when all are held."""
    open_goals = [goal for goal in goals if not goal.held and goal.needs]
    return min(open_goals, key=lambda goal: len(goal.needs)) if open_goals else None


def _of_task(why: Why, task: Task) -> NextStep:
    return NextStep(why, task.kind, task.title, task.link, task.due_at)
