"""How a unit's events add up: seconds before the eyes, parts of a film played, what was passed and when.

All lengths of time are whole milliseconds. What a browser reports is never believed beyond the clock: between two
reports no more time can have been spent than has passed, and no more film played than the fastest playback allows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MAX_BEAT_MS = 60_000  # a report covers a minute at most: whoever was away longer was away
MAX_RATE = 2  # fastest playback of a film
Span = tuple[int, int]  # from, up to (not including), milliseconds of a film


class EventKind(StrEnum):
    """What happened in a unit."""

    OPENED = "opened"
    BEAT = "beat"
    TESTED = "tested"
    CALLED = "called"
    COMPLETED = "completed"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a unit.

    seen_ms    time before the learner's eyes since the event before, already credited (see `credit`)
    played     parts of the film played since then, already credited (see `credit_spans`)
    position   where the learner is: thousandths of the page, or milliseconds of the film; None when not told
    percent    result of a test or call, whole percent; `passed` whether it was enough
    """

    kind: EventKind
    at: datetime
    seen_ms: int = 0
    played: tuple[Span, ...] = ()
    position: int | None = None
    percent: int | None = None
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """What a unit's events come to.

    played    disjoint spans in order, none touching another
    passed    whether a test or call of the unit was passed
    """

    opened_at: datetime | None = None
    last_at: datetime | None = None
    seen_ms: int = 0
    played: tuple[Span, ...] = ()
    position: int = 0
    attempts: int = 0
    best_percent: int | None = None
    passed: bool = False
    completed_at: datetime | None = None

    @property
    def played_ms(self) -> int:
        """Milliseconds of the film that were played at least once."""
        return sum(end - start for start, end in self.played)


def fold(events: Iterable[Event]) -> Progress:
    """Add a unit's events up. The order they come in doesn't matter: they are taken by their instants."""
    progress = Progress()
    for event in sorted(events, key=lambda it: it.at):
        progress = _after(progress, event)
    return progress


def _after(before: Progress, event: Event) -> Progress:
    results = (EventKind.TESTED, EventKind.CALLED)
    percents = [it for it in (before.best_percent, event.percent) if it is not None]
    return Progress(
        opened_at=before.opened_at or event.at,
        last_at=event.at,
        seen_ms=before.seen_ms + event.seen_ms,
        played=union(before.played, event.played) if event.played else before.played,
        position=before.position if event.position is None else event.position,
        attempts=before.attempts + (event.kind in results),
        best_percent=max(percents, default=None),
        passed=before.passed or (event.kind in results and event.passed),
        completed_at=before.completed_at or (event.at if event.kind is EventKind.COMPLETED else None),
    )


def union(*groups: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans merged: disjoint, in order; touching ones become one, empty ones vanish.

    >>> union([(0, 10), (20, 30)], [(10, 15), (25, 40)])
    ((0, 15), (20, 40))
    """
    merged: list[Span] = []
    for start, end in sorted(span for group in groups for span in group if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def credit(reported_ms: int, elapsed: timedelta) -> int:
    """Return how much of the reported time counts: never more than has passed, nor than one report may cover.

    elapsed   since the learner's last event of any unit, whichever window it came from

    >>> credit(15_000, timedelta(seconds=14))
    14000
    """
    passed_ms = int(elapsed / timedelta(milliseconds=1))
    return max(0, min(reported_ms, passed_ms, MAX_BEAT_MS))


def credit_spans(reported: Sequence[Span], elapsed: timedelta, duration_ms: int) -> tuple[Span, ...]:
    """Return which reported parts of a film count, in the order reported, until the time that passed is used up.

    A minute can't play more than `MAX_RATE` minutes of film; parts outside the film don't exist.
    """
    left = MAX_RATE * credit(MAX_BEAT_MS, elapsed)
    counted: list[Span] = []
    for start, end in reported:
        start, end = max(0, start), min(end, duration_ms)
        end = min(end, start + left)
        if start < end:
            counted.append((start, end))
            left -= end - start
    return union(counted)
