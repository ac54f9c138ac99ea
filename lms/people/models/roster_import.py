"""Imports of rosters, shifts, leave and heads: the file, how it was read, and what it changed."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id


class ImportKind(StrEnum):
    """What a file is about."""

    PEOPLE = "people"
    SHIFTS = "shifts"
    LEAVE = "leave"
    HEADS = "heads"


class ImportState(StrEnum):
    """Where an import stands."""

    OPEN = "open"  # nothing written yet
    APPLIED = "applied"
    UNDONE = "undone"
    DISCARDED = "discarded"


class RosterImport(Model):
    """One file handed in, or the undoing of one (`undoes_id`)."""

    __tablename__ = "roster_import"
    __table_args__ = (
        enum_check("kind", ImportKind),
        enum_check("state", ImportState),
        CheckConstraint("(state IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied_has_an_instant"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40), default=ImportState.OPEN)
    filename: Mapped[str] = mapped_column(String(200))
    file_kind: Mapped[str] = mapped_column(String(10))  # xlsx or csv
    sha256: Mapped[str] = mapped_column(String(64))  # of the file in the store
    sheet: Mapped[str] = mapped_column(String(80), default="")
    layout: Mapped[dict[str, Any]]  # {"header_row": n, "columns": {field: column}}
    options: Mapped[dict[str, Any]]
    checked: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)  # what it would do, as judged last
    job_id: Mapped[UUID | None]  # the latest of its jobs
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    applied_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    applied_at: Mapped[datetime | None]
    undoes_id: Mapped[UUID | None] = mapped_column(ForeignKey("roster_import.id", ondelete="RESTRICT"), unique=True)


class RosterChange(Model):
    """One record that an import changed: how it was and how it became; None where there was none."""

    __tablename__ = "roster_change"
    __table_args__ = (CheckConstraint("position >= 0", name="position_not_negative"),)

    import_id: Mapped[UUID] = mapped_column(ForeignKey("roster_import.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
