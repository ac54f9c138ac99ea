"""One-time tickets: the site hands one to a page that may enter a room, the sockets' process takes it once."""

import secrets
from dataclasses import asdict
from typing import Final

from itsdangerous import BadData, URLSafeSerializer

from simulations.live.rules import Part, Ticket

_SALT: Final = "live-call-socket"
_KEYS: Final = {"room": str, "person": str, "part": str, "origin": str, "nonce": str, "issued_ms": int}


def write_ticket(secret: str, *, room: str, person: str, part: Part, origin: str, now_ms: int) -> str:
    """Return a ticket for one socket. now_ms: Unix time in milliseconds."""
    ticket = Ticket(room, person, part, origin, secrets.token_urlsafe(12), now_ms)
    return str(URLSafeSerializer(secret, salt=_SALT).dumps(asdict(ticket)))


def read_ticket(secret: str, text: str) -> Ticket | None:
    """Return what a ticket says, None when this site didn't write it."""
    try:
        told = URLSafeSerializer(secret, salt=_SALT).loads(text)
        if {name: type(value) for name, value in told.items()} != _KEYS:
            return None
        return Ticket(**{**told, "part": Part(told["part"])})
    except (BadData, AttributeError, ValueError):
        return None
