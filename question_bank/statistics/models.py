"""A question's figures as the bank's list shows and sorts them; worked out again when sittings are marked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class QuestionFigure(Model):
    """Figures over the first attempts at the newest edition that enough people sat, else the newest anybody sat.

    sittings         of that edition
    facility         0..1; discrimination percent, -100..100; None where undefined
    flags            words of `flags.Flag` between spaces, the gravest first
    marked, earned   count and sum (hundredths) of all marks of the question, by which a change is noticed
    """

    __tablename__ = "question_figure"
    __table_args__ = (
        CheckConstraint("sittings >= 1 AND marked >= sittings", name="over_some_sittings"),
        CheckConstraint("facility IS NULL OR facility BETWEEN 0 AND 1", name="facility_range"),
        CheckConstraint("discrimination IS NULL OR discrimination BETWEEN -100 AND 100", name="discrimination_range"),
        Index("ix_question_figure_grave", "grave"),
    )

    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id", ondelete="CASCADE"), primary_key=True)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("question_edition.id", ondelete="CASCADE"))
    sittings: Mapped[int]
    facility: Mapped[float | None]
    discrimination: Mapped[float | None]
    flags: Mapped[str] = mapped_column(String(120), default="")
    grave: Mapped[bool] = mapped_column(default=False)
    marked: Mapped[int]
    earned: Mapped[int] = mapped_column(BigInteger)
    computed_at: Mapped[datetime]
