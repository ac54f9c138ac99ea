"""Which call next, and why; days in a row; what a good call must be to become an example: pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import inf
from typing import Final

GOOD_ENOUGH: Final = 9500  # hundredths: best marks below this can still be improved
EXAMPLE_MARK: Final = 9000  # hundredths: what an example must reach
RECENT: Final = 5  # calls that are compared with the five before them


class Why(StrEnum):
    """Why a call is recommended."""

    MISSED = "missed"  # a checkpoint was missed the last time it came up
    DUE = "due"  # it is required and not passed yet
    NEW = "new"  # never played
    IMPROVE = "improve"  # the lowest best mark


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint as it came out in one call. lost: hundredths that it cost."""

    id: str
    title: str
    critical: bool
    met: bool
    lost: int


@dataclass(frozen=True, slots=True)
class PlayedCall:
    """One finished call whose result the learner may know; seen: the checkpoints that applied."""

    code: str
    seen: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Weak:
    """A checkpoint that was missed the last time it came up, in the script `code`."""

    id: str
    title: str
    code: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A script that can be played.

    own         it belongs to a queue the learner is meant to serve
    required    to be played for the record and not passed yet;  due_at: until when, if there is a date
    best        hundredths of 100, None when never played
    """

    code: str
    checkpoints: frozenset[str]
    difficulty: int
    own: bool
    required: bool
    due_at: datetime | None
    tries: int
    best: int | None


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A call to play next. missed: the checkpoint it trains, None unless that is the reason."""

    code: str
    why: Why
    missed: Weak | None = None


def weak_points(calls: Sequence[PlayedCall]) -> list[Weak]:
    """Return what is missed now, by the last call in which each checkpoint applied: critical ones first, then the dear.

    calls   newest first
    """
    newest: dict[str, tuple[Seen, str]] = {}
    for call in calls:
        for seen in call.seen:
            newest.setdefault(seen.id, (seen, call.code))
    missed = [(seen, code) for seen, code in newest.values() if not seen.met]
    missed.sort(key=lambda it: (not it[0].critical, -it[0].lost))
    return [Weak(seen.id, seen.title, code) for seen, code in missed]


def recommend(candidates: Collection[Candidate], weak: Sequence[Weak]) -> Recommendation | None:
    """Recommend one call, None when every script was played well.

    1. A required script not passed yet, the soonest due first: because of what was missed in it, or as it is due.
    2. A script in which the weakest checkpoint comes up again: rather another than the one where it was missed, one of
       the learner's queues, not played yet, easier.
    3. A script never played: of the learner's queues, the easiest.
    4. The script with the lowest best mark below 95.
    """
    required = [it for it in candidates if it.required]
    if required:
        first = min(required, key=lambda it: (it.due_at.timestamp() if it.due_at else inf, it.difficulty, it.code))
        here = next((it for it in weak if it.code == first.code), None)
        return Recommendation(first.code, Why.MISSED if here else Why.DUE, here)
    for point in weak:
        training = [it for it in candidates if point.id in it.checkpoints]
        if training:
            best = min(training, key=lambda it: (it.code == point.code, not it.own, it.tries, it.difficulty, it.code))
            return Recommendation(best.code, Why.MISSED, point)
    fresh = [it for it in candidates if not it.tries]
    if fresh:
        return Recommendation(min(fresh, key=lambda it: (not it.own, it.difficulty, it.code)).code, Why.NEW)
    lowest = min(candidates, key=lambda it: (it.best or 0, it.code), default=None)
    if lowest is None or (lowest.best or 0) >= GOOD_ENOUGH:
        return None
    return Recommendation(lowest.code, Why.IMPROVE)


def days_in_a_row(days: Collection[date], today: date) -> int:
    """Return on how many days running calls were played, up to today; a day that isn't over breaks nothing.

    >>> days_in_a_row({date(2026, 3, 1), date(2026, 2, 28)}, date(2026, 3, 2))
    2
    """
    last = today if today in days else today - timedelta(days=1)
    count = 0
    while last - timedelta(days=count) in days:
        count += 1
    return count


def trend(totals: Sequence[int]) -> tuple[int, int] | None:
    """Return the mean of the five calls before the newest five, and of the newest five, hundredths; None under ten.

    totals   hundredths of 100, newest first
    """
    if len(totals) < 2 * RECENT:
        return None
    newest, before = totals[:RECENT], totals[RECENT : 2 * RECENT]
    return sum(before) // RECENT, sum(newest) // RECENT


def may_be_example(*, decided: bool, passed: bool, total: int, critical_failures: int, doubts: int) -> bool:
    """Tell whether a call may be offered: its result stands, it passed with 90 or more, and nothing is doubted."""
    return decided and passed and not critical_failures and not doubts and total >= EXAMPLE_MARK
