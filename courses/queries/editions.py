"""Which edition is in force, what its units ask, how far somebody got through it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models import Course, CourseEdition, CourseEvent, CourseRun, CourseUnit
from courses.rules.editions import EditionState
from courses.rules.progress import Event, EventKind, Progress, fold
from courses.rules.units import UnitKind, UnitSpec


def course_by_code(session: Session, code: str, *, retired: bool = True) -> Course | None:
    """Return a course; one taken out of the catalogue only when `retired`."""
    course = session.scalar(select(Course).where(Course.code == code))
    return course if course and (retired or course.retired_at is None) else None


def current_edition(session: Session, course_id: UUID) -> CourseEdition | None:
    """Return the published edition in force: the one with the highest number."""
    return session.scalar(
        select(CourseEdition)
        .where(CourseEdition.course_id == course_id, CourseEdition.state == EditionState.PUBLISHED)
        .order_by(CourseEdition.number.desc()).limit(1)
    )


def current_editions(session: Session, *, course_ids: Collection[UUID] | None = None) -> dict[UUID, CourseEdition]:
    """Return the edition in force of every course that has one and isn't retired, by course id."""
    newest = (
        select(CourseEdition.course_id, func.max(CourseEdition.number).label("number"))
        .where(CourseEdition.state == EditionState.PUBLISHED).group_by(CourseEdition.course_id).subquery()
    )
    query = (
        select(CourseEdition)
        .join(newest, (CourseEdition.course_id == newest.c.course_id) & (CourseEdition.number == newest.c.number))
        .join(Course, Course.id == CourseEdition.course_id).where(Course.retired_at.is_(None)).order_by(Course.code)
    )
    if course_ids is not None:
        query = query.where(CourseEdition.course_id.in_(course_ids))
    return {edition.course_id: edition for edition in session.scalars(query)}


def titles_of(session: Session, codes: Iterable[str], *, english: bool) -> dict[str, str]:
    """Return the titles of courses (`code`) and of units (`code#unit`) as the edition in force has them."""
    wanted = {code: code.partition("#")[::2] for code in codes}
    rows = session.execute(
        select(Course.code, CourseEdition.id, CourseEdition.title, CourseEdition.title_en)
        .join(CourseEdition, CourseEdition.course_id == Course.id)
        .where(Course.code.in_({course for course, _unit in wanted.values()}),
               CourseEdition.state == EditionState.PUBLISHED)
        .order_by(CourseEdition.number)
    )
    newest = {row.code: row for row in rows}
    names = {(code, ""): (row.title, row.title_en) for code, row in newest.items()}
    units = {unit for _course, unit in wanted.values() if unit}
    if units:
        course_of = {row.id: code for code, row in newest.items()}
        for edition_id, code, title, title_en in session.execute(
            select(CourseUnit.edition_id, CourseUnit.code, CourseUnit.title, CourseUnit.title_en)
            .where(CourseUnit.edition_id.in_(course_of), CourseUnit.code.in_(units))
        ):
            names[course_of[edition_id], code] = (title, title_en)
    return {code: (english and names[key][1]) or names[key][0] for code, key in wanted.items() if key in names}


def open_edition(session: Session, course_id: UUID) -> CourseEdition | None:
    """Return the draft of a course, or the edition in review; there is one at most."""
    return session.scalar(
        select(CourseEdition).where(CourseEdition.course_id == course_id, CourseEdition.state != EditionState.PUBLISHED)
    )


def spec_of(unit: CourseUnit) -> UnitSpec:
    """Return what a unit asks, as rules take it."""
    return UnitSpec(
        unit.code, UnitKind(unit.kind), seconds=unit.seconds, video_percent=unit.film_percent,
        duration_ms=(unit.file or {}).get("duration_ms"), required=unit.required,
    )


def specs_of(edition: CourseEdition, focus: str = "") -> tuple[UnitSpec, ...]:
    """Return what the units of an edition ask, in order; with `focus` only that unit."""
    return tuple(spec_of(unit) for unit in edition.units if focus in ("", unit.code))


def event_of(row: CourseEvent) -> Event:
    """Return a row of the event log as rules take it."""
    data: dict[str, Any] = row.data or {}
    return Event(
        EventKind(row.kind), row.at, row.seen_ms,
        played=tuple((int(start), int(end)) for start, end in data.get("played", ())),
        position=data.get("position"), percent=data.get("percent"), passed=bool(data.get("passed")),
    )


def progress_of(session: Session, run_id: UUID, unit_id: UUID) -> Progress:
    """Return how far a run has got in one unit."""
    rows = session.scalars(
        select(CourseEvent).where(CourseEvent.run_id == run_id, CourseEvent.unit_id == unit_id).order_by(CourseEvent.at)
    )
    return fold(event_of(row) for row in rows)


def done_units(session: Session, run_ids: Iterable[UUID]) -> dict[UUID, dict[str, datetime]]:
    """Return for each run the codes of the units that are done, each with its instant."""
    found: dict[UUID, dict[str, datetime]] = defaultdict(dict)
    rows = session.execute(
        select(CourseEvent.run_id, CourseUnit.code, CourseEvent.at)
        .join(CourseUnit, CourseUnit.id == CourseEvent.unit_id)
        .where(CourseEvent.run_id.in_(list(run_ids)), CourseEvent.kind == EventKind.COMPLETED)
    )
    for run_id, code, at in rows:
        found[run_id][code] = at
    return found


def open_run(session: Session, person_id: UUID, course_id: UUID, unit_code: str = "") -> CourseRun | None:
    """Return a person's unfinished run through a course, or through one unit of it."""
    return session.scalar(
        select(CourseRun).where(
            CourseRun.person_id == person_id, CourseRun.course_id == course_id, CourseRun.unit_code == unit_code,
            CourseRun.finished_at.is_(None),
        )
    )


def last_run(session: Session, person_id: UUID, course_id: UUID) -> CourseRun | None:
    """Return a person's latest run through a whole course, finished or not."""
    return session.scalar(
        select(CourseRun)
        .where(CourseRun.person_id == person_id, CourseRun.course_id == course_id, CourseRun.unit_code == "")
        .order_by(CourseRun.started_at.desc()).limit(1)
    )


def unit_of(edition: CourseEdition, code: str) -> CourseUnit | None:
    """Return a unit of an edition by its code."""
    return next((unit for unit in edition.units if unit.code == code), None)


def last_touched(session: Session, run_ids: Sequence[UUID]) -> dict[UUID, tuple[str, datetime]]:
    """Return for each run the unit it was last in, and when."""
    newest = (
        select(CourseEvent.run_id, func.max(CourseEvent.at).label("at"))
        .where(CourseEvent.run_id.in_(run_ids)).group_by(CourseEvent.run_id).subquery()
    )
    rows = session.execute(
        select(CourseEvent.run_id, CourseUnit.code, CourseEvent.at)
        .join(newest, (CourseEvent.run_id == newest.c.run_id) & (CourseEvent.at == newest.c.at))
        .join(CourseUnit, CourseUnit.id == CourseEvent.unit_id)
    )
    return {run_id: (code, at) for run_id, code, at in rows}
