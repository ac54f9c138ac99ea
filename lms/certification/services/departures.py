"""Leaving closes every permit in the transaction that records it; coming back finds what was earned."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import Departure, SupervisedPhase
from lms.certification.services.issuing import hold
from lms.certification.services.projecting import project
from lms.records.services import audit


def close_for_leaver(session: Session, person_id: UUID, *, left_at: datetime, by: Identity, now: datetime) -> None:
    """Shut the floor for somebody who leaves, and end the supervised phases they are the mentor of.

    left_at   the instant from which they may take no call; not after `now`: leaving closes at once
    """
    hold(session, person_id)
    if session.scalar(select(Departure.id).where(Departure.person_id == person_id, Departure.returned_at.is_(None))):
        return
    session.add(Departure(person_id=person_id, left_at=min(left_at, now), recorded_at=now))
    open_phases = session.scalars(select(SupervisedPhase).where(
        SupervisedPhase.mentor_id == person_id, SupervisedPhase.stopped_at.is_(None), SupervisedPhase.ends_at > now))
    learners = []
    for phase in open_phases:
        phase.stopped_at = max(now, phase.starts_at)
        learners.append(phase.person_id)
    audit(session, by=by, action="floor.close_for_leaver", subject=f"person:{person_id}", now=now)
    project(session, [person_id, *learners])


def reopen_for_return(session: Session, person_id: UUID, *, by: Identity, now: datetime) -> None:
    """Let whoever comes back stand where their certificates put them."""
    hold(session, person_id)
    session.execute(
        update(Departure).where(Departure.person_id == person_id, Departure.returned_at.is_(None))
        .values(returned_at=now).execution_options(synchronize_session=False))
    audit(session, by=by, action="floor.reopen_for_return", subject=f"person:{person_id}", now=now)
    project(session, [person_id])
