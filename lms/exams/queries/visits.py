"""Visits to practical stations: the journal read back, who waits, what a tablet shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from lms.exams.models import (
    Station,
    StationAssignment,
    StationAssignmentState,
    StationMark,
    StationVisit,
    VisitState,
)
from lms.exams.rules.journal import Kept, Key, Save, Verdict, final_answers
from lms.exams.rules.rubric import Rubric, judge
from lms.exams.rules.rubric import Verdict as RubricVerdict
from lms.people.models import Person, Unit

NOTE = "note"
SEEN, UNSEEN = "seen", "unseen"


@dataclass(frozen=True)
class Marked:
    """What an assessor's taps come to: level per criterion, fail-all items seen (with when), the note."""

    levels: dict[str, str]
    seen: dict[str, datetime]
    note: str


@dataclass(frozen=True)
class Waiting:
    """A candidate of a station in the assessors' list."""

    assignment_id: UUID
    person_id: UUID
    name: str
    staff_no: str
    unit: str
    assigned_at: datetime
    due_at: datetime | None
    attempts: int
    running_visit: UUID | None
    running_by: UUID | None
    last_points: int | None


@dataclass(frozen=True)
class StationRow:
    """A station in the list, with how many wait."""

    id: UUID
    code: str
    title: str
    title_en: str
    minutes: int
    waiting: int


@dataclass(frozen=True)
class VisitResult:
    """A visit that was handed in, for a person's file and lists."""

    visit_id: UUID
    station_code: str
    title: str
    title_en: str
    person_id: UUID
    name: str
    staff_no: str
    assessor: str
    ended_at: datetime
    points: int
    out_of: int
    passed: bool


def marked_of(session: Session, visit_id: UUID, rubric: Rubric) -> Marked:
    """Return what counts of a visit's journal."""
    rows = session.execute(
        select(StationMark.target, StationMark.epoch, StationMark.sequence, StationMark.value, StationMark.received_at,
               StationMark.tapped_at, StationMark.verdict)
        .where(StationMark.visit_id == visit_id)
    ).all()
    kept = [
        Kept(Save(Key(row.target, row.epoch, row.sequence), row.value, row.received_at), Verdict(row.verdict))
        for row in rows
    ]
    final = {str(target): value for target, value in final_answers(kept).items()}
    criteria = {it.code for it in rubric.criteria}
    fail_all = {it.code for it in rubric.fail_all}
    first_seen = {
        code: min(row.tapped_at for row in rows if row.target == code and row.value == SEEN)
        for code in fail_all
        if final.get(code) == SEEN
    }
    return Marked({code: it for code, it in final.items() if code in criteria}, first_seen, final.get(NOTE, ""))


def verdict_of(rubric: Rubric, marked: Marked) -> RubricVerdict:
    """Return what a visit's marks come to so far."""
    return judge(rubric, marked.levels, marked.seen)


def not_counted(session: Session, visit_id: UUID) -> int:
    """Return how many taps of a tablet that was given up came in afterwards."""
    return session.scalar(
        select(func.count()).select_from(StationMark)
        .where(StationMark.visit_id == visit_id, StationMark.verdict != Verdict.COUNTED)
    ) or 0


def last_tap(session: Session, visit_id: UUID, epoch: int) -> int:
    """Return the highest sequence a tablet has used, 0 before its first tap."""
    return session.scalar(
        select(func.max(StationMark.sequence)).where(StationMark.visit_id == visit_id, StationMark.epoch == epoch)
    ) or 0


def stations(session: Session) -> tuple[StationRow, ...]:
    """Return every station in use."""
    waiting = (
        select(StationAssignment.station_id, func.count().label("waiting"))
        .where(StationAssignment.state == StationAssignmentState.WAITING)
        .group_by(StationAssignment.station_id).subquery()
    )
    rows = session.execute(
        select(Station.id, Station.code, Station.title, Station.title_en, Station.minutes,
               func.coalesce(waiting.c.waiting, 0))
        .outerjoin(waiting, waiting.c.station_id == Station.id)
        .where(Station.retired_at.is_(None)).order_by(Station.code)
    )
    return tuple(StationRow(*row) for row in rows)


def waiting_at(session: Session, station_id: UUID, *, scopes: Sequence[str] = ("/",)) -> tuple[Waiting, ...]:
    """Return who waits at a station within these parts of the organisation: due first, then longest waiting."""
    rows = session.execute(
        select(StationAssignment, Person, Unit.name)
        .join(Person, Person.id == StationAssignment.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(StationAssignment.station_id == station_id,
               StationAssignment.state == StationAssignmentState.WAITING, within(scopes))
        .order_by(StationAssignment.due_at.is_(None), StationAssignment.due_at, StationAssignment.assigned_at,
                  Person.staff_no)
    ).all()
    visits = _visits_of(session, [row.StationAssignment.id for row in rows])
    return tuple(_waiting(row.StationAssignment, row.Person, row.name, visits) for row in rows)


def _visits_of(session: Session, assignment_ids: Iterable[UUID]) -> dict[UUID, list[StationVisit]]:
    found: dict[UUID, list[StationVisit]] = {}
    for visit in session.scalars(
        select(StationVisit).where(StationVisit.assignment_id.in_(list(assignment_ids)))
        .order_by(StationVisit.started_at)
    ):
        found.setdefault(visit.assignment_id, []).append(visit)
    return found


def _waiting(
    assignment: StationAssignment, person: Person, unit: str, visits: dict[UUID, list[StationVisit]]
) -> Waiting:
    theirs = visits.get(assignment.id, [])
    running = next((it for it in theirs if it.state == VisitState.RUNNING), None)
    done = [it for it in theirs if it.state == VisitState.SUBMITTED]
    return Waiting(
        assignment.id, person.id, person.name, person.staff_no, unit, assignment.assigned_at, assignment.due_at,
        len(done), running.id if running else None, running.assessor_id if running else None,
        done[-1].points if done else None,
    )


def within(scopes: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a unit lies within one of these parts of the organisation."""
    return or_(*(Unit.path.startswith(scope, autoescape=True) for scope in scopes or ("-",)))


def visit_results(
    session: Session, *, person_id: UUID | None = None, station_id: UUID | None = None, limit: int = 50
) -> tuple[VisitResult, ...]:
    """Return visits that were handed in, newest first, of a person or of a station."""
    query = select(StationVisit).where(StationVisit.state == VisitState.SUBMITTED)
    if person_id is not None:
        query = query.where(StationVisit.person_id == person_id)
    if station_id is not None:
        query = query.where(StationVisit.station_id == station_id)
    rows = session.scalars(query.order_by(StationVisit.ended_at.desc()).limit(limit))
    return tuple(
        VisitResult(
            it.id, it.station.code, it.station.title, it.station.title_en, it.person_id, it.person.name,
            it.person.staff_no, it.assessor.name, it.ended_at or it.started_at, it.points or 0, it.out_of or 0,
            bool(it.passed),
        )
        for it in rows
    )
