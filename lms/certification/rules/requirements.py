"""What a certification asks for, judged over training facts.

A requirement is met by facts at an instant. Without a period of its own it stays met; with one (a refresher every six
months) each fact counts for so many calendar months and no longer.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from lms.certification.rules.validity import add_months, day_closes, local_day
from lms.records.rules import Fact


class RequirementKind(StrEnum):
    """What kind of activity a requirement asks for."""

    COURSE = "course"  # completed or passed
    THEORY = "theory"  # passed at or above a score
    PRACTICAL = "practical"  # passed at or above a score
    CALLS = "calls"  # so many different simulated calls, each at or above a score
    CERTIFICATION = "certification"  # another certification in force


PREFIXES: Mapping[RequirementKind, str] = {
    RequirementKind.COURSE: "course:",
    RequirementKind.THEORY: "exam:",
    RequirementKind.PRACTICAL: "practical:",
    RequirementKind.CALLS: "call:",
}
DONE_OUTCOMES = frozenset({"completed", "passed"})


class BrokenRuleError(Exception):
    """A requirement that can't be judged; whoever depends on it is refused."""


@dataclass(frozen=True)
class Requirement:
    """One thing a certification asks for.

    activities      activity references that count; for CALLS any of them, or none given = any simulated call;
                    for CERTIFICATION the other certification's code alone
    need_percent    whole percent of the score, 0..100; meeting it is enough
    need_count      how many different activities, 1 or more (CALLS)
    period_months   its own period, 1..120; None = as long as the certificate
    afresh          has to be done again for every renewal
    """

    key: str
    kind: RequirementKind
    activities: tuple[str, ...]
    need_percent: int = 0
    need_count: int = 1
    period_months: int | None = None
    afresh: bool = True


@dataclass(frozen=True)
class Outcome:
    """How far one requirement is met at an instant.

    done, needed   different activities that count, of how many
    met_at         the instant from which it has been met; None while it isn't
    until          the first instant at which it is met no longer; None = without end
    best_percent   best score among the facts of its activities, floored to a whole percent; None without one
    """

    requirement: Requirement
    met: bool
    done: int
    needed: int
    met_at: datetime | None
    until: datetime | None
    evidence: tuple[UUID, ...]
    best_percent: int | None


def reaches(score: int | None, out_of: int | None, need_percent: int) -> bool:
    """Tell whether a score reaches a whole percentage, exactly; a fact without a score reaches 0 only.

    >>> reaches(7999, 10000, 80), reaches(8000, 10000, 80)
    (False, True)
    """
    if score is None or not out_of:
        return need_percent == 0
    return score * 100 >= out_of * need_percent


def check_requirement(requirement: Requirement) -> None:
    """Raise BrokenRuleError when a requirement can't be judged."""
    kind, count = requirement.kind, requirement.need_count
    if not 0 <= requirement.need_percent <= 100 or count < 1:
        raise BrokenRuleError(requirement.key)
    if kind is not RequirementKind.CALLS and (len(requirement.activities) != 1 or count != 1):
        raise BrokenRuleError(requirement.key)
    if kind is RequirementKind.CALLS and requirement.activities and len(set(requirement.activities)) < count:
        raise BrokenRuleError(requirement.key)
    prefix = PREFIXES.get(kind, "")
    if any(not activity.startswith(prefix) or activity == prefix for activity in requirement.activities):
        raise BrokenRuleError(requirement.key)


def counts_for(requirement: Requirement, activity: str) -> bool:
    """Tell whether an activity is one the requirement asks for."""
    if requirement.kind is RequirementKind.CERTIFICATION:
        return False
    if requirement.activities:
        return activity in requirement.activities
    return activity.startswith(PREFIXES[requirement.kind])


