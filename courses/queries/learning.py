"""A learner's courses: what is open, how far, what is due."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import AssignmentState, CourseAssignment, CourseEdition, CourseRun, CourseUnit
from courses.queries.editions import current_editions, done_units, last_touched
from courses.rules.completion import next_unit, percent_done
from courses.rules.units import UnitKind, UnitSpec
from lms.kernel.db import once


class CourseState(StrEnum):
    """Where a learner stands in a course."""

    NEW = "new"
    LEARNING = "learning"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as lists show it."""

    code: str
    title: str
    title_en: str
    kind: str
    minutes: int
    required: bool


@dataclass(frozen=True, slots=True)
class MyCourse:
    """A course as its learner sees it.

    done, total   required units; percent of them, rounded down
    done_units    codes of every unit that is done
    assigned      whether it is assigned and still open
    next_unit     where to go on; None when it is done
    """

    code: str
    title: str
    title_en: str
    summary: str
    summary_en: str
    minutes: int
    edition: int
    state: CourseState
    done: int
    total: int
    percent: int
    next_unit: UnitLine | None
    units: tuple[UnitLine, ...]
    done_units: frozenset[str]
    assigned: bool
    due_at: datetime | None
    overdue: bool
    reason: str
    started_at: datetime | None
    finished_at: datetime | None
    last_at: datetime | None

    @property
    def link(self) -> str:
        """Where to go on with it."""
        return f"/courses/{self.code}"


@dataclass(frozen=True, slots=True)
class Due:
    """An open assignment of a course, or of one unit of it (`unit_code`)."""

    id: UUID
    code: str
    unit_code: str
    title: str
    title_en: str
    course_title: str
    course_title_en: str
    due_at: datetime | None
    overdue: bool
    reason: str
    assigned_at: datetime
    link: str


def my_courses(session: Session, person_id: UUID, at: datetime) -> tuple[MyCourse, ...]:
    """Return the courses a person was assigned or began: what is overdue and due first, finished ones last."""
    assignments = {row.course_id: row for row in _open(session, person_id) if not row.unit_code}
    runs = _latest_runs(session, person_id)
    editions = current_editions(session, course_ids=assignments.keys() | runs.keys())
    for course_id, run in runs.items():
        if run.finished_at is None or course_id not in editions:
            editions[course_id] = run.edition
    units = _units(session, [edition.id for edition in editions.values()])
    run_ids = [run.id for run in runs.values()]
    done, touched = done_units(session, run_ids), last_touched(session, run_ids)
    found = []
    for course_id, edition in editions.items():
        begun, assignment = runs.get(course_id), assignments.get(course_id)
        again = begun is not None and begun.finished_at is not None and assignment is not None
        current = None if again else begun
        found.append(_my_course(
            edition, units[edition.id], current, assignment, done.get(current.id, {}) if current else {},
            touched.get(current.id) if current else None, at,
        ))
    return tuple(sorted(found, key=_urgency))


def available(session: Session, person_id: UUID) -> tuple[MyCourse, ...]:
    """Return the other courses of the catalogue: nobody has to be assigned a course to learn from it."""
    mine = {row.course_id for row in _open(session, person_id)} | _latest_runs(session, person_id).keys()
    editions = {key: edition for key, edition in current_editions(session).items() if key not in mine}
    units = _units(session, [edition.id for edition in editions.values()])
    return tuple(
        _my_course(edition, units[edition.id], None, None, {}, None, edition.created_at)
        for edition in editions.values()
    )


def due(session: Session, person_id: UUID, at: datetime) -> tuple[Due, ...]:
    """Return a person's open assignments of courses and single units, soonest due first, those without a date last."""
    rows = _open(session, person_id)
    if not rows:
        return ()
    editions = current_editions(session, course_ids={row.course_id for row in rows})
    units = _units(session, [edition.id for edition in editions.values()])
    found = []
    for row in rows:
        edition = editions.get(row.course_id)
        if edition is None:
            continue
        unit = next((it for it in units[edition.id] if it.code == row.unit_code), None)
        link = f"/courses/{row.course.code}" + (f"/units/{row.unit_code}" if row.unit_code else "")
        found.append(Due(
            row.id, row.course.code, row.unit_code, unit.title if unit else edition.title,
            unit.title_en if unit else edition.title_en, edition.title, edition.title_en, row.due_at,
            row.due_at is not None and row.due_at < at, row.reason, row.assigned_at, link,
        ))
    return tuple(sorted(found, key=lambda it: (it.due_at is None, it.due_at or at, it.code)))


def _open(session: Session, person_id: UUID) -> Sequence[CourseAssignment]:
    return once(session, ("courses.open", person_id), lambda: session.scalars(
        select(CourseAssignment)
        .where(CourseAssignment.person_id == person_id, CourseAssignment.state == AssignmentState.OPEN)
        .order_by(CourseAssignment.assigned_at)
    ).all())


def _latest_runs(session: Session, person_id: UUID) -> dict[UUID, CourseRun]:
    rows = session.scalars(
        select(CourseRun).where(CourseRun.person_id == person_id, CourseRun.unit_code == "")
        .order_by(CourseRun.started_at)
    )
    return {run.course_id: run for run in rows}


def _units(session: Session, edition_ids: Iterable[UUID]) -> dict[UUID, list[UnitLine]]:
    """Return the units of editions without their texts."""
    found: dict[UUID, list[UnitLine]] = defaultdict(list)
    unit = CourseUnit
    rows = session.execute(
        select(unit.edition_id, unit.code, unit.title, unit.title_en, unit.kind, unit.minutes, unit.required)
        .where(unit.edition_id.in_(list(edition_ids))).order_by(unit.edition_id, unit.position)
    )
    for edition_id, code, title, title_en, kind, minutes, required in rows.tuples():
        found[edition_id].append(UnitLine(code, title, title_en, kind, minutes, required))
    return found


def _my_course(
    edition: CourseEdition, units: Sequence[UnitLine], run: CourseRun | None, assignment: CourseAssignment | None,
    done: dict[str, datetime], touched: tuple[str, datetime] | None, at: datetime,
) -> MyCourse:
    specs = [UnitSpec(it.code, UnitKind(it.kind), required=it.required) for it in units]
    finished = run.finished_at if run else None
    following = None if finished else next_unit(specs, done, after=touched[0] if touched and touched[0] in done else "")
    if touched and touched[0] not in done and not finished:
        following = touched[0]
    state = CourseState.NEW if run is None else CourseState.DONE if finished else CourseState.LEARNING
    wanted = [it for it in specs if it.required] or specs
    due_at = assignment.due_at if assignment else None
    return MyCourse(
        edition.course.code, edition.title, edition.title_en, edition.summary, edition.summary_en, edition.minutes,
        edition.number, state, sum(it.code in done for it in wanted), len(wanted), percent_done(specs, done),
        next((it for it in units if it.code == following), None), tuple(units), frozenset(done),
        assignment is not None, due_at, due_at is not None and due_at < at, assignment.reason if assignment else "",
        run.started_at if run else None, finished, touched[1] if touched else None,
    )


def _urgency(course: MyCourse) -> tuple[bool, bool, float, str]:
    due_at = course.due_at.timestamp() if course.due_at else float("inf")
    unasked = course.state is CourseState.NEW and not course.assigned
    return course.state is CourseState.DONE, unasked, due_at, course.code


