"""Until when a candidate may appeal, and what an appeal may come to."""

from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

DEFAULT_DAYS = 5
MOST_DAYS = 60


class AppealOutcome(StrEnum):
    """What a second person decided."""

    UPHELD = "upheld"  # the marks change
    REJECTED = "rejected"


def appeal_until(marked_at: datetime, days: int, zone: tzinfo) -> datetime | None:
    """Return the first instant at which an appeal comes too late: local midnight after `days` further calendar days.

    days   calendar days after the day of the result, 0..60; 0: no appeals, None is returned

    >>> from datetime import UTC
    >>> appeal_until(datetime(2026, 3, 2, 15, 0, tzinfo=UTC), 5, UTC)
    datetime.datetime(2026, 3, 8, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if days == 0:
        return None
    day = marked_at.astimezone(zone).date() + timedelta(days=days + 1)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(marked_at.tzinfo)


def in_time(at: datetime, marked_at: datetime | None, days: int, zone: tzinfo) -> bool:
    """Tell whether an appeal may be made at `at`: the result stands and its days aren't over."""
    if marked_at is None:
        return False
    until = appeal_until(marked_at, days, zone)
    return until is not None and at < until
