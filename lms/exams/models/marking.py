"""Marks that people give, who holds which answer, appeals, and corrections of keys. All but the leases append-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.exams.models.sitting import Sitting
from lms.exams.rules.corrections import CorrectionKind
from lms.exams.rules.hand_marks import Round
from lms.kernel.db import Model, enum_check, new_id
from lms.records.appeals import AppealOutcome
from lms.records.corrections import CorrectionVerdict
from lms.records.models import keep_append_only


def _of_an_item() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["sitting_id", "position"], ["sitting_item.sitting_id", "sitting_item.position"], ondelete="RESTRICT"
    )


class ItemMarking(Model):
    """One mark a person gave for one answer; a revision is another row.

    points       {path: hundredths}; an appeal decides for the whole question under ""
    remark       to the candidate, at most 1,000 characters
    appeal_id    the appeal that a mark of round `appeal` upholds
    """

    __tablename__ = "item_marking"
    __table_args__ = (
        _of_an_item(),
        enum_check("round", Round),
        UniqueConstraint("sitting_id", "position", "round", "revision"),
        CheckConstraint("revision >= 1", name="revision_from_one"),
        CheckConstraint("(round = 'appeal') = (appeal_id IS NOT NULL)", name="appeals_belong_to_an_appeal"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"))
    position: Mapped[int]
    round: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    marker_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    points: Mapped[dict[str, Any]]
    remark: Mapped[str] = mapped_column(Text, default="")
    marked_at: Mapped[datetime]
    appeal_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam_appeal.id", ondelete="RESTRICT"))


class MarkingLease(Model):
    """Who marks an answer now, so that two people don't get the same one. It ends by itself.

    id   random: the only name a marker's page has for the answer, so that it tells nothing about the candidate
    """

    __tablename__ = "marking_lease"
    __table_args__ = (_of_an_item(), Index("ix_marking_lease_marker", "marker_id", "until"))

    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True)
    marker_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    until: Mapped[datetime]


class MarkingSkip(Model):
    """Somebody passed an answer over; with a note it is flagged for whoever looks after the queue."""

    __tablename__ = "marking_skip"
    __table_args__ = (_of_an_item(),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"))
    position: Mapped[int]
    marker_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    note: Mapped[str] = mapped_column(Text, default="")
    skipped_at: Mapped[datetime]


class Appeal(Model):
    """A candidate asks for another look: at one question, or at the whole sitting (`position` NULL)."""

    __tablename__ = "exam_appeal"
    __table_args__ = (
        CheckConstraint("text <> ''", name="text_given"),
        CheckConstraint("position IS NULL OR position >= 1", name="position_from_one"),
        Index("ix_exam_appeal_sitting", "sitting_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"))
    position: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    raised_at: Mapped[datetime]

    sitting: Mapped[Sitting] = relationship(lazy="joined", viewonly=True)
    decision: Mapped["AppealDecision | None"] = relationship(lazy="joined", viewonly=True)


class AppealDecision(Model):
    """What a second person decided about an appeal, once."""

    __tablename__ = "exam_appeal_decision"
    __table_args__ = (enum_check("outcome", AppealOutcome), CheckConstraint("reason <> ''", name="reason_given"))

    appeal_id: Mapped[UUID] = mapped_column(ForeignKey("exam_appeal.id", ondelete="RESTRICT"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime]


class KeyCorrection(Model):
    """A proposal to count another key for one edition of a question, on every paper that has it.

    corrected_id   for kind `edition`: the published edition by whose key is marked
    """

    __tablename__ = "exam_key_correction"
    __table_args__ = (
        enum_check("kind", CorrectionKind),
        CheckConstraint("(kind = 'edition') = (corrected_id IS NOT NULL)", name="edition_with_its_key"),
        CheckConstraint("reason <> ''", name="reason_given"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id", ondelete="RESTRICT"), index=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("question_edition.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    corrected_id: Mapped[UUID | None] = mapped_column(ForeignKey("question_edition.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    proposed_at: Mapped[datetime]

    decision: Mapped["KeyCorrectionDecision | None"] = relationship(lazy="joined", viewonly=True)


class KeyCorrectionDecision(Model):
    """What a second person decided about a correction, once; a rejection may also be the proposer's own withdrawal.

    seen   the preview that was in front of them when they decided, kept as it was
    """

    __tablename__ = "exam_key_correction_decision"
    __table_args__ = (enum_check("verdict", CorrectionVerdict), CheckConstraint("reason <> ''", name="reason_given"))

    correction_id: Mapped[UUID] = mapped_column(
        ForeignKey("exam_key_correction.id", ondelete="RESTRICT"), primary_key=True
    )
    verdict: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    seen: Mapped[dict[str, Any]]
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime]


class KeyCorrectionResult(Model):
    """What an approved correction did to one sitting, written once, in the transaction that did it.

    points, counted and passed before and after; NULL where the sitting had no result yet
    """

    __tablename__ = "exam_key_correction_result"

    correction_id: Mapped[UUID] = mapped_column(
        ForeignKey("exam_key_correction.id", ondelete="RESTRICT"), primary_key=True
    )
    sitting_id: Mapped[UUID] = mapped_column(ForeignKey("sitting.id", ondelete="RESTRICT"), primary_key=True)
    points_before: Mapped[int | None]
    points_after: Mapped[int | None]
    out_of_before: Mapped[int | None]
    out_of_after: Mapped[int | None]
    passed_before: Mapped[bool | None]
    passed_after: Mapped[bool | None]
    fact_id: Mapped[UUID | None] = mapped_column(ForeignKey("training_fact.id", ondelete="RESTRICT"))
    marked_at: Mapped[datetime]


for _table in (ItemMarking, MarkingSkip, Appeal, AppealDecision, KeyCorrection, KeyCorrectionDecision,
               KeyCorrectionResult):
    keep_append_only(_table)
