"""Lists and single rows for the pages of this area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, aliased

from lms.certification.models import (
    Certificate,
    Certification,
    CertificationEdition,
    FoundingGrant,
    SupervisedPhase,
    SuspensionRow,
    Waiver,
    WaiverState,
)
from lms.certification.queries.cases import used_up_at
from lms.certification.queries.floor import explain
from lms.certification.queries.rulebook import QueueName, load_rulebook
from lms.certification.rules.floor import FloorDecision
from lms.kernel.errors import NotFound
from lms.people.models import Person, Queue, Unit
from lms.people.queries.organisation import within


@dataclass(frozen=True)
class Holder:
    """A person as a row of these pages names them."""

    id: UUID
    name: str
    staff_no: str
    unit_path: str
    unit: str


@dataclass(frozen=True)
class WaiverRow:
    """A waiver with everybody named."""

    waiver: Waiver
    holder: Holder
    queue: QueueName
    requested_by: str
    decided_by: str

    def is_open(self, at: datetime) -> bool:
        """Tell whether it opens the queue at an instant."""
        waiver = self.waiver
        stopped = waiver.stopped_at is not None and waiver.stopped_at <= at
        return waiver.state == WaiverState.APPROVED and waiver.starts_at <= at < waiver.ends_at and not stopped


@dataclass(frozen=True)
class PhaseRow:
    """A supervised phase with everybody named.

    minutes_done   written down so far
    over           ended by time, by hand or by its cap
    """

    phase: SupervisedPhase
    mentor: str
    queues: tuple[str, ...]
    minutes_done: int
    over: bool


@dataclass(frozen=True)
class PersonFloor:
    """Everything about one person and the floor."""

    holder: Holder
    queues: tuple[tuple[QueueName, FloorDecision], ...]
    suspensions: tuple[tuple[SuspensionRow, str], ...]  # with what they keep from
    phases: tuple[PhaseRow, ...]
    waivers: tuple[WaiverRow, ...]


def holder_of(session: Session, person_id: UUID) -> Holder:
    """Return how a person is named. Raises NotFound."""
    row = session.execute(
        select(Person.id, Person.name, Person.staff_no, Unit.path, Unit.name.label("unit"))
        .join(Unit, Unit.id == Person.unit_id).where(Person.id == person_id)).one_or_none()
    if row is None:
        raise NotFound
    return Holder(row.id, row.name, row.staff_no, row.path, row.unit)


def certificate_of(session: Session, certificate_id: UUID) -> Certificate:
    """Return a certificate. Raises NotFound."""
    row = session.get(Certificate, certificate_id)
    if row is None:
        raise NotFound
    return row


def certificates_of(session: Session, person_id: UUID) -> Sequence[Certificate]:
    """Return every certificate a person was ever issued, the newest first."""
    return session.scalars(
        select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.starts_at.desc())
    ).unique().all()


def register_select(scopes: Sequence[str]) -> Any:
    """Return a select of (certificate, person, certification) for the people of these units."""
    return (
        select(Certificate, Person, Certification)
        .join(Person, Person.id == Certificate.person_id).join(Unit, Unit.id == Person.unit_id)
        .join(Certification, Certification.id == Certificate.certification_id).where(within(scopes))
    )


def search(session: Session, text: str, scopes: Sequence[str], limit: int = 10) -> list[tuple[UUID, str, str, str]]:
    """Return certificates for the global search: (id, number, holder's name, certification's name)."""
    term = text.strip()
    if not term:
        return []
    rows = session.execute(
        select(Certificate.id, Certificate.number, Person.name, Certification.name)
        .join(Person, Person.id == Certificate.person_id).join(Unit, Unit.id == Person.unit_id)
        .join(Certification, Certification.id == Certificate.certification_id)
        .where(within(scopes), or_(Certificate.number.startswith(term.upper(), autoescape=True),
                                   Person.name.contains(term, autoescape=True), Person.staff_no == term))
        .order_by(Certificate.ends_at.desc()).limit(limit))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def waivers(session: Session, scopes: Sequence[str], *, state: WaiverState | None = None) -> list[WaiverRow]:
    """Return the waivers of the people of these units, those that wait first, then the newest."""
    query = _waivers().where(within(scopes))
    if state is not None:
        query = query.where(Waiver.state == state)
    order = (Waiver.state != WaiverState.REQUESTED, Waiver.requested_at.desc())
    return _waiver_rows(session, query.order_by(*order).limit(200))


def waiver_of(session: Session, waiver_id: UUID) -> WaiverRow:
    """Return one waiver. Raises NotFound."""
    rows = _waiver_rows(session, _waivers().where(Waiver.id == waiver_id))
    if not rows:
        raise NotFound
    return rows[0]


def grants(session: Session, scopes: Sequence[str]) -> list[tuple[FoundingGrant, Holder, str]]:
    """Return the founding grants of the people of these units with who proposed them, undecided ones first."""
    proposer = aliased(Person)
    rows = session.execute(
        select(FoundingGrant, Person, Unit, proposer.name).join(Person, Person.id == FoundingGrant.person_id)
        .join(Unit, Unit.id == Person.unit_id).join(proposer, proposer.id == FoundingGrant.proposed_by)
        .where(within(scopes))
        .order_by(FoundingGrant.approved_at.is_not(None), FoundingGrant.refused_at.is_not(None),
                  FoundingGrant.proposed_at.desc())).unique()
    return [(grant, Holder(person.id, person.name, person.staff_no, unit.path, unit.name), name)
            for grant, person, unit, name in rows]


def person_floor(session: Session, person_id: UUID, at: datetime) -> PersonFloor:
    """Return everything about one person and the floor at an instant. Raises NotFound."""
    holder = holder_of(session, person_id)
    book = load_rulebook(session)
    queues = tuple((name, explain(session, person_id, queue_id, at)) for queue_id, name in book.queue_names.items())
    suspensions = session.scalars(
        select(SuspensionRow).where(SuspensionRow.person_id == person_id).order_by(SuspensionRow.starts_at.desc()))
    return PersonFloor(
        holder, queues,
        tuple((row, book.queue_names[row.queue_id].name if row.queue_id else
               book.certifications[row.certification_id].name if row.certification_id else "") for row in suspensions),
        phases_of(session, person_id, at),
        tuple(_waiver_rows(session, _waivers().where(Waiver.person_id == person_id)
                           .order_by(Waiver.requested_at.desc()))))


def phases_of(session: Session, person_id: UUID, at: datetime) -> tuple[PhaseRow, ...]:
    """Return a person's supervised phases, the newest first."""
    rows = session.execute(
        select(SupervisedPhase, Person.name).join(Person, Person.id == SupervisedPhase.mentor_id)
        .where(SupervisedPhase.person_id == person_id).order_by(SupervisedPhase.starts_at.desc())).tuples()
    names = load_rulebook(session).queue_names
    return tuple(
        PhaseRow(phase, mentor, tuple(names[it.queue_id].name for it in phase.queues),
                 sum(it.minutes for it in phase.times),
                 phase.stopped_at is not None or phase.ends_at <= at or used_up_at(phase) is not None)
        for phase, mentor in rows)


