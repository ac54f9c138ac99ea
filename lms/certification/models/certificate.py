"""Certificates, their printed documents, and founding grants."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.certification.models.certification import Certification
from lms.certification.rules.cycles import CycleKind
from lms.kernel.db import Model, enum_check, new_id


class Certificate(Model):
    """One certificate of one person: a cycle of a certification. Renewal makes a new row; none is ever reset.

    starts_at, ends_at   half open; `last_day` is the inclusive last day in `zone`
    check_code           random, in the QR code of the printed certificate
    """

    __tablename__ = "certificate"
    __table_args__ = (
        UniqueConstraint("person_id", "certification_id", "cycle"),
        enum_check("kind", CycleKind),
        CheckConstraint("cycle >= 1", name="cycle_from_one"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("anchor_day BETWEEN 1 AND 31", name="anchor_is_a_day"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_with_a_reason"),
        Index("ix_certificate_ending", "certification_id", "ends_at"),
        Index("ix_certificate_ends_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id", ondelete="RESTRICT"))
    cycle: Mapped[int]
    edition: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(40), unique=True)
    check_code: Mapped[str] = mapped_column(String(40), unique=True)
    starts_at: Mapped[datetime]
    last_day: Mapped[date]
    ends_at: Mapped[datetime]
    anchor_day: Mapped[int]
    zone: Mapped[str] = mapped_column(String(60))
    issued_at: Mapped[datetime]
    issued_by: Mapped[UUID | None]
    since: Mapped[datetime | None]
    evidence: Mapped[list[Any]]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None]
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    voided_at: Mapped[datetime | None]

    certification: Mapped[Certification] = relationship(lazy="joined")
    document: Mapped["CertificateDocument | None"] = relationship(back_populates="certificate", lazy="joined")


class DocumentState(StrEnum):
    """Where the printing of a certificate stands."""

    QUEUED = "queued"
    WAITING = "waiting"  # the fonts lack a character; the certificate itself stands
    READY = "ready"


class CertificateDocument(Model):
    """The printed, signed PDF of a certificate.

    missing   the characters no font prints, while it waits for them
    printed   what stands on it, field by field, for the public check page
    """

    __tablename__ = "certificate_document"
    __table_args__ = (
        enum_check("state", DocumentState),
        CheckConstraint("(state = 'ready') = (sha256 IS NOT NULL)", name="ready_has_a_file"),
        CheckConstraint("(state = 'waiting') = (missing <> '')", name="waiting_names_characters"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificate.id", ondelete="RESTRICT"), unique=True)
    state: Mapped[str] = mapped_column(String(40), default=DocumentState.QUEUED, index=True)
    missing: Mapped[str] = mapped_column(String(80), default="")
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    printed: Mapped[dict[str, Any] | None]
    printed_at: Mapped[datetime | None]

    certificate: Mapped[Certificate] = relationship(back_populates="document")


class CertificateSeries(Model):
    """The last serial number given out in a series such as `PA-RQ-2026`."""

    __tablename__ = "certificate_series"

    series: Mapped[str] = mapped_column(String(40), primary_key=True)
    last: Mapped[int]


class FoundingGrant(Model):
    """A certificate given before anybody could assess: proposed by one administrator, approved by another."""

    __tablename__ = "founding_grant"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> proposed_by", name="two_administrators"),
        CheckConstraint("approved_by IS NULL OR approved_by <> person_id", name="not_by_oneself"),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approved_by_somebody"),
        CheckConstraint("approved_at IS NULL OR refused_at IS NULL", name="one_decision"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    certification_id: Mapped[UUID] = mapped_column(ForeignKey("certification.id", ondelete="RESTRICT"))
    reason: Mapped[str] = mapped_column(Text)
    last_day: Mapped[date]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    refused_by: Mapped[UUID | None]
    refused_at: Mapped[datetime | None]
    certificate_id: Mapped[UUID | None] = mapped_column(ForeignKey("certificate.id", ondelete="RESTRICT"))

    certification: Mapped[Certification] = relationship(lazy="joined")
