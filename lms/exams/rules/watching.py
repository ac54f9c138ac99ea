"""What an invigilator is told about a sitting: hints, never proof.

A page in the exam room says when it is left, when its reader comes back, when full screen ends. Whether that means
anything a person decides; nothing here changes a mark.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

CONNECTED = timedelta(seconds=25)  # a page says "here" every 10 seconds
OFTEN = 3  # leaves from which the board brings a person forward
NOTE_LENGTH = 200


class EventKind(StrEnum):
    """What happened to a sitting besides saves."""

    LEFT = "left"
    BACK = "back"
    FULLSCREEN_ENDED = "fullscreen_ended"
    NOTICE_ACCEPTED = "notice_accepted"
    SEAT_ASKED = "seat_asked"
    SEAT_GIVEN = "seat_given"
    SEAT_REFUSED = "seat_refused"
    PAUSED = "paused"
    RESUMED = "resumed"


BY_THE_PAGE = frozenset({EventKind.LEFT, EventKind.BACK, EventKind.FULLSCREEN_ENDED})


class Presence(StrEnum):
    """How somebody stands in a session."""

    ABSENT = "absent"  # not begun
    HERE = "here"
    AWAY = "away"  # the page has been left, and not come back to
    OFFLINE = "offline"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Away:
    """How often a page was left.

    times   how often
    now     whether it is left now
    """

    times: int = 0
    now: bool = False


def away(events: Iterable[EventKind]) -> Away:
    """Fold what a page said, oldest first.

    >>> away([EventKind.LEFT, EventKind.BACK, EventKind.LEFT])
    Away(times=2, now=True)
    """
    times, now = 0, False
    for kind in events:
        if kind is EventKind.LEFT:
            times, now = times + 1, True
        elif kind is EventKind.BACK:
            now = False
    return Away(times, now)


def presence(
    *, begun: bool, closed: bool, paused: bool, seen_at: datetime | None, left: bool, at: datetime
) -> Presence:
    """Tell how somebody stands; what stops the clock goes before what the network says, and that before the page.

    seen_at   when the server last heard of the page
    """
    if not begun:
        return Presence.ABSENT
    if closed:
        return Presence.DONE
    if paused:
        return Presence.PAUSED
    if seen_at is None or at - seen_at > CONNECTED:
        return Presence.OFFLINE
    return Presence.AWAY if left else Presence.HERE
