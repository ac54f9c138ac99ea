"""Leaving and coming back. Other areas close and reopen what is theirs in the same transaction."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity, Role
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.people.models import MentorAssignment, Person, PersonState, RoleAssignment
from lms.people.queries.zones import zone_of_person
from lms.people.services.accounts import close_account, reopen_account
from lms.records.services import audit

LeavingHandler = Callable[[Session, UUID, datetime, Identity, datetime], None]
ReturningHandler = Callable[[Session, UUID, Identity, datetime], None]
_leaving: list[LeavingHandler] = []
_returning: list[ReturningHandler] = []


def on_leaving(handler: LeavingHandler) -> LeavingHandler:
    """Let `handler(session, person_id, left_at, by, now)` run whenever somebody leaves, in the same transaction.

    left_at   the end of their last day at their site, never after `now`
    """
    if handler not in _leaving:
        _leaving.append(handler)
    return handler


def on_returning(handler: ReturningHandler) -> ReturningHandler:
    """Let `handler(session, person_id, by, now)` run whenever somebody comes back, in the same transaction."""
    if handler not in _returning:
        _returning.append(handler)
    return handler


def mark_left(
    session: Session, person_id: UUID, left_on: date, *, by: Identity, now: datetime, reason: str = ""
) -> None:
    """Let somebody leave: sessions, sign-in, mentoring and whatever hooks close end at once.

    left_on   the last day, inclusive; not after today at their site

    Raises NotFound, Conflict (they have left already, or are the last administrator) or Invalid (a day in the future
    or before they came).
    """
    person = _person(session, person_id)
    if person.state == PersonState.LEFT:
        raise Conflict("person.left_already", _("%(name)s has left already.", name=person.name))
    left_at = end_of_day(session, person, left_on, now)
    keep_an_administrator(session, person_id)
    before = person.state
    person.state, person.left_on = PersonState.LEFT, left_on
    session.flush()
    close_account(session, person_id)
    for link in session.scalars(
        select(MentorAssignment).where(
            or_(MentorAssignment.learner_id == person_id, MentorAssignment.mentor_id == person_id),
            or_(MentorAssignment.ends_on.is_(None), MentorAssignment.ends_on > left_on),
        )
    ):
        link.ends_on = max(left_on, link.starts_on)
    audit(session, by=by, action="person.leave", subject=f"person:{person_id}", reason=reason, now=now,
          changes={"state": [before, PersonState.LEFT.value], "left_on": [None, left_on.isoformat()]})
    for handler in _leaving:
        handler(session, person_id, left_at, by, now)


def mark_returned(
    session: Session, person_id: UUID, *, by: Identity, now: datetime, state: PersonState = PersonState.ACTIVE,
    keep_roles: bool = False, reason: str = "",
) -> None:
    """Let somebody come back. Their records are all still there; their sign-in works again.

    state        what they come back as; not LEFT
    keep_roles   False: roles have to be granted anew. True: a leave that was a mistake is taken back, with roles
                 and mentors as they were

    Raises NotFound or Conflict (they haven't left).
    """
    person = _person(session, person_id)
    if person.state != PersonState.LEFT or state is PersonState.LEFT:
        raise Conflict("person.not_left", _("%(name)s hasn't left.", name=person.name))
    left_on = person.left_on
    person.state, person.left_on = state, None
    session.flush()
    if keep_roles:
        _reopen_mentoring(session, person_id, left_on)
    else:
        session.execute(delete(RoleAssignment).where(RoleAssignment.person_id == person_id))
    reopen_account(session, person_id)
    audit(session, by=by, action="person.return", subject=f"person:{person_id}", reason=reason, now=now,
          changes={"state": [PersonState.LEFT.value, state.value],
                   "left_on": [left_on.isoformat() if left_on else None, None]})
    for handler in _returning:
        handler(session, person_id, by, now)


def end_of_day(session: Session, person: Person, left_on: date, now: datetime) -> datetime:
    """Return the instant a last day ends at the person's site, at most `now`. Raises Invalid for a day to come."""
    zone = zone_of_person(session, person.id)
    if left_on > max(now.astimezone(it).date() for it in (zone, ZoneInfo(get_settings().time_zone))):
        raise Invalid([Problem("left_on", _("The last day is still to come. Enter it on that day."))])
    if left_on < person.hired_on:
        raise Invalid([Problem("left_on", _("The last day is before the first."))])
    midnight = datetime.combine(left_on + timedelta(days=1), time(), tzinfo=zone)
    return min(midnight.astimezone(now.tzinfo), now)


def keep_an_administrator(session: Session, but: UUID) -> None:
    """See to it that somebody else administers the whole system, if this person does. Raises Conflict."""
    whole = set(session.scalars(
        select(RoleAssignment.person_id).join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.role == Role.SYSTEM_ADMIN, RoleAssignment.unit_id.is_(None),
               or_(Person.state != PersonState.LEFT, Person.id == but))
    ))
    if whole == {but}:
        raise Conflict("role.last_administrator", _("This is the last administrator of the whole system."))


def _reopen_mentoring(session: Session, person_id: UUID, left_on: date | None) -> None:
    for link in session.scalars(
        select(MentorAssignment).where(
            or_(MentorAssignment.learner_id == person_id, MentorAssignment.mentor_id == person_id),
            MentorAssignment.ends_on == left_on,
        )
    ):
        link.ends_on = None


def _person(session: Session, person_id: UUID) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person.unknown")
    return person
