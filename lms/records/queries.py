"""Reads of the ledger and the audit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.records import keys
from lms.records.models import LedgerHead, LedgerSeal, TrainingFact
from lms.records.rules import GENESIS, Break, Fact, check_chain, check_seal, in_force, seal_digest
from lms.records.seals import SealCopy

_COLUMNS = tuple(Fact.__dataclass_fields__)
_TABLE = TrainingFact.__table__.c


def as_fact(row: TrainingFact) -> Fact:
    """Return a row of the ledger as the value that rules take."""
    return Fact(**{name: getattr(row, name) for name in _COLUMNS})


def _select() -> Select[Any]:
    return select(*(_TABLE[name] for name in _COLUMNS)).order_by(_TABLE.person_id, _TABLE.sequence)


def facts_of(
    session: Session, person_id: UUID, *, at: datetime | None = None, known_at: datetime | None = None
) -> list[Fact]:
    """Return a person's facts in force.

    at         only what had occurred by then
    known_at   only what had been recorded by then: corrections made later don't count yet
    """
    return facts_of_many(session, [person_id], at=at, known_at=known_at)[person_id]


def facts_of_many(
    session: Session, person_ids: list[UUID], *, at: datetime | None = None, known_at: datetime | None = None
) -> dict[UUID, list[Fact]]:
    """Return the facts in force of several people; everyone asked for has a list."""
    query = _select().where(_TABLE.person_id.in_(person_ids))
    if at is not None:
        query = query.where(_TABLE.occurred_at <= at)
    if known_at is not None:
        query = query.where(_TABLE.recorded_at <= known_at)
    found: dict[UUID, list[Fact]] = {person_id: [] for person_id in person_ids}
    for row in session.execute(query):
        fact = Fact(*row)
        found[fact.person_id].append(fact)
    return {person_id: in_force(facts) for person_id, facts in found.items()}


@dataclass(frozen=True)
class Verification:
    """What a check of the whole ledger found; it holds when `breaks` is empty."""

    chains: int
    facts: int
    seals: int
    breaks: tuple[Break, ...]

    @property
    def holds(self) -> bool:
        """Tell whether nothing was tampered with."""
        return not self.breaks


def verify_ledger(session: Session, copies: Sequence[SealCopy] = ()) -> Verification:
    """Recompute every hash, link, head and seal. Reads the whole ledger, one person at a time.

    copies   seals kept outside the system; each must still be here, and what it sealed too
    """
    heads = {row.person_id: (row.sequence, row.hash) for row in session.scalars(select(LedgerHead)) if row.sequence}
    hashes: dict[tuple[str, int], str] = {}
    breaks: list[Break] = []
    seen: set[UUID] = set()
    facts = 0
    for person_id, chain in _chains(session):
        seen.add(person_id)
        facts += len(chain)
        hashes.update({(str(person_id), fact.sequence): fact.hash for fact in chain})
        breaks += check_chain(person_id, chain, heads.get(person_id))
    breaks += [Break(person_id, heads[person_id][0], "missing") for person_id in heads.keys() - seen]
    seals = list(session.scalars(select(LedgerSeal).order_by(LedgerSeal.day)))
    kept = {seal.day.isoformat(): seal.digest for seal in seals}
    for copy in copies:
        breaks += check_seal(copy.heads, hashes)
        if kept.get(copy.day) != copy.digest:
            breaks.append(Break(None, 0, "copy"))
    previous = GENESIS
    for seal in seals:
        breaks += check_seal(seal.heads, hashes)
        expected = seal_digest(previous, seal.day.isoformat(), seal.heads)
        if (seal.previous_digest, seal.digest) != (previous, expected) or not keys.verify(
            seal.digest, seal.signature, seal.key_id
        ):
            breaks.append(Break(None, 0, "signature"))
        previous = seal.digest
    return Verification(len(seen), facts, len(seals), tuple(breaks))


def _chains(session: Session) -> Iterator[tuple[UUID, list[Fact]]]:
    chain: dict[UUID, list[Fact]] = defaultdict(list)
    for row in session.execute(_select().execution_options(yield_per=2000)):
        fact = Fact(*row)
        if chain and fact.person_id not in chain:
            yield from chain.items()
            chain.clear()
        chain[fact.person_id].append(fact)
    yield from chain.items()
