"""What a change would do, before it is done: whom it touches, and who would leave the floor."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certification.models import Certificate, PermitRow
from lms.certification.queries.cases import load_cases
from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.rules.cycles import Edition, settle
from lms.certification.rules.drafts import Draft
from lms.certification.rules.floor import QueueRule, Span, decide_floor_access
from lms.people.models import Person, PersonState, QueueMembership


@dataclass(frozen=True)
class Names:
    """How many people, and the first of them by name."""

    count: int
    names: tuple[str, ...]


@dataclass(frozen=True)
class EditionImpact:
    """What publishing an edition does at once.

    holders   running certificates that keep their own edition
    earners   people who would earn a certificate at once by what they have done already
    """

    holders: int
    earners: Names


@dataclass(frozen=True)
class QueueImpact:
    """What changing a queue's requirements does at once: who could take calls and no longer may, and the reverse."""

    shut: Names
    opened: Names


MOST_LOOKED_AT = 5000  # people whose case is judged for a preview


def of_edition(session: Session, draft: Draft, at: datetime) -> EditionImpact:
    """Return what publishing a draft would do at `at`."""
    book = load_rulebook(session)
    mine = book.editions.get(draft.code, ())
    edition = Edition(draft.code, len(mine) + 1, at, draft.validity, draft.requirements)
    editions = {**book.editions, draft.code: (*mine, edition)}
    earners = []
    for known in load_cases(session, book, _present(session)).values():
        case = known.case
        if any(it.code == draft.code for it in settle(editions, case.cycles, case.facts, now=at, zone=known.zone)):
            earners.append(known.name)
    return EditionImpact(_running(session, book, draft.code, at), _names(earners))


def of_queue(session: Session, queue_id: UUID, codes: Collection[str], at: datetime) -> QueueImpact:
    """Return what letting a queue ask for exactly these certifications would do at `at`."""
    book = load_rulebook(session)
    before = book.queues[queue_id]
    after = QueueRule(before.code, tuple((code, Span(at)) for code in codes))
    concerned = set(session.scalars(select(PermitRow.person_id).where(PermitRow.queue_id == queue_id))) | set(
        session.scalars(select(QueueMembership.person_id).where(QueueMembership.queue_id == queue_id)))
    shut: list[str] = []
    opened: list[str] = []
    for known in load_cases(session, book, sorted(concerned)[:MOST_LOOKED_AT]).values():
        was = decide_floor_access(known.case, before, book.editions, at=at).allowed
        will = decide_floor_access(known.case, after, book.editions, at=at).allowed
        if was != will:
            (shut if was else opened).append(known.name)
    return QueueImpact(_names(shut), _names(opened))


def of_revocation(session: Session, certificate: Certificate, at: datetime) -> tuple[str, ...]:
    """Return the names of the queues that revoking a certificate would shut for its holder."""
    book = load_rulebook(session)
    case = load_cases(session, book, [certificate.person_id])[certificate.person_id].case
    code = certificate.certification.code
    cycles = {**case.cycles, code: [replace(it, revoked_at=at) if it.number == certificate.cycle else it
                                    for it in case.cycles.get(code, ())]}
    without = replace(case, cycles=cycles)
    return tuple(
        book.queue_names[queue_id].name for queue_id, rule in book.queues.items()
        if decide_floor_access(case, rule, book.editions, at=at).allowed
        and not decide_floor_access(without, rule, book.editions, at=at).allowed)


def _running(session: Session, book: Rulebook, code: str, at: datetime) -> int:
    named = book.named(code)
    if named is None:
        return 0
    return session.scalar(
        select(func.count()).select_from(Certificate).where(
            Certificate.certification_id == named.id, Certificate.starts_at <= at, Certificate.ends_at > at,
            Certificate.revoked_at.is_(None), Certificate.voided_at.is_(None))) or 0


def _present(session: Session) -> list[UUID]:
    return list(session.scalars(
        select(Person.id).where(Person.state != PersonState.LEFT).order_by(Person.id).limit(MOST_LOOKED_AT)))


def _names(names: list[str]) -> Names:
    return Names(len(names), tuple(sorted(names)[:60]))
