"""Are there enough people in the weeks to come? Counted from permissions that end, against what the roster asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

WEEKS: Final = 12
HOURS_A_WEEK: Final = 40  # what one person works; turns heads an hour into people on the roster
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """One week to come.

    ready    people who may still take the queue's calls at its end, if nobody renews
    ending   people whose permission ends within it
    """

    starts_at: datetime
    ready: int
    ending: int


def people_needed(heads: Mapping[tuple[int, int], int]) -> int:
    """Return how many people a queue needs on its roster, from heads by (weekday, hour).

    The week's head-hours over what one person works, rounded up; never fewer than the busiest hour.

    >>> people_needed({(day, hour): 2 for day in range(7) for hour in range(8, 20)})
    5
    """
    if not heads:
        return 0
    return max(max(heads.values()), -(-sum(heads.values()) // HOURS_A_WEEK))


def weeks_ahead(at: datetime, zone: ZoneInfo, weeks: int = WEEKS) -> list[datetime]:
    """Return the beginnings of the coming weeks, local Monday 00:00, the present one first; and the end of the last."""
    here = at.astimezone(zone)
    monday = (here - timedelta(days=here.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    return [(monday + number * WEEK) for number in range(weeks + 1)]


def forecast(permitted: int, endings: Sequence[int], edges: Sequence[datetime]) -> list[Week]:
    """Return week by week who remains of `permitted`, as their permissions end and none is renewed.

    endings   how many end in each week
    edges     beginnings of the weeks and the end of the last, in order: one more than there are endings

    >>> noon = datetime(2026, 3, 2, 12)
    >>> [week.ready for week in forecast(3, [1, 1], [noon, noon + WEEK, noon + 2 * WEEK])]
    [2, 1]
    """
    left = permitted
    weeks = []
    for start, ending in zip(edges[:-1], endings, strict=True):
        left -= ending
        weeks.append(Week(start, max(left, 0), ending))
    return weeks


def surplus_look(surplus: int) -> str:
    """Return the look of a surplus in the table of weeks: `hm-3` lacks 3 or more .. `hm-1` 1-2 to spare, `` plenty."""
    if surplus <= -3:
        return "hm-3"
    if surplus < 0:
        return "hm-2"
    if surplus == 0:
        return "hm-0"
    return "hm-1" if surplus <= 2 else ""
