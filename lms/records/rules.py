"""How a chain of facts is hashed and checked: pure functions."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = "0" * 64


@dataclass(frozen=True)
class Fact:
    """A training fact as rules see it.

    score, out_of   hundredths of a mark, both or neither
    """

    id: UUID
    person_id: UUID
    sequence: int
    activity: str
    edition: str
    outcome: str
    score: int | None
    out_of: int | None
    occurred_at: datetime
    recorded_at: datetime
    recorded_by: UUID | None = None
    evidence: str | None = None
    supersedes: UUID | None = None
    previous_hash: str = GENESIS
    hash: str = ""

    @property
    def kind(self) -> str:
        """The activity's kind, `exam` of `exam:gas-theory`."""
        return self.activity.partition(":")[0]


def canonical(value: Any) -> str:
    """Return JSON that is the same on every machine: sorted keys, no spaces, instants as UTC ISO text."""

    def plain(item: object) -> str:
        if isinstance(item, datetime):
            return item.astimezone(UTC).isoformat(timespec="microseconds")
        return str(item)

    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=plain)


def fact_hash(fact: Fact) -> str:
    """Return the SHA-256 (hex) of a fact and of the hash before it."""
    content = {name: getattr(fact, name) for name in Fact.__dataclass_fields__ if name != "hash"}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


@dataclass(frozen=True)
class Break:
    """A place where a chain doesn't hold. code: hash, link, sequence, head, missing, seal, copy, signature."""

    person_id: UUID | None
    sequence: int
    code: str


def check_chain(person_id: UUID, facts: Sequence[Fact], head: tuple[int, str] | None) -> list[Break]:
    """Check one person's chain, facts in order of sequence, against its head (sequence, hash)."""
    breaks = []
    previous, expected = GENESIS, 1
    for fact in facts:
        if fact.sequence != expected:
            breaks.append(Break(person_id, fact.sequence, "sequence"))
        if fact.previous_hash != previous:
            breaks.append(Break(person_id, fact.sequence, "link"))
        if fact.hash != fact_hash(fact):
            breaks.append(Break(person_id, fact.sequence, "hash"))
        previous, expected = fact.hash, fact.sequence + 1
    if head != ((expected - 1, previous) if facts else None):
        breaks.append(Break(person_id, expected - 1, "head"))
    return breaks


def check_seal(heads: Mapping[str, Sequence[Any]], hashes: Mapping[tuple[str, int], str]) -> list[Break]:
    """Check that every head a seal signed is still in the ledger. hashes: (person id, sequence) -> hash."""
    return [
        Break(UUID(person), int(sequence), "seal")
        for person, (sequence, digest) in heads.items()
        if hashes.get((person, int(sequence))) != digest
    ]


def seal_digest(previous: str, day: str, heads: Mapping[str, Sequence[Any]]) -> str:
    """Return the digest a daily seal signs; it covers the seal before it."""
    return hashlib.sha256(canonical({"previous": previous, "day": day, "heads": heads}).encode()).hexdigest()


def in_force(facts: Iterable[Fact]) -> list[Fact]:
    """Drop facts that were superseded, and corrections that only take something away."""
    facts = list(facts)
    gone = {fact.supersedes for fact in facts}
    return [fact for fact in facts if fact.id not in gone and fact.outcome != "voided"]
