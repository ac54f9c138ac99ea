"""Certificates as a fold over what the ledger learned, in the order it learned it.

Each cycle is a new certificate; nothing is reset or deleted. A cycle begins when the last missing fact occurred and is
issued when the ledger learned of it. A corrected fact that takes away what a cycle rests on voids it: with the facts
known now it never was good, with the facts known before the correction it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import Final
from uuid import UUID

from lms.certification.rules.requirements import (
    BrokenRuleError,
    Outcome,
    Requirement,
    RequirementKind,
    check_requirement,
    judge_all,
    period_edges,
)
from lms.certification.rules.validity import (
    Period,
    Validity,
    first_period,
    period_until,
    renewed_period,
    window_opens,
)
from lms.records.rules import Fact


class CycleKind(StrEnum):
    """How a certificate came to be."""

    EARNED = "earned"
    FOUNDING = "founding"  # granted by two administrators before anybody could assess


@dataclass(frozen=True)
class Edition:
    """One published edition of a certification's rule; it holds from its publication until the next one's."""

    code: str
    number: int
    published_at: datetime
    validity: Validity
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Cycle:
    """One certificate of one person.

    edition      the edition it was issued under, which it keeps until its end
    issued_at    when the ledger learned of the last missing fact
    since        facts before it didn't count for what had to be done afresh; None in a first cycle
    revoked_at   from then on it is not good
    voided_at    when a corrected fact took away what it rests on
    """

    code: str
    number: int
    edition: int
    kind: CycleKind
    period: Period
    issued_at: datetime
    since: datetime | None = None
    evidence: tuple[UUID, ...] = ()
    revoked_at: datetime | None = None
    voided_at: datetime | None = None

    @property
    def closes_at(self) -> datetime:
        """The first instant at which it is no longer good."""
        return self.period.ends_at if self.revoked_at is None else min(self.period.ends_at, self.revoked_at)

    def is_good(self, at: datetime) -> bool:
        """Tell whether the certificate by itself is good at an instant, its continuing requirements aside."""
        return self.voided_at is None and self.period.starts_at <= at < self.closes_at


class StandingState(StrEnum):
    """Where a person stands with one certification."""

    IN_FORCE = "in_force"
    LAPSED = "lapsed"  # the certificate runs, but a requirement with a period of its own is overdue
    EXPIRED = "expired"
    REVOKED = "revoked"
    NOT_YET = "not_yet"  # it begins later
    NEVER = "never"
    BROKEN = "broken"  # the rule can't be judged


@dataclass(frozen=True)
class Standing:
    """Where a person stands with one certification at an instant.

    cycle   the certificate that decides: the one in force, or the latest there was
    until   the first instant at which it is in force no longer; None when it isn't
    since   the instant from which it hasn't been in force (end, revocation); None when it is or never was
    lapsed  keys of the requirements that are overdue
    """

    code: str
    state: StandingState
    cycle: Cycle | None = None
    until: datetime | None = None
    since: datetime | None = None
    lapsed: tuple[str, ...] = ()


Editions = Mapping[str, Sequence[Edition]]
Cycles = Mapping[str, Sequence[Cycle]]
NOTHING: Final[Mapping[str, tuple[datetime, datetime | None]]] = {}


def edition_at(editions: Sequence[Edition], at: datetime) -> Edition | None:
    """Return the edition in force at an instant; None before the first."""
    published = [edition for edition in editions if edition.published_at <= at]
    return max(published, key=lambda edition: edition.number, default=None)


def in_order(editions: Editions) -> tuple[str, ...]:
    """Return the codes so that each comes after the certifications it asks for; those in a circle are left out.

    Whoever is left out has no order to be judged in, and is refused as a broken rule.
    """
    graph = {code: _asked_for(of) for code, of in sorted(editions.items())}
    while True:
        try:
            return tuple(code for code in TopologicalSorter(graph).static_order() if code in editions)
        except CycleError as error:
            circle = set(error.args[1])
            graph = {code: asked for code, asked in graph.items() if code not in circle}
            editions = {code: of for code, of in editions.items() if code not in circle}


def standing_of(
    code: str, editions: Editions, cycles: Cycles, facts: Sequence[Fact], *, at: datetime
) -> Standing:
    """Return where a person stands with a certification at an instant."""
    try:
        _check_rule(code, editions, at)
        return _standing(code, editions, cycles, facts, at, ())
    except BrokenRuleError:
        return Standing(code, StandingState.BROKEN)


def settle(
    editions: Editions, cycles: Cycles, facts: Sequence[Fact], *, now: datetime, zone: str
) -> tuple[Cycle, ...]:
    """Return the certificates to issue now that the ledger has learned something.

    facts   everything known at `now`, superseded facts removed
    now     the instant the ledger learned it; becomes `issued_at`
    zone    the person's time zone, for first cycles
    """
    known = {code: list(of) for code, of in cycles.items()}
    issued: list[Cycle] = []
    for code in in_order(editions):
        edition = edition_at(editions[code], now)
        cycle = None if edition is None else _next_cycle(edition, editions, known, facts, now, zone)
        if cycle is not None:
            known.setdefault(code, []).append(cycle)
            issued.append(cycle)
    return tuple(issued)


def undermined(
    editions: Editions, cycles: Cycles, facts: Sequence[Fact], *, now: datetime
) -> tuple[Cycle, ...]:
    """Return the certificates that no longer rest on facts, after a fact was superseded, marked as voided at `now`."""
    known = {code: list(of) for code, of in cycles.items()}
    voided: list[Cycle] = []
    for code in in_order(editions):
        for index, cycle in enumerate(known.get(code, [])):
            if cycle.kind is CycleKind.EARNED and cycle.voided_at is None and not _rests(cycle, editions, known, facts):
                known[code][index] = replace(cycle, voided_at=now)
                voided.append(known[code][index])
    return tuple(voided)


def founding_cycle(
    edition: Edition, cycles: Sequence[Cycle], *, starts_at: datetime, last_day: date, zone: str
) -> Cycle:
    """Return the certificate of a founding grant. Raises ValueError when its last day is over before it starts."""
    period = period_until(last_day, starts_at, zone)
    return Cycle(edition.code, _next_number(cycles), edition.number, CycleKind.FOUNDING, period, starts_at)


def requirements_at(
    edition: Edition, editions: Editions, cycles: Cycles, facts: Sequence[Fact], *, at: datetime, zone: str
) -> tuple[Outcome, ...]:
    """Return how far each requirement is met towards the certificate that is next, or that runs, at an instant.

    While a certificate runs and renewal hasn't opened, it is judged as that one was; afterwards towards the next.
    Raises BrokenRuleError when the rule can't be judged.
    """
    last = _last(cycles.get(edition.code, ()))
    since = _counts_since(edition, last, at) if last else None
    if last and since is None:
        since = last.since
    asked = _all_afresh(edition.requirements) if last and last.revoked_at else edition.requirements
    return judge_all(asked, facts, at=at, since=since, zone=zone,
                     in_force=_others_in_force(edition, editions, cycles, facts, at, (edition.code,)))


def standing_edges(code: str, editions: Editions, cycles: Cycles, facts: Sequence[Fact]) -> set[datetime]:
    """Return every instant at which the standing of a certification may change, given what is known."""
    edges: set[datetime] = set()
    for asked in _closure([code], editions):
        for cycle in cycles.get(asked, ()):
            if cycle.voided_at is None:
                edges |= {cycle.period.starts_at, cycle.closes_at}
                edition = _numbered(editions.get(asked, ()), cycle.edition)
                edges |= period_edges(edition.requirements, facts, cycle.period.zone) if edition else set()
    return edges


def _standing(
    code: str, editions: Editions, cycles: Cycles, facts: Sequence[Fact], at: datetime, asking: tuple[str, ...]
) -> Standing:
    if code in asking or code not in editions:
        raise BrokenRuleError(code)
    mine = [cycle for cycle in cycles.get(code, ()) if cycle.voided_at is None]
    good = max((cycle for cycle in mine if cycle.is_good(at)), key=lambda cycle: cycle.closes_at, default=None)
    if good is None:
        return _not_good(code, mine, at)
    overdue, until = _continuing(good, editions, cycles, facts, at, (*asking, code))
    if overdue:
        return Standing(code, StandingState.LAPSED, good, lapsed=overdue)
    return Standing(code, StandingState.IN_FORCE, good, until=until)


def _check_rule(code: str, editions: Editions, at: datetime) -> None:
    """Raise BrokenRuleError when the rule in force can't be judged: nothing asked for, nonsense, or a circle."""
    edition = edition_at(editions.get(code, ()), at)
    if edition is None:
        return
    if not edition.requirements or code in _closure(_asks(edition), editions):
        raise BrokenRuleError(code)
    for requirement in edition.requirements:
        check_requirement(requirement)


