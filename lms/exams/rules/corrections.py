"""A key found wrong after papers were sat: what an approved correction does to a mark, and to the sum.

edition      the question is marked by the key of a corrected edition, which must ask the same thing
full_marks   everybody gets what the question offers
left_out     the question stays on the paper and counts neither for nor against anybody

What an appeal decided for one person is never lowered by a correction. If leaving out would leave a paper without
anything that counts, everybody gets full marks for the question instead.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lms.exams.rules.marking import Score


class CorrectionKind(StrEnum):
    """What is put in the place of a wrong key."""

    EDITION = "edition"
    FULL_MARKS = "full_marks"
    LEFT_OUT = "left_out"


LEFT_OUT = "left_out"
GIVEN_TO_ALL = "given_to_all"
BY_APPEAL = "appeal"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What a question comes to on one paper.

    points   hundredths of a mark, None while somebody has yet to mark it
    counts   whether it takes part in the sum
    why      a word of the kinds, or `left_out`, `given_to_all`, `appeal`
    """

    points: int | None
    out_of: int
    why: str
    counts: bool = True


def corrected(
    marked: ItemResult, kind: CorrectionKind | None, *, override: int | None = None, others_count: bool = True
) -> ItemResult:
    """Return what a question comes to after corrections and appeals.

    marked         the mark by the key in force (the corrected edition's, for EDITION)
    kind           the correction in force, None without one
    override       what an appeal decided, in hundredths
    others_count   whether anything else on the paper counts
    """
    if kind is CorrectionKind.LEFT_OUT and others_count:
        return ItemResult(0, marked.out_of, LEFT_OUT, counts=False)
    if kind in (CorrectionKind.FULL_MARKS, CorrectionKind.LEFT_OUT):
        return ItemResult(marked.out_of, marked.out_of, GIVEN_TO_ALL)
    if override is not None and (marked.points is None or kind is None or override >= marked.points):
        return ItemResult(min(override, marked.out_of), marked.out_of, BY_APPEAL)
    return marked


def score_of(items: Iterable[ItemResult]) -> Score | None:
    """Return the sum of what counts, None while anything is still to be marked."""
    counting = [item for item in items if item.counts]
    if any(item.points is None for item in counting):
        return None
    return Score(sum(item.points or 0 for item in counting), sum(item.out_of for item in counting))


FREE_TO_CHANGE = frozenset({"stem", "rule", "penalty", "unit", "rich", "most"})


def asks_the_same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Tell whether answers to one edition can be marked by another's key: options, blanks and parts are the same,
    spaces apart.

    before, after   both editions as candidates see them, without key, in the author's order

    >>> asks_the_same({"kind": "single", "options": [{"id": "a", "text": "是"}]},
    ...               {"kind": "single", "options": [{"id": "a", "text": "否"}]})
    False
    >>> asks_the_same({"kind": "single", "options": [{"id": "a", "text": "是　　"}]},
    ...               {"kind": "single", "options": [{"id": "a", "text": "是"}]})
    True
    >>> asks_the_same({"kind": "blank", "stem": "拨__", "segments": ["拨", ""]},
    ...               {"kind": "blank", "stem": "请拨__", "segments": ["请拨", ""]})
    True
    """
    return bool(_shape(before) == _shape(after))


def _shape(shown: Any) -> Any:
    if isinstance(shown, Mapping):
        return {
            name: len(value) if name == "segments" else _shape(value)
            for name, value in shown.items() if name not in FREE_TO_CHANGE
        }
    if isinstance(shown, (list, tuple)):
        return [_shape(one) for one in shown]
    return " ".join(shown.split()) if isinstance(shown, str) else shown
