"""Where people stand: what a learner has and still misses, and whose certificates end when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import false, or_, select
from sqlalchemy.orm import Session, aliased

from lms.certification.models import Certificate, Certification
from lms.certification.queries.cases import KnownPerson, load_cases
from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.queries.words import activities_named, requirement_words
from lms.certification.rules.cycles import (
    Edition,
    Standing,
    StandingState,
    edition_at,
    requirements_at,
    standing_of,
)
from lms.certification.rules.requirements import BrokenRuleError, Outcome, RequirementKind
from lms.certification.rules.validity import window_opens
from lms.people.models import Person, PersonState, QueueMembership, Unit
from lms.records.activities import Description


class SealState(StrEnum):
    """What the seal on a learner's card shows."""

    GRANTED = "granted"
    SOON = "soon"  # granted, ends within 30 days
    PAUSED = "paused"  # held, but suspended or with an overdue refresher
    ENDED = "ended"
    REVOKED = "revoked"
    OPEN = "open"  # not earned yet


@dataclass(frozen=True)
class RequirementStanding:
    """How far one requirement is met.

    done, needed   of how many different activities
    best_percent   best score so far, floored; None without one
    until          the first instant at which it is met no longer; None = without end of its own
    link           where a learner does it; None when there is no such place
    """

    key: str
    kind: RequirementKind
    title: str
    activities: tuple[str, ...]
    need_percent: int
    done: int
    needed: int
    met: bool
    best_percent: int | None
    until: datetime | None
    link: str | None


@dataclass(frozen=True)
class CertificationStanding:
    """Where a person stands with one certification.

    until               when in force: the first instant at which it no longer is
    since               when it no longer is: from when
    renewal_opens_at    when facts begin to count towards renewal; None without a certificate
    days_left           whole days until the end, 0 on the last; None when not in force
    queues              the queues that ask for it: (code, name, name_en)
    """

    code: str
    name: str
    name_en: str
    state: StandingState
    seal: SealState
    until: datetime | None
    since: datetime | None
    valid_from: datetime | None
    number: str
    certificate_id: UUID | None
    renewal_opens_at: datetime | None
    days_left: int | None
    queues: tuple[tuple[str, str, str], ...]
    requirements: tuple[RequirementStanding, ...]

    @property
    def missing(self) -> int:
        """How many requirements aren't met."""
        return sum(not it.met for it in self.requirements)

    @property
    def done(self) -> int:
        """How many requirements are met."""
        return len(self.requirements) - self.missing


@dataclass(frozen=True)
class Expiring:
    """A certificate in force that ends soon and wasn't renewed."""

    certificate_id: UUID
    person_id: UUID
    name: str
    staff_no: str
    unit: str
    certification: str
    certification_en: str
    ends_at: datetime


def of_person(session: Session, person_id: UUID, at: datetime) -> tuple[CertificationStanding, ...]:
    """Return where a person stands with every certification that concerns them: in force first, then by name.

    Those of the queues they are meant to serve, those they hold or held, and those they have begun to earn.
    """
    book = load_rulebook(session)
    known = load_cases(session, book, [person_id]).get(person_id)
    if known is None:
        return ()
    serves = set(session.scalars(select(QueueMembership.queue_id).where(QueueMembership.person_id == person_id)))
    asked = {code for queue_id in serves if queue_id in book.queues for code in book.queues[queue_id].required_at(at)}
    numbers = {(code, cycle): (kept, number) for code, cycle, kept, number in session.execute(
        select(Certification.code, Certificate.cycle, Certificate.id, Certificate.number)
        .join(Certification, Certification.id == Certificate.certification_id)
        .where(Certificate.person_id == person_id)).tuples()}
    editions = {code: edition for code, of in book.editions.items() if (edition := edition_at(of, at)) is not None}
    stands = {code: standing_of(code, book.editions, known.case.cycles, known.case.facts, at=at) for code in editions}
    shown = [code for code, it in stands.items()
             if code in asked or (it.cycle is not None and (code, it.cycle.number) in numbers)]
    named = activities_named(session, [it for code in shown for it in editions[code].requirements])
    found = [_standing(book, known, editions[code], stands[code], at, numbers, named) for code in shown]
    return tuple(sorted(found, key=lambda it: (it.state is not StandingState.IN_FORCE, it.code not in asked, it.name)))


