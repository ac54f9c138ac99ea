"""Tables of simulated calls: script editions, calls with their event logs, scores, and assessors' reviews."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, enum_check, new_id
from lms.records.models import keep_append_only
from simulations import ENGINE_VERSION


class EditionState(StrEnum):
    """A script is a draft until a second person publishes it; a published edition never changes."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Purpose(StrEnum):
    """Practice shows live hints and counts for nothing; an exam gives none and goes to an assessor."""

    PRACTICE = "practice"
    EXAM = "exam"


class CallState(StrEnum):
    """Whether the log of a call is still open."""

    OPEN = "open"
    ENDED = "ended"


class ScriptEdition(Model):
    """One edition of a call script, with the phrase libraries it cites, so that it can be replayed for ever."""

    __tablename__ = "call_script_edition"
    __table_args__ = (enum_check("state", EditionState), UniqueConstraint("code", "number"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    queue: Mapped[str] = mapped_column(String(40), default="")
    difficulty: Mapped[int] = mapped_column(default=1)
    text: Mapped[str] = mapped_column(Text)
    phrases: Mapped[dict[str, Any]]  # "name@version" -> text of the library
    digest: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(20), default="own")  # bundled | own
    state: Mapped[str] = mapped_column(String(40), default=EditionState.DRAFT)
    calibrated: Mapped[bool] = mapped_column(default=False)  # written by analytics.services alone
    calibrated_engine: Mapped[str] = mapped_column(String(20), default="")  # whose marks people agreed with
    written_by: Mapped[UUID | None]
    written_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]

    @property
    def is_calibrated(self) -> bool:
        """Tell whether agreement with people is proven of the engine that marks today."""
        return self.calibrated and self.calibrated_engine == ENGINE_VERSION


class CallAssignment(Model):
    """A script a person has to play for the record; any number of tries."""

    __tablename__ = "call_assignment"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(60), primary_key=True)
    due_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    assigned_at: Mapped[datetime]


class SimulatedCall(Model):
    """One call of one person. Times in its log are milliseconds since `started_at`, the first ring."""

    __tablename__ = "simulated_call"
    __table_args__ = (
        enum_check("purpose", Purpose),
        enum_check("state", CallState),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_has_an_instant"),
        Index("ix_simulated_call_person", "person_id", "started_at"),
        Index("ix_simulated_call_waiting", "purpose", "state", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_edition.id", ondelete="RESTRICT"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    setup: Mapped[dict[str, Any]]  # what the engine was given: modes, seed, staff number, accommodations
    state: Mapped[str] = mapped_column(String(40), default=CallState.OPEN)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    edition: Mapped[ScriptEdition] = relationship(lazy="joined")


class CallEvent(Model):
    """One event of a call's hash-chained log."""

    __tablename__ = "call_event"
    __table_args__ = (UniqueConstraint("call_id", "client_seq"),)

    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    client_seq: Mapped[int | None]
    event: Mapped[dict[str, Any]]  # as the engine wrote it, with its hash


class CallScoreRow(Model):
    """What the engine made of a finished call: the digest proves that a later recount gives the same.

    calibrated   what the engine was told of the script at that time
    alone        the score made the training fact by itself, without a person
    """

    __tablename__ = "call_score"
    __table_args__ = (UniqueConstraint("call_id", "engine_version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"))
    engine_version: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    total: Mapped[int]  # hundredths of 100
    passed: Mapped[bool]
    calibrated: Mapped[bool] = mapped_column(default=False)
    alone: Mapped[bool] = mapped_column(default=False)
    scored_at: Mapped[datetime]


class CallReview(Model):
    """An assessor's word on a call; it makes the training fact. Overrides keep the engine's value beside theirs."""

    __tablename__ = "call_review"
    __table_args__ = (CheckConstraint("total BETWEEN 0 AND 10000", name="total_in_range"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"), unique=True)
    assessor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    reviewed_at: Mapped[datetime]
    total: Mapped[int]  # hundredths of 100
    passed: Mapped[bool]
    overrides: Mapped[dict[str, Any]]  # checkpoint id -> [engine's outcome, assessor's outcome]
    reason: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")


for logged in (CallEvent, CallScoreRow, CallReview):
    keep_append_only(logged)
