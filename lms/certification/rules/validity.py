"""Validity in calendar months. Stated in docs/policy/validity.md, "How long a certificate lasts".

The day of completion is not counted; the last day is the same day of the month so many months later, or the last
day of that month where it has no such day, and it is inclusive. It closes at the instant the next day begins in the
person's time zone.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

MAX_MONTHS = 120


class Ending(StrEnum):
    """Where the last day is put."""

    SAME_DAY = "same_day"
    MONTH_END = "month_end"  # the last day of the month that SAME_DAY falls into
    FIXED_DATE = "fixed_date"  # the last fixed day of the year not after what SAME_DAY gives; needs 12 months or more


class RenewalPolicy(StrEnum):
    """What a renewal within the window counts from."""

    KEEP_ANNIVERSARY = "keep_anniversary"  # from the previous last day: renewing early costs nothing
    FROM_COMPLETION = "from_completion"


@dataclass(frozen=True)
class Validity:
    """How long a certificate lasts and how it is renewed.

    months         1..120
    ending         where the last day is put
    fixed_month, fixed_day   only with FIXED_DATE: 1..12 and 1..31 (a day the month lacks means its last)
    renewal        what an early renewal counts from
    window_days    days before the end at which renewal opens, 0..366
    """

    months: int
    ending: Ending = Ending.SAME_DAY
    fixed_month: int = 12
    fixed_day: int = 31
    renewal: RenewalPolicy = RenewalPolicy.KEEP_ANNIVERSARY
    window_days: int = 60

    def __post_init__(self) -> None:
        if not 1 <= self.months <= MAX_MONTHS:
            raise ValueError("validity is 1 to 120 months")
        if not 0 <= self.window_days <= 366:
            raise ValueError("a renewal window is 0 to 366 days")
        if not (1 <= self.fixed_month <= 12 and 1 <= self.fixed_day <= 31):
            raise ValueError("not a day of the year")
        if self.ending is Ending.FIXED_DATE and self.months < 12:
            raise ValueError("a fixed date needs a validity of 12 months or more")


@dataclass(frozen=True)
class Period:
    """The days a certificate is good for, and the instants they begin and end at.

    starts_at    the instant of completion
    ends_at      the first instant it is no longer good
    anchor_day   day of the month that anniversaries keep through shorter months, 1..31
    """

    starts_at: datetime
    last_day: date
    ends_at: datetime
    anchor_day: int
    zone: str


def add_months(day: date, months: int) -> date:
    """Return the same day of the month, `months` later, or that month's last day where it has no such day.

    >>> add_months(date(2028, 2, 29), 12)
    datetime.date(2029, 2, 28)
    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return _day_in(year, month + 1, day.day)


def local_day(instant: datetime, zone: str) -> date:
    """Return the calendar day of an aware instant in a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def day_begins(day: date, zone: str) -> datetime:
    """Return the first instant of a day in a zone, as UTC, also where a clock change skips midnight."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def day_closes(last_day: date, zone: str) -> datetime:
    """Return the instant at which an inclusive last day is over: the next day's first, as UTC."""
    return day_begins(last_day + timedelta(days=1), zone)


def first_period(validity: Validity, completed_at: datetime, zone: str) -> Period:
    """Return the period of a certificate completed at an instant, counted from that day."""
    day = local_day(completed_at, zone)
    return _period(validity, completed_at, day, day.day, zone)


def renewed_period(validity: Validity, previous: Period, completed_at: datetime) -> Period:
    """Return the period that follows `previous` when its renewal is completed at an instant.

    Before the previous end and with KEEP_ANNIVERSARY it is counted from the previous last day, so that renewing early
    loses nothing; otherwise from the day of completion.
    """
    keeps = validity.renewal is RenewalPolicy.KEEP_ANNIVERSARY and completed_at < previous.ends_at
    if not keeps:
        return first_period(validity, completed_at, previous.zone)
    return _period(validity, completed_at, previous.last_day, previous.anchor_day, previous.zone)


def period_until(last_day: date, starts_at: datetime, zone: str) -> Period:
    """Return a period with a stated last day (a founding grant).

    Raises ValueError when the last day is over before it starts.
    """
    ends_at = day_closes(last_day, zone)
    if ends_at <= starts_at:
        raise ValueError("a period ends after it starts")
    return Period(starts_at, last_day, ends_at, last_day.day, zone)


def window_opens(validity: Validity, period: Period) -> datetime:
    """Return the instant at which the renewal of a period opens: `window_days` whole days before its end."""
    opens = day_begins(period.last_day + timedelta(days=1 - validity.window_days), period.zone)
    return max(period.starts_at, opens)


def _period(validity: Validity, starts_at: datetime, counted_from: date, anchor_day: int, zone: str) -> Period:
    month = add_months(counted_from, validity.months)
    same_day = _day_in(month.year, month.month, anchor_day)
    if validity.ending is Ending.MONTH_END:
        last_day, anchor_day = _day_in(month.year, month.month, 31), 31
    elif validity.ending is Ending.FIXED_DATE:
        years = range(counted_from.year, same_day.year + 1)
        fixed = (_day_in(year, validity.fixed_month, validity.fixed_day) for year in years)
        last_day, anchor_day = max(day for day in fixed if counted_from < day <= same_day), validity.fixed_day
    else:
        last_day = same_day
    return Period(starts_at, last_day, day_closes(last_day, zone), anchor_day, zone)


def _day_in(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