def _not_good(code: str, cycles: Sequence[Cycle], at: datetime) -> Standing:
    begun = [cycle for cycle in cycles if cycle.period.starts_at <= at]
    if not begun:
        coming = min(cycles, key=lambda cycle: cycle.period.starts_at, default=None)
        return Standing(code, StandingState.NOT_YET if coming else StandingState.NEVER, coming)
    last = max(begun, key=lambda cycle: cycle.closes_at)
    revoked = last.revoked_at is not None and last.revoked_at < last.period.ends_at
    return Standing(code, StandingState.REVOKED if revoked else StandingState.EXPIRED, last, since=last.closes_at)


def _continuing(
    cycle: Cycle, editions: Editions, cycles: Cycles, facts: Sequence[Fact], at: datetime, asking: tuple[str, ...]
) -> tuple[tuple[str, ...], datetime]:
    """Judge what has to hold all along: requirements with a period of their own, and other certifications."""
    edition = _numbered(editions[cycle.code], cycle.edition)
    if edition is None:
        raise BrokenRuleError(cycle.code)
    going_on = [replace(it, afresh=False) for it in edition.requirements
                if it.period_months or it.kind is RequirementKind.CERTIFICATION]
    if not going_on or cycle.kind is CycleKind.FOUNDING:
        return (), cycle.closes_at
    others = _others_in_force(edition, editions, cycles, facts, at, asking)
    outcomes = judge_all(going_on, facts, at=at, since=None, zone=cycle.period.zone, in_force=others)
    ends = [outcome.until for outcome in outcomes if outcome.until is not None]
    return tuple(it.requirement.key for it in outcomes if not it.met), min([*ends, cycle.closes_at])


