"""All that is known of people and decides about the floor, read in a few statements for any number of people."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from lms.certification.models import (
    Certificate,
    Departure,
    FoundingGrant,
    PhaseQueue,
    QueueRequirement,
    SupervisedPhase,
    SuspensionRow,
    Waiver,
    WaiverState,
)
from lms.certification.queries.rulebook import Rulebook
from lms.certification.rules.cycles import Cycle, CycleKind
from lms.certification.rules.floor import Basis, Case, Opening, Span, Suspension
from lms.certification.rules.replay import Grant, History, Revocation
from lms.certification.rules.validity import Period, day_begins
from lms.people.models import Person, PersonState, Unit
from lms.people.queries.zones import zones_of_units
from lms.records.models import TrainingFact
from lms.records.queries import as_fact, facts_of_many

CHUNK = 400


@dataclass(frozen=True)
class KnownPerson:
    """A person and their case."""

    id: UUID
    staff_no: str
    name: str
    zone: str
    case: Case


def zones_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the time zone of each person: of the nearest unit above that states one, else the installation's."""
    paths = dict(session.execute(
        select(Person.id, Unit.path).join(Unit, Unit.id == Person.unit_id).where(Person.id.in_(person_ids))
    ).tuples().all())
    zones = zones_of_units(session, set(paths.values()))
    return {person_id: zones[path].key for person_id, path in paths.items()}


def load_cases(
    session: Session, book: Rulebook, person_ids: Collection[UUID], *, known_at: datetime | None = None
) -> dict[UUID, KnownPerson]:
    """Return the cases of those of the people that exist.

    known_at   leave out what was learned after this instant; corrections and revocations made later don't count yet
    """
    ids = list(dict.fromkeys(person_ids))
    found: dict[UUID, KnownPerson] = {}
    for start in range(0, len(ids), CHUNK):
        found |= _load(session, book, ids[start : start + CHUNK], known_at)
    return found


def is_blank(person_id: Any, queue_id: Any) -> ColumnElement[bool]:
    """Return the condition that nothing ever opened or closed a queue for a person: it is decided as for `Case()`.

    person_id, queue_id   columns of a select

    Holds for those alone who haven't left. Facts open nothing without a certificate.
    """
    held = select(Certificate.id).join(
        QueueRequirement, and_(QueueRequirement.certification_id == Certificate.certification_id,
                               QueueRequirement.queue_id == queue_id)
    ).where(Certificate.person_id == person_id, Certificate.voided_at.is_(None))
    waived = select(Waiver.id).where(
        Waiver.person_id == person_id, Waiver.queue_id == queue_id, Waiver.state == WaiverState.APPROVED)
    led = select(SupervisedPhase.id).join(PhaseQueue, PhaseQueue.phase_id == SupervisedPhase.id).where(
        SupervisedPhase.person_id == person_id, PhaseQueue.queue_id == queue_id)
    away = select(Departure.id).where(Departure.person_id == person_id)
    kept_off = select(SuspensionRow.id).where(SuspensionRow.person_id == person_id)
    return ~or_(*(it.exists() for it in (held, waived, led, away, kept_off)))


def load_cycles(
    session: Session, book: Rulebook, person_ids: Collection[UUID], *, known_at: datetime | None = None
) -> dict[UUID, dict[str, list[Cycle]]]:
    """Return the certificates of people by certification, as the rules take them."""
    query = select(Certificate).where(Certificate.person_id.in_(person_ids)).order_by(Certificate.cycle)
    if known_at is not None:
        query = query.where(Certificate.issued_at <= known_at)
    found: dict[UUID, dict[str, list[Cycle]]] = {person_id: {} for person_id in person_ids}
    for row in session.scalars(query):
        cycle = as_cycle(row, book.certifications[row.certification_id].code, known_at)
        found[row.person_id].setdefault(cycle.code, []).append(cycle)
    return found


def as_cycle(row: Certificate, code: str, known_at: datetime | None = None) -> Cycle:
    """Return a stored certificate as the value that rules take."""
    period = Period(row.starts_at, row.last_day, row.ends_at, row.anchor_day, row.zone)
    return Cycle(
        code, row.cycle, row.edition, CycleKind(row.kind), period, row.issued_at, row.since,
        tuple(UUID(str(it)) for it in row.evidence),
        _learned(row.revoked_at, known_at), _learned(row.voided_at, known_at))


def load_history(session: Session, book: Rulebook, person_id: UUID) -> History:
    """Return all that ever happened to a person's certificates, for recomputing them from the beginning."""
    rows = session.scalars(
        select(TrainingFact).where(TrainingFact.person_id == person_id).order_by(TrainingFact.sequence))
    revoked = session.scalars(
        select(Certificate).where(Certificate.person_id == person_id, Certificate.revoked_at.is_not(None)))
    grants = session.scalars(
        select(FoundingGrant).where(FoundingGrant.person_id == person_id, FoundingGrant.approved_at.is_not(None)))
    zone = zones_of(session, [person_id])[person_id]
    return History(
        tuple(as_fact(row) for row in rows),
        tuple(Revocation(book.certifications[it.certification_id].code, it.cycle, it.revoked_at)
              for it in revoked if it.revoked_at),
        tuple(Grant(book.certifications[it.certification_id].code, it.approved_at, it.last_day, zone)
              for it in grants if it.approved_at),
        zone)


