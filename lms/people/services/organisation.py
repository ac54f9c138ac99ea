"""Units, posts and queues: added, renamed. Codes stay as they are, since files and other programs refer to them."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access.door import allows, reach
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.errors import Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.people.models import Post, Queue, Unit, UnitKind
from lms.records.services import audit

_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,38}")
_DEEPEST: Final = 250


def add_unit(
    session: Session, *, parent_id: UUID | None, code: str, name: str, name_en: str = "", kind: UnitKind,
    timezone: str = "", by: Identity, now: datetime,
) -> UUID:
    """Add a unit below another, or a site at the top; return its id.

    timezone   an IANA name; empty: as above it

    Raises NotFound (no such parent, or not theirs), Refused (a new site, without rights over everything) or Invalid.
    """
    parent = _unit(session, parent_id, by) if parent_id else None
    if parent is None:
        _whole(by)
    problems = _code_problems(session, Unit, code) + _name_problems(name) + _zone_problems(timezone)
    path = f"{parent.path if parent else '/'}{code}/"
    if (parent is None) != (kind is UnitKind.SITE) or (parent and parent.kind == UnitKind.TEAM):
        problems.append(Problem("kind", _("Sites stand at the top, departments and teams below; a team has nothing "
                                          "below it.")))
    if len(path) > _DEEPEST:
        problems.append(Problem("code", _("The tree is too deep here.")))
    if problems:
        raise Invalid(problems)
    unit = Unit(parent_id=parent_id, code=code, name=name.strip(), name_en=name_en.strip(), kind=kind, path=path,
                timezone=timezone)
    session.add(unit)
    session.flush()
    audit(session, by=by, action="unit.add", subject=f"unit:{unit.id}", now=now, changes={"path": [None, path]})
    return unit.id


def change_unit(
    session: Session, unit_id: UUID, *, name: str, name_en: str = "", timezone: str = "", by: Identity, now: datetime
) -> None:
    """Rename a unit, or give it another time zone. Raises NotFound or Invalid."""
    unit = _unit(session, unit_id, by)
    problems = _name_problems(name) + _zone_problems(timezone)
    if problems:
        raise Invalid(problems)
    changes = _change(unit, {"name": name.strip(), "name_en": name_en.strip(), "timezone": timezone})
    if changes:
        audit(session, by=by, action="unit.change", subject=f"unit:{unit_id}", now=now, changes=changes)


def save_post(
    session: Session, post_id: UUID | None, *, code: str, name: str, name_en: str = "", by: Identity, now: datetime
) -> UUID:
    """Add a post (None), or rename one; return its id. Raises Refused, NotFound or Invalid."""
    return _save(session, Post, post_id, code, {"name": name.strip(), "name_en": name_en.strip()}, by, now)


def save_queue(
    session: Session, queue_id: UUID | None, *, code: str, name: str, name_en: str = "", short: str = "",
    position: int | None = None, by: Identity, now: datetime,
) -> UUID:
    """Add a queue (None), or rename one; return its id.

    short      what stands over its column on the floor board, at most 12 signs; by default its name's beginning
    position   order of columns; by default last

    Raises Refused, NotFound or Invalid.
    """
    if position is None:
        position = (session.scalar(select(func.max(Queue.position))) or 0) + 1
    values = {"name": name.strip(), "name_en": name_en.strip(), "short": (short.strip() or name.strip())[:12],
              "position": position}
    return _save(session, Queue, queue_id, code, values, by, now)


def _save(
    session: Session, model: type[Post] | type[Queue], row_id: UUID | None, code: str, values: dict[str, object],
    by: Identity, now: datetime,
) -> UUID:
    _whole(by)
    problems = _name_problems(str(values["name"])) + ([] if row_id else _code_problems(session, model, code))
    if problems:
        raise Invalid(problems)
    kind = model.__tablename__
    row: Post | Queue | None
    if row_id is None:
        row = model(code=code, **values)
        session.add(row)
        session.flush()
        audit(session, by=by, action=f"{kind}.add", subject=f"{kind}:{row.id}", now=now, changes={"code": [None, code]})
        return row.id
    row = session.get(Post, row_id) if model is Post else session.get(Queue, row_id)
    if row is None:
        raise NotFound(f"{kind}.unknown")
    changes = _change(row, values)
    if changes:
        audit(session, by=by, action=f"{kind}.change", subject=f"{kind}:{row_id}", now=now, changes=changes)
    return row.id


def _change(row: Unit | Post | Queue, values: dict[str, object] | dict[str, str]) -> dict[str, list[object]]:
    changes = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    for name, (_before, after) in changes.items():
        setattr(row, name, after)
    return changes


def _unit(session: Session, unit_id: UUID, by: Identity) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("unit.unknown")
    reach(by, Permission.ORGANISATION_WRITE, Subject(unit_path=unit.path))
    return unit


def _whole(by: Identity) -> None:
    if not allows(by, Permission.ORGANISATION_WRITE, Subject(unit_path="/")):
        raise Refused("organisation.whole", _("Sites, posts and queues belong to the whole organisation; you may "
                                              "change only a part of it."))


def _code_problems(session: Session, model: type[Unit] | type[Post] | type[Queue], code: str) -> list[Problem]:
    if not _CODE.fullmatch(code):
        return [Problem("code", _("A code is made of small letters, digits and hyphens, at most 39."))]
    if session.scalar(select(model.id).where(model.code == code)):
        return [Problem("code", _("The code %(code)s is taken.", code=code))]
    return []


def _name_problems(name: str) -> list[Problem]:
    return [] if 0 < len(name.strip()) <= 80 else [Problem("name", _("A name has 1 to 80 characters."))]


def _zone_problems(name: str) -> list[Problem]:
    try:
        if name:
            ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [Problem("timezone", _("There is no such time zone."))]
    return []
