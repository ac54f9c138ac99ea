"""Everything about a person's certificates, recomputed from the beginning.

The services issue and void one event at a time; this folds the whole history by the same rules. The two must agree,
which `services.projecting.check` proves row by row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from lms.certification.rules.cycles import Cycle, Edition, Editions, founding_cycle, settle, undermined
from lms.records.rules import Fact, in_force


@dataclass(frozen=True)
class Revocation:
    """One certificate taken back at an instant."""

    code: str
    number: int
    at: datetime


@dataclass(frozen=True)
class Grant:
    """A founding certificate, approved by a second administrator at an instant."""

    code: str
    at: datetime
    last_day: date
    zone: str


@dataclass(frozen=True)
class History:
    """All that ever happened to a person's certificates.

    facts   every fact of the chain, superseded ones and corrections included
    zone    the person's time zone
    """

    facts: tuple[Fact, ...] = ()
    revocations: tuple[Revocation, ...] = ()
    grants: tuple[Grant, ...] = ()
    zone: str = "Asia/Shanghai"


Event = Fact | Revocation | Grant | Edition
_RANK: Mapping[type, int] = {Edition: 0, Grant: 1, Fact: 2, Revocation: 3}


def replay(editions: Editions, history: History, *, known_at: datetime | None = None) -> dict[str, tuple[Cycle, ...]]:
    """Return every certificate a person was issued, by certification.

    known_at   leave out what was learned after this instant
    """
    cycles: dict[str, list[Cycle]] = {}
    facts: list[Fact] = []
    for when, event in _in_order(editions, history, known_at):
        if isinstance(event, Fact):
            facts.append(event)
            if event.supersedes is not None:
                _put_back(cycles, undermined(editions, cycles, in_force(facts), now=when))
        elif isinstance(event, Revocation):
            _revoke(cycles, event)
        elif isinstance(event, Grant):
            _grant(cycles, editions, event)
        for issued in settle(editions, cycles, in_force(facts), now=when, zone=history.zone):
            cycles.setdefault(issued.code, []).append(issued)
    return {code: tuple(of) for code, of in cycles.items()}


def _in_order(editions: Editions, history: History, known_at: datetime | None) -> Iterable[tuple[datetime, Event]]:
    """Return what happened with when it was learned.

    Facts keep the order of the ledger: two that arrive together may have read the clock in another order than they got
    their turn, and the later one to get it knows of the earlier.
    """
    published = [edition for of in editions.values() for edition in of]
    events: list[tuple[datetime, Event]] = [
        *((it.published_at, it) for it in published), *((it.at, it) for it in history.grants),
        *((it.at, it) for it in history.revocations)]
    learned = None
    for fact in sorted(history.facts, key=lambda it: it.sequence):
        learned = max(learned or fact.recorded_at, fact.recorded_at)
        events.append((learned, fact))
    if known_at is not None:
        events = [(when, event) for when, event in events if when <= known_at]
    return sorted(events, key=lambda it: (it[0], _RANK[type(it[1])], it[1].sequence if isinstance(it[1], Fact) else 0))


def _put_back(cycles: dict[str, list[Cycle]], changed: Sequence[Cycle]) -> None:
    for cycle in changed:
        of = cycles[cycle.code]
        of[next(index for index, it in enumerate(of) if it.number == cycle.number)] = cycle


def _revoke(cycles: dict[str, list[Cycle]], event: Revocation) -> None:
    cycles[event.code] = [
        replace(it, revoked_at=event.at) if it.number == event.number else it for it in cycles.get(event.code, [])
    ]


def _grant(cycles: dict[str, list[Cycle]], editions: Editions, event: Grant) -> None:
    edition = max((it for it in editions[event.code] if it.published_at <= event.at), key=lambda it: it.number)
    of = cycles.setdefault(event.code, [])
    of.append(founding_cycle(edition, of, starts_at=event.at, last_day=event.last_day, zone=event.zone))
