"""Tables of second looks: corrected rubrics, appeals, and what calls came to afterwards. All append-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, enum_check, new_id
from lms.records.appeals import AppealOutcome
from lms.records.corrections import CorrectionVerdict
from lms.records.models import keep_append_only
from simulations.models import ScriptEdition, SimulatedCall


class RubricCorrection(Model):
    """A proposal to score the calls of one edition by the checkpoints, phrases and pass mark of another."""

    __tablename__ = "call_rubric_correction"
    __table_args__ = (
        CheckConstraint("edition_id <> corrected_id", name="another_edition"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_edition.id", ondelete="RESTRICT"), index=True)
    corrected_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_edition.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    proposed_at: Mapped[datetime]

    edition: Mapped[ScriptEdition] = relationship(lazy="joined", viewonly=True, foreign_keys=[edition_id])
    corrected: Mapped[ScriptEdition] = relationship(lazy="joined", viewonly=True, foreign_keys=[corrected_id])
    decision: Mapped["RubricDecision | None"] = relationship(lazy="joined", viewonly=True)


class RubricDecision(Model):
    """What a second person decided about a proposal, once. seen: the preview that was in front of them."""

    __tablename__ = "call_rubric_decision"
    __table_args__ = (enum_check("verdict", CorrectionVerdict), CheckConstraint("reason <> ''", name="reason_given"))

    correction_id: Mapped[UUID] = mapped_column(
        ForeignKey("call_rubric_correction.id", ondelete="RESTRICT"), primary_key=True
    )
    verdict: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    seen: Mapped[dict[str, Any]]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime]


class CallAppeal(Model):
    """A learner asks for another look at a call that was decided, once."""

    __tablename__ = "call_appeal"
    __table_args__ = (CheckConstraint("text <> ''", name="text_given"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]

    call: Mapped[SimulatedCall] = relationship(lazy="joined", viewonly=True)
    decision: Mapped["CallAppealDecision | None"] = relationship(lazy="joined", viewonly=True)


class CallAppealDecision(Model):
    """What another assessor decided about an appeal, once."""

    __tablename__ = "call_appeal_decision"
    __table_args__ = (enum_check("outcome", AppealOutcome), CheckConstraint("reason <> ''", name="reason_given"))

    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("call_appeal.id", ondelete="RESTRICT"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime]


class CallResult(Model):
    """What a call came to after its first score and review; the newest counts, those before stay.

    number      1, 2, 3 .. of a call
    cause       `correction:<id>` or `appeal:<id>`
    rubric_id   the edition by whose rubric the call is scored from then on
    words       checkpoint -> the outcome that people decided, whatever the engine says
    changes     checkpoint -> [outcome before, outcome now]
    digest      of the engine's score, by which this was decided
    """

    __tablename__ = "call_result"
    __table_args__ = (
        UniqueConstraint("call_id", "number"), UniqueConstraint("call_id", "cause"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("total BETWEEN 0 AND 10000", name="total_in_range"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("simulated_call.id", ondelete="RESTRICT"))
    number: Mapped[int]
    cause: Mapped[str] = mapped_column(String(60))
    rubric_id: Mapped[UUID] = mapped_column(ForeignKey("call_script_edition.id", ondelete="RESTRICT"))
    engine_version: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str] = mapped_column(String(64))
    total: Mapped[int]  # hundredths of 100
    passed: Mapped[bool]
    total_before: Mapped[int]
    passed_before: Mapped[bool]
    words: Mapped[dict[str, Any]]
    changes: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    fact_id: Mapped[UUID | None] = mapped_column(ForeignKey("training_fact.id", ondelete="RESTRICT"))

    rubric: Mapped[ScriptEdition] = relationship(lazy="joined", viewonly=True)


for _kept in (RubricCorrection, RubricDecision, CallAppeal, CallAppealDecision, CallResult):
    keep_append_only(_kept)
