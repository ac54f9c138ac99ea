"""The table of live calls: who plays with whom. What is said stands in the log of the call it becomes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, enum_check, new_id
from simulations.models import Purpose, ScriptEdition, SimulatedCall


class LiveCall(Model):
    """One live call, from the invitation on. It has a call as soon as the phone rings."""

    __tablename__ = "live_call"
    __table_args__ = (
        enum_check("purpose", Purpose),
        CheckConstraint("trainer_id <> learner_id", name="two_people"),
        CheckConstraint("observer_id IS NULL OR (observer_id <> trainer_id AND observer_id <> learner_id)",
                        name="an_observer_only_reads"),
        CheckConstraint("call_id IS NULL OR cancelled_at IS NULL", name="a_call_that_rang_is_not_cancelled"),
        Index("ix_live_call_trainer", "trainer_id", "invited_at"),
        Index("ix_live_call_learner", "learner_id", "invited_at"),
        Index("ix_live_call_observer", "observer_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_edition.id", ondelete="RESTRICT"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    trainer_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    observer_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    invited_at: Mapped[datetime]
    ready_at: Mapped[datetime | None]  # when the learner sat down at the console
    cancelled_at: Mapped[datetime | None]
    call_id: Mapped[UUID | None] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"), unique=True)

    edition: Mapped[ScriptEdition] = relationship(lazy="joined")
    call: Mapped[SimulatedCall | None] = relationship(lazy="joined")
