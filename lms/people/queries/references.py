"""Does anything refer to a person? Found by the foreign keys of every table, so that no area is forgotten."""

from typing import Final
from uuid import UUID

from sqlalchemy import Column, Table, exists, select
from sqlalchemy.orm import Session

from lms.kernel.db import Base
from lms.people.models import Person, QueueMembership

_OWN: Final = frozenset({QueueMembership.__tablename__})  # made with the person, goes with the person


def referring_columns() -> list[tuple[Table, Column[UUID]]]:
    """Return every column that refers to a person, of every area."""
    target = Base.metadata.tables[Person.__tablename__]
    return [
        (table, key.parent) for table in Base.metadata.sorted_tables if table.name not in _OWN
        for key in table.foreign_keys if key.column.table is target
    ]


def referred_to(session: Session, person_id: UUID) -> bool:
    """Tell whether anything but the person's own queues refers to them."""
    return any(
        session.scalar(select(exists().where(column == person_id).select_from(table)))
        for table, column in referring_columns()
    )
