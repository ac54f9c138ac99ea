"""Marks that people give: one marker, or two who don't know of each other and a third where they disagree.

A *round* is one look at an answer: first, second, third. Within a round the marker may correct the mark until the
result stands; the latest revision counts. A mark gives points by path: "" for the whole question, "2" for its
third part.

Two marks agree when their sums differ by no more than the gap that the exam allows; the result is then their mean, path
by path, half a hundredth going to the candidate. Otherwise a third person marks, and that mark is the result.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Points = Mapping[str, int]  # path -> hundredths of a mark


class Round(StrEnum):
    """Which look at an answer a mark comes from."""

    FIRST = "first"
    SECOND = "second"
    THIRD = "third"
    APPEAL = "appeal"  # decides for the whole question, whatever the others said


@dataclass(frozen=True, slots=True)
class MarkingTerms:
    """How an exam's answers are marked by hand.

    double        every answer is marked by two people
    gap_percent   how far two marks may lie apart, in whole percent of what the question offers, 0..100
    """

    double: bool = False
    gap_percent: int = 20

    def __post_init__(self) -> None:
        if not 0 <= self.gap_percent <= 100:
            raise ValueError("a gap is 0 to 100 percent")


@dataclass(frozen=True, slots=True)
class HandMark:
    """One mark as it was given: by whom, in which round, its revision (1..), points by path."""

    round: Round
    revision: int
    marker: str
    points: Points


@dataclass(frozen=True, slots=True)
class Marked:
    """What the marks of one answer come to.

    needs   the round still to be done, None when nothing is missing
    given   points by path that count, None while a round is missing
    """

    needs: Round | None
    given: Points | None


def outcome_of(marks: Collection[HandMark], terms: MarkingTerms, *, out_of: int) -> Marked:
    """Return what the marks of one answer come to, the appeal apart.

    out_of   hundredths of a mark that the hand-marked parts offer together, 0 or more
    """
    stands = standing(marks)
    first = stands.get(Round.FIRST)
    if first is None:
        return Marked(Round.FIRST, None)
    if not terms.double:
        return Marked(None, first.points)
    second = stands.get(Round.SECOND)
    if second is None:
        return Marked(Round.SECOND, None)
    if agree(first.points, second.points, terms, out_of=out_of):
        return Marked(None, mean(first.points, second.points))
    third = stands.get(Round.THIRD)
    return Marked(Round.THIRD, None) if third is None else Marked(None, third.points)


def agree(one: Points, other: Points, terms: MarkingTerms, *, out_of: int) -> bool:
    """Tell whether two marks lie close enough; a gap of exactly the limit is close enough.

    >>> agree({"": 400}, {"": 600}, MarkingTerms(double=True, gap_percent=20), out_of=1000)
    True
    >>> agree({"": 400}, {"": 601}, MarkingTerms(double=True, gap_percent=20), out_of=1000)
    False
    """
    return abs(sum(one.values()) - sum(other.values())) * 100 <= terms.gap_percent * out_of


def mean(one: Points, other: Points) -> dict[str, int]:
    """Return the mean of two marks, path by path; half a hundredth goes to the candidate.

    >>> mean({"": 400}, {"": 501})
    {'': 451}
    """
    return {path: (one.get(path, 0) + other.get(path, 0) + 1) // 2 for path in sorted({*one, *other})}


def standing(marks: Collection[HandMark]) -> dict[Round, HandMark]:
    """Return the latest revision of every round."""
    latest: dict[Round, HandMark] = {}
    for mark in sorted(marks, key=lambda it: it.revision):
        latest[mark.round] = mark
    return latest


def may_mark(marks: Collection[HandMark], marker: str, terms: MarkingTerms, *, out_of: int) -> Round | None:
    """Return the round a person would mark next, None when there is none for them: nobody marks an answer twice."""
    if any(mark.marker == marker and mark.round is not Round.APPEAL for mark in marks):
        return None
    return outcome_of(marks, terms, out_of=out_of).needs


def may_revise(marks: Collection[HandMark], marker: str) -> Round | None:
    """Return the round whose mark a person may still correct: their own, while no later round has begun."""
    stands = standing(marks)
    latest = next((it for it in (Round.THIRD, Round.SECOND, Round.FIRST) if it in stands), None)
    return latest if latest is not None and stands[latest].marker == marker else None


def override_of(marks: Collection[HandMark]) -> int | None:
    """Return what appeals decided for the whole question, in hundredths; None without an upheld appeal."""
    appealed = standing(marks).get(Round.APPEAL)
    return None if appealed is None else sum(appealed.points.values())


def flaws_of(points: Points, offered: Points) -> tuple[str, ...]:
    """Return the paths whose points are missing, unknown or not between 0 and what is offered; empty when sound.

    >>> flaws_of({"": 300, "1": 0}, {"": 200})
    ('', '1')
    """
    wrong = [path for path in offered if type(points.get(path)) is not int or not 0 <= points[path] <= offered[path]]
    return tuple(sorted({*wrong, *(path for path in points if path not in offered)}))


def rubric_points(rubric: Sequence[tuple[str, int]], met: Collection[int], out_of: int) -> int:
    """Return what the lines of a rubric that were met come to, in hundredths; fractions of one fall away.

    rubric   (what is looked for, percent of the marks)
    met      numbers of the lines that were met, 0-based

    >>> rubric_points([("states the number", 40), ("keeps calm", 60)], {1}, 500)
    300
    """
    return out_of * sum(percent for index, (_text, percent) in enumerate(rubric) if index in met) // 100
