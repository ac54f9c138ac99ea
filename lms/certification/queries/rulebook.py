"""The rules in force and their past editions, as the pure rules take them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.models import (
    Certification,
    CertificationEdition,
    QueueRequirement,
    RequirementRow,
    RuleVersion,
)
from lms.certification.rules.cycles import Edition
from lms.certification.rules.floor import QueueRule, Span
from lms.certification.rules.requirements import Requirement, RequirementKind
from lms.certification.rules.validity import Ending, RenewalPolicy, Validity
from lms.people.models import Queue


@dataclass(frozen=True)
class Named:
    """What a certification is called. letters: of its certificates' numbers."""

    id: UUID
    code: str
    name: str
    name_en: str
    letters: str


@dataclass(frozen=True)
class QueueName:
    """What a queue is called."""

    id: UUID
    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Rulebook:
    """Every certification's editions and what every queue asks for, at one rule version."""

    version: int
    editions: dict[str, tuple[Edition, ...]]
    queues: dict[UUID, QueueRule]
    certifications: dict[UUID, Named]
    queue_names: dict[UUID, QueueName]

    def named(self, code: str) -> Named | None:
        """Return what the certification with a code is called."""
        return next((it for it in self.certifications.values() if it.code == code), None)

    def id_of(self, code: str) -> UUID:
        """Return the id of the certification with a code. Raises KeyError when there is none."""
        named = self.named(code)
        if named is None:
            raise KeyError(code)
        return named.id

    def queue(self, code: str) -> QueueName | None:
        """Return what the queue with a code is called."""
        return next((it for it in self.queue_names.values() if it.code == code), None)

    def opened_by(self, code: str, at: datetime) -> tuple[QueueName, ...]:
        """Return the queues that ask for a certification at an instant."""
        return tuple(self.queue_names[queue_id] for queue_id, rule in self.queues.items()
                     if code in rule.required_at(at))

    def reacts_to(self, activity: str) -> bool:
        """Tell whether any rule, past or present, asks for an activity."""
        return any(_counts(requirement, activity) for of in self.editions.values()
                   for edition in of for requirement in edition.requirements)


def rule_version(session: Session) -> int:
    """Return the counter that every change of a rule raises; 0 before the first."""
    return session.scalar(select(RuleVersion.version)) or 0


def load_rulebook(session: Session) -> Rulebook:
    """Read all rules. The result is kept with the session for as long as nothing changed."""
    version = rule_version(session)
    kept = session.info.get("rulebook")
    queue_count = len(session.scalars(select(Queue.id)).all())
    if isinstance(kept, Rulebook) and kept.version == version and len(kept.queues) == queue_count:
        return kept
    certifications = {row.id: Named(row.id, row.code, row.name, row.name_en, row.letters)
                      for row in session.scalars(select(Certification).order_by(Certification.code))}
    queues = session.scalars(select(Queue).order_by(Queue.position, Queue.code)).all()
    book = Rulebook(
        version, _editions(session, certifications), _queues(session, [it.id for it in queues], certifications),
        certifications, {it.id: QueueName(it.id, it.code, it.name, it.name_en) for it in queues})
    session.info["rulebook"] = book
    return book


def _editions(session: Session, certifications: dict[UUID, Named]) -> dict[str, tuple[Edition, ...]]:
    found: dict[str, list[Edition]] = {it.code: [] for it in certifications.values()}
    for row in session.scalars(select(CertificationEdition).order_by(CertificationEdition.number)):
        code = certifications[row.certification_id].code
        validity = Validity(row.months, Ending(row.ending), row.fixed_month, row.fixed_day,
                            RenewalPolicy(row.renewal), row.window_days)
        found[code].append(Edition(code, row.number, row.published_at, validity,
                                   tuple(as_requirement(it) for it in row.requirements)))
    return {code: tuple(of) for code, of in found.items()}


def as_requirement(row: RequirementRow) -> Requirement:
    """Return a stored requirement as the value that rules take."""
    return Requirement(row.key, RequirementKind(row.kind), tuple(str(it) for it in row.activities), row.need_percent,
                       row.need_count, row.period_months, row.afresh)


def _queues(session: Session, ids: list[UUID], certifications: dict[UUID, Named]) -> dict[UUID, QueueRule]:
    codes = dict(session.execute(select(Queue.id, Queue.code)).tuples().all())
    required: dict[UUID, list[tuple[str, Span]]] = defaultdict(list)
    for row in session.scalars(select(QueueRequirement).order_by(QueueRequirement.required_from)):
        span = Span(row.required_from, row.required_until)
        required[row.queue_id].append((certifications[row.certification_id].code, span))
    return {queue_id: QueueRule(codes[queue_id], tuple(required[queue_id])) for queue_id in ids}


def _counts(requirement: Requirement, activity: str) -> bool:
    if requirement.activities:
        return activity in requirement.activities
    return requirement.kind is RequirementKind.CALLS and activity.startswith("call:")