def phase_of(session: Session, phase_id: UUID) -> SupervisedPhase:
    """Return one supervised phase. Raises NotFound."""
    row = session.get(SupervisedPhase, phase_id)
    if row is None:
        raise NotFound
    return row


def suspension_of(session: Session, suspension_id: UUID) -> SuspensionRow:
    """Return one suspension. Raises NotFound."""
    row = session.get(SuspensionRow, suspension_id)
    if row is None:
        raise NotFound
    return row


def certification_of(session: Session, code: str) -> tuple[Certification, Sequence[CertificationEdition]]:
    """Return a certification and its editions, the newest first. Raises NotFound."""
    row = session.scalars(select(Certification).where(Certification.code == code)).one_or_none()
    if row is None:
        raise NotFound
    return row, session.scalars(
        select(CertificationEdition).where(CertificationEdition.certification_id == row.id)
        .order_by(CertificationEdition.number.desc())).all()


def queue_of(session: Session, queue_id: UUID) -> Queue:
    """Return a queue. Raises NotFound."""
    row = session.get(Queue, queue_id)
    if row is None:
        raise NotFound
    return row


def _waivers() -> Select[Any]:
    asked, decided = aliased(Person), aliased(Person)
    return (
        select(Waiver, Person, Unit, asked.name, decided.name)  # type: ignore[return-value]  # five columns
        .join(Person, Person.id == Waiver.person_id).join(Unit, Unit.id == Person.unit_id)
        .join(asked, asked.id == Waiver.requested_by).outerjoin(decided, decided.id == Waiver.decided_by))


def _waiver_rows(session: Session, query: Select[Any]) -> list[WaiverRow]:
    names = load_rulebook(session).queue_names
    return [
        WaiverRow(waiver, Holder(person.id, person.name, person.staff_no, unit.path, unit.name),
                  names[waiver.queue_id], asked, decided or "")
        for waiver, person, unit, asked, decided in session.execute(query).unique()
    ]
