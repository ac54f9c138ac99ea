"""A person's own exams: what is open, what comes, what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.exams.models import (
    AssignmentState,
    CloseKind,
    Exam,
    ExamAssignment,
    ExamEdition,
    Sitting,
    StationAssignment,
    StationAssignmentState,
)
from lms.exams.queries.release import openings_of
from lms.exams.queries.series import Series, series_of
from lms.exams.rules.entry import entry_window
from lms.exams.rules.release import Shown
from lms.exams.rules.resits import NextStep, Step
from lms.exams.rules.timing import WindowState


@dataclass(frozen=True)
class MyExam:
    """An exam that is assigned to a person and not passed yet.

    full_mark    hundredths of a mark
    opens_at     the earliest instant the next attempt can begin, None when it may begin now
    closes_at    the session's last instant to begin, None without a session
    shut         the session lets nobody begin any more
    asks_code    its code has to be typed
    notice       what it wants accepted besides the standing sentence
    one_seat     moving to another seat needs the invigilator
    """

    assignment_id: UUID
    code: str
    title: str
    title_en: str
    purpose: str
    questions: int
    full_mark: int
    duration_minutes: int
    extra_minutes: int
    pass_percent: int
    due_at: datetime | None
    overdue: bool
    opens_at: datetime | None
    closes_at: datetime | None
    place: str
    step: NextStep
    series: Series
    sitting_id: UUID | None
    in_session: bool
    shut: bool
    asks_code: bool
    notice: str
    one_seat: bool

    @property
    def may_start(self) -> bool:
        """Whether the next attempt may begin now."""
        return self.step.may_sit and self.opens_at is None and not self.shut


@dataclass(frozen=True)
class Result:
    """A sitting that is over. points, out_of: hundredths of a mark, points as they count; None while they aren't shown.

    passed   None while answers wait for a person's marks
    """

    sitting_id: UUID
    code: str
    title: str
    title_en: str
    person_id: UUID
    attempt: int
    started_at: datetime
    closed_at: datetime
    close_kind: str
    points: int | None
    out_of: int | None
    pass_percent: int
    passed: bool | None


@dataclass(frozen=True)
class MyStation:
    """A practical exam a person waits for."""

    code: str
    title: str
    title_en: str
    minutes: int
    due_at: datetime | None
    assigned_at: datetime


def my_exams(session: Session, person_id: UUID, at: datetime) -> tuple[MyExam, ...]:
    """Return a person's open exams as of `at`: running first, then by due date."""
    rows = session.scalars(
        select(ExamAssignment).where(
            ExamAssignment.person_id == person_id, ExamAssignment.state == AssignmentState.OPEN
        )
    ).all()
    found = [_my_exam(session, row, at) for row in rows]
    known = [it for it in found if it is not None]
    return tuple(sorted(known, key=lambda it: (it.sitting_id is None, it.due_at is None, it.due_at or at, it.code)))


def exams_to_do(session: Session, person_id: UUID, at: datetime) -> int:
    """Count the exams that wait for this person: to begin, to go on with, to sit again.

    One that people are marking, that waits for its day, for something to be relearnt or for a manager isn't among them.
    """
    sat = exists().where(Sitting.assignment_id == ExamAssignment.id, Sitting.closed_at.is_not(None))
    rows = session.execute(
        select(ExamAssignment, sat).where(
            ExamAssignment.person_id == person_id, ExamAssignment.state == AssignmentState.OPEN
        )
    )
    theirs = (Step.SIT, Step.CONTINUE)
    return sum(not ended or series_of(session, row, at=at).step.step in theirs for row, ended in rows)


def my_exam(session: Session, person_id: UUID, code: str, at: datetime) -> MyExam | None:
    """Return a person's open series of one exam, None when there is none or nothing is published."""
    return next((it for it in my_exams(session, person_id, at) if it.code == code), None)


def _my_exam(session: Session, row: ExamAssignment, at: datetime) -> MyExam | None:
    edition = session.scalars(
        select(ExamEdition).where(ExamEdition.exam_id == row.exam_id).order_by(ExamEdition.number.desc()).limit(1)
    ).first()
    if edition is None:
        return None
    series = series_of(session, row, at=at)
    running = session.scalar(select(Sitting.id).where(Sitting.assignment_id == row.id, Sitting.closed_at.is_(None)))
    planned = row.session
    opens = [it for it in (series.step.not_before, planned.opens_at if planned else None) if it and it > at]
    window = entry_window(planned.opens_at, planned.closes_at, planned.late_entry) if planned else None
    closed = window is not None and window.state(at) is WindowState.OVER
    return MyExam(
        row.id, row.exam.code, edition.title, edition.title_en, row.exam.purpose, edition.questions, edition.full_mark,
        edition.duration_minutes, row.extra_minutes, edition.pass_percent, row.due_at,
        bool(closed or (row.due_at and row.due_at < at)), max(opens) if opens else None,
        window.closes_at if window else None, planned.place if planned else "", series.step, series, running,
        planned is not None, closed, bool(planned and planned.access_code), planned.notice if planned else "",
        bool(planned and planned.one_seat),
    )


def results_of(session: Session, person_id: UUID, at: datetime, *, limit: int = 100) -> tuple[Result, ...]:
    """Return a person's sittings that are over, newest first, as far as they may be shown at `at`."""
    return results(session, [person_id], at, limit=limit)


def results(
    session: Session, person_ids: Sequence[UUID], at: datetime, *, code: str = "", limit: int = 1000
) -> tuple[Result, ...]:
    """Return the sittings of several people that are over, newest first; of one exam when `code` names it."""
    query = (
        select(Sitting).join(ExamEdition, ExamEdition.id == Sitting.edition_id)
        .join(Exam, Exam.id == ExamEdition.exam_id)
        .where(Sitting.person_id.in_(person_ids), Sitting.closed_at.is_not(None),
               Sitting.close_kind != CloseKind.CANCELLED)
        .order_by(Sitting.closed_at.desc()).limit(limit)
    )
    if code:
        query = query.where(Exam.code == code)
    return tuple(_result(row, at) for row in session.scalars(query))


def _result(row: Sitting, at: datetime) -> Result:
    edition = row.edition
    scored = openings_of(row, at)[Shown.SCORE].open
    return Result(
        row.id, edition.exam.code, edition.title, edition.title_en, row.person_id, row.attempt, row.started_at,
        row.closed_at or at, row.close_kind or "", row.counted if scored else None, row.out_of if scored else None,
        edition.pass_percent, row.passed,
    )


def my_stations(session: Session, person_id: UUID) -> tuple[MyStation, ...]:
    """Return the practical exams a person waits for."""
    rows = session.scalars(
        select(StationAssignment).where(
            StationAssignment.person_id == person_id, StationAssignment.state == StationAssignmentState.WAITING
        ).order_by(StationAssignment.assigned_at)
    )
    return tuple(
        MyStation(it.station.code, it.station.title, it.station.title_en, it.station.minutes, it.due_at, it.assigned_at)
        for it in rows
    )
