"""Writing an edition: a copy to work on, its units, its files. Only drafts change; every change names its author."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Course, CourseEdition, CoursePicture, CourseUnit
from courses.queries.editions import current_edition, open_edition
from courses.rules.editions import EditionFacts, EditionState, Source, may_edit
from courses.rules.units import UnitKind
from courses.services.assigning import hold
from courses.services.library import next_number
from lms.access.identity import Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.records.services import audit

EDITION_FIELDS = ("title", "title_en", "summary", "summary_en", "note", "note_en", "minutes", "ordered", "points")
UNIT_FIELDS = (
    "kind", "chapter", "title", "title_en", "minutes", "text", "points", "required", "seconds", "questions",
    "pass_percent", "film_percent", "script",
)
COPIED = ("position", "code", *UNIT_FIELDS, "file", "captions")
DEFAULTS: Mapping[UnitKind, dict[str, Any]] = {
    UnitKind.PAGE: {"seconds": 60}, UnitKind.DOCUMENT: {"seconds": 30}, UnitKind.VIDEO: {},
    UnitKind.TEST: {"questions": 5, "pass_percent": 80}, UnitKind.CALL: {"pass_percent": 60},
}


def facts_of(edition: CourseEdition) -> EditionFacts:
    """Return what the rules ask of an edition."""
    hands = frozenset(UUID(person) for person in edition.edited_by)
    return EditionFacts(EditionState(edition.state), edition.created_by, edition.submitted_by, hands)


def new_course(
    session: Session, *, code: str, title: str, copy_of: UUID | None = None, owner_unit_id: UUID | None = None,
    by: Identity, now: datetime,
) -> CourseEdition:
    """Begin a course of the organisation's own with a first draft, empty or copied from an edition.

    Raises Invalid at `code` when the code is taken, NotFound for an unknown edition.
    """
    if session.scalar(select(Course.id).where(Course.code == code)):
        raise Invalid([Problem("code", _("Another course has this code."))])
    course = Course(code=code, owner_unit_id=owner_unit_id, created_at=now)
    session.add(course)
    session.flush()
    source = session.get(CourseEdition, copy_of) if copy_of else None
    if copy_of and source is None:
        raise NotFound
    edition = _draft(session, course, source, by=by, now=now)
    edition.title = title
    edition.title_en = title if source is None else edition.title_en
    session.flush()
    return edition


def start_draft(session: Session, course: Course, *, by: Identity, now: datetime) -> CourseEdition:
    """Copy the edition in force into a draft that may be edited; return the draft there is, if there is one."""
    hold(session, course)
    found = open_edition(session, course.id)
    return found or _draft(session, course, current_edition(session, course.id), by=by, now=now)


def _draft(
    session: Session, course: Course, source: CourseEdition | None, *, by: Identity, now: datetime
) -> CourseEdition:
    values = {name: getattr(source, name) for name in EDITION_FIELDS} if source else {
        "title": course.code, "minutes": 10, "points": []}
    edition = CourseEdition(
        **values, course_id=course.id, course=course, number=next_number(session, course), state=EditionState.DRAFT,
        source=Source.OWN, created_at=now, created_by=by.person_id, edited_by=[str(by.person_id)],
    )
    for unit in source.units if source else ():
        edition.units.append(CourseUnit(**{name: getattr(unit, name) for name in COPIED}))
    for picture in source.pictures if source else ():
        edition.pictures.append(CoursePicture(name=picture.name, svg=picture.svg, file=picture.file))
    session.add(edition)
    session.flush()
    audit(session, by=by, action="course.draft", subject=_subject(edition), now=now,
          changes={"copied_from": [None, source.number if source else None]})
    return edition


def change_edition(
    session: Session, edition_id: UUID, values: Mapping[str, Any], *, by: Identity, now: datetime
) -> None:
    """Change a draft's title, summary, note, length, order. values: any of EDITION_FIELDS."""
    edition = editable(session, edition_id)
    changes = _set(edition, values, EDITION_FIELDS)
    _touch(session, edition, "course.edit", changes, by=by, now=now)


def add_unit(
    session: Session, edition_id: UUID, *, kind: UnitKind, title: str, chapter: str = "", by: Identity, now: datetime
) -> CourseUnit:
    """Add a unit at the end of a draft, with the defaults of its kind."""
    edition = editable(session, edition_id)
    taken = {unit.code for unit in edition.units}
    number = next(n for n in range(1, len(taken) + 2) if f"{kind}-{n}" not in taken)
    unit = CourseUnit(
        edition_id=edition.id, position=len(edition.units), code=f"{kind}-{number}", kind=kind, title=title,
        chapter=chapter or (edition.units[-1].chapter if edition.units else ""), minutes=5, points=[], **DEFAULTS[kind],
    )
    edition.units.append(unit)
    session.flush()
    _touch(session, edition, "course.unit_add", {"unit": [None, unit.code]}, by=by, now=now)
    return unit


