"""What a live call is at an instant, who somebody is in it, and how the sockets' one-time tickets are told: pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

INVITED_FOR: Final = timedelta(hours=24)  # an invitation that nobody took up by then is over
TICKET_SECONDS: Final = 30  # how long a ticket opens a socket
SKEW_MS: Final = 2_000  # how far the clock of another machine may be ahead


class Part(StrEnum):
    """What somebody is in a live call."""

    TRAINER = "trainer"
    LEARNER = "learner"
    OBSERVER = "observer"


class Stage(StrEnum):
    """Where a live call is."""

    INVITED = "invited"
    READY = "ready"
    RUNNING = "running"
    OVER = "over"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Played(Protocol):
    """What these rules need of a live call."""

    @property
    def trainer_id(self) -> UUID: ...
    @property
    def learner_id(self) -> UUID: ...
    @property
    def observer_id(self) -> UUID | None: ...
    @property
    def invited_at(self) -> datetime: ...
    @property
    def ready_at(self) -> datetime | None: ...
    @property
    def cancelled_at(self) -> datetime | None: ...
    @property
    def call_id(self) -> UUID | None: ...


def part_of(live: Played, person_id: UUID | None) -> Part | None:
    """Return what a person is in a live call, None for everybody else."""
    parts = {live.trainer_id: Part.TRAINER, live.learner_id: Part.LEARNER, live.observer_id: Part.OBSERVER}
    return None if person_id is None else parts.get(person_id)


def stage_of(live: Played, *, call_ended: bool, at: datetime) -> Stage:
    """Return where a live call is at `at`. An invitation lapses after 24 hours, at the instant."""
    if live.call_id is not None:
        return Stage.OVER if call_ended else Stage.RUNNING
    if live.cancelled_at is not None:
        return Stage.CANCELLED
    if at >= live.invited_at + INVITED_FOR:
        return Stage.LAPSED
    return Stage.INVITED if live.ready_at is None else Stage.READY


@dataclass(frozen=True)
class Ticket:
    """What a ticket says: who enters which room from which page's origin. issued_ms: Unix time in milliseconds."""

    room: str
    person: str
    part: Part
    origin: str
    nonce: str
    issued_ms: int


def opens(ticket: Ticket, *, origin: str, now_ms: int, since_ms: int) -> bool:
    """Tell whether a ticket opens a socket, as far as that can be told without knowing which were used.

    origin     what the browser says the page came from
    since_ms   since when tickets have been remembered here: an older one may have been used before, so it is refused

    >>> ticket = Ticket("r", "p", Part.LEARNER, "http://a", "n", 1_000)
    >>> opens(ticket, origin="http://a", now_ms=31_000, since_ms=1_000)
    True
    >>> opens(ticket, origin="http://a", now_ms=31_001, since_ms=1_000)
    False
    """
    age = now_ms - ticket.issued_ms
    fresh = ticket.issued_ms >= since_ms and -SKEW_MS <= age <= 1_000 * TICKET_SECONDS
    return fresh and origin.lower() == ticket.origin.lower()