def _others_in_force(
    edition: Edition, editions: Editions, cycles: Cycles, facts: Sequence[Fact], at: datetime,
    asking: tuple[str, ...],
) -> Mapping[str, tuple[datetime, datetime | None]]:
    found: dict[str, tuple[datetime, datetime | None]] = {}
    for other in _asks(edition):
        standing = _standing(other, editions, cycles, facts, at, asking)
        if standing.state is StandingState.IN_FORCE and standing.cycle is not None:
            found[other] = (standing.cycle.period.starts_at, standing.until)
    return found


def _next_cycle(
    edition: Edition, editions: Editions, cycles: Cycles, facts: Sequence[Fact], now: datetime, zone: str
) -> Cycle | None:
    mine = cycles.get(edition.code, ())
    last = _last(mine)
    since = None if last is None else _counts_since(edition, last, now)
    if last is not None and since is None:
        return None
    revoked = last is not None and last.revoked_at is not None
    asked = _all_afresh(edition.requirements) if revoked else edition.requirements
    try:
        others = _others_in_force(edition, editions, cycles, facts, now, (edition.code,))
        outcomes = judge_all(asked, facts, at=now, since=since, zone=zone, in_force=others)
    except BrokenRuleError:
        return None
    if not all(outcome.met for outcome in outcomes):
        return None
    completed = max([edition.published_at, *([since] if since else []),
                     *(outcome.met_at for outcome in outcomes if outcome.met_at)])
    period = first_period(edition.validity, completed, zone) if last is None or revoked \
        else renewed_period(edition.validity, last.period, completed)
    used = tuple(fact for outcome in outcomes for fact in outcome.evidence)
    return Cycle(edition.code, _next_number(mine), edition.number, CycleKind.EARNED, period, now, since, used)


def _counts_since(edition: Edition, last: Cycle, at: datetime) -> datetime | None:
    """Return from when facts count towards the certificate after `last`; None while there can't be one."""
    own = [it for it in edition.requirements if it.kind is not RequirementKind.CERTIFICATION]
    if last.revoked_at is not None and last.revoked_at <= at:
        return last.revoked_at if own else None
    opens = window_opens(edition.validity, last.period)
    return opens if any(it.afresh for it in own) and opens <= at else None


def _rests(cycle: Cycle, editions: Editions, cycles: Cycles, facts: Sequence[Fact]) -> bool:
    edition = _numbered(editions[cycle.code], cycle.edition)
    if edition is None:
        return False
    begins = cycle.period.starts_at
    before = [it for it in cycles.get(cycle.code, ()) if it.number < cycle.number and it.revoked_at == cycle.since]
    asked = _all_afresh(edition.requirements) if cycle.since and before else edition.requirements
    try:
        others = _others_in_force(edition, editions, cycles, facts, begins, (cycle.code,))
        outcomes = judge_all(asked, facts, at=begins, since=cycle.since, zone=cycle.period.zone, in_force=others)
    except BrokenRuleError:
        return False
    return all(outcome.met for outcome in outcomes)


def _all_afresh(requirements: Sequence[Requirement]) -> tuple[Requirement, ...]:
    return tuple(replace(it, afresh=True) for it in requirements)


def _last(cycles: Sequence[Cycle]) -> Cycle | None:
    return max((it for it in cycles if it.voided_at is None), key=lambda it: it.number, default=None)


def _next_number(cycles: Sequence[Cycle]) -> int:
    return max((it.number for it in cycles), default=0) + 1


def _numbered(editions: Sequence[Edition], number: int) -> Edition | None:
    return next((it for it in editions if it.number == number), None)


def _asks(edition: Edition) -> list[str]:
    return [it.activities[0] for it in edition.requirements
            if it.kind is RequirementKind.CERTIFICATION and it.activities]


def _asked_for(editions: Sequence[Edition]) -> set[str]:
    return {other for edition in editions for other in _asks(edition)}


def _closure(codes: Sequence[str], editions: Editions) -> set[str]:
    """Return these certifications and all that they ask for, directly or not."""
    seen: set[str] = set()
    waiting = list(codes)
    while waiting:
        asked = waiting.pop()
        if asked not in seen:
            seen.add(asked)
            waiting.extend(_asked_for(editions.get(asked, ())))
    return seen
