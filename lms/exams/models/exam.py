"""Exams, their published editions, and the sessions in which they are sat."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.exams.rules.purposes import ExamPurpose
from lms.kernel.db import Model, enum_check, new_id
from lms.people.models import Unit
from lms.records.models import keep_append_only


class Exam(Model):
    """A theory exam. `draft` is what its editors work on; sittings use the newest published edition."""

    __tablename__ = "exam"
    __table_args__ = (enum_check("purpose", ExamPurpose),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    purpose: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"))  # None: everybody's
    source: Mapped[str] = mapped_column(String(20), default="own")  # own | bundled
    draft: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    unit: Mapped[Unit | None] = relationship(lazy="joined")
    editions: Mapped[list["ExamEdition"]] = relationship(order_by="ExamEdition.number", viewonly=True)


class ExamEdition(Model):
    """A published edition of an exam; never changes.

    blueprint         [{count, points, subject?, point?, difficulty?, kind?, edition?, section?}], points in hundredths
                      of a mark; a line with an edition puts that very one on the paper
    sections          [{title, instruction?, in_order?, minimum?}]; none: a paper without sections
    forms             for each form the editions of each line of the blueprint; none: everybody gets a draw
    resit             {attempts, wait_days, retrain, other_paper, cap_percent, schedule, deadline_days}
    release           {score|answers|key|explanation: {when, start}}
    marking           {double, gap_percent}: how answers are marked by hand
    appeal_days       calendar days after the result in which a candidate may appeal, 0..60; 0: none
    duration_minutes  working time, 1..720
    grace_seconds     allowance for the network after the deadline, 0..300
    """

    __tablename__ = "exam_edition"
    __table_args__ = (
        UniqueConstraint("exam_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("duration_minutes BETWEEN 1 AND 720", name="duration_range"),
        CheckConstraint("pass_percent BETWEEN 1 AND 100", name="pass_range"),
        CheckConstraint("grace_seconds BETWEEN 0 AND 300", name="grace_range"),
        CheckConstraint("questions >= 1 AND full_mark >= 1", name="paper_is_not_empty"),
        CheckConstraint("appeal_days BETWEEN 0 AND 60", name="appeal_range"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    blueprint: Mapped[list[Any]]
    sections: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    forms: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    questions: Mapped[int]
    full_mark: Mapped[int]
    duration_minutes: Mapped[int]
    pass_percent: Mapped[int]
    grace_seconds: Mapped[int]
    shuffle_questions: Mapped[bool]
    shuffle_options: Mapped[bool]
    resit: Mapped[dict[str, Any]]
    release: Mapped[dict[str, Any]]
    marking: Mapped[dict[str, Any]]
    appeal_days: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]

    exam: Mapped[Exam] = relationship(lazy="joined", viewonly=True)


class ExamSession(Model):
    """A dated sitting of an exam by a group: the window in which it may be started, where, and how one comes in.

    late_entry    minutes after the opening in which one may still begin, 1..720; NULL: to the window's end
    access_code   what candidates type to begin; "" asks for none. Invigilators read it out, so it is kept readable
    networks      CIDR blocks from which one may sit; empty: from anywhere
    one_seat      another seat needs the invigilator's word
    notice        what is to be accepted before the start, besides the standing sentence; "" for nothing more
    """

    __tablename__ = "exam_session"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("late_entry IS NULL OR late_entry BETWEEN 1 AND 720", name="late_entry_range"),
        Index("ix_exam_session_window", "opens_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(120), default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"))
    late_entry: Mapped[int | None]
    access_code: Mapped[str] = mapped_column(String(20), default="")
    networks: Mapped[list[Any]] = mapped_column(default=list)
    one_seat: Mapped[bool] = mapped_column(default=False)
    notice: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]

    exam: Mapped[Exam] = relationship(lazy="joined")
    unit: Mapped[Unit | None] = relationship(lazy="joined")


keep_append_only(ExamEdition)
