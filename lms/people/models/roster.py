"""Who works when, and how many heads each queue needs (requirements R41)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, new_id


class Shift(Model):
    """A person's time on duty; half open: from `starts_at` up to, not including, `ends_at`."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        UniqueConstraint("person_id", "starts_at"),
        Index("ix_shift_span", "starts_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))  # None: any they serve
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Leave(Model):
    """Time a person is away; half open."""

    __tablename__ = "leave"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        Index("ix_leave_person_span", "person_id", "starts_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class HeadsNeeded(Model):
    """Heads a queue needs in one hour of a weekday (0 Monday .. 6 Sunday, 0..23 local hour), from a day on."""

    __tablename__ = "heads_needed"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_range"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_range"),
        CheckConstraint("heads >= 0", name="heads_not_negative"),
    )

    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id", ondelete="CASCADE"), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    heads: Mapped[int]
