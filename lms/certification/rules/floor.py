"""The gate: may this person take live calls on this queue at this instant, and if not, why.

Only a certificate, a waiver by two people or a supervised phase opens it; everything in doubt keeps it shut. Stated in
docs/policy/gate.md.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from lms.certification.rules.cycles import (
    Cycle,
    Edition,
    Standing,
    StandingState,
    in_order,
    standing_edges,
    standing_of,
)
from lms.records.rules import Fact

BEGINNING: Final = datetime(1900, 1, 1, tzinfo=UTC)
FOREVER: Final = datetime(9999, 12, 31, tzinfo=UTC)


class Basis(StrEnum):
    """What opens the gate."""

    CERTIFICATE = "certificate"
    WAIVER = "waiver"
    SUPERVISED = "supervised"
    NONE = "none"


class ReasonCode(StrEnum):
    """Why the gate is open or shut; stable, for machines."""

    CERTIFIED = "certified"
    WAIVER = "waiver"
    SUPERVISED = "supervised"
    UNKNOWN_PERSON = "unknown_person"
    UNKNOWN_QUEUE = "unknown_queue"
    QUEUE_NOT_CONFIGURED = "queue_not_configured"
    RULE_BROKEN = "rule_broken"
    LEFT = "left"
    SUSPENDED = "suspended"
    CERTIFICATE_MISSING = "certificate_missing"
    CERTIFICATE_NOT_YET = "certificate_not_yet"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_REVOKED = "certificate_revoked"
    REQUIREMENT_LAPSED = "requirement_lapsed"


@dataclass(frozen=True)
class Reason:
    """One reason.

    about    code of the certification it is about; the mentor's id for `supervised`; empty otherwise
    at       the instant it dates from or ends at, as the code asks for
    detail   key of the overdue requirement, for `requirement_lapsed`
    """

    code: ReasonCode
    about: str = ""
    at: datetime | None = None
    detail: str = ""


@dataclass(frozen=True)
class Span:
    """A half-open stretch of time; `ends_at` None means without end."""

    starts_at: datetime
    ends_at: datetime | None = None

    def covers(self, at: datetime) -> bool:
        """Tell whether an instant lies in it."""
        return self.starts_at <= at and (self.ends_at is None or at < self.ends_at)


@dataclass(frozen=True)
class Suspension:
    """A stretch in which a person is kept off: everywhere, from one queue, or from what one certification opens."""

    span: Span
    queue: str = ""
    certification: str = ""


@dataclass(frozen=True)
class Opening:
    """A stretch in which something other than a certificate opens a queue.

    mentor   id of the mentor who must be there, for a supervised phase
    """

    basis: Basis
    span: Span
    queue: str
    mentor: str = ""


@dataclass(frozen=True)
class QueueRule:
    """A queue and the certifications it has asked for, each over a stretch of time."""

    code: str
    required: tuple[tuple[str, Span], ...]

    def required_at(self, at: datetime) -> tuple[str, ...]:
        """Return the certifications it asks for at an instant."""
        return tuple(sorted({code for code, span in self.required if span.covers(at)}))


@dataclass(frozen=True)
class Case:
    """All that is known of a person and decides about the floor."""

    away: tuple[Span, ...] = ()  # time after leaving the organisation
    suspensions: tuple[Suspension, ...] = ()
    openings: tuple[Opening, ...] = ()
    cycles: Mapping[str, Sequence[Cycle]] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class FloorDecision:
    """The answer of the gate at an instant.

    until   when allowed: the first instant at which it is no longer; None = no end in sight, or not allowed
    """

    at: datetime
    allowed: bool
    basis: Basis
    reasons: tuple[Reason, ...]
    until: datetime | None = None


@dataclass(frozen=True)
class Segment:
    """A stretch in which the answer stays the same."""

    starts_at: datetime
    ends_at: datetime
    decision: FloorDecision


REFUSALS: Final[Mapping[StandingState, ReasonCode]] = {
    StandingState.LAPSED: ReasonCode.REQUIREMENT_LAPSED,
    StandingState.EXPIRED: ReasonCode.CERTIFICATE_EXPIRED,
    StandingState.REVOKED: ReasonCode.CERTIFICATE_REVOKED,
    StandingState.NOT_YET: ReasonCode.CERTIFICATE_NOT_YET,
    StandingState.NEVER: ReasonCode.CERTIFICATE_MISSING,
    StandingState.BROKEN: ReasonCode.RULE_BROKEN,
}


def decide_floor_access(
    case: Case | None, queue: QueueRule | None, editions: Mapping[str, Sequence[Edition]], *, at: datetime
) -> FloorDecision:
    """Decide whether a person may take live calls on a queue at `at`, with every reason and until when.

    case    None for an unknown person
    queue   None for an unknown queue; one that asks for nothing is misconfigured, not open
    """
    decision = _decide(case, queue, editions, at)
    if not decision.allowed or case is None or queue is None:
        return decision
    return replace(decision, until=_closes(case, queue, editions, at))


def timeline(
    case: Case, queue: QueueRule, editions: Mapping[str, Sequence[Edition]]
) -> tuple[Segment, ...]:
    """Return the answers of the gate for all time, as half-open stretches without gaps, given what is known."""
    edges = [BEGINNING, *sorted(_edges(case, queue, editions)), FOREVER]
    segments: list[Segment] = []
    for start, end in zip(edges, edges[1:], strict=False):
        decision = _decide(case, queue, editions, start)
        if segments and _same(segments[-1].decision, decision):
            segments[-1] = replace(segments[-1], ends_at=end)
        else:
            segments.append(Segment(start, end, decision))
    until: datetime | None = None
    for index in range(len(segments) - 1, -1, -1):
        segment = segments[index]
        if not segment.decision.allowed:
            until = segment.starts_at
        else:
            segments[index] = replace(segment, decision=replace(segment.decision, until=until))
    return tuple(segments)


def broken_circles(editions: Mapping[str, Sequence[Edition]]) -> set[str]:
    """Return the certifications that ask for each other in a circle and can never be issued."""
    return set(editions) - set(in_order(editions))


def _decide(
    case: Case | None, queue: QueueRule | None, editions: Mapping[str, Sequence[Edition]], at: datetime
) -> FloorDecision:
    if case is None or queue is None:
        code = ReasonCode.UNKNOWN_PERSON if case is None else ReasonCode.UNKNOWN_QUEUE
        return _no(at, Reason(code))
    required = queue.required_at(at)
    if not required:
        return _no(at, Reason(ReasonCode.QUEUE_NOT_CONFIGURED))
    left = next((span for span in case.away if span.covers(at)), None)
    if left is not None:
        return _no(at, Reason(ReasonCode.LEFT, at=left.starts_at))
    kept_off = [it for it in case.suspensions if it.span.covers(at) and _concerns(it, queue.code, required)]
    if kept_off:
        return _no(at, *(Reason(ReasonCode.SUSPENDED, it.certification, it.span.ends_at) for it in kept_off))
    standings = [standing_of(code, editions, case.cycles, case.facts, at=at) for code in required]
    refusals = [_refusal(it) for it in standings if it.state is not StandingState.IN_FORCE]
    if not refusals:
        certified = tuple(Reason(ReasonCode.CERTIFIED, code) for code in required)
        return FloorDecision(at, True, Basis.CERTIFICATE, certified)
    opening = _opening(case.openings, queue.code, at)
    if opening is not None and all(it.code is not ReasonCode.RULE_BROKEN for it in refusals):
        return FloorDecision(at, True, opening.basis,
                             (Reason(ReasonCode(opening.basis.value), opening.mentor, opening.span.ends_at),))
    return _no(at, *refusals)


def _no(at: datetime, *reasons: Reason) -> FloorDecision:
    return FloorDecision(at, False, Basis.NONE, reasons)


def _refusal(standing: Standing) -> Reason:
    begins = standing.cycle.period.starts_at if standing.cycle else None
    since = begins if standing.state is StandingState.NOT_YET else standing.since
    return Reason(REFUSALS[standing.state], standing.code, since, ",".join(standing.lapsed))


def _concerns(suspension: Suspension, queue: str, required: Collection[str]) -> bool:
    if suspension.queue:
        return suspension.queue == queue
    return not suspension.certification or suspension.certification in required


def _opening(openings: Sequence[Opening], queue: str, at: datetime) -> Opening | None:
    """Return what opens the queue; a waiver goes before a supervised phase, the one that lasts longer before others."""
    mine = [it for it in openings if it.queue == queue and it.span.covers(at)]
    return max(mine, key=lambda it: (it.basis is Basis.WAIVER, it.span.ends_at or FOREVER), default=None)


def _closes(
    case: Case, queue: QueueRule, editions: Mapping[str, Sequence[Edition]], at: datetime
) -> datetime | None:
    for edge in sorted(edge for edge in _edges(case, queue, editions) if edge > at):
        if not _decide(case, queue, editions, edge).allowed:
            return edge
    return None


def _edges(case: Case, queue: QueueRule, editions: Mapping[str, Sequence[Edition]]) -> set[datetime]:
    """Return every instant at which the answer may change."""
    spans = [*case.away, *(it.span for it in case.suspensions), *(it.span for it in case.openings),
             *(span for _, span in queue.required)]
    edges = {span.starts_at for span in spans} | {span.ends_at for span in spans if span.ends_at is not None}
    for code in {code for code, _ in queue.required}:
        edges |= standing_edges(code, editions, case.cycles, case.facts)
    return edges


def _same(one: FloorDecision, other: FloorDecision) -> bool:
    return (one.allowed, one.basis, one.reasons) == (other.allowed, other.basis, other.reasons)
