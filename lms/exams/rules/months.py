"""When a monthly exam opens, and which month is to be made now.

A month's window begins on the n-th working day (Monday to Friday) or on a day of the month, at a local time of the
site; a day the month doesn't have is its last. The session is made so many days ahead. A month whose window is over is
never made any more, however long the system stood still. Windows and lead time are short enough that two months
never overlap: at most 14 days open, 7 days ahead, and openings lie at least 25 days apart.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum

from lms.exams.rules.timing import Window

LONGEST_WINDOW = 14 * 24  # hours
LONGEST_LEAD = 7  # days
WARNING = timedelta(days=14)  # before the opening: a bank that is too small is told from then on


class DayRule(StrEnum):
    """How the day of a month is counted."""

    WORKING_DAY = "working_day"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class MonthRule:
    """When the months of a plan are.

    number        n-th working day, 1..20, or day of the month, 1..31
    opens_minute  local minute of the day, 0..1439
    window_hours  how long it may be begun, 1..336
    lead_days     days before the opening on which the session is made and people are told, 0..7
    first, last   first day of the first and of the last month; last None: until further notice
    """

    kind: DayRule
    number: int
    opens_minute: int
    window_hours: int
    lead_days: int
    first: date
    last: date | None = None

    def __post_init__(self) -> None:
        most = 20 if self.kind is DayRule.WORKING_DAY else 31
        if not 1 <= self.number <= most or not 0 <= self.opens_minute < 24 * 60:
            raise ValueError("a working day is 1 to 20, a day 1 to 31, a minute 0 to 1439")
        if not 1 <= self.window_hours <= LONGEST_WINDOW or not 0 <= self.lead_days <= LONGEST_LEAD:
            raise ValueError("a window is 1 to 336 hours, the lead 0 to 7 days")
        if self.first.day != 1 or (self.last is not None and (self.last.day != 1 or self.last < self.first)):
            raise ValueError("months are given by their first day, the last not before the first")

    def has(self, month: date) -> bool:
        """Tell whether a month, given by its first day, is one of the plan's."""
        return self.first <= month and (self.last is None or month <= self.last)


def day_of(kind: DayRule, number: int, month: date) -> date:
    """Return the day of a month that a rule means.

    >>> day_of(DayRule.WORKING_DAY, 3, date(2026, 8, 1)), day_of(DayRule.DAY, 31, date(2026, 2, 1))
    (datetime.date(2026, 8, 5), datetime.date(2026, 2, 28))
    """
    last = monthrange(month.year, month.month)[1]
    if kind is DayRule.DAY:
        return month.replace(day=min(number, last))
    days = (month.replace(day=it) for it in range(1, last + 1))
    return [it for it in days if it.weekday() < 5][number - 1]


def window_of(rule: MonthRule, month: date, zone: tzinfo) -> Window:
    """Return when a month's exam may be begun, in UTC."""
    day = day_of(rule.kind, rule.number, month)
    hour, minute = divmod(rule.opens_minute, 60)
    opens_at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone).astimezone(UTC)
    return Window(opens_at, opens_at + timedelta(hours=rule.window_hours))


def month_due(rule: MonthRule, *, at: datetime, zone: tzinfo) -> date | None:
    """Return the month whose session is to be there at an instant: from the lead before its opening to its closing."""
    for month in _months_around(at, zone):
        window = window_of(rule, month, zone)
        if rule.has(month) and window.opens_at - timedelta(days=rule.lead_days) <= at < window.closes_at:
            return month
    return None


def next_opening(rule: MonthRule, *, at: datetime, zone: tzinfo) -> datetime | None:
    """Return the next opening after an instant, None when the plan is over."""
    month = max(rule.first, at.astimezone(zone).date().replace(day=1))
    for it in (month, following(month)):
        opens_at = window_of(rule, it, zone).opens_at
        if rule.has(it) and opens_at > at:
            return opens_at
    return None


def following(month: date) -> date:
    """Return the first day of the month after.

    >>> following(date(2026, 12, 1))
    datetime.date(2027, 1, 1)
    """
    return (month + timedelta(days=31)).replace(day=1)


def _months_around(at: datetime, zone: tzinfo) -> tuple[date, ...]:
    this = at.astimezone(zone).date().replace(day=1)
    return ((this - timedelta(days=1)).replace(day=1), this, following(this))
