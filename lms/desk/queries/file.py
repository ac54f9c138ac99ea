"""A person's training file, put together from every area."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.certification.queries import standing
from lms.certification.queries.floor import FloorCell, decide_many
from lms.people.models import Person, Queue, QueueMembership
from lms.people.queries.people import PersonCard, person_card
from lms.records import activities
from lms.records.models import AuditEntry
from lms.records.queries import facts_of
from lms.records.rules import Fact

NEWEST = 100  # audit entries shown on a file


@dataclass(frozen=True)
class FactLine:
    """One fact in words."""

    fact: Fact
    title: str
    link: str | None


@dataclass(frozen=True)
class QueueLine:
    """A queue and what the gate says of the person now."""

    queue: Queue
    cell: FloorCell


@dataclass(frozen=True)
class TrainingFile:
    """Everything that stands in a file at an instant."""

    card: PersonCard
    queues: tuple[QueueLine, ...]
    standings: tuple[standing.CertificationStanding, ...]
    facts: tuple[FactLine, ...]


def training_file(session: Session, person_id: UUID, at: datetime, on: datetime) -> TrainingFile:
    """Return a person's file as of `at`; `on` is the same instant in the site's zone. Raises NotFound."""
    card = person_card(session, person_id, on.date())
    served = list(session.scalars(
        select(Queue).join(QueueMembership, QueueMembership.queue_id == Queue.id)
        .where(QueueMembership.person_id == person_id).order_by(Queue.position, Queue.code)
    ))
    cells = decide_many(session, [person_id], [queue.id for queue in served], at) if served else {}
    facts = sorted(facts_of(session, person_id, at=at), key=lambda fact: fact.occurred_at, reverse=True)
    named = activities.describe_many(session, (fact.activity for fact in facts))
    return TrainingFile(
        card, tuple(QueueLine(queue, cells[person_id, queue.id]) for queue in served),
        tuple(standing.of_person(session, person_id, at)),
        tuple(FactLine(fact, named[fact.activity].title, named[fact.activity].link) for fact in facts),
    )


def audit_of(session: Session, person_id: UUID) -> tuple[AuditEntry, ...]:
    """Return what was done to a person or by them, the newest first."""
    rows = session.scalars(
        select(AuditEntry)
        .where(or_(AuditEntry.subject == f"person:{person_id}", AuditEntry.actor_id == person_id))
        .order_by(AuditEntry.at.desc()).limit(NEWEST)
    )
    return tuple(rows)


def unit_path_of(session: Session, person_id: UUID) -> str | None:
    """Return the path of a person's unit, None when there is no such person."""
    person = session.get(Person, person_id)
    return person.unit.path if person else None
