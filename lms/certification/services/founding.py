"""Founding grants: the first licences, before anybody could assess, by two administrators together."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import FoundingGrant
from lms.certification.queries.cases import load_cycles, zones_of
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.rules.cycles import edition_at, founding_cycle
from lms.certification.rules.validity import local_day
from lms.certification.services.issuing import hold, is_news, issue
from lms.certification.services.messages import tell_grant_proposed
from lms.certification.services.projecting import project
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.people.models import Person, PersonState
from lms.records.services import audit

LONGEST: Final = timedelta(days=366)


def propose_grant(
    session: Session, *, person_id: UUID, certification_id: UUID, last_day: date, reason: str, by: Identity,
    now: datetime,
) -> FoundingGrant:
    """Propose a founding certificate; it is issued when another administrator approves it.

    last_day   inclusive; at most 366 days ahead

    Raises NotFound for an unknown person or certification, Refused for oneself, Invalid for day or reason.
    """
    person = session.get(Person, person_id)
    book = load_rulebook(session)
    if person is None or person.state == PersonState.LEFT or certification_id not in book.certifications:
        raise NotFound
    if by.person_id is None or by.person_id == person_id:
        raise Refused("founding.for_oneself", _("Nobody proposes a founding grant for themselves."))
    problems = [] if reason.strip() else [Problem("reason", _("Give a reason."))]
    today = local_day(now, zones_of(session, [person_id])[person_id])
    if not today <= last_day <= today + LONGEST:
        problems.append(Problem("last_day", _("The last day is between today and 366 days on.")))
    if problems:
        raise Invalid(problems)
    grant = FoundingGrant(person_id=person_id, certification_id=certification_id, reason=reason.strip(),
                          last_day=last_day, proposed_by=by.person_id, proposed_at=now)
    session.add(grant)
    session.flush()
    audit(session, by=by, action="founding.propose", subject=f"person:{person_id}", reason=grant.reason, now=now)
    if is_news(now):
        tell_grant_proposed(session, grant, now=now)
    return grant


def approve_grant(session: Session, grant_id: UUID, *, by: Identity, now: datetime) -> FoundingGrant:
    """Approve what another administrator proposed, and issue the certificate.

    Raises NotFound, Conflict when it was decided before, Refused for who proposed it or whom it is for.
    """
    grant = _undecided(session, grant_id)
    if by.person_id is None or by.person_id in (grant.proposed_by, grant.person_id):
        raise Refused("founding.two_administrators", _("A founding grant takes two administrators."))
    book = load_rulebook(session)
    code = book.certifications[grant.certification_id].code
    edition = edition_at(book.editions[code], now)
    zone = zones_of(session, [grant.person_id])[grant.person_id]
    if edition is None or local_day(now, zone) > grant.last_day:
        raise Conflict("founding.over", _("Its last day is over; propose it anew."))
    held = load_cycles(session, book, [grant.person_id])[grant.person_id].get(code, [])
    if any(cycle.is_good(now) for cycle in held):
        raise Conflict("founding.held", _("This person holds the certification already."))
    cycle = founding_cycle(edition, held, starts_at=now, last_day=grant.last_day, zone=zone)
    certificate = issue(session, book, grant.person_id, cycle, by=by, now=now)
    grant.approved_by, grant.approved_at = by.person_id, now
    grant.certificate_id = certificate.id if certificate else None
    audit(session, by=by, action="founding.approve", subject=f"person:{grant.person_id}", reason=grant.reason, now=now)
    project(session, [grant.person_id])
    return grant


def refuse_grant(session: Session, grant_id: UUID, *, by: Identity, now: datetime) -> FoundingGrant:
    """Refuse or withdraw a proposed grant. Raises NotFound; Conflict when it was decided before."""
    grant = _undecided(session, grant_id)
    grant.refused_by, grant.refused_at = by.person_id, now
    audit(session, by=by, action="founding.refuse", subject=f"person:{grant.person_id}", now=now)
    return grant


def _undecided(session: Session, grant_id: UUID) -> FoundingGrant:
    grant = session.get(FoundingGrant, grant_id)
    if grant is None:
        raise NotFound
    hold(session, grant.person_id)
    session.refresh(grant)
    if grant.approved_at is not None or grant.refused_at is not None:
        raise Conflict("founding.decided", _("This grant was decided before."))
    return grant
