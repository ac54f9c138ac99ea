"""Rubrics: how an assessor's marks on a practical station become a score and a verdict.

A criterion offers whole marks and a handful of levels, each worth a whole percent of them; "not seen" is worth
nothing. Marks are whole and percents are whole, so every score is exact in hundredths of a mark. A fail-all item
seen once fails the station whatever the score; the score is still told.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.exams.rules.marking import reaches_pass_mark

NOT_SEEN = "not_seen"


class Dimension(StrEnum):
    """What a criterion looks at."""

    CORRECTNESS = "correctness"
    PROFICIENCY = "proficiency"
    PROBLEM_SOLVING = "problem_solving"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a criterion: its letter, what it looks like, and what percent of the marks it earns, 0..100."""

    code: str
    letter: str
    text: str
    percent: int


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing an assessor judges; `marks` are whole marks on offer, 1..100; levels run from best to worst."""

    code: str
    title: str
    note: str
    dimension: Dimension
    marks: int
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class FailAll:
    """Something that fails the whole station when it is seen once."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Rubric:
    """A rubric: criteria, fail-all items, pass mark in whole percent, 1..100; `remarks` are notes at a tap."""

    criteria: tuple[Criterion, ...]
    fail_all: tuple[FailAll, ...]
    pass_percent: int
    remarks: tuple[str, ...] = ()

    @property
    def out_of(self) -> int:
        """Hundredths of a mark on offer."""
        return sum(criterion.marks for criterion in self.criteria) * 100


class RubricFlaw(StrEnum):
    """What can be wrong with a rubric."""

    NO_CRITERIA = "no_criteria"
    DUPLICATE_CODE = "duplicate_code"
    MARKS = "marks"
    LEVELS = "levels"
    THRESHOLD = "threshold"
    DIMENSION_MISSING = "dimension_missing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the marks given so far come to.

    points, out_of   hundredths of a mark, over the whole rubric
    marked           criteria judged, `missing` the codes of the others
    offered          hundredths on offer by the criteria judged so far
    failed_by        fail-all items seen
    passed           None until every criterion is judged, unless a fail-all item decides already
    """

    points: int
    out_of: int
    offered: int
    marked: int
    missing: tuple[str, ...]
    failed_by: tuple[str, ...]
    passed: bool | None

    @property
    def complete(self) -> bool:
        """Whether the station can be handed in: everything judged, or failed by a fail-all item."""
        return not self.missing or bool(self.failed_by)


def flaws(rubric: Rubric) -> tuple[RubricFlaw, ...]:
    """Return everything wrong with a rubric; all three dimensions must be looked at."""
    found = []
    codes = [it.code for it in rubric.criteria] + [it.code for it in rubric.fail_all]
    if not rubric.criteria:
        found.append(RubricFlaw.NO_CRITERIA)
    if len(codes) != len(set(codes)):
        found.append(RubricFlaw.DUPLICATE_CODE)
    if any(not 1 <= it.marks <= 100 for it in rubric.criteria):
        found.append(RubricFlaw.MARKS)
    if any(not _levels_sound(it.levels) for it in rubric.criteria):
        found.append(RubricFlaw.LEVELS)
    if not 1 <= rubric.pass_percent <= 100:
        found.append(RubricFlaw.THRESHOLD)
    if {it.dimension for it in rubric.criteria} != set(Dimension):
        found.append(RubricFlaw.DIMENSION_MISSING)
    return tuple(found)


def _levels_sound(levels: Sequence[Level]) -> bool:
    percents = [level.percent for level in levels]
    return (
        2 <= len(levels) <= 6
        and percents[0] == 100
        and all(0 <= percent <= 100 for percent in percents)
        and all(better > worse for better, worse in zip(percents, percents[1:], strict=False))
        and len({level.code for level in levels} | {NOT_SEEN}) == len(levels) + 1
    )


def points_for(criterion: Criterion, level: str) -> int:
    """Return the hundredths a level earns. Raises KeyError on a level the criterion lacks."""
    if level == NOT_SEEN:
        return 0
    percents = {it.code: it.percent for it in criterion.levels}
    return criterion.marks * percents[level]


def judge(rubric: Rubric, levels: Mapping[str, str], seen: Collection[str] = ()) -> Verdict:
    """Add up what an assessor marked.

    levels   criterion code -> level code or "not_seen"; criteria not judged yet are absent
    seen     codes of the fail-all items that were seen

    Raises KeyError on a code the rubric lacks.
    """
    known = {it.code: it for it in rubric.criteria}
    unknown = [code for code in levels if code not in known]
    unknown += [code for code in seen if code not in {it.code for it in rubric.fail_all}]
    if unknown:
        raise KeyError(unknown[0])
    points = sum(points_for(known[code], level) for code, level in levels.items())
    offered = sum(known[code].marks * 100 for code in levels)
    missing = tuple(it.code for it in rubric.criteria if it.code not in levels)
    failed_by = tuple(it.code for it in rubric.fail_all if it.code in seen)
    passed: bool | None = None
    if failed_by:
        passed = False
    elif not missing:
        passed = reaches_pass_mark(points, rubric.out_of, rubric.pass_percent)
    return Verdict(points, rubric.out_of, offered, len(levels), missing, failed_by, passed)


def level_needed(rubric: Rubric, levels: Mapping[str, str]) -> tuple[str, str] | None:
    """Tell the worst level that still passes when one criterion is left: (criterion, level).

    None when more or fewer criteria are left, or when even the best level would not pass.
    """
    left = [it for it in rubric.criteria if it.code not in levels]
    if len(left) != 1:
        return None
    for level in reversed(left[0].levels):
        if judge(rubric, {**levels, left[0].code: level.code}).passed:
            return left[0].code, level.code
    return None


def by_dimension(rubric: Rubric, levels: Mapping[str, str]) -> dict[Dimension, tuple[int, int]]:
    """Return dimension -> (hundredths earned, hundredths on offer), for criteria judged."""
    sums = {dimension: [0, 0] for dimension in Dimension}
    for criterion in rubric.criteria:
        if criterion.code in levels:
            sums[criterion.dimension][0] += points_for(criterion, levels[criterion.code])
            sums[criterion.dimension][1] += criterion.marks * 100
    return {dimension: (earned, offered) for dimension, (earned, offered) in sums.items()}