def judge(
    requirement: Requirement,
    facts: Sequence[Fact],
    *,
    at: datetime,
    since: datetime | None,
    zone: str,
    in_force: Mapping[str, tuple[datetime, datetime | None]],
) -> Outcome:
    """Judge one requirement at an instant.

    facts      the person's facts, superseded ones removed
    since      facts before it don't count for a requirement to be done afresh; None = all count
    in_force   other certifications in force at `at`: code -> (since when, until when)

    Raises BrokenRuleError when the requirement can't be judged.
    """
    check_requirement(requirement)
    if requirement.kind is RequirementKind.CERTIFICATION:
        return _judge_certification(requirement, in_force)
    mine = [fact for fact in facts if fact.occurred_at <= at and counts_for(requirement, fact.activity)]
    floor = since if requirement.afresh else None
    good = [fact for fact in mine
            if fact.outcome in DONE_OUTCOMES and reaches(fact.score, fact.out_of, requirement.need_percent)
            and (floor is None or fact.occurred_at >= floor)]
    alive = {fact.id: end for fact in good if (end := _good_until(requirement, fact, zone)) is None or end > at}
    chosen = _one_each([fact for fact in good if fact.id in alive], latest=requirement.period_months is not None)
    chosen.sort(key=lambda fact: (_last(alive[fact.id]), fact.occurred_at), reverse=True)
    used = sorted(chosen[: requirement.need_count], key=lambda fact: fact.occurred_at) \
        if requirement.period_months else sorted(chosen, key=lambda fact: fact.occurred_at)[: requirement.need_count]
    met = len(used) >= requirement.need_count
    ends = [end for fact in used if (end := alive[fact.id]) is not None]
    return Outcome(
        requirement, met, len(used), requirement.need_count,
        met_at=used[-1].occurred_at if met else None,
        until=min(ends, default=None) if met else None,
        evidence=tuple(fact.id for fact in used),
        best_percent=_best_percent(mine, floor),
    )


def judge_all(
    requirements: Collection[Requirement],
    facts: Sequence[Fact],
    *,
    at: datetime,
    since: datetime | None,
    zone: str,
    in_force: Mapping[str, tuple[datetime, datetime | None]],
) -> tuple[Outcome, ...]:
    """Judge every requirement of a certification at an instant.

    Raises BrokenRuleError when there is none, or when one can't be judged.
    """
    if not requirements:
        raise BrokenRuleError("no requirement")
    return tuple(judge(it, facts, at=at, since=since, zone=zone, in_force=in_force) for it in requirements)


def period_edges(requirements: Collection[Requirement], facts: Sequence[Fact], zone: str) -> set[datetime]:
    """Return the instants at which a requirement with a period of its own may begin or cease to be met."""
    edges: set[datetime] = set()
    for requirement in requirements:
        for fact in facts:
            if requirement.period_months and counts_for(requirement, fact.activity):
                end = _good_until(requirement, fact, zone)
                edges |= {fact.occurred_at, end} if end else {fact.occurred_at}
    return edges


def _judge_certification(requirement: Requirement, in_force: Mapping[str, tuple[datetime, datetime | None]]) -> Outcome:
    since, until = in_force.get(requirement.activities[0], (None, None))
    met = since is not None
    return Outcome(requirement, met, int(met), 1, since, until if met else None, (), None)


def _good_until(requirement: Requirement, fact: Fact, zone: str) -> datetime | None:
    if requirement.period_months is None:
        return None
    return day_closes(add_months(local_day(fact.occurred_at, zone), requirement.period_months), zone)


def _one_each(facts: Sequence[Fact], *, latest: bool) -> list[Fact]:
    """Keep one fact an activity: the latest where facts age, otherwise the first."""
    kept: dict[str, Fact] = {}
    for fact in sorted(facts, key=lambda fact: fact.occurred_at):
        if latest or fact.activity not in kept:
            kept[fact.activity] = fact
    return list(kept.values())


def _last(end: datetime | None) -> float:
    return float("inf") if end is None else end.timestamp()


def _best_percent(facts: Sequence[Fact], floor: datetime | None) -> int | None:
    scores = [fact.score * 100 // fact.out_of for fact in facts
              if fact.score is not None and fact.out_of and (floor is None or fact.occurred_at >= floor)]
    return max(scores, default=None)
