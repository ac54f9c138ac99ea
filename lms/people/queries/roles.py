"""Roles people hold."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.people.models import RoleAssignment


@dataclass(frozen=True)
class RoleRow:
    """A role and the part of the organisation it is for; the whole one when the names are empty."""

    id: UUID
    role: Role
    unit_name: str
    unit_name_en: str
    unit_path: str
    granted_at: datetime


def roles_of(session: Session, person_id: UUID) -> tuple[RoleRow, ...]:
    """Return the roles granted to a person, the widest first."""
    rows = session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == person_id)).unique()
    found = [
        RoleRow(row.id, Role(row.role), row.unit.name if row.unit else "", row.unit.name_en if row.unit else "",
                row.unit.path if row.unit else "/", row.granted_at)
        for row in rows
    ]
    return tuple(sorted(found, key=lambda row: (len(row.unit_path), list(Role).index(row.role))))
