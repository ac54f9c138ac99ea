"""What opens and closes the floor beside certificates, and the projection that answers fast."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certification.rules.floor import Basis
from lms.certification.rules.projection import FloorState
from lms.kernel.db import Model, enum_check, new_id


class Departure(Model):
    """Time after a person left; closed when they come back."""

    __tablename__ = "departure"
    __table_args__ = (
        CheckConstraint("returned_at IS NULL OR returned_at > left_at", name="returns_after_leaving"),
        Index("uq_departure_open", "person_id", unique=True, sqlite_where=text("returned_at IS NULL"),
              postgresql_where=text("returned_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    left_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    returned_at: Mapped[datetime | None]


class SuspensionRow(Model):
    """A person kept off the floor: everywhere, from one queue, or from what one certification opens."""

    __tablename__ = "suspension"
    __table_args__ = (
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("queue_id IS NULL OR certification_id IS NULL", name="one_scope"),
        CheckConstraint("lifted_at IS NOT NULL OR lifted_by IS NULL", name="lifted_at_an_instant"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    queue_id: Mapped[UUID | None] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    certification_id: Mapped[UUID | None] = mapped_column(ForeignKey("certification.id", ondelete="RESTRICT"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    imposed_by: Mapped[UUID | None]
    imposed_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_reason: Mapped[str] = mapped_column(Text, default="")


class WaiverState(StrEnum):
    """Where a waiver stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Waiver(Model):
    """A time-limited permission for one queue, asked for by one person and approved by another (临时放行)."""

    __tablename__ = "waiver"
    __table_args__ = (
        enum_check("state", WaiverState),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("state <> 'approved' OR decided_by <> requested_by", name="two_people"),
        CheckConstraint("state <> 'approved' OR decided_by <> person_id", name="not_for_oneself"),
        CheckConstraint("requested_by <> person_id", name="not_asked_for_oneself"),
        CheckConstraint("(state IN ('approved', 'refused')) = (decided_at IS NOT NULL)", name="decided_at_an_instant"),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_by_somebody"),
        Index("ix_waiver_state", "state", "requested_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(40), default=WaiverState.REQUESTED)
    requested_by: Mapped[UUID]
    requested_at: Mapped[datetime]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    stopped_at: Mapped[datetime | None]  # ended before its time
    stopped_by: Mapped[UUID | None]


class PhaseQueue(Model):
    """A queue that a supervised phase opens."""

    __tablename__ = "supervised_phase_queue"

    phase_id: Mapped[UUID] = mapped_column(ForeignKey("supervised_phase.id", ondelete="CASCADE"), primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"), primary_key=True)


class SupervisedPhase(Model):
    """Live calls only with a named mentor beside (带教): for some queues, up to an end and a number of minutes."""

    __tablename__ = "supervised_phase"
    __table_args__ = (
        CheckConstraint("mentor_id <> person_id", name="nobody_mentors_themselves"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("minutes_cap > 0", name="a_cap_above_zero"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    mentor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes_cap: Mapped[int]
    started_by: Mapped[UUID | None]
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]

    queues: Mapped[list[PhaseQueue]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    times: Mapped[list["SupervisedTime"]] = relationship(lazy="selectin", order_by="SupervisedTime.recorded_at")


class SupervisedTime(Model):
    """Minutes of live calls under supervision, as the mentor wrote them down."""

    __tablename__ = "supervised_time"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes_above_zero"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    phase_id: Mapped[UUID] = mapped_column(ForeignKey("supervised_phase.id", ondelete="RESTRICT"), index=True)
    worked_on: Mapped[date]
    minutes: Mapped[int]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]


class PermitRow(Model):
    """The gate's answer for a person and a queue over one stretch of time: a projection, recomputed at every change.

    Half open; a person's stretches for a queue leave no gap. Whoever has no row never had anything that opens or closes
    the queue. `version` is the rule version it was computed under.
    """

    __tablename__ = "permit"
    __table_args__ = (
        enum_check("basis", Basis),
        enum_check("state", FloorState),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("allowed = (basis <> 'none')", name="open_on_a_basis"),
        Index("ix_permit_queue", "queue_id", "ends_at", "starts_at", "state", "until", "person_id"),  # covers the board
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"), primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    allowed: Mapped[bool]
    basis: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime | None]
    mentor_id: Mapped[UUID | None]
    reasons: Mapped[list[Any]]
    version: Mapped[int]
