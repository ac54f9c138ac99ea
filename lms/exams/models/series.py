"""A person's way through one exam: the assignment, what is to be relearnt after a failure, managers' decisions."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.exams.models.exam import Exam, ExamSession
from lms.exams.rules.resits import DecisionKind
from lms.kernel.db import Model, enum_check, new_id
from lms.records.models import keep_append_only


class AssignmentState(StrEnum):
    """Where a series stands."""

    OPEN = "open"
    PASSED = "passed"
    ENDED = "ended"  # failed, and a manager ended it or its purpose knows no resits
    MISSED = "missed"  # not begun within its time, where there is no other
    CANCELLED = "cancelled"  # taken back, or the person left


class ExamAssignment(Model):
    """One exam assigned to one person: a series of attempts. A renewal is another row; nothing is reset.

    session_id      the session of the next attempt; None: any time from `opens_at` on
    extra_minutes   the person's own extra working time
    """

    __tablename__ = "exam_assignment"
    __table_args__ = (
        enum_check("state", AssignmentState),
        CheckConstraint("extra_minutes BETWEEN 0 AND 720", name="extra_range"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_unless_open"),
        Index("uq_exam_assignment_open", "person_id", "exam_id", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_exam_assignment_session", "session_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam_session.id", ondelete="RESTRICT"))
    state: Mapped[str] = mapped_column(String(40), default=AssignmentState.OPEN)
    reason: Mapped[str] = mapped_column(Text, default="")
    extra_minutes: Mapped[int] = mapped_column(default=0)
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[UUID | None]
    due_at: Mapped[datetime | None]
    opens_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    exam: Mapped[Exam] = relationship(lazy="joined")
    session: Mapped[ExamSession | None] = relationship(lazy="joined")


class RemedialTask(Model):
    """An activity to be done after a failed sitting before the next one; done when a fact says so."""

    __tablename__ = "exam_remedial_task"
    __table_args__ = (UniqueConstraint("sitting_id", "activity"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("exam_assignment.id", ondelete="RESTRICT"), index=True)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"))
    activity: Mapped[str] = mapped_column(String(120))
    points: Mapped[str] = mapped_column(String(250))  # knowledge points, separated by spaces
    assigned_at: Mapped[datetime]


class ResitDecision(Model):
    """What a manager decided when the attempts were used up."""

    __tablename__ = "exam_resit_decision"
    __table_args__ = (
        enum_check("kind", DecisionKind),
        CheckConstraint("(kind = 'more_attempts') = (attempts >= 1)", name="attempts_fit_the_kind"),
        CheckConstraint("attempts BETWEEN 0 AND 10", name="attempts_range"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("exam_assignment.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    attempts: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime]


keep_append_only(ResitDecision)
