"""Roles granted and withdrawn, each for a part of the organisation."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity, Role
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.i18n import _
from lms.people.models import Person, PersonState, RoleAssignment, Unit
from lms.people.rules.grants import ADMINISTRATORS, may_grant
from lms.people.services.accounts import end_sessions
from lms.people.services.leaving import keep_an_administrator
from lms.records.services import audit


def grant_role(
    session: Session, person_id: UUID, role: Role, unit_id: UUID | None, *, by: Identity, now: datetime
) -> UUID:
    """Grant a role for a unit and all below it, None for the whole organisation; return the assignment's id.

    Whoever becomes an administrator is signed out, so that the next sign-in asks for the second factor.

    Raises NotFound, Refused (more than `by` may give, or to themselves) or Conflict (held already; has left).
    """
    person, path = _person(session, person_id), _path(session, unit_id)
    _check(by, role, path, person_id)
    if person.state == PersonState.LEFT:
        raise Conflict("person.left", _("%(name)s has left.", name=person.name))
    held = select(RoleAssignment.id).where(
        RoleAssignment.person_id == person_id, RoleAssignment.role == role,
        RoleAssignment.unit_id.is_(None) if unit_id is None else RoleAssignment.unit_id == unit_id,
    )
    if session.scalar(held):
        raise Conflict("role.held", _("%(name)s holds this role already.", name=person.name))
    assignment = RoleAssignment(person_id=person_id, role=role, unit_id=unit_id, granted_at=now)
    session.add(assignment)
    session.flush()
    if role in ADMINISTRATORS:
        end_sessions(session, person_id)
    audit(session, by=by, action="role.grant", subject=f"person:{person_id}", now=now,
          changes={"role": [None, role.value], "unit": [None, path]})
    return assignment.id


def withdraw_role(session: Session, assignment_id: UUID, *, by: Identity, now: datetime, reason: str = "") -> None:
    """Withdraw a role. It stops counting with the person's next request.

    Raises NotFound, Refused (not theirs to take), or Conflict when nobody would be left to administer the system.
    """
    assignment = session.get(RoleAssignment, assignment_id)
    if assignment is None:
        raise NotFound("role.unknown")
    role, path = Role(assignment.role), assignment.unit.path if assignment.unit else "/"
    _check(by, role, path, assignment.person_id)
    if role is Role.SYSTEM_ADMIN and assignment.unit_id is None:
        keep_an_administrator(session, assignment.person_id)
    session.delete(assignment)
    audit(session, by=by, action="role.withdraw", subject=f"person:{assignment.person_id}", now=now, reason=reason,
          changes={"role": [role.value, None], "unit": [path, None]})


def _check(by: Identity, role: Role, path: str, person_id: UUID) -> None:
    if by.person_id == person_id:
        raise Refused("role.own", _("Nobody grants or withdraws roles of their own. Ask another administrator."))
    if not may_grant(by, role, path, person_id):
        raise Refused("role.beyond", _("This role, or this part of the organisation, isn't yours to give."))




def _person(session: Session, person_id: UUID) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person.unknown")
    return person


def _path(session: Session, unit_id: UUID | None) -> str:
    if unit_id is None:
        return "/"
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("unit.unknown")
    return unit.path
