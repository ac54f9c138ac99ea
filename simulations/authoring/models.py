"""Tables of authoring: drafts with their versions, the ways that played calls took, and replies nothing matched."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id


class ReplyVerdict(StrEnum):
    """What a trainer made of a reply that nothing matched."""

    OPEN = "open"
    POSITIVE = "positive"
    NEGATIVE = "negative"
    DISMISSED = "dismissed"


class ScriptDraft(Model):
    """A script being written; it may have errors. `number` is its newest version."""

    __tablename__ = "call_script_draft"
    __table_args__ = (CheckConstraint("number >= 1", name="number_range"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    code: Mapped[str] = mapped_column(String(60), default="")
    text: Mapped[str] = mapped_column(Text)
    number: Mapped[int] = mapped_column(default=1)
    base_id: Mapped[UUID | None] = mapped_column(ForeignKey("call_script_edition.id", ondelete="RESTRICT"), index=True)
    edition_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("call_script_edition.id", ondelete="RESTRICT"), index=True)  # what was last sent to review
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]


class DraftVersion(Model):
    """One kept version of a draft's text."""

    __tablename__ = "call_script_draft_version"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_draft.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    saved_by: Mapped[UUID | None]
    saved_at: Mapped[datetime]


class CallTrail(Model):
    """The branches that one finished call took, [kind, node's key, index] each: the real traffic of an edition."""

    __tablename__ = "call_trail"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_edition.id", ondelete="CASCADE"), index=True)
    branches: Mapped[list[Any]]


class UnmatchedReply(Model):
    """What a learner said where no reply of the script was heard. Who said it is not shown to authors."""

    __tablename__ = "call_unmatched_reply"
    __table_args__ = (enum_check("verdict", ReplyVerdict), Index("ix_call_unmatched_reply_code", "code", "verdict"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    node: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    said_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(40), default=ReplyVerdict.OPEN)
    phrase: Mapped[str] = mapped_column(String(120), default="")
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
