"""How a question to the gate is read: pure."""

import hashlib
from datetime import UTC, datetime
from typing import Final

EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)
LONGEST: Final = 40  # characters of a time


class InvalidInstantError(ValueError):
    """What was given as `at` isn't an instant."""


def read_instant(text: str) -> datetime:
    """Return the instant that an ISO 8601 text with a time zone names, in UTC.

    A `+` that a careless client left unescaped in the address arrives as a space, and is understood.

    >>> read_instant("2026-03-02T09:00:00+08:00").isoformat()
    '2026-03-02T01:00:00+00:00'

    Raises InvalidInstantError for anything else, for a time without a zone, and outside the years 1970-9000.
    """
    text = text.strip()
    if len(text) > LONGEST:
        raise InvalidInstantError(text[:LONGEST])
    if "T" in text and " " in text:
        text = text.replace(" ", "+")
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise InvalidInstantError(text)
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInstantError(text) from None
    if not EARLIEST <= instant < LATEST:
        raise InvalidInstantError(text)
    return instant


def digest_of(key: str) -> str:
    """Return what is kept of a key: its SHA-256 in hex."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def key_in(authorization: str | None, x_api_key: str | None) -> str:
    """Return the key of a request from its two headers; empty when it brings none.

    >>> key_in("Bearer abc", None), key_in(None, "abc"), key_in("Basic abc", None)
    ('abc', 'abc', '')
    """
    if x_api_key:
        return x_api_key.strip()
    scheme, _, rest = (authorization or "").partition(" ")
    return rest.strip() if scheme.lower() == "bearer" else ""
