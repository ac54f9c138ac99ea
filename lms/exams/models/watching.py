"""What an invigilator sees and does: events of a sitting, where its page stands, requests for another seat."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.exams.models.sitting import Sitting
from lms.exams.rules.watching import EventKind
from lms.kernel.db import Model, enum_check, new_id
from lms.records.models import keep_append_only


class SittingEvent(Model):
    """Something that happened to a sitting besides saves: what its page said, what an invigilator did. Append-only.

    epoch, sequence   the page's own key, so that a repeat is the same event; NULL for what the server wrote
    happened_at       as the page says, held between the start and the receipt; its clock is the server's
    note              a reason, an address; at most 200 characters
    by_id             who did it; NULL for the page
    """

    __tablename__ = "sitting_event"
    __table_args__ = (
        enum_check("kind", EventKind),
        UniqueConstraint("sitting_id", "epoch", "sequence"),
        CheckConstraint("(epoch IS NULL) = (sequence IS NULL)", name="key_is_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"))
    epoch: Mapped[int | None]
    sequence: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(40))
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(String(200), default="")
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class SittingPresence(Model):
    """When a sitting's page was last heard of, and which question it showed. Overwritten; nothing depends on it."""

    __tablename__ = "sitting_presence"
    __table_args__ = (CheckConstraint("position >= 1", name="position_from_one"),)

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"), primary_key=True)
    seen_at: Mapped[datetime]
    position: Mapped[int]


class SeatRequest(Model):
    """A candidate asks to go on at another seat; the invigilator hands over or refuses, once.

    seat_key   hash of the other browser's secret
    """

    __tablename__ = "exam_seat_request"
    __table_args__ = (
        CheckConstraint("(granted IS NULL) = (decided_at IS NULL)", name="decided_with_an_answer"),
        Index("uq_exam_seat_request_open", "sitting_id", "seat_key", unique=True,
              sqlite_where=text("decided_at IS NULL"), postgresql_where=text("decided_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"))
    seat_key: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    granted: Mapped[bool | None]

    sitting: Mapped[Sitting] = relationship(lazy="joined")


class IdentityCheck(Model):
    """An invigilator saw that a candidate of a session is who they say. Once for each series and session."""

    __tablename__ = "exam_identity_check"

    session_id: Mapped[UUID] = mapped_column(ForeignKey("exam_session.id", ondelete="RESTRICT"), primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(
        ForeignKey("exam_assignment.id", ondelete="RESTRICT"), primary_key=True
    )
    checked_at: Mapped[datetime]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


keep_append_only(SittingEvent)
keep_append_only(IdentityCheck)
