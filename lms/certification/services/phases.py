"""Supervised phases (带教): live calls only with a named mentor beside."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import PhaseQueue, SupervisedPhase, SupervisedTime
from lms.certification.queries.cases import used_up_at
from lms.certification.queries.floor import decide_many
from lms.certification.rules.projection import FloorState
from lms.certification.services.issuing import hold
from lms.certification.services.projecting import project
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.records.services import audit

LONGEST: Final = timedelta(days=92)
MOST_MINUTES: Final = 200 * 60
MINUTES_A_DAY: Final = 24 * 60
CERTIFIED: Final = frozenset({FloorState.YES, FloorState.SOON})


def start_phase(
    session: Session, *, person_id: UUID, mentor_id: UUID, queue_ids: Collection[UUID], starts_at: datetime,
    ends_at: datetime, minutes_cap: int, by: Identity, now: datetime,
) -> SupervisedPhase:
    """Let a person take live calls on some queues with their mentor beside.

    minutes_cap   minutes of live calls after which it is over, 1..12,000

    Raises NotFound for an unknown person, Invalid with every problem: a mentor who isn't certified for the queues
    themselves, an end that is past or more than 92 days on, a cap out of range.
    """
    if session.get(Person, person_id) is None or session.get(Person, mentor_id) is None:
        raise NotFound
    hold(session, person_id)
    problems = []
    if person_id == mentor_id:
        problems.append(Problem("mentor", _("Nobody is their own mentor.")))
    if not queue_ids:
        problems.append(Problem("queues", _("Choose at least one queue.")))
    if ends_at <= max(starts_at, now) or ends_at - starts_at > LONGEST:
        problems.append(Problem("ends_at", _("The end lies ahead, and 92 days after the beginning at most.")))
    if not 1 <= minutes_cap <= MOST_MINUTES:
        problems.append(Problem("minutes_cap", _("The cap is between 1 minute and 200 hours.")))
    cells = decide_many(session, [mentor_id], queue_ids, max(starts_at, now))
    if any(cell.state not in CERTIFIED for cell in cells.values()):
        problems.append(Problem("mentor", _("The mentor isn't certified for every one of these queues.")))
    if problems:
        raise Invalid(problems)
    phase = SupervisedPhase(person_id=person_id, mentor_id=mentor_id, starts_at=starts_at, ends_at=ends_at,
                            minutes_cap=minutes_cap, started_by=by.person_id, started_at=now,
                            queues=[PhaseQueue(queue_id=it) for it in queue_ids])
    session.add(phase)
    session.flush()
    audit(session, by=by, action="phase.start", subject=f"person:{person_id}", now=now,
          changes={"phase": [None, str(phase.id)], "mentor": [None, str(mentor_id)]})
    project(session, [person_id])
    return phase


def log_time(
    session: Session, phase_id: UUID, *, worked_on: date, minutes: int, by: Identity, now: datetime
) -> None:
    """Write down minutes of live calls under supervision; reaching the cap shuts the gate at `now`.

    minutes   1..1440

    Raises NotFound, Conflict when the phase is over, Invalid for a number out of range.
    """
    phase = _running(session, phase_id, now)
    if not 1 <= minutes <= MINUTES_A_DAY:
        raise Invalid([Problem("minutes", _("Between 1 and 1,440 minutes."))])
    phase.times.append(SupervisedTime(worked_on=worked_on, minutes=minutes, recorded_at=now, recorded_by=by.person_id))
    session.flush()
    audit(session, by=by, action="phase.log_time", subject=f"person:{phase.person_id}", now=now,
          changes={"minutes": [None, minutes]})
    project(session, [phase.person_id])


def end_phase(session: Session, phase_id: UUID, *, by: Identity, now: datetime) -> None:
    """End a supervised phase. Raises NotFound, Conflict when it is over already."""
    phase = _running(session, phase_id, now)
    phase.stopped_at = now
    audit(session, by=by, action="phase.end", subject=f"person:{phase.person_id}", now=now)
    project(session, [phase.person_id])


def _running(session: Session, phase_id: UUID, now: datetime) -> SupervisedPhase:
    phase = session.get(SupervisedPhase, phase_id)
    if phase is None:
        raise NotFound
    hold(session, phase.person_id)
    session.refresh(phase)
    if phase.stopped_at is not None or phase.ends_at <= now or used_up_at(phase) is not None:
        raise Conflict("phase.over", _("This supervised phase is over."))
    return phase
