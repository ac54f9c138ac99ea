"""Papers: a blueprint asks for so many questions of each sort; a stored seed picks them.

The same blueprint, candidates, seed and set of seen questions give the same paper on any machine and in any order of
the candidates: chance comes from hashes of (seed, question), not from a random generator. Parts may overlap ("five on
dispatch", "three hard ones"): questions are matched to parts, so that a paper is found whenever one exists.

For a resit ("other paper") questions the person has not seen come first: as many unseen ones as the blueprint lets
through are used, seen ones only fill what is missing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

MAX_QUESTIONS = 1_000
MAX_POINTS = 100_00  # of one question, in hundredths


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a blueprint.

    count        questions wanted, 1..1,000
    points       hundredths of a mark for each, 1..10000
    subject, point, difficulty, kind   what a question must be; None means any. A point includes those below it.
    """

    count: int
    points: int
    subject: str | None = None
    point: str | None = None
    difficulty: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A published question that a part may use; `question` stays the same over its editions."""

    question: str
    edition: str
    point: str
    kind: str
    difficulty: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question on a paper: position 1.., the part (0..) that asked for it, its points in hundredths."""

    position: int
    part: int
    candidate: Candidate
    points: int


@dataclass(frozen=True, slots=True)
class Supply:
    """What the bank can give one part.

    available   candidates that fit the part alone
    granted     questions it gets when every part takes its share
    """

    part: int
    wanted: int
    available: int
    granted: int

    @property
    def short(self) -> int:
        """How many questions are missing, 0 or more."""
        return self.wanted - self.granted


class FlawCode(StrEnum):
    """What can be wrong with a blueprint."""

    EMPTY = "empty"
    COUNT = "count"
    POINTS = "points"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a blueprint; `part` is its line (0..), None for the whole."""

    code: FlawCode
    part: int | None = None


def flaws(parts: Sequence[Part]) -> tuple[Flaw, ...]:
    """Return everything wrong with a blueprint as such, whatever the bank holds; empty when it is sound."""
    found: list[Flaw] = []
    if not parts:
        found.append(Flaw(FlawCode.EMPTY))
    for index, part in enumerate(parts):
        if not 1 <= part.count <= MAX_QUESTIONS:
            found.append(Flaw(FlawCode.COUNT, index))
        if not 1 <= part.points <= MAX_POINTS:
            found.append(Flaw(FlawCode.POINTS, index))
    if sum(max(part.count, 0) for part in parts) > MAX_QUESTIONS:
        found.append(Flaw(FlawCode.TOO_LONG))
    return tuple(found)


def full_mark(parts: Sequence[Part]) -> int:
    """Return the hundredths of a mark that a whole paper offers."""
    return sum(part.count * part.points for part in parts)


def supply(parts: Sequence[Part], candidates: Sequence[Collection[Candidate]]) -> tuple[Supply, ...]:
    """Tell, part by part, what the bank can give; a paper exists exactly when no part is short.

    candidates   for each part, every question it may use; the same question may stand under several parts
    """
    matched = _match(parts, candidates, seed="", seen=frozenset())
    return tuple(
        Supply(index, part.count, len({it.question for it in candidates[index]}), len(matched[index]))
        for index, part in enumerate(parts)
    )


class NotEnoughQuestions(Exception):
    """The bank can't fill the blueprint; `supplies` says which parts are short and by how many."""

    def __init__(self, supplies: Sequence[Supply]) -> None:
        super().__init__(", ".join(f"part {it.part + 1}: {it.granted} of {it.wanted}" for it in supplies if it.short))
        self.supplies = tuple(supplies)


def draw(
    parts: Sequence[Part],
    candidates: Sequence[Collection[Candidate]],
    *,
    seed: str,
    seen: Collection[str] = frozenset(),
    shuffled: bool = True,
) -> tuple[Item, ...]:
    """Draw one paper.

    candidates   for each part, every question it may use
    seed         stored with the sitting; the same seed gives the same paper
    seen         questions of earlier attempts; they are used only where nothing else fits
    shuffled     mix the parts; otherwise they follow each other in the blueprint's order

    Raises NotEnoughQuestions, ValueError on a blueprint with flaws.
    """
    if flaws(parts):
        raise ValueError("the blueprint has flaws")
    matched = _match(parts, candidates, seed=seed, seen=seen)
    if any(len(got) < part.count for got, part in zip(matched, parts, strict=True)):
        raise NotEnoughQuestions(supply(parts, candidates))
    chosen = [(index, it) for index, got in enumerate(matched) for it in got]
    if shuffled:
        chosen.sort(key=lambda pair: _chance(seed, "order", pair[1].question))
    return tuple(
        Item(position, part, candidate, parts[part].points)
        for position, (part, candidate) in enumerate(chosen, start=1)
    )


def _chance(seed: str, purpose: str, question: str) -> str:
    return sha256(f"{seed}\x1f{purpose}\x1f{question}".encode()).hexdigest()


def _match(
    parts: Sequence[Part], candidates: Sequence[Collection[Candidate]], *, seed: str, seen: Collection[str]
) -> list[list[Candidate]]:
    """Give each part as many questions as possible, each question to one part, unseen ones first.

    Augmenting paths never release a question once matched, so matching the unseen ones first uses as many of them as
    any paper can.
    """
    pools = [
        {it.question: it for it in sorted(pool, key=lambda it: (it.question, it.edition))} for pool in candidates
    ]
    ordered = [sorted(pool, key=lambda question: _chance(seed, "draw", question)) for pool in pools]
    owner: dict[str, int] = {}
    missing = [part.count for part in parts]
    for allowed in ([[q for q in pool if q not in seen] for pool in ordered], ordered):
        for index in _scarcest_first(parts, allowed):
            while missing[index] and _augment(index, allowed, owner, set()):
                missing[index] -= 1
    chosen: list[list[Candidate]] = [[] for _ in parts]
    for index, pool in enumerate(ordered):
        chosen[index] = [pools[index][question] for question in pool if owner.get(question) == index]
    return chosen


def _scarcest_first(parts: Sequence[Part], pools: Sequence[Sequence[str]]) -> list[int]:
    return sorted(range(len(parts)), key=lambda index: (len(pools[index]) - parts[index].count, index))


def _augment(part: int, pools: Sequence[Sequence[str]], owner: dict[str, int], visited: set[int]) -> bool:
    """Give `part` one more question, moving questions between parts where that makes room."""
    if part in visited:
        return False
    visited.add(part)
    for question in pools[part]:
        if question not in owner:
            owner[question] = part
            return True
    for question in pools[part]:
        holder = owner[question]
        if holder != part and holder not in visited and _augment(holder, pools, owner, visited):
            owner[question] = part
            return True
    return False
