"""What a recording must be, and how long it is kept: pure."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

CHUNK_LIMIT: Final = 512_000  # bytes; four seconds of speech take some 20,000
CHUNKS_LIMIT: Final = 2_000  # of one track: more than two hours
TRACKS_LIMIT: Final = 20  # of one side of a call: a page that is loaded again begins another
CALL_LIMIT: Final = 100_000_000  # bytes of one call, all sides together
CONSENT_HOLDS: Final = timedelta(hours=12)  # between agreeing and the first chunk: one day at work
MEDIA: Final = {"webm": "audio/webm", "ogg": "audio/ogg"}
_HEADER: Final = 4096  # bytes of the first chunk in which the codec must be named
_CLUSTER: Final = b"\x1f\x43\xb6\x75"  # where a WebM's header ends and its sound begins, which may spell anything


def kind_of_recording(first: bytes) -> str:
    """Return what a recording is by the beginning of its first chunk: webm or ogg with Opus, "" for all else.

    >>> kind_of_recording(b"OggS" + bytes(24) + b"OpusHead")
    'ogg'
    >>> kind_of_recording(b"<script>alert(1)</script>")
    ''
    """
    head = first[:_HEADER].partition(_CLUSTER)[0]
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64] and b"A_OPUS" in head and b"V_" not in head:
        return "webm"
    if head.startswith(b"OggS") and head[28:36] == b"OpusHead":
        return "ogg"
    return ""


def manifest_of(chunks: Iterable[tuple[int, str, int]]) -> str:
    """Return the sha256 over a track's chunks (number, sha256, size), in their order."""
    listed = json.dumps([list(chunk) for chunk in chunks], separators=(",", ":"))
    return hashlib.sha256(listed.encode()).hexdigest()


def is_kept_no_longer(ended_at: datetime | None, opened_at: datetime, days: int, *, now: datetime) -> bool:
    """Tell whether a recording's time is over: `days` (1 or more) after the call ended, or else began."""
    return now >= (ended_at or opened_at) + timedelta(days=days)
