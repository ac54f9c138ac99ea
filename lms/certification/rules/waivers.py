"""How long a waiver may last and how many there may be. Stated in docs/policy/gate.md, "Waivers"."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from lms.certification.rules.validity import local_day

LONGEST: Final = timedelta(days=14)
AHEAD: Final = timedelta(days=30)  # how long before its beginning it may be asked for
QUOTA: Final = 3  # approved waivers of a person in a calendar quarter


class WaiverProblem(StrEnum):
    """Why a waiver can't be asked for or approved."""

    ENDS_FIRST = "ends_first"
    OVER = "over"
    TOO_LONG = "too_long"
    TOO_FAR_AHEAD = "too_far_ahead"
    QUOTA_USED = "quota_used"
    NO_REASON = "no_reason"


def quarter_of(at: datetime, zone: str) -> tuple[int, int]:
    """Return the calendar quarter of an instant as (year, 1..4)."""
    day: date = local_day(at, zone)
    return day.year, (day.month - 1) // 3 + 1


def waiver_problems(
    starts_at: datetime, ends_at: datetime, reason: str, approved: Collection[datetime], *, now: datetime, zone: str
) -> list[WaiverProblem]:
    """Return everything that speaks against a waiver.

    approved   beginnings of the waivers approved for this person before
    """
    found = []
    if not reason.strip():
        found.append(WaiverProblem.NO_REASON)
    if ends_at <= starts_at:
        found.append(WaiverProblem.ENDS_FIRST)
    elif ends_at <= now:
        found.append(WaiverProblem.OVER)
    elif ends_at - starts_at > LONGEST:
        found.append(WaiverProblem.TOO_LONG)
    if starts_at - now > AHEAD:
        found.append(WaiverProblem.TOO_FAR_AHEAD)
    if used(starts_at, approved, zone) >= QUOTA:
        found.append(WaiverProblem.QUOTA_USED)
    return found


def used(starts_at: datetime, approved: Collection[datetime], zone: str) -> int:
    """Return how many approved waivers begin in the same quarter as one that would begin at `starts_at`."""
    quarter = quarter_of(starts_at, zone)
    return sum(quarter_of(it, zone) == quarter for it in approved)
