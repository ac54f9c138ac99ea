"""Good calls that their operators gave as examples for others."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, enum_check, new_id
from simulations.models import SimulatedCall


class ExampleState(StrEnum):
    """Offered with the operator's consent; read by others once a trainer approved it; gone when consent is revoked."""

    OFFERED = "offered"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class CallExample(Model):
    """One call in the case library. Its operator is shown by name only if they wanted that."""

    __tablename__ = "call_example"
    __table_args__ = (
        enum_check("state", ExampleState),
        CheckConstraint("state NOT IN ('approved', 'declined') OR decided_by IS NOT NULL", name="decided_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"), unique=True)
    state: Mapped[str] = mapped_column(String(40), default=ExampleState.OFFERED, index=True)
    named: Mapped[bool]
    offered_at: Mapped[datetime]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")  # the trainer's: what to learn from it
    withdrawn_at: Mapped[datetime | None]

    call: Mapped[SimulatedCall] = relationship(lazy="joined")