def _load(
    session: Session, book: Rulebook, ids: list[UUID], known_at: datetime | None
) -> dict[UUID, KnownPerson]:
    people = session.execute(
        select(Person.id, Person.staff_no, Person.name, Person.state, Person.left_on, Unit.path)
        .join(Unit, Unit.id == Person.unit_id).where(Person.id.in_(ids))).all()
    zone_of_path = zones_of_units(session, {row.path for row in people})
    zones = {row.id: zone_of_path[row.path].key for row in people}
    away = _away(session, ids, known_at)
    for row in people:
        if row.state == PersonState.LEFT and row.left_on and row.id not in away and known_at is None:
            away[row.id].append(Span(day_begins(row.left_on, zones[row.id])))
    suspensions = _suspensions(session, book, ids, known_at)
    openings = _openings(session, book, ids, known_at)
    cycles = load_cycles(session, book, ids, known_at=known_at)
    facts = facts_of_many(session, ids, known_at=known_at)
    return {
        row.id: KnownPerson(row.id, row.staff_no, row.name, zones[row.id], Case(
            tuple(away[row.id]), tuple(suspensions[row.id]), tuple(openings[row.id]), cycles[row.id],
            tuple(facts[row.id])))
        for row in people
    }


def _away(session: Session, ids: list[UUID], known_at: datetime | None) -> defaultdict[UUID, list[Span]]:
    found: defaultdict[UUID, list[Span]] = defaultdict(list)
    for row in session.scalars(select(Departure).where(Departure.person_id.in_(ids))):
        if known_at is None or row.recorded_at <= known_at:
            found[row.person_id].append(Span(row.left_at, _learned(row.returned_at, known_at)))
    return found


def _suspensions(
    session: Session, book: Rulebook, ids: list[UUID], known_at: datetime | None
) -> defaultdict[UUID, list[Suspension]]:
    found: defaultdict[UUID, list[Suspension]] = defaultdict(list)
    for row in session.scalars(select(SuspensionRow).where(SuspensionRow.person_id.in_(ids))):
        if known_at is not None and row.imposed_at > known_at:
            continue
        ends_at = _earlier(row.ends_at, _learned(row.lifted_at, known_at))
        if ends_at is not None and ends_at <= row.starts_at:
            continue
        found[row.person_id].append(Suspension(
            Span(row.starts_at, ends_at), book.queues[row.queue_id].code if row.queue_id else "",
            book.certifications[row.certification_id].code if row.certification_id else ""))
    return found


def _openings(
    session: Session, book: Rulebook, ids: list[UUID], known_at: datetime | None
) -> defaultdict[UUID, list[Opening]]:
    found: defaultdict[UUID, list[Opening]] = defaultdict(list)
    approved = select(Waiver).where(Waiver.person_id.in_(ids), Waiver.state == WaiverState.APPROVED)
    for waiver in session.scalars(approved):
        if known_at is None or (waiver.decided_at is not None and waiver.decided_at <= known_at):
            begins = max(waiver.starts_at, waiver.decided_at or waiver.starts_at)
            span = _span(begins, waiver.ends_at, _learned(waiver.stopped_at, known_at))
            found[waiver.person_id] += [Opening(Basis.WAIVER, it, book.queues[waiver.queue_id].code) for it in span]
    for phase in session.scalars(select(SupervisedPhase).where(SupervisedPhase.person_id.in_(ids))):
        if known_at is None or phase.started_at <= known_at:
            span = _span(phase.starts_at, phase.ends_at, _learned(phase.stopped_at, known_at),
                         _learned(used_up_at(phase), known_at))
            found[phase.person_id] += [Opening(Basis.SUPERVISED, it, book.queues[queue.queue_id].code,
                                               str(phase.mentor_id)) for it in span for queue in phase.queues]
    return found


def used_up_at(phase: SupervisedPhase) -> datetime | None:
    """Return the instant at which the minutes written down reached the phase's cap; None while they haven't."""
    minutes = timedelta()
    for time in phase.times:
        minutes += timedelta(minutes=time.minutes)
        if minutes >= timedelta(minutes=phase.minutes_cap):
            return time.recorded_at
    return None


def _span(starts_at: datetime, *ends: datetime | None) -> Iterable[Span]:
    """Return the stretch up to the earliest end; none when that is over before it begins."""
    ends_at = min(end for end in ends if end is not None)
    return [Span(starts_at, ends_at)] if ends_at > starts_at else []


def _learned(at: datetime | None, known_at: datetime | None) -> datetime | None:
    return None if at is None or (known_at is not None and at > known_at) else at


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((it for it in (one, other) if it is not None), default=None)
