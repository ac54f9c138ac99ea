"""Tables of analytics: what each scored call showed, and marks of people who did not see the system's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, new_id
from lms.records.models import keep_append_only


class CallFigures(Model):
    """What one engine version made of a finished call, item by item: counted again when the engine changes.

    items   one a checkpoint: id, title, dimension, critical, human_only, outcome, points, out_of (hundredths), why it
            was missed ("" when met), delay_ms (None when it wasn't met), wrong parts as [label, wanted, got, code]
    """

    __tablename__ = "call_figures"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_edition.id", ondelete="CASCADE"), index=True)
    engine_version: Mapped[str] = mapped_column(String(20))
    total: Mapped[int]  # hundredths of 100
    passed: Mapped[bool]
    sampled: Mapped[bool]  # drawn for the audit sample: 5 % of all calls, by the last hash of their log
    items: Mapped[list[Any]]


class BlindMark(Model):
    """A person's marks of a call, given before they saw the system's; one a call, and never changed."""

    __tablename__ = "call_blind_mark"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"), unique=True)
    assessor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    marked_at: Mapped[datetime]
    outcomes: Mapped[dict[str, Any]]  # checkpoint id -> met, partly, not_met or not_applicable
    remark: Mapped[str] = mapped_column(Text, default="")


keep_append_only(BlindMark)
