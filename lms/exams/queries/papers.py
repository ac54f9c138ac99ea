"""Trainers' reads: the list of exams, how one has gone, sessions with their live list, decisions that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.exams.models import (
    AssignmentState,
    CloseKind,
    Exam,
    ExamAssignment,
    ExamEdition,
    ExamSession,
    Sitting,
)
from lms.exams.queries.answers import Progress, progress_of
from lms.exams.queries.series import series_of
from lms.exams.queries.visits import within
from lms.exams.rules.forms import LETTERS
from lms.exams.rules.resits import Step
from lms.people.models import Person, Unit


@dataclass(frozen=True)
class Live:
    """One person of a session or an exam, as the live list shows them. form: its letter; "" for a draw of its own."""

    assignment_id: UUID
    person_id: UUID
    name: str
    staff_no: str
    unit: str
    sitting_id: UUID | None
    attempt: int
    questions: int
    answered: int
    last_saved_at: datetime | None
    not_counted: int
    extra_minutes: int
    epoch: int
    started_at: datetime | None
    deadline_at: datetime | None
    closed_at: datetime | None
    close_kind: str | None
    points: int | None
    out_of: int | None
    passed: bool | None
    form: str = ""

    @property
    def state(self) -> str:
        """Where the person is: none, ok (sitting), done."""
        if self.sitting_id is None:
            return "none"
        return "ok" if self.closed_at is None else "done"


@dataclass(frozen=True)
class Waiting:
    """A person who waits for a manager's decision: the attempts are used up, or the resit's deadline has passed.

    overdue_since   the deadline that passed; None when the attempts are used up
    """

    assignment_id: UUID
    code: str
    title: str
    title_en: str
    person_id: UUID
    name: str
    staff_no: str
    unit: str
    attempts: int
    best: int
    out_of: int
    failed_at: datetime
    overdue_since: datetime | None


@dataclass(frozen=True)
class Figures:
    """How an edition has gone so far. average: hundredths of a mark of those marked, None without any."""

    sittings: int
    passed: int
    average: int | None


def exam_list(paths: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Return the selection of exams within or above these parts of the organisation, with their newest edition."""
    newest = aliased(ExamEdition)
    number = (
        select(func.max(ExamEdition.number)).where(ExamEdition.exam_id == Exam.id).correlate(Exam).scalar_subquery()
    )
    return (
        select(Exam, newest).outerjoin(newest, (newest.exam_id == Exam.id) & (newest.number == number))
        .outerjoin(Unit, Unit.id == Exam.unit_id)
        .where(Exam.retired_at.is_(None), or_(Exam.unit_id.is_(None), on_the_way(paths)))
    )


