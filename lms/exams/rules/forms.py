"""Forms of one paper (A/B/C …): the same blueprint filled several times, as equally hard as the bank allows.

A question's expected facility is what people have scored on it, once at least 30 have answered; until then it is what
its author's difficulty stands for. The forms share no question while the bank has enough; where it hasn't, questions
come back as seldom as possible and never twice on one form. Chance comes from hashes of (seed, question): the same
blueprint, bank, facilities and seed give the same forms on any machine.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations
from math import sqrt
from typing import Any, Final

from lms.exams.rules.paper import Candidate, NotEnoughQuestions, Part, flaws, matched, supply

MOST_FORMS: Final = 8
FEWEST_RESPONSES: Final = 30
LETTERS: Final = "ABCDEFGH"
BY_DIFFICULTY: Final[Mapping[str, float]] = {"easy": 0.85, "medium": 0.7, "hard": 0.5}
UNKNOWN: Final = 0.7
ROUNDS: Final = 400  # exchanges tried at most; every one brings two means closer together
NEAR: Final = 1e-6  # hundredths of a mark below which two means are one

Form = tuple[tuple[Candidate, ...], ...]  # the questions of every part


@dataclass(frozen=True, slots=True)
class Strength:
    """What a form is expected to give: mean and standard deviation of its sum, in hundredths of a mark.

    The deviation is that of independent questions answered right or not at all by people alike; people who differ
    spread wider, on every form alike.
    """

    mean: float
    deviation: float


def expected_facility(difficulty: str, *, share: float | None, responses: int) -> float:
    """Return the share of its marks, 0..1, that a question is expected to give.

    share       mean share of the marks in `responses` answers, None without any

    >>> expected_facility("hard", share=0.9, responses=30), expected_facility("hard", share=0.9, responses=29)
    (0.9, 0.5)
    """
    if share is not None and responses >= FEWEST_RESPONSES:
        return share
    return BY_DIFFICULTY.get(difficulty, UNKNOWN)


def strength(parts: Sequence[Part], form: Form, facility: Mapping[str, float]) -> Strength:
    """Return what a form is expected to give; `facility` by question, 0..1."""
    mean = variance = 0.0
    for part, questions in zip(parts, form, strict=True):
        for it in questions:
            share = facility[it.question]
            mean += part.points * share
            variance += part.points**2 * share * (1 - share)
    return Strength(mean, sqrt(variance))


def largest_difference(strengths: Sequence[Strength]) -> float:
    """Return by how many hundredths of a mark the easiest form's mean lies above the hardest's."""
    means = [it.mean for it in strengths]
    return max(means) - min(means) if means else 0.0


def draw_forms(
    parts: Sequence[Part], candidates: Sequence[Collection[Candidate]], facility: Mapping[str, float], *, count: int,
    seed: str,
) -> tuple[Form, ...]:
    """Draw forms of one blueprint: deal the questions by chance, then exchange them until the means lie together.

    candidates   for each part, every question it may use
    facility     question -> expected share of its marks, 0..1, for every candidate
    count        1..8

    Raises NotEnoughQuestions when not even one form can be filled, ValueError on flaws or another count.
    """
    if flaws(parts) or not 1 <= count <= MOST_FORMS:
        raise ValueError("the blueprint has flaws, or so many forms can't be")
    pools = matched(parts, candidates, seed=seed, wanted=[part.count * count for part in parts])
    if any(len(pool) < part.count for pool, part in zip(pools, parts, strict=True)):
        raise NotEnoughQuestions(supply(parts, candidates))
    naive = _deal(parts, pools, count, key=lambda it: _chance(seed, it.question))
    ranked = _deal(parts, pools, count, key=lambda it: (facility[it.question], _chance(seed, it.question)))
    return min((_levelled(parts, forms, facility) for forms in (naive, ranked)), key=lambda it: it[0])[1]


def naive_forms(
    parts: Sequence[Part], candidates: Sequence[Collection[Candidate]], *, count: int, seed: str
) -> tuple[Form, ...]:
    """Deal forms by chance alone, from the same questions: what levelling is measured against."""
    pools = matched(parts, candidates, seed=seed, wanted=[part.count * count for part in parts])
    return _frozen(_deal(parts, pools, count, key=lambda it: _chance(seed, it.question)))


def form_for(place: int, *, forms: int, seen: Collection[int], seed: str) -> int:
    """Return the form (1..) for somebody: neighbours in a session's list get different ones, nobody a seen one again.

    place   where the person stands in the session's list, 0..; any number without a session
    forms   how many there are, 1..8
    seen    forms of earlier attempts; once all are seen they begin anew
    seed    of the session: begins the turn elsewhere

    >>> [form_for(place, forms=3, seen=(), seed="s") for place in range(4)]
    [2, 3, 1, 2]
    >>> form_for(0, forms=3, seen=[2], seed="s")
    3
    """
    first = int(sha256(seed.encode()).hexdigest(), 16) % forms
    turn = [(first + place + step) % forms + 1 for step in range(forms)]
    return next((it for it in turn if it not in seen), turn[0])


def _chance(seed: str, question: str) -> str:
    return sha256(f"{seed}\x1fform\x1f{question}".encode()).hexdigest()


Dealt = list[list[list[Candidate]]]  # form, part, questions; changed in place while it is levelled


def _deal(
    parts: Sequence[Part], pools: Sequence[Sequence[Candidate]], count: int, *, key: Callable[[Candidate], Any]
) -> Dealt:
    """Deal every part's questions to the forms in turn; too few of them come round again, never to the same form."""
    dealt: Dealt = [[[] for _part in parts] for _form in range(count)]
    for index, (part, pool) in enumerate(zip(parts, pools, strict=True)):
        times, more = divmod(part.count * count, len(pool))
        entries = [it for place, it in enumerate(sorted(pool, key=key)) for _time in range(times + (place < more))]
        for place, it in enumerate(entries):
            dealt[place % count][index].append(it)
    return dealt


