"""Imports as lists and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lms.people.models import ImportKind, ImportState, Person, RosterChange, RosterImport


@dataclass(frozen=True)
class ImportRow:
    """An import in the list."""

    id: UUID
    kind: ImportKind
    state: ImportState
    filename: str
    created_at: datetime
    created_by: str
    applied_at: datetime | None
    changes: int
    undoes_id: UUID | None


def imports(
    session: Session, kinds: Sequence[ImportKind], *, created_by: UUID | None = None, limit: int = 50
) -> tuple[ImportRow, ...]:
    """Return the latest imports of these kinds, of one person or (None) of everybody; discarded ones are left out."""
    author = aliased(Person)
    count = (
        select(func.count()).where(RosterChange.import_id == RosterImport.id).correlate(RosterImport).scalar_subquery()
    )
    statement = (
        select(RosterImport, author.name, count).join(author, author.id == RosterImport.created_by)
        .where(RosterImport.kind.in_(kinds), RosterImport.state != ImportState.DISCARDED)
        .order_by(RosterImport.created_at.desc()).limit(limit)
    )
    if created_by is not None:
        statement = statement.where(RosterImport.created_by == created_by)
    return tuple(
        ImportRow(row.id, ImportKind(row.kind), ImportState(row.state), row.filename, row.created_at, name,
                  row.applied_at, changes, row.undoes_id)
        for row, name, changes in session.execute(statement).tuples()
    )
