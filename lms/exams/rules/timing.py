"""When a sitting ends, and which answers still count.

A candidate starts inside the session's window. The deadline is fixed at that instant: start + duration + the person's
extra time + whatever an invigilator grants later. The window's end stops new starts; it never shortens a sitting.

An answer counts when the server received it no later than the deadline plus the network grace; both ends are
inclusive, to the microsecond. A microsecond later it is kept, marked late and not counted. A sitting whose last
accepting instant has passed is over *as of its deadline*, whoever looks first.

A pause stops the clock. While it lasts no time runs out and everything received counts; when it ends, the deadline has
moved by its length, in whole seconds and in the candidate's favour. A pause ends by itself after twelve hours.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MAX_DURATION = timedelta(hours=12)
MAX_GRACE = timedelta(minutes=5)
MAX_PAUSE = timedelta(hours=12)
ANNOUNCED: tuple[timedelta, ...] = (timedelta(minutes=10), timedelta(minutes=5), timedelta(minutes=1))
NONE = timedelta(0)


class WindowState(StrEnum):
    """Whether a session lets people start now."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Window:
    """The instants between which a session may be started: `opens_at` included, `closes_at` not.

    Raises ValueError when it ends before it begins or has no length.
    """

    opens_at: datetime
    closes_at: datetime

    def __post_init__(self) -> None:
        if self.closes_at <= self.opens_at:
            raise ValueError("a window closes after it opens")

    def state(self, at: datetime) -> WindowState:
        """Tell whether the window lets anybody start at `at`."""
        if at < self.opens_at:
            return WindowState.NOT_YET
        return WindowState.OPEN if at < self.closes_at else WindowState.OVER


def deadline(
    started_at: datetime, duration: timedelta, *, extra: timedelta = NONE, grants: Iterable[timedelta] = ()
) -> datetime:
    """Return the instant at which a sitting is over.

    duration   working time of the paper, more than 0, at most 12 hours
    extra      the person's own extra time, 0 or more
    grants     pauses and extensions granted during the sitting, each 0 or more

    Raises ValueError outside these ranges. Source: docs/policy/exams.md, "Time".
    """
    if not NONE < duration <= MAX_DURATION:
        raise ValueError("a duration is more than 0 and at most 12 hours")
    added = [extra, *grants]
    if any(part < NONE for part in added):
        raise ValueError("time may be added to a sitting, never taken away")
    return started_at + duration + sum(added, NONE)


def last_accepting_instant(deadline_at: datetime, grace: timedelta) -> datetime:
    """Return the last instant at which an answer received counts.

    grace   allowance for the network, 0 to 5 minutes; it is no working time and no page shows it

    Raises ValueError outside that range.
    """
    if not NONE <= grace <= MAX_GRACE:
        raise ValueError("grace is 0 to 5 minutes")
    return deadline_at + grace


def in_time(
    received_at: datetime, deadline_at: datetime, grace: timedelta, *, paused_at: datetime | None = None
) -> bool:
    """Tell whether an answer received at `received_at` counts as far as time goes.

    paused_at   since when the sitting's clock stands, None while it runs

    >>> from datetime import UTC
    >>> end = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    >>> in_time(end + timedelta(seconds=5), end, timedelta(seconds=5))
    True
    >>> in_time(end + timedelta(seconds=5, microseconds=1), end, timedelta(seconds=5))
    False
    """
    return paused_at is not None or received_at <= last_accepting_instant(deadline_at, grace)


def is_over(at: datetime, deadline_at: datetime, grace: timedelta, *, paused_at: datetime | None = None) -> bool:
    """Tell whether no further answer can count because of time: the sitting is to be closed as of its deadline."""
    return not in_time(at, deadline_at, grace, paused_at=paused_at)


def remaining(at: datetime, deadline_at: datetime, *, paused_at: datetime | None = None) -> timedelta:
    """Return the working time left, never below 0; during a pause what was left when it began."""
    return max(deadline_at - (paused_at or at), NONE)


def may_pause(at: datetime, deadline_at: datetime, *, paused_at: datetime | None = None) -> bool:
    """Tell whether a clock can be stopped: while it runs and working time is left."""
    return paused_at is None and at < deadline_at


def pause_length(paused_at: datetime, at: datetime) -> timedelta:
    """Return how long a pause has lasted: whole seconds rounded up, at least 1 second, at most 12 hours.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    >>> pause_length(noon, noon + timedelta(seconds=90, microseconds=1))
    datetime.timedelta(seconds=91)

    Raises ValueError when it ends before it begins.
    """
    if at < paused_at:
        raise ValueError("a pause ends after it begins")
    return min(timedelta(seconds=max(math.ceil((at - paused_at) / timedelta(seconds=1)), 1)), MAX_PAUSE)




def announcements(left: timedelta) -> tuple[timedelta, ...]:
    """Return the announcements still to come with `left` on the clock, longest first."""
    return tuple(mark for mark in ANNOUNCED if left > mark)