def change_unit(
    session: Session, unit_id: UUID, values: Mapping[str, Any], *, seen: str | None = None, by: Identity, now: datetime
) -> CourseUnit:
    """Change a unit of a draft.

    values   any of UNIT_FIELDS
    seen     `mark_of` the unit as the author last saw it; None skips the check

    Raises Conflict when somebody else changed it meanwhile.
    """
    unit = editable_unit(session, unit_id)
    if seen is not None and seen != mark_of(unit):
        raise Conflict("unit.changed", _("Somebody else has changed this unit meanwhile. Copy your text, then reload."))
    changes = _set(unit, values, UNIT_FIELDS)
    _touch(session, unit.edition, "course.unit_edit", {"unit": [unit.code, unit.code], **changes}, by=by, now=now)
    return unit


def move_unit(session: Session, unit_id: UUID, by_places: int, *, by: Identity, now: datetime) -> None:
    """Move a unit up (negative) or down by so many places, as far as there are places."""
    unit = editable_unit(session, unit_id)
    order = [it for it in unit.edition.units if it.id != unit.id]
    before = unit.edition.units.index(unit)
    order.insert(max(0, min(len(order), before + by_places)), unit)
    for position, each in enumerate(order):
        each.position = position
    session.flush()
    session.expire(unit.edition, ["units"])
    _touch(session, unit.edition, "course.unit_move", {"position": [before, unit.position]}, by=by, now=now)


def remove_unit(session: Session, unit_id: UUID, *, by: Identity, now: datetime) -> None:
    """Take a unit out of a draft. Editions already published keep theirs."""
    unit = editable_unit(session, unit_id)
    edition = unit.edition
    edition.units.remove(unit)
    session.flush()
    for position, each in enumerate(edition.units):
        each.position = position
    _touch(session, edition, "course.unit_remove", {"unit": [unit.code, None]}, by=by, now=now)


def attach(
    session: Session, unit_id: UUID, slot: str, file: dict[str, Any] | None, *, by: Identity, now: datetime
) -> CourseUnit:
    """Put a stored file into a unit's slot (`file` or `captions`), or empty it with None."""
    unit = editable_unit(session, unit_id)
    before = getattr(unit, slot)
    setattr(unit, slot, file)
    changes = {slot: [before and before["filename"], file and file["filename"]]}
    _touch(session, unit.edition, "course.unit_file", {"unit": [unit.code, unit.code], **changes}, by=by, now=now)
    return unit


def add_picture(
    session: Session, edition_id: UUID, name: str, file: dict[str, Any], *, by: Identity, now: datetime
) -> CoursePicture:
    """Put an uploaded picture into a draft; one of the same name is replaced."""
    edition = editable(session, edition_id)
    picture = next((it for it in edition.pictures if it.name == name), None)
    if picture is None:
        picture = CoursePicture(edition_id=edition.id, name=name, file=file)
        edition.pictures.append(picture)
    picture.svg, picture.file = None, file
    session.flush()
    _touch(session, edition, "course.picture", {"picture": [None, name]}, by=by, now=now)
    return picture


def editable(session: Session, edition_id: UUID) -> CourseEdition:
    """Return a draft, held for changing. Raises NotFound, or Conflict when it isn't a draft any more."""
    edition = session.get(CourseEdition, edition_id, with_for_update={"of": CourseEdition}, populate_existing=True)
    if edition is None:
        raise NotFound
    if may_edit(facts_of(edition)) is not None:
        raise Conflict("edition.not_a_draft", _("This edition is not a draft: it can't be changed."))
    return edition


def editable_unit(session: Session, unit_id: UUID) -> CourseUnit:
    """Return a unit of a draft, its edition held for changing."""
    unit = session.get(CourseUnit, unit_id)
    if unit is None:
        raise NotFound
    editable(session, unit.edition_id)
    return unit


def mark_of(unit: CourseUnit) -> str:
    """Return a mark that changes with anything an author sees of a unit."""
    seen = {name: getattr(unit, name) for name in UNIT_FIELDS}
    return hashlib.sha256(json.dumps(seen, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _set(row: Any, values: Mapping[str, Any], allowed: tuple[str, ...]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, value in values.items():
        if name not in allowed:
            raise KeyError(name)
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            changes[name] = ["…", "…"] if name == "text" else [before, value]
    return changes


def _touch(
    session: Session, edition: CourseEdition, action: str, changes: dict[str, Any], *, by: Identity, now: datetime
) -> None:
    """Note who had a hand in the edition, and audit the change."""
    if by.person_id is not None and str(by.person_id) not in edition.edited_by:
        edition.edited_by = [*edition.edited_by, str(by.person_id)]
    session.flush()
    audit(session, by=by, action=action, subject=_subject(edition), changes=changes, now=now)


def _subject(edition: CourseEdition) -> str:
    return f"course_edition:{edition.id}"
