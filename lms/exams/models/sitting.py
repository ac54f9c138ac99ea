"""A sitting: one person's attempt, its paper, its seats, its journal of answers, its marks."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.exams.models.exam import ExamEdition, ExamSession
from lms.exams.models.series import ExamAssignment
from lms.exams.rules.journal import Verdict
from lms.kernel.db import Model, enum_check, new_id
from lms.records.models import keep_append_only


class CloseKind(StrEnum):
    """How a sitting came to its end."""

    SUBMITTED = "submitted"
    DEADLINE = "deadline"
    INVIGILATOR = "invigilator"
    CANCELLED = "cancelled"  # the person left; no result


class GrantKind(StrEnum):
    """Why time was added."""

    EXTENSION = "extension"
    PAUSE = "pause"


class Sitting(Model):
    """One attempt. `epoch` is the seat that may write; `deadline_at` holds everything granted so far.

    closed, points NULL   answers wait for a person's marks; no result yet
    counted               hundredths that count for the person: the score, held down by a resit's cap
    form                  which of the edition's forms it is, 1..8; NULL: a draw of its own
    settled_at            when the result first stood
    paused_at             since when the clock stands; NULL while it runs
    fact_id               the training fact that holds the result now; corrections supersede it
    """

    __tablename__ = "sitting"
    __table_args__ = (
        UniqueConstraint("assignment_id", "attempt"),
        enum_check("close_kind", CloseKind),
        CheckConstraint("attempt >= 1 AND epoch >= 1 AND questions >= 1", name="counts_from_one"),
        CheckConstraint("deadline_at > started_at", name="deadline_after_start"),
        CheckConstraint("(closed_at IS NULL) = (close_kind IS NULL)", name="closed_with_a_kind"),
        CheckConstraint("closed_at IS NULL OR paused_at IS NULL", name="no_pause_after_the_end"),
        CheckConstraint("(passed IS NULL) = (points IS NULL)", name="result_is_whole"),
        CheckConstraint("(settled_at IS NULL) = (points IS NULL)", name="settled_with_a_result"),
        CheckConstraint("points IS NULL OR closed_at IS NOT NULL", name="closed_before_a_result"),
        CheckConstraint("points IS NULL OR (points BETWEEN 0 AND out_of AND counted BETWEEN 0 AND points)",
                        name="points_in_range"),
        Index("uq_sitting_open", "assignment_id", unique=True,
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        Index("ix_sitting_due", "deadline_at",
              sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL")),
        Index("ix_sitting_person", "person_id", "started_at"),
        Index("ix_sitting_to_mark", "closed_at",
              sqlite_where=text("closed_at IS NOT NULL AND points IS NULL AND close_kind <> 'cancelled'"),
              postgresql_where=text("closed_at IS NOT NULL AND points IS NULL AND close_kind <> 'cancelled'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("exam_assignment.id", ondelete="RESTRICT"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("exam_edition.id", ondelete="RESTRICT"), index=True)
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam_session.id", ondelete="RESTRICT"), index=True)
    attempt: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    form: Mapped[int | None]
    questions: Mapped[int]
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime]
    grace_seconds: Mapped[int]
    paused_at: Mapped[datetime | None]
    extra_minutes: Mapped[int] = mapped_column(default=0)
    cap_percent: Mapped[int | None]
    epoch: Mapped[int] = mapped_column(default=1)
    seat_key: Mapped[str] = mapped_column(String(64))  # hash of the browser's seat secret
    closed_at: Mapped[datetime | None]
    close_kind: Mapped[str | None] = mapped_column(String(40))
    close_reason: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[int | None]
    out_of: Mapped[int | None]
    counted: Mapped[int | None]
    passed: Mapped[bool | None]
    settled_at: Mapped[datetime | None]
    fact_id: Mapped[UUID | None] = mapped_column(ForeignKey("training_fact.id", ondelete="RESTRICT"))

    assignment: Mapped[ExamAssignment] = relationship(lazy="joined")
    edition: Mapped[ExamEdition] = relationship(lazy="joined")
    session: Mapped[ExamSession | None] = relationship(lazy="joined")


class SittingItem(Model):
    """One question of a sitting's paper, pinned to its edition, and its mark once the sitting is closed.

    points          hundredths; NULL before the sitting is closed and while a person has yet to mark the answer
    why             a word of the kinds, or `left_out`, `given_to_all`, `appeal`
    counts          false for a question left out of the sum by a correction
    correction_id   the correction of the key by which it is marked; NULL: the key of its own edition
    """

    __tablename__ = "sitting_item"
    __table_args__ = (
        CheckConstraint("position >= 1", name="position_from_one"),
        CheckConstraint("points IS NULL OR points BETWEEN 0 AND out_of", name="points_in_range"),
        Index("ix_sitting_item_question", "question_id"),
        Index("ix_sitting_item_edition", "edition_id"),
    )

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[int]
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id", ondelete="RESTRICT"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("question_edition.id", ondelete="RESTRICT"))
    point: Mapped[str] = mapped_column(String(80))
    out_of: Mapped[int]
    points: Mapped[int | None]
    why: Mapped[str] = mapped_column(String(40), default="")
    counts: Mapped[bool] = mapped_column(default=True)
    correction_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam_key_correction.id", ondelete="RESTRICT"))


class SittingSeat(Model):
    """A seat a sitting was written from: a browser, from the instant it took over."""

    __tablename__ = "sitting_seat"

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    opened_at: Mapped[datetime]
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")


class SittingAnswer(Model):
    """The answer journal: one row a save, never changed. Its key is the save's own.

    body         the answer as canonical JSON, at most 8,000 characters
    received_at  when the server received it
    verdict      what became of it; only `counted` rows decide the result
    """

    __tablename__ = "sitting_answer"
    __table_args__ = (
        enum_check("verdict", Verdict),
        CheckConstraint("item >= 1 AND epoch >= 1 AND sequence >= 1", name="counts_from_one"),
        {"sqlite_with_rowid": False},
    )

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"), primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    flagged: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(40))


class SittingGrant(Model):
    """Time added to a running sitting, with its reason."""

    __tablename__ = "sitting_grant"
    __table_args__ = (
        enum_check("kind", GrantKind),
        CheckConstraint("seconds BETWEEN 1 AND 43200", name="seconds_range"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    seconds: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime]


keep_append_only(SittingAnswer)
keep_append_only(SittingGrant)