def on_the_way(paths: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a unit lies within one of these parts, or above one."""
    above = [Unit.path == path[:end] for path in paths for end in range(1, len(path) + 1) if path[end - 1] == "/"]
    return or_(within(paths), *above)


def figures_of(session: Session, exam_ids: Sequence[UUID]) -> dict[UUID, Figures]:
    """Return exam -> how its sittings of all editions have gone."""
    rows = session.execute(
        select(ExamEdition.exam_id, func.count(), func.sum(case((Sitting.passed.is_(True), 1), else_=0)),
               func.avg(10_000.0 * Sitting.points / Sitting.out_of))
        .join(ExamEdition, ExamEdition.id == Sitting.edition_id)
        .where(ExamEdition.exam_id.in_(exam_ids), Sitting.points.is_not(None)).group_by(ExamEdition.exam_id)
    )
    return {
        exam_id: Figures(count, passed or 0, None if average is None else round(average))
        for exam_id, count, passed, average in rows
    }


def session_list(paths: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Return the selection of exam sessions within or above these parts of the organisation."""
    return (
        select(ExamSession).outerjoin(Unit, Unit.id == ExamSession.unit_id)
        .where(or_(ExamSession.unit_id.is_(None), on_the_way(paths)))
    )


def live_of_session(session: Session, session_id: UUID, scopes: Sequence[str]) -> tuple[Live, ...]:
    """Return everybody of a session: those assigned to it and those who sat in it."""
    sat = select(Sitting.assignment_id).where(Sitting.session_id == session_id)
    chosen = or_(ExamAssignment.session_id == session_id, ExamAssignment.id.in_(sat))
    in_session = (Sitting.assignment_id == ExamAssignment.id) & (Sitting.session_id == session_id)
    return _live(session, chosen, in_session, scopes)


def live_of_exam(session: Session, exam_id: UUID, scopes: Sequence[str]) -> tuple[Live, ...]:
    """Return everybody with an open series of an exam, with the attempt that is the latest."""
    latest = (
        select(func.max(Sitting.attempt)).where(Sitting.assignment_id == ExamAssignment.id)
        .correlate(ExamAssignment).scalar_subquery()
    )
    chosen = (ExamAssignment.exam_id == exam_id) & (ExamAssignment.state == AssignmentState.OPEN)
    return _live(session, chosen, (Sitting.assignment_id == ExamAssignment.id) & (Sitting.attempt == latest), scopes)


def _live(
    session: Session, chosen: ColumnElement[bool], joined: ColumnElement[bool], scopes: Sequence[str]
) -> tuple[Live, ...]:
    rows = session.execute(
        select(ExamAssignment.id, ExamAssignment.extra_minutes, Person.id, Person.name, Person.staff_no, Unit.name,
               Sitting)
        .select_from(ExamAssignment).join(Person, Person.id == ExamAssignment.person_id)
        .join(Unit, Unit.id == Person.unit_id).outerjoin(Sitting, joined)
        .where(chosen, within(scopes), ExamAssignment.state != AssignmentState.CANCELLED)
        .order_by(Person.staff_no)
    ).all()
    progress = progress_of(session, [row[-1].id for row in rows if row[-1] is not None])
    none = Progress(0, None, 0)
    return tuple(
        _line(tuple(row[:6]), row[-1], progress.get(row[-1].id, none) if row[-1] is not None else none) for row in rows
    )


def _line(who: tuple[Any, ...], sitting: Sitting | None, progress: Progress) -> Live:
    assignment_id, extra, person_id, name, staff_no, unit = who
    if sitting is None:
        return Live(assignment_id, person_id, name, staff_no, unit, None, 0, 0, 0, None, 0, extra, 0,
                    None, None, None, None, None, None, None)
    return Live(
        assignment_id, person_id, name, staff_no, unit, sitting.id, sitting.attempt, sitting.questions,
        progress.answered, progress.last_saved_at, progress.not_counted, extra, sitting.epoch, sitting.started_at,
        sitting.deadline_at, sitting.closed_at, sitting.close_kind, sitting.counted, sitting.out_of, sitting.passed,
        LETTERS[sitting.form - 1] if sitting.form else "",
    )


def waiting_for_decision(session: Session, scopes: Sequence[str], at: datetime) -> tuple[Waiting, ...]:
    """Return who waits for a manager's decision within these parts of the organisation, longest first."""
    failed = (
        select(Sitting.assignment_id, func.count().label("attempts"), func.max(Sitting.counted).label("best"),
               func.max(Sitting.out_of).label("out_of"), func.max(Sitting.closed_at).label("failed_at"))
        .where(Sitting.closed_at.is_not(None), Sitting.close_kind != CloseKind.CANCELLED)
        .group_by(Sitting.assignment_id).subquery()
    )
    rows = session.execute(
        select(ExamAssignment, Person, Unit.name, failed.c.attempts, failed.c.best, failed.c.out_of, failed.c.failed_at)
        .join(failed, failed.c.assignment_id == ExamAssignment.id).join(Person, Person.id == ExamAssignment.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(ExamAssignment.state == AssignmentState.OPEN, within(scopes)).order_by(failed.c.failed_at)
    ).all()
    steps = {row.id: series_of(session, row, at=at).step for row, *_more in rows}
    return tuple(
        Waiting(row.id, row.exam.code, row.exam.title, row.exam.title_en, person.id, person.name, person.staff_no, unit,
                attempts, best, out_of, failed_at, steps[row.id].due_at if steps[row.id].overdue else None)
        for row, person, unit, attempts, best, out_of, failed_at in rows
        if steps[row.id].step is Step.DECISION
    )
