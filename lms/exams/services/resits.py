"""The ladder schedules itself: the next session once a resit is possible, the manager once it is overdue."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import AssignmentState, CloseKind, ExamAssignment, ExamSession, Sitting
from lms.exams.notices.sittings import tell_resit_open, tell_resit_overdue
from lms.exams.queries.series import series_of
from lms.exams.rules.resits import Step
from lms.exams.services.assigning import locked_assignment
from lms.people.models import Person, Unit
from lms.records.services import audit


def resits_to_follow(session: Session) -> Sequence[UUID]:
    """Return the open series with an attempt behind them and none running: those that may have come to a resit."""
    mine = select(Sitting.id).where(Sitting.assignment_id == ExamAssignment.id)
    return session.scalars(
        select(ExamAssignment.id).where(
            ExamAssignment.state == AssignmentState.OPEN,
            exists(mine.where(Sitting.points.is_not(None), Sitting.close_kind != CloseKind.CANCELLED)),
            ~exists(mine.where(Sitting.closed_at.is_(None))),
        ).order_by(ExamAssignment.opens_at)
    ).all()


def follow_resit(session: Session, assignment_id: UUID, *, by: Identity, now: datetime) -> Step:
    """Do what a series has come to, each once: a session and a message, or the manager. Return the step."""
    assignment = locked_assignment(session, assignment_id)
    series = series_of(session, assignment, at=now)
    step = series.step
    if assignment.state != AssignmentState.OPEN:
        return step.step
    if step.overdue:
        tell_resit_overdue(session, assignment, step, now=now)
    elif step.step is Step.SIT and step.attempt > 1:
        if series.policy.schedule and _needs_session(assignment, now):
            _into_session(session, assignment, next_session(session, assignment, at=now), by=by, now=now)
        tell_resit_open(session, assignment, step, now=now)
    return step.step


def _needs_session(assignment: ExamAssignment, now: datetime) -> bool:
    return assignment.session is None or assignment.session.closes_at <= now


def next_session(session: Session, assignment: ExamAssignment, *, at: datetime) -> ExamSession | None:
    """Return the next session of the exam that a person may be put into, None when none is planned for their part."""
    person = session.get_one(Person, assignment.person_id)
    path = person.unit.path
    above = [path[: end + 1] for end, sign in enumerate(path) if sign == "/"]
    return session.scalars(
        select(ExamSession).outerjoin(Unit, Unit.id == ExamSession.unit_id)
        .where(ExamSession.exam_id == assignment.exam_id, ExamSession.closes_at > at,
               or_(ExamSession.unit_id.is_(None), Unit.path.in_(above)))
        .order_by(ExamSession.opens_at, ExamSession.id).limit(1)
    ).first()


def _into_session(
    session: Session, assignment: ExamAssignment, planned: ExamSession | None, *, by: Identity, now: datetime
) -> None:
    before = assignment.session_id
    assignment.session_id = planned.id if planned else None
    if before == assignment.session_id:
        return
    session.flush()
    session.refresh(assignment, ["session"])
    audit(session, by=by, action="exam.schedule_resit", subject=f"exam_assignment:{assignment.id}", now=now,
          changes={"session": [str(before) if before else None, str(planned.id) if planned else None]})
