"""Events of a call and their hash chain. Times are milliseconds on the call clock; 0 is the first ring."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = "0" * 64

RING_STARTED: Final = "ring_started"
CLIENT_KINDS: Final = frozenset(
    {
        "answered",
        "prompt_started",
        "prompt_ended",
        "input_started",
        "utterance",
        "choice",
        "field_changed",
        "field_committed",
        "action",
        "hangup",
        "heartbeat",
        "focus_lost",
        "audio_chunk",
        "interrupted",
    }
)
AFTERWARDS: Final = frozenset({"audio_track", "transcribed"})  # what is noted of a call that may have ended
LEAD_KINDS: Final = frozenset({"cue", "ad_lib"})  # by the trainer who plays the caller of a live call
SERVER_KINDS: Final = frozenset(
    {RING_STARTED, "silence_fired", "hangup", "mood_changed", "outage", *AFTERWARDS, *LEAD_KINDS}
)


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    seq          1, 2, 3 ... without gaps
    server_ms    when the server took it
    client_ms    the client's own monotonic clock, None for the server's events
    client_seq   1, 2, 3 ... of the client's events, None for the server's
    previous     hash of the event before, GENESIS for the first
    """

    seq: int
    kind: str
    server_ms: int
    client_ms: int | None
    client_seq: int | None
    data: Mapping[str, Any]
    previous: str
    hash: str

    def as_json(self) -> dict[str, Any]:
        """Return plain data for storage."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "server_ms": self.server_ms,
            "client_ms": self.client_ms,
            "client_seq": self.client_seq,
            "data": dict(self.data),
            "previous": self.previous,
            "hash": self.hash,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Event":
        """Read what `as_json` wrote. Raises KeyError when a part is missing."""
        return cls(**{key: stored[key] for key in cls.__slots__})


def sealed(
    previous: Event | None,
    kind: str,
    data: Mapping[str, Any],
    *,
    server_ms: int,
    client_ms: int | None = None,
    client_seq: int | None = None,
) -> Event:
    """Make the event that follows `previous`, chained to it."""
    seq = previous.seq + 1 if previous else 1
    before = previous.hash if previous else GENESIS
    content = (seq, kind, server_ms, client_ms, client_seq, dict(data))
    return Event(*content, before, _digest(before, *content))


def verify_chain(events: Iterable[Event]) -> int | None:
    """Return the seq of the first event that doesn't fit the chain, None when all do."""
    before = GENESIS
    for seq, event in enumerate(events, start=1):
        content = (event.seq, event.kind, event.server_ms, event.client_ms, event.client_seq, dict(event.data))
        if event.seq != seq or event.previous != before or event.hash != _digest(before, *content):
            return seq
        before = event.hash
    return None


def canonical(data: Any) -> str:
    """Return JSON with one spelling for equal data."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _digest(previous: str, *content: Any) -> str:
    return hashlib.sha256((previous + canonical(list(content))).encode()).hexdigest()


class EventRefused(ValueError):
    """An event that the call doesn't take; `code` says why, and the log stays as it was."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