def expiring(
    session: Session, scopes: Sequence[str], since: datetime, until: datetime
) -> tuple[Expiring, ...]:
    """Return the certificates that end in [since, until) and weren't renewed, soonest first.

    scopes   unit paths within which people count; "/" for everybody
    """
    later = aliased(Certificate)
    renewed = select(later.id).where(
        later.person_id == Certificate.person_id, later.certification_id == Certificate.certification_id,
        later.cycle > Certificate.cycle, later.voided_at.is_(None), later.revoked_at.is_(None)).exists()
    inside = or_(false(), *(Unit.path.startswith(scope, autoescape=True) for scope in scopes))
    rows = session.execute(
        select(Certificate, Person, Unit.name)
        .join(Person, Person.id == Certificate.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(Certificate.ends_at >= since, Certificate.ends_at < until, Certificate.revoked_at.is_(None),
               Certificate.voided_at.is_(None), Person.state != PersonState.LEFT, ~renewed, inside)
        .order_by(Certificate.ends_at, Person.staff_no)).unique().tuples()
    return tuple(
        Expiring(it.id, person.id, person.name, person.staff_no, unit, it.certification.name, it.certification.name_en,
                 it.ends_at)
        for it, person, unit in rows)


def _standing(
    book: Rulebook, known: KnownPerson, edition: Edition, standing: Standing, at: datetime,
    numbers: Mapping[tuple[str, int], tuple[UUID, str]], named: Mapping[str, Description],
) -> CertificationStanding:
    code, case = edition.code, known.case
    called = book.certifications[book.id_of(code)]
    try:
        outcomes = requirements_at(edition, book.editions, case.cycles, case.facts, at=at, zone=known.zone)
    except BrokenRuleError:
        outcomes = ()
    cycle = standing.cycle
    certificate_id, number = numbers.get((code, cycle.number), (None, "")) if cycle else (None, "")
    in_force = standing.state is StandingState.IN_FORCE
    paused = any(it.span.covers(at) and not it.queue and it.certification in ("", code) for it in case.suspensions)
    left = (standing.until - at).days if in_force and standing.until else None
    return CertificationStanding(
        code, called.name, called.name_en, standing.state, _seal(standing.state, left, paused=paused), standing.until,
        standing.since, cycle.period.starts_at if cycle else None, number, certificate_id,
        window_opens(edition.validity, cycle.period) if cycle else None, left,
        tuple((it.code, it.name, it.name_en) for it in book.opened_by(code, at)),
        tuple(_requirement(book, it, named) for it in outcomes))


def _seal(state: StandingState, left: int | None, *, paused: bool) -> SealState:
    if state is StandingState.IN_FORCE and not paused:
        return SealState.SOON if left is not None and left < 30 else SealState.GRANTED
    if state is StandingState.LAPSED or (state is StandingState.IN_FORCE and paused):
        return SealState.PAUSED
    return {StandingState.EXPIRED: SealState.ENDED, StandingState.REVOKED: SealState.REVOKED}.get(state, SealState.OPEN)


def _requirement(book: Rulebook, outcome: Outcome, named: Mapping[str, Description]) -> RequirementStanding:
    asked = outcome.requirement
    words = requirement_words(book, asked, named)
    return RequirementStanding(
        asked.key, asked.kind, words.title, asked.activities, asked.need_percent,
        outcome.done, outcome.needed, outcome.met, outcome.best_percent, outcome.until, words.link)
