"""Where a person is signed in."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people.models import BrowserSession

_BROWSERS: Final = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
                    ("Safari", "Safari"))
_SYSTEMS: Final = (("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("HarmonyOS", "HarmonyOS"),
                   ("Android", "Android"), ("Mac OS X", "macOS"), ("Linux", "Linux"))


@dataclass(frozen=True)
class SessionRow:
    """One browser a person is signed in with. `browser`, `system`: product names, "" when unknown."""

    id: UUID
    browser: str
    system: str
    address: str
    since: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_this: bool


def sessions_of(session: Session, person_id: UUID, *, at: datetime, this_key: str = "") -> tuple[SessionRow, ...]:
    """Return the open sessions of a person, the one with `this_key` first, then the latest used."""
    rows = session.scalars(
        select(BrowserSession).where(BrowserSession.person_id == person_id, BrowserSession.expires_at > at)
        .order_by(BrowserSession.last_seen_at.desc())
    )
    found = [SessionRow(row.id, *device_of(row.device), row.address, row.created_at, row.last_seen_at, row.expires_at,
                        row.key == this_key) for row in rows]
    return tuple(sorted(found, key=lambda row: not row.is_this))


def device_of(agent: str) -> tuple[str, str]:
    """Return browser and system as their products are called.

    >>> device_of("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0")
    ('Edge 130', 'Windows')
    """
    browser = ""
    for sign, name in _BROWSERS:
        if sign in agent:
            version = re.search(rf"{'Version' if sign == 'Safari' else sign}/(\d+)", agent)
            browser = f"{name} {version[1]}" if version else name
            break
    return browser, next((name for sign, name in _SYSTEMS if sign in agent), "")
