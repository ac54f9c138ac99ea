"""When somebody leaves: their exams and practical exams end with them, in the same transaction."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import (
    AssignmentState,
    CloseKind,
    ExamAssignment,
    Sitting,
    StationAssignment,
    StationAssignmentState,
    StationVisit,
    VisitState,
)

LEFT = "left"


def close_for_leaver(session: Session, person_id: UUID, left_at: datetime, by: Identity, now: datetime) -> None:
    """Break off what runs without a result and take every open assignment back."""
    for sitting in session.scalars(
        select(Sitting).where(Sitting.person_id == person_id, Sitting.closed_at.is_(None)).with_for_update(of=Sitting)
    ):
        sitting.closed_at, sitting.close_kind, sitting.close_reason = now, CloseKind.CANCELLED, LEFT
        sitting.paused_at = None
    for assignment in session.scalars(
        select(ExamAssignment).where(
            ExamAssignment.person_id == person_id, ExamAssignment.state == AssignmentState.OPEN
        )
    ):
        assignment.state, assignment.closed_at = AssignmentState.CANCELLED, now
    for visit in session.scalars(
        select(StationVisit).where(
            or_(StationVisit.person_id == person_id, StationVisit.assessor_id == person_id),
            StationVisit.state == VisitState.RUNNING,
        )
    ):
        visit.state, visit.ended_at, visit.end_reason = VisitState.ABANDONED, now, LEFT
    for waiting in session.scalars(
        select(StationAssignment).where(
            StationAssignment.person_id == person_id, StationAssignment.state == StationAssignmentState.WAITING
        )
    ):
        waiting.state, waiting.closed_at = StationAssignmentState.CANCELLED, now
