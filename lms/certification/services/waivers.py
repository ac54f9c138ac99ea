"""Waivers (临时放行): asked for by one person, approved by another, for one queue and a short time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import Waiver, WaiverState
from lms.certification.queries.cases import zones_of
from lms.certification.rules.waivers import WaiverProblem, waiver_problems
from lms.certification.services.issuing import hold, is_news
from lms.certification.services.messages import tell_waiver_decided, tell_waiver_requested
from lms.certification.services.projecting import project
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _, _l
from lms.people.models import Person, Queue
from lms.records.services import audit

PLACES: Final[Mapping[WaiverProblem, str]] = {
    WaiverProblem.ENDS_FIRST: "ends_at", WaiverProblem.OVER: "ends_at", WaiverProblem.TOO_LONG: "ends_at",
    WaiverProblem.TOO_FAR_AHEAD: "starts_at", WaiverProblem.QUOTA_USED: "", WaiverProblem.NO_REASON: "reason",
}
TEXTS: Final = {
    WaiverProblem.ENDS_FIRST: _l("The end lies before the beginning."),
    WaiverProblem.OVER: _l("The end lies in the past."),
    WaiverProblem.TOO_LONG: _l("A waiver lasts 14 days at most."),
    WaiverProblem.TOO_FAR_AHEAD: _l("A waiver can be asked for 30 days ahead at most."),
    WaiverProblem.QUOTA_USED: _l("This person has had all the waivers of this quarter."),
    WaiverProblem.NO_REASON: _l("Give a reason."),
}


def request_waiver(
    session: Session, *, person_id: UUID, queue_id: UUID, starts_at: datetime, ends_at: datetime, reason: str,
    by: Identity, now: datetime,
) -> Waiver:
    """Ask for a waiver; it opens nothing until somebody else approves it.

    Raises NotFound for an unknown person or queue, Refused for oneself, Invalid with every problem of time and quota.
    """
    if session.get(Person, person_id) is None or session.get(Queue, queue_id) is None:
        raise NotFound
    if by.person_id is None or by.person_id == person_id:
        raise Refused("waiver.for_oneself", _("Nobody asks for a waiver for themselves."))
    hold(session, person_id)
    _check(session, person_id, starts_at, ends_at, reason, now)
    waiver = Waiver(person_id=person_id, queue_id=queue_id, starts_at=starts_at, ends_at=ends_at, reason=reason.strip(),
                    state=WaiverState.REQUESTED, requested_by=by.person_id, requested_at=now)
    session.add(waiver)
    session.flush()
    audit(session, by=by, action="waiver.request", subject=f"waiver:{waiver.id}", reason=waiver.reason, now=now)
    if is_news(now):
        tell_waiver_requested(session, waiver, now=now)
    return waiver


def approve_waiver(session: Session, waiver_id: UUID, *, note: str = "", by: Identity, now: datetime) -> Waiver:
    """Approve a waiver that somebody else asked for; the queue opens from its beginning, at the earliest from `now`.

    Raises NotFound, Conflict when it was decided before, Refused for who asked for it or whom it is for, Invalid when
    its time is over or the quota used up meanwhile.
    """
    waiver = _undecided(session, waiver_id)
    _refuse_those_concerned(waiver, by)
    _check(session, waiver.person_id, waiver.starts_at, waiver.ends_at, waiver.reason, now)
    _decide(session, waiver, WaiverState.APPROVED, note, by=by, now=now)
    project(session, [waiver.person_id])
    return waiver


def refuse_waiver(session: Session, waiver_id: UUID, *, note: str, by: Identity, now: datetime) -> Waiver:
    """Refuse a waiver, with a reason. Raises as `approve_waiver` does."""
    waiver = _undecided(session, waiver_id)
    _refuse_those_concerned(waiver, by)
    if not note.strip():
        raise Invalid([Problem("note", _("Give a reason."))])
    _decide(session, waiver, WaiverState.REFUSED, note, by=by, now=now)
    return waiver


def stop_waiver(session: Session, waiver_id: UUID, *, by: Identity, now: datetime) -> Waiver:
    """End an approved waiver before its time, or withdraw one that waits. Raises NotFound; Conflict when it is over."""
    waiver = _held(session, waiver_id)
    if waiver.state == WaiverState.REQUESTED:
        waiver.state = WaiverState.WITHDRAWN
    elif waiver.state == WaiverState.APPROVED and waiver.stopped_at is None and waiver.ends_at > now:
        waiver.stopped_at, waiver.stopped_by = now, by.person_id
    else:
        raise Conflict("waiver.over", _("This waiver is over already."))
    audit(session, by=by, action="waiver.stop", subject=f"waiver:{waiver.id}", now=now)
    project(session, [waiver.person_id])
    return waiver


def _check(
    session: Session, person_id: UUID, starts_at: datetime, ends_at: datetime, reason: str, now: datetime
) -> None:
    approved = session.scalars(
        select(Waiver.starts_at).where(Waiver.person_id == person_id, Waiver.state == WaiverState.APPROVED)).all()
    zone = zones_of(session, [person_id])[person_id]
    found = waiver_problems(starts_at, ends_at, reason, approved, now=now, zone=zone)
    if found:
        raise Invalid([Problem(PLACES[it], str(TEXTS[it])) for it in found])


def _held(session: Session, waiver_id: UUID) -> Waiver:
    waiver = session.get(Waiver, waiver_id)
    if waiver is None:
        raise NotFound
    hold(session, waiver.person_id)
    session.refresh(waiver)
    return waiver


def _undecided(session: Session, waiver_id: UUID) -> Waiver:
    waiver = _held(session, waiver_id)
    if waiver.state != WaiverState.REQUESTED:
        raise Conflict("waiver.decided", _("This waiver was decided before."))
    return waiver


def _refuse_those_concerned(waiver: Waiver, by: Identity) -> None:
    if by.person_id is None or by.person_id in (waiver.requested_by, waiver.person_id):
        raise Refused("waiver.two_people", _("A waiver takes two people: whoever asked for it can't decide it."))


def _decide(
    session: Session, waiver: Waiver, state: WaiverState, note: str, *, by: Identity, now: datetime
) -> None:
    waiver.state, waiver.decided_by, waiver.decided_at, waiver.decision = state, by.person_id, now, note.strip()
    session.flush()
    audit(session, by=by, action=f"waiver.{state.value}", subject=f"waiver:{waiver.id}", reason=note.strip(), now=now,
          changes={"state": ["requested", state.value]})
    if is_news(now):
        tell_waiver_decided(session, waiver, now=now)