def _frozen(dealt: Dealt) -> tuple[Form, ...]:
    return tuple(tuple(tuple(questions) for questions in form) for form in dealt)


def _levelled(
    parts: Sequence[Part], dealt: Dealt, facility: Mapping[str, float]
) -> tuple[tuple[float, float], tuple[Form, ...]]:
    """Exchange questions between forms until no exchange brings two means closer; return how far apart they lie."""
    means = [strength(parts, form, facility).mean for form in _frozen(dealt)]
    for _round in range(ROUNDS):
        by_mean = sorted(range(len(means)), key=lambda it: (means[it], it))
        pairs = sorted(
            ((means[high] - means[low], low, high) for low, high in combinations(by_mean, 2)), reverse=True
        )
        tried = (_exchange(parts, dealt, facility, low, high, gap) for gap, low, high in pairs)
        moved = next(filter(None, tried), None)
        if moved is None:
            break
        low, high, difference = moved
        means[low], means[high] = means[low] + difference, means[high] - difference
    found = [strength(parts, form, facility) for form in _frozen(dealt)]
    deviations = [it.deviation for it in found]
    return (largest_difference(found), max(deviations) - min(deviations)), _frozen(dealt)


def _exchange(
    parts: Sequence[Part], dealt: Dealt, facility: Mapping[str, float], low: int, high: int, gap: float
) -> tuple[int, int, float] | None:
    """Exchange the two questions of one part that bring a harder and an easier form closest; None when none does."""
    best: tuple[float, int, int, int] | None = None
    if gap <= NEAR:
        return None
    for index, part in enumerate(parts):
        hard, easy = dealt[low][index], dealt[high][index]
        here, there = {it.question for it in hard}, {it.question for it in easy}
        ranked = sorted((facility[it.question], place) for place, it in enumerate(hard) if it.question not in there)
        shares, order = [share for share, _place in ranked], [place for _share, place in ranked]
        for at, it in enumerate(easy):
            if it.question in here or not order:
                continue
            share = facility[it.question]
            near = bisect_left(shares, share - gap / (2 * part.points))
            for place in {max(near - 1, 0), min(near, len(order) - 1)}:
                difference = part.points * (share - shares[place])
                left = abs(gap - 2 * difference)
                if NEAR < difference < gap - NEAR and (best is None or left < best[0] - NEAR):
                    best = (left, index, order[place], at)
    if best is None:
        return None
    _left, index, mine, theirs = best
    hard, easy = dealt[low][index], dealt[high][index]
    difference = parts[index].points * (facility[easy[theirs].question] - facility[hard[mine].question])
    hard[mine], easy[theirs] = easy[theirs], hard[mine]
    return low, high, difference
