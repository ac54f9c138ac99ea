"""Papers: a blueprint asks for so many questions of each sort; a stored seed picks them.

The same blueprint, candidates, seed and set of seen questions give the same paper on any machine and in any order of
the candidates: chance comes from hashes of (seed, question), not from a random generator. Parts may overlap ("five on
dispatch", "three hard ones"): questions are matched to parts, so that a paper is found whenever one exists.

For a resit ("other paper") questions the person has not seen come first: as many unseen ones as the blueprint lets
through are used, seen ones only fill what is missing.

A line may name one exact edition of a question: a paper of such lines alone is a fixed paper.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from lms.exams.rules.supply import share

MAX_QUESTIONS = 1_000
MAX_POINTS = 100_00  # of one question, in hundredths


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a blueprint.

    count        questions wanted, 1..1,000
    points       hundredths of a mark for each, 1..10000
    subject, point, difficulty, kind   what a question must be; None means any. A point includes those below it.
    edition      the one edition this line puts on every paper; then count is 1 and nothing else is asked
    section      the section it stands in, 0..
    """

    count: int
    points: int
    subject: str | None = None
    point: str | None = None
    difficulty: str | None = None
    kind: str | None = None
    edition: str | None = None
    section: int = 0


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
    TWICE = "twice"
    TOO_LONG = "too_long"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a blueprint; `part` is its line (0..), None for the whole."""

    code: FlawCode
    part: int | None = None


def flaws(parts: Sequence[Part]) -> tuple[Flaw, ...]:
    """Return everything wrong with a blueprint as such, whatever the bank holds; empty when it is sound."""
    found: list[Flaw] = []
    named: set[str] = set()
    if not parts:
        found.append(Flaw(FlawCode.EMPTY))
    for index, part in enumerate(parts):
        if part.edition in named:
            found.append(Flaw(FlawCode.TWICE, index))
        if part.edition:
            named.add(part.edition)
        if not 1 <= part.count <= (1 if part.edition else MAX_QUESTIONS):
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
    usable: dict[str, set[int]] = {}
    for index, pool in enumerate(candidates):
        for it in pool:
            usable.setdefault(it.question, set()).add(index)
    classes: dict[frozenset[int], int] = {}
    for lines in map(frozenset, usable.values()):
        classes[lines] = classes.get(lines, 0) + 1
    return _supplies(parts, [len({it.question for it in pool}) for pool in candidates], classes)


@dataclass(frozen=True, slots=True)
class Cell:
    """How many published questions of one sort the bank holds."""

    point: str
    kind: str
    difficulty: str
    questions: int


def fits(part: Part, *, point: str, kind: str, difficulty: str) -> bool:
    """Tell whether a line asks for questions of this sort; one that names its edition asks for no sort.

    >>> fits(Part(1, 100, subject="gas"), point="gas/leak", kind="single", difficulty="easy")
    True
    >>> fits(Part(1, 100, point="gas/le"), point="gas/leak", kind="single", difficulty="easy")
    False
    """
    return (
        part.edition is None
        and all(code is None or point == code or point.startswith(f"{code}/") for code in (part.subject, part.point))
        and part.difficulty in (None, difficulty) and part.kind in (None, kind)
    )


def supply_of_cells(
    parts: Sequence[Part], cells: Collection[Cell], named: Mapping[str, Candidate]
) -> tuple[Supply, ...]:
    """Tell, part by part, what the bank can give, from counts alone: the same as `supply`, for a bank of any size.

    cells   counts of published questions by sort, each sort once
    named   the candidates behind editions that lines name: those the bank has published and not retired
    """
    taken: dict[tuple[str, str, str], int] = {}
    classes: dict[frozenset[int], int] = {}
    sorts = {(it.point, it.kind, it.difficulty): _lines_for(parts, it) for it in cells}
    for index, part in enumerate(parts):
        it = named.get(part.edition or "")
        if it is not None:  # its line comes first to it, lines that ask for its sort find one question less
            sort = (it.point, it.kind, it.difficulty)
            taken[sort] = taken.get(sort, 0) + 1
            classes[frozenset({index})] = 1
    available = [int((part.edition or "") in named) for part in parts]
    for cell in cells:
        sort = (cell.point, cell.kind, cell.difficulty)
        for index in sorts[sort]:
            available[index] += cell.questions
        classes[sorts[sort]] = classes.get(sorts[sort], 0) + cell.questions - taken.get(sort, 0)
    return _supplies(parts, available, classes)


def _lines_for(parts: Sequence[Part], cell: Cell) -> frozenset[int]:
    return frozenset(
        index for index, part in enumerate(parts)
        if fits(part, point=cell.point, kind=cell.kind, difficulty=cell.difficulty)
    )


def _supplies(
    parts: Sequence[Part], available: Sequence[int], classes: Mapping[frozenset[int], int]
) -> tuple[Supply, ...]:
    granted = share([part.count for part in parts], classes)
    return tuple(
        Supply(index, part.count, available[index], granted[index]) for index, part in enumerate(parts)
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
    in_order: Collection[int] = (),
) -> tuple[Item, ...]:
    """Draw one paper.

    candidates   for each part, every question it may use
    seed         stored with the sitting; the same seed gives the same paper
    seen         questions of earlier attempts; they are used only where nothing else fits
    in_order     sections (0..) whose questions follow the blueprint's lines; in the others they are mixed

    Raises NotEnoughQuestions, ValueError on a blueprint with flaws.
    """
    if flaws(parts):
        raise ValueError("the blueprint has flaws")
    found = matched(parts, candidates, seed=seed, seen=seen)
    if any(len(got) < part.count for got, part in zip(found, parts, strict=True)):
        raise NotEnoughQuestions(supply(parts, candidates))
    chosen = [(index, it) for index, got in enumerate(found) for it in got]
    return laid_out(parts, chosen, seed=seed, in_order=in_order)


def laid_out(
    parts: Sequence[Part], chosen: Sequence[tuple[int, Candidate]], *, seed: str, in_order: Collection[int]
) -> tuple[Item, ...]:
    """Put the questions of a paper in order: section by section, mixed by the seed inside those not `in_order`.

    chosen   (part, question) in the blueprint's order
    """
    def place(pair: tuple[int, Candidate]) -> tuple[int, str]:
        section = parts[pair[0]].section
        return section, "" if section in in_order else _chance(seed, "order", pair[1].question)

    return tuple(
        Item(position, part, candidate, parts[part].points)
        for position, (part, candidate) in enumerate(sorted(chosen, key=place), start=1)
    )


def _chance(seed: str, purpose: str, question: str) -> str:
    return sha256(f"{seed}\x1f{purpose}\x1f{question}".encode()).hexdigest()


def matched(
    parts: Sequence[Part], candidates: Sequence[Collection[Candidate]], *, seed: str,
    seen: Collection[str] = frozenset(), wanted: Sequence[int] | None = None,
) -> list[list[Candidate]]:
    """Give each part as many questions as possible up to its count, each question to one part, unseen ones first.

    wanted   for each part how many are welcome once every part has its count, no fewer than that; None: its count

    Augmenting paths never release a question once matched, so matching the unseen ones first uses as many of them as
    any paper can, and what is welcome beyond the counts takes nothing from them.
    """
    pools = [
        {it.question: it for it in sorted(pool, key=lambda it: (it.question, it.edition))} for pool in candidates
    ]
    ordered = [sorted(pool, key=lambda question: _chance(seed, "draw", question)) for pool in pools]
    owner: dict[str, int] = {}
    missing = [part.count for part in parts]
    if seen:
        _fill(missing, [[question for question in pool if question not in seen] for pool in ordered], owner)
    _fill(missing, ordered, owner)
    if wanted is not None:
        _fill([most - part.count for most, part in zip(wanted, parts, strict=True)], ordered, owner)
    return [
        [pools[index][question] for question in pool if owner.get(question) == index]
        for index, pool in enumerate(ordered)
    ]


def _fill(missing: list[int], pools: Sequence[Sequence[str]], owner: dict[str, int]) -> None:
    """Give each part of what it misses as much as can be, the scarcest first."""
    unused = [iter(pool) for pool in pools]
    for index in sorted(range(len(missing)), key=lambda it: (len(pools[it]) - missing[it], it)):
        while missing[index] > 0 and _augment(index, pools, unused, owner):
            missing[index] -= 1


def _augment(
    start: int, pools: Sequence[Sequence[str]], unused: Sequence[Iterator[str]], owner: dict[str, int]
) -> bool:
    """Give a part one more question, moving questions between parts where that makes room.

    unused   what each part has not looked at yet: a question once taken never becomes free again
    """
    came: dict[int, tuple[int, str]] = {}  # part -> the part that takes a question from it, and which
    waiting = deque([start])
    while waiting:
        part = waiting.popleft()
        question = next((it for it in unused[part] if it not in owner), None)
        if question is not None:
            owner[question] = part
            while part != start:
                part, question = came[part]
                owner[question] = part
            return True
        for question in pools[part]:
            holder = owner[question]
            if holder != start and holder not in came:
                came[holder] = (part, question)
                waiting.append(holder)
    return False
