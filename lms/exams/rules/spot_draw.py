"""The draw of a spot check (抽查): who is asked follows from the candidates, the size and a stored seed alone.

Candidates are put in the order of SHA-256 over seed and key, and the first ones are drawn. Stratified, every team gets
its share by the method of the largest remainder; equal remainders are decided by the seed as well. Anybody with the
list and the seed can repeat it with a pocket tool.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


class SizeKind(StrEnum):
    """How a sample's size is stated."""

    COUNT = "count"
    PERCENT = "percent"


class Verdict(StrEnum):
    """What became of somebody of the population in a draw."""

    DRAWN = "drawn"
    NOT_DRAWN = "not_drawn"
    AWAY = "away"
    OFF_SHIFT = "off_shift"
    CHECKED_LATELY = "checked_lately"
    BUSY = "busy"  # the same exam is open for them already


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be drawn: a key that never changes, and the team they are counted in."""

    key: str
    stratum: str = ""


def verdict_before(*, away: bool, off_shift: bool, checked_lately: bool, busy: bool) -> Verdict | None:
    """Return why somebody is left out of the draw, the weightiest reason; None for a candidate."""
    reasons = ((away, Verdict.AWAY), (busy, Verdict.BUSY), (checked_lately, Verdict.CHECKED_LATELY),
               (off_shift, Verdict.OFF_SHIFT))
    return next((verdict for holds, verdict in reasons if holds), None)


def sample_size(kind: SizeKind, size: int, candidates: int) -> int:
    """Return how many are drawn: never more than there are; a share is rounded up, so that it is never nobody.

    size   people, 1 or more, or whole percent, 1..100

    >>> sample_size(SizeKind.PERCENT, 10, 31), sample_size(SizeKind.COUNT, 5, 3), sample_size(SizeKind.PERCENT, 1, 0)
    (4, 3, 0)
    """
    wanted = -(-size * candidates // 100) if kind is SizeKind.PERCENT else size
    return min(wanted, candidates)


def list_hash(candidates: Iterable[Candidate]) -> str:
    """Return the SHA-256 of the candidates' list: one line `key<TAB>team` each, in order of their keys."""
    lines = sorted(f"{it.key}\t{it.stratum}\n" for it in candidates)
    return sha256("".join(lines).encode()).hexdigest()


def draw(candidates: Sequence[Candidate], size: int, *, seed: str, stratified: bool = False) -> tuple[str, ...]:
    """Return the keys of those drawn, in the order of the draw; the order of the candidates doesn't matter.

    size   how many, 0..len(candidates)

    Raises ValueError outside that range or when a key stands there twice.
    """
    keys = [it.key for it in candidates]
    if not 0 <= size <= len(keys) or len(set(keys)) != len(keys):
        raise ValueError("a draw takes 0 to all of the candidates, each named once")
    if not stratified:
        return tuple(sorted(keys, key=lambda key: _rank(seed, key))[:size])
    teams: dict[str, list[str]] = defaultdict(list)
    for it in candidates:
        teams[it.stratum].append(it.key)
    shares = _shares({team: len(members) for team, members in teams.items()}, size, seed)
    drawn = [
        key for team, members in teams.items()
        for key in sorted(members, key=lambda it: _rank(seed, it))[: shares[team]]
    ]
    return tuple(sorted(drawn, key=lambda key: _rank(seed, key)))


def _shares(sizes: dict[str, int], size: int, seed: str) -> dict[str, int]:
    whole = sum(sizes.values()) or 1
    shares = {team: size * number // whole for team, number in sizes.items()}
    by_rest = sorted(sizes, key=lambda team: (-(size * sizes[team] % whole), _rank(seed, f"team:{team}")))
    for team in by_rest[: size - sum(shares.values())]:
        shares[team] += 1
    return shares


def _rank(seed: str, key: str) -> bytes:
    return sha256(f"{seed}:{key}".encode()).digest()
