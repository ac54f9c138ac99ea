"""The rules in force and their past editions, as the pure rules take them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
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
from lms.kernel.db import is_writing, kept_in, once
from lms.people.models import Queue

_QUEUE: Final = Queue.__table__.c


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
    """Read all rules. What was read is kept: with the transaction, and in the process until a rule or queue changes.

    A unit of work reads anew, since it may change the rules itself, and never leaves what it read to others: it may
    still be rolled back.
    """
    return once(session, "rulebook", lambda: _kept_or_read(session))


def rulebook_kept(engine: Engine, version: int | None, queue_id: UUID) -> Rulebook | None:
    """Return the rules at a version if they were read before and know the queue; asks nothing of the database."""
    kept = _kept.get(engine)
    return kept if kept is not None and kept.version == version and queue_id in kept.queues else None


_kept: Final[WeakKeyDictionary[Engine, Rulebook]] = WeakKeyDictionary()


def _kept_or_read(session: Session) -> Rulebook:
    version = rule_version(session)
    columns = select(_QUEUE.id, _QUEUE.code, _QUEUE.name, _QUEUE.name_en).order_by(_QUEUE.position, _QUEUE.code)
    queues = {row.id: QueueName(*row) for row in session.execute(columns)}
    engine = session.get_bind().engine
    kept = _kept.get(engine)
    if is_writing(session):
        kept = kept_in(session).get("own rulebook")
    if kept is not None and kept.version == version and list(kept.queue_names.items()) == list(queues.items()):
        return kept
    book = _read(session, version, queues)
    if is_writing(session):
        kept_in(session)["own rulebook"] = book
    elif version and queues:  # before the first rule there is nothing by which to tell a change
        _kept[engine] = book
    return book


def _read(session: Session, version: int, queues: dict[UUID, QueueName]) -> Rulebook:
    certifications = {row.id: Named(row.id, row.code, row.name, row.name_en, row.letters)
                      for row in session.scalars(select(Certification).order_by(Certification.code))}
    return Rulebook(version, _editions(session, certifications), _queues(session, queues, certifications),
                    certifications, queues)


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


def _queues(
    session: Session, queues: dict[UUID, QueueName], certifications: dict[UUID, Named]
) -> dict[UUID, QueueRule]:
    required: dict[UUID, list[tuple[str, Span]]] = defaultdict(list)
    for row in session.scalars(select(QueueRequirement).order_by(QueueRequirement.required_from)):
        span = Span(row.required_from, row.required_until)
        required[row.queue_id].append((certifications[row.certification_id].code, span))
    return {queue_id: QueueRule(name.code, tuple(required[queue_id])) for queue_id, name in queues.items()}


def _counts(requirement: Requirement, activity: str) -> bool:
    if requirement.activities:
        return activity in requirement.activities
    return requirement.kind is RequirementKind.CALLS and activity.startswith("call:")
