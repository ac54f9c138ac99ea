"""Time zones: a unit's own, else the nearest above it, else the installation's."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lms.access.identity import Identity
from lms.kernel.db import once, reading
from lms.kernel.settings import get_settings
from lms.people.models import Person, Unit

_above = aliased(Unit)
_NEAREST: Final = (
    select(_above.timezone)
    .join(Unit, func.substr(Unit.path, 1, func.length(_above.path)) == _above.path)
    .join(Person, Person.unit_id == Unit.id)
    .where(Person.id == bindparam("person_id"), _above.timezone != "")
    .order_by(func.length(_above.path).desc()).limit(1)
)  # built once: it is asked with every message and every resit


def zone_of_unit(session: Session, unit_path: str) -> ZoneInfo:
    """Return the time zone that holds in a unit."""
    return zones_of_units(session, [unit_path])[unit_path]


def zones_of_units(session: Session, unit_paths: Iterable[str]) -> dict[str, ZoneInfo]:
    """Return the time zones of units, by path."""
    stated = once(session, "zones", lambda: dict(
        session.execute(select(Unit.path, Unit.timezone).where(Unit.timezone != "")).tuples().all()))
    default = get_settings().time_zone
    return {path: ZoneInfo(next((stated[it] for it in lineage(path) if it in stated), default)) for path in unit_paths}


def zone_of_person(session: Session, person_id: UUID) -> ZoneInfo:
    """Return the time zone of a person's site; the installation's for somebody unknown."""
    stated = session.scalar(_NEAREST, {"person_id": person_id})
    return ZoneInfo(stated or get_settings().time_zone)


def zone_of(identity: Identity) -> ZoneInfo | None:
    """Return the zone that times are shown in to a signed-in person; None for visitors. For the web layer."""
    return zone_of_unit(reading(), identity.unit_path) if identity.unit_path else None


def lineage(path: str) -> list[str]:
    """Return a unit's path and those above it, the nearest first.

    >>> lineage("/pa/hz/")
    ['/pa/hz/', '/pa/']
    """
    steps = path.strip("/").split("/") if path.strip("/") else []
    return [f"/{'/'.join(steps[:length])}/" for length in range(len(steps), 0, -1)]


