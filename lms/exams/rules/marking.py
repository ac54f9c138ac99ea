"""From marks per question to a result: sums in hundredths of a mark, the pass mark in whole-number terms.

Nothing is rounded here. A screen may show 79.99 as 80 only where it says so; the decision never does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemMark:
    """The mark of one question: hundredths earned and on offer, and the knowledge point it asks about."""

    position: int
    point: str
    points: int
    out_of: int

    def __post_init__(self) -> None:
        if not 0 <= self.points <= self.out_of:
            raise ValueError("a mark is 0 to what is on offer")

    @property
    def full(self) -> bool:
        """Whether nothing was lost."""
        return self.points == self.out_of


@dataclass(frozen=True, slots=True)
class Score:
    """Hundredths of a mark earned, of those on offer."""

    points: int
    out_of: int


@dataclass(frozen=True, slots=True)
class PointResult:
    """How a person did on one knowledge point."""

    point: str
    points: int
    out_of: int
    questions: int
    wrong: tuple[int, ...]
    reached: bool


def total(marks: Iterable[ItemMark]) -> Score:
    """Return the sum of a paper's marks."""
    listed = list(marks)
    return Score(sum(mark.points for mark in listed), sum(mark.out_of for mark in listed))


def reaches_pass_mark(points: int, out_of: int, pass_percent: int) -> bool:
    """Tell whether a score reaches the pass mark, in exact whole-number terms.

    points         hundredths of a mark earned, 0..out_of
    out_of         hundredths of a mark on offer, 1 or more
    pass_percent   whole percent, 1..100; meeting it passes

    >>> reaches_pass_mark(1300, 1500, 87)   # 86.67 %: rounding would have passed it
    False
    >>> reaches_pass_mark(8000, 10000, 80)
    True

    Raises ValueError outside these ranges. Source: docs/policy/exams.md, "Pass mark".
    """
    if out_of < 1 or not 0 <= points <= out_of or not 1 <= pass_percent <= 100:
        raise ValueError("points are 0 to out_of, out_of at least 1, the pass mark 1 to 100 percent")
    return points * 100 >= pass_percent * out_of


def missing_points(points: int, out_of: int, pass_percent: int) -> int:
    """Return how many hundredths of a mark are missing to pass, 0 when it passes.

    >>> missing_points(7600, 10000, 80)
    400
    """
    needed = -(-pass_percent * out_of // 100)
    return max(needed - points, 0)


def capped(points: int, out_of: int, cap_percent: int | None) -> int:
    """Return the hundredths that count when a resit's score is capped; None caps nothing.

    The cap itself is rounded down to a whole hundredth.

    >>> capped(9500, 10000, 80)
    8000
    """
    return points if cap_percent is None else min(points, cap_percent * out_of // 100)


def by_point(marks: Sequence[ItemMark], pass_percent: int) -> tuple[PointResult, ...]:
    """Return the result of each knowledge point, in the order in which the paper first asks for it."""
    groups: dict[str, list[ItemMark]] = {}
    for mark in sorted(marks, key=lambda it: it.position):
        groups.setdefault(mark.point, []).append(mark)
    results = []
    for point, group in groups.items():
        score = total(group)
        reached = score.out_of == 0 or reaches_pass_mark(score.points, score.out_of, pass_percent)
        wrong = tuple(mark.position for mark in group if not mark.full)
        results.append(PointResult(point, score.points, score.out_of, len(group), wrong, reached))
    return tuple(results)


def points_to_relearn(results: Iterable[PointResult]) -> tuple[str, ...]:
    """Return the knowledge points that were not reached, weakest first."""
    failed = [result for result in results if not result.reached]
    return tuple(it.point for it in sorted(failed, key=lambda it: (it.points * 10_000 // it.out_of, it.point)))


@dataclass(frozen=True, slots=True)
class Standing:
    """The result of a sitting. points, out_of, counted: hundredths of a mark; all None while there is none."""

    points: int | None
    out_of: int | None
    counted: int | None
    passed: bool | None

    @property
    def recorded(self) -> tuple[int | None, int | None, bool | None]:
        """What the training record says of it."""
        return self.counted, self.out_of, self.passed


def result_of_score(
    score: Score, *, cap_percent: int | None, pass_percent: int, sections_reached: bool = True
) -> Standing:
    """Return the result a score makes: held down by the cap of a resit, measured by the pass mark.

    sections_reached   whether every section reached its own minimum; otherwise no score passes

    >>> result_of_score(Score(9500, 10000), cap_percent=80, pass_percent=80)
    Standing(points=9500, out_of=10000, counted=8000, passed=True)
    """
    counted = capped(score.points, score.out_of, cap_percent)
    passed = sections_reached and reaches_pass_mark(counted, score.out_of, pass_percent)
    return Standing(score.points, score.out_of, counted, passed)
