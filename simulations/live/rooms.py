"""Who is connected to which room, and what may be passed on there: pure, so that hostile messages meet it in tests.

Nothing here is kept for long: what was said in a call stands in the database. The rooms only tell pages that something
has changed, who else is there, and how two browsers find each other for voices.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from simulations.live.rules import Part

LONGEST_MESSAGE: Final = 32 * 1024  # bytes; an offer of one voice has some 4 KB
BURST, PER_SECOND = 60, 10  # messages of one socket: at once, and in the long run
SIGNALS: Final = frozenset({"ready", "offer", "answer", "candidate", "bye"})
_SHAPES: Final[dict[str, dict[str, tuple[type, ...]]]] = {
    "ready": {}, "bye": {}, "offer": {"sdp": (str,)}, "answer": {"sdp": (str,)},
    "candidate": {"candidate": (str,), "sdpMid": (str, type(None)), "sdpMLineIndex": (int, type(None))},
}
PARTNER: Final = {Part.TRAINER: Part.LEARNER, Part.LEARNER: Part.TRAINER}


class BadMessage(ValueError):
    """A message that no page of ours sends."""


@dataclass
class Allowance:
    """How many messages a socket may still send: refilled with the seconds, never above the burst."""

    left: float = BURST
    at: float = 0.0

    def takes(self, now: float) -> bool:
        """Take one message at `now` (monotonic seconds); False when there are too many."""
        self.left = min(BURST, self.left + (now - self.at) * PER_SECOND)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass(eq=False)
class Seat:
    """One connected page."""

    room: str
    person: str
    part: Part
    allowance: Allowance = field(default_factory=Allowance)


@dataclass(frozen=True)
class Note:
    """A message to one page."""

    to: Seat
    body: dict[str, Any]


class Rooms:
    """Every room that somebody is in."""

    def __init__(self) -> None:
        self._seats: dict[str, list[Seat]] = {}

    def enter(self, seat: Seat) -> tuple[list[Seat], list[Note]]:
        """Let a page in. Return the same person's earlier pages, which have to go, and what to tell whom."""
        here = self._seats.setdefault(seat.room, [])
        earlier = [other for other in here if other.person == seat.person]
        here[:] = [other for other in here if other.person != seat.person] + [seat]
        return earlier, self._present(seat.room)

    def leave(self, seat: Seat) -> list[Note]:
        """Let a page out; a page that was replaced is out already."""
        here = self._seats.get(seat.room, [])
        if seat not in here:
            return []
        here.remove(seat)
        if not here:
            del self._seats[seat.room]
        return self._present(seat.room)

    def pass_on(self, seat: Seat, text: str) -> list[Note]:
        """Return whom a page's message goes to. Raises BadMessage."""
        message = read_message(text)
        others = [other for other in self._seats.get(seat.room, ()) if other is not seat]
        if message["kind"] == "poke":
            return [Note(other, {"kind": "poke"}) for other in others]
        if seat.part not in PARTNER:
            raise BadMessage("an observer has no voice")
        return [Note(other, message) for other in others if other.part is PARTNER[seat.part]]

    def count(self) -> int:
        """Return how many pages are connected."""
        return sum(map(len, self._seats.values()))

    def _present(self, room: str) -> list[Note]:
        here = self._seats.get(room, [])
        return [Note(seat, {"kind": "room", "present": _parts(here)}) for seat in here]


def _parts(seats: Iterable[Seat]) -> list[str]:
    return sorted({seat.part.value for seat in seats})


def read_message(text: str) -> dict[str, Any]:
    """Return a page's message, nothing but its known parts. Raises BadMessage.

    {"kind": "poke"}                                      something was written down: look again
    {"kind": "signal", "type": one of SIGNALS, ...}       how the two browsers find each other
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("no JSON") from None
    if not isinstance(message, dict):
        raise BadMessage("no object")
    if message == {"kind": "poke"}:
        return message
    kind, type_ = message.pop("kind", None), message.pop("type", None)
    if kind != "signal" or not isinstance(type_, str) or type_ not in SIGNALS:
        raise BadMessage("unknown kind")
    shape = _SHAPES[type_]
    if message.keys() != shape.keys():
        raise BadMessage("unknown or missing parts")
    for name, types in shape.items():
        if type(message[name]) not in types:
            raise BadMessage(f"{name} has the wrong type")
    return {"kind": "signal", "type": type_, **message}
