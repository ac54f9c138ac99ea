"""What certifications ask for: published editions that never change, and what each queue asks for over time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certification.rules.requirements import RequirementKind
from lms.certification.rules.validity import Ending, RenewalPolicy
from lms.kernel.db import Model, enum_check, new_id


class Certification(Model):
    """A certification; what it asks for stands in its editions.

    letters   two to four capital letters in the numbers of its certificates
    """

    __tablename__ = "certification"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    letters: Mapped[str] = mapped_column(String(4), unique=True)
    description: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(String(40), default="own")  # "bundled" for those that came with the product
    created_at: Mapped[datetime]

    editions: Mapped[list["CertificationEdition"]] = relationship(
        back_populates="certification", order_by="CertificationEdition.number")


class CertificationEdition(Model):
    """One published edition of a rule; never changed afterwards."""

    __tablename__ = "certification_edition"
    __table_args__ = (
        UniqueConstraint("certification_id", "number"),
        enum_check("ending", Ending),
        enum_check("renewal", RenewalPolicy),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("months BETWEEN 1 AND 120", name="months_range"),
        CheckConstraint("window_days BETWEEN 0 AND 366", name="window_range"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id", ondelete="RESTRICT"))
    number: Mapped[int]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(Text, default="")
    months: Mapped[int]
    ending: Mapped[str] = mapped_column(String(40), default=Ending.SAME_DAY)
    fixed_month: Mapped[int] = mapped_column(default=12)
    fixed_day: Mapped[int] = mapped_column(default=31)
    renewal: Mapped[str] = mapped_column(String(40), default=RenewalPolicy.KEEP_ANNIVERSARY)
    window_days: Mapped[int] = mapped_column(default=60)

    certification: Mapped[Certification] = relationship(back_populates="editions")
    requirements: Mapped[list["RequirementRow"]] = relationship(
        order_by="RequirementRow.position", lazy="selectin", cascade="all, delete-orphan")


class RequirementRow(Model):
    """One requirement of an edition; meanings and ranges as in `rules.requirements.Requirement`."""

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        enum_check("kind", RequirementKind),
        CheckConstraint("need_percent BETWEEN 0 AND 100", name="percent_range"),
        CheckConstraint("need_count >= 1", name="count_from_one"),
        CheckConstraint("period_months IS NULL OR period_months BETWEEN 1 AND 120", name="period_range"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("certification_edition.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(40))
    activities: Mapped[list[Any]]
    need_percent: Mapped[int] = mapped_column(default=0)
    need_count: Mapped[int] = mapped_column(default=1)
    period_months: Mapped[int | None]
    afresh: Mapped[bool] = mapped_column(default=True)


class QueueRequirement(Model):
    """A certification that a queue asks for, over a stretch of time; changing it closes one row and opens another."""

    __tablename__ = "queue_requirement"
    __table_args__ = (
        CheckConstraint("required_until IS NULL OR required_until > required_from", name="ends_after_start"),
        Index("uq_queue_requirement_open", "queue_id", "certification_id", unique=True,
              sqlite_where=text("required_until IS NULL"), postgresql_where=text("required_until IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"), index=True)
    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id", ondelete="RESTRICT"), index=True)
    required_from: Mapped[datetime]
    required_until: Mapped[datetime | None]


class RuleVersion(Model):
    """A counter that every change of a rule raises; a permit computed under an older one is recomputed when asked."""

    __tablename__ = "rule_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
