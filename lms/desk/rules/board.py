"""The floor board in numbers: who is missing where, and the sentence that stands above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

EVENING: Final = time(20, 0)
MORNING: Final = time(8, 0)
NEAR: Final = timedelta(days=7)
EARLIEST_YEAR: Final = 2000
LATEST_YEAR: Final = 2100


class Moment(StrEnum):
    """Which instant the board is asked about."""

    NOW = "now"
    EVENING = "evening"
    MONDAY = "monday"
    CHOSEN = "chosen"


@dataclass(frozen=True)
class AsOf:
    """The instant the board shows, and how it was chosen."""

    moment: Moment
    at: datetime


@dataclass(frozen=True)
class QueueColumn:
    """One queue of the board.

    needed   heads needed at the instant, None where nobody has said
    ready    people who are on shift for it and may take its calls alone
    states   how many people are in each state, whether on shift or not
    """

    id: UUID
    code: str
    name: str
    short: str
    needed: int | None
    ready: int
    states: Mapping[str, int]

    @property
    def missing(self) -> int:
        """Return how many heads are missing, 0 when the need is met or unknown."""
        return max(0, (self.needed or 0) - self.ready)

    @property
    def filled(self) -> int:
        """Return in whole per cent, 0..100, how far the need is met."""
        return min(100, 100 * self.ready // self.needed) if self.needed else 100


@dataclass(frozen=True)
class Headline:
    """What the title says.

    worst    the queue that misses most; None when no queue misses anybody
    others   the other queues that miss somebody, worst first
    enough   how many queues with a stated need have it met
    ending   people whose permission for some queue ends within `NEAR`
    """

    worst: QueueColumn | None
    others: tuple[QueueColumn, ...]
    enough: int
    ending: int


def headline(columns: Sequence[QueueColumn], ending: int) -> Headline:
    """Return what the title says; among equals the queue that stands first on the board is the worst.

    ending   how many people's permission ends within `NEAR`
    """
    short = sorted((column for column in columns if column.missing), key=lambda column: -column.missing)
    enough = sum(1 for column in columns if column.needed is not None and not column.missing)
    return Headline(short[0] if short else None, tuple(short[1:]), enough, ending)


def as_of(text: str, now: datetime, zone: ZoneInfo) -> AsOf:
    """Read the instant asked for: nothing or `now`, `evening`, `monday`, or local `2026-11-23T08:24`.

    `evening` is the next 20:00, `monday` the next Monday 08:00 that still lies ahead. Anything unreadable is now.

    >>> as_of("evening", datetime.fromisoformat("2026-03-02T01:00:00+00:00"), ZoneInfo("Asia/Shanghai")).at.isoformat()
    '2026-03-02T20:00:00+08:00'
    """
    here = now.astimezone(zone)
    if text == Moment.EVENING:
        return AsOf(Moment.EVENING, _next(here, EVENING, None))
    if text == Moment.MONDAY:
        return AsOf(Moment.MONDAY, _next(here, MORNING, 0))
    chosen = _local(text, zone)
    return AsOf(Moment.CHOSEN, chosen) if chosen else AsOf(Moment.NOW, now)


def _next(here: datetime, at: time, weekday: int | None) -> datetime:
    candidate = here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    while candidate <= here or (weekday is not None and candidate.weekday() != weekday):
        candidate += timedelta(days=1)
    return candidate


def _local(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T")[:19])
    except ValueError:
        return None
    if moment.tzinfo is not None or not EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        return None
    return moment.replace(tzinfo=zone)
