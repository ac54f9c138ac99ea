"""What one question of a sitting comes to: the key in force, the answer, people's marks, corrections, appeals."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lms.exams.rules.corrections import CorrectionKind, ItemResult, corrected
from lms.exams.rules.hand_marks import HandMark, MarkingTerms, outcome_of, override_of
from question_bank import kinds
from question_bank.kinds import HandPart, Mark, Why


@dataclass(frozen=True, slots=True)
class Key:
    """By what a question is marked: kind and content of the edition in force, and the correction that put it there."""

    kind: str
    content: Mapping[str, Any]
    correction: CorrectionKind | None = None


def result_of_item(
    key: Key, answer: Any, out_of: int, marks: Collection[HandMark], terms: MarkingTerms, *, others_count: bool = True
) -> ItemResult:
    """Return what a question comes to: 0 to `out_of` hundredths, or None while a person has yet to mark it.

    answer         any JSON value; None where nothing was answered
    marks          every mark people gave for it, in any order
    others_count   whether anything else on the paper counts

    Total over every answer and every mark.
    """
    mark = marked_with(key, answer, out_of, marks, terms)
    points = None if mark.why is Why.TO_BE_MARKED else mark.hundredths
    result = ItemResult(points, out_of, mark.why.value)
    return corrected(result, key.correction, override=override_of(marks), others_count=others_count)


def marked_with(key: Key, answer: Any, out_of: int, marks: Collection[HandMark], terms: MarkingTerms) -> Mark:
    """Return the kind's own mark, with what people gave where that is complete; corrections and appeals apart."""
    mark = kinds.mark(key.kind, key.content, answer, out_of)
    if mark.why is not Why.TO_BE_MARKED:
        return mark
    given = outcome_of(marks, terms, out_of=by_hand(key, out_of)).given
    return mark if given is None else kinds.mark(key.kind, key.content, answer, out_of, given)


def by_hand(key: Key, out_of: int) -> int:
    """Return the hundredths that a question's hand-marked parts offer together, whether they were answered or not."""
    return sum(part.out_of for part in kinds.by_hand(key.kind, key.content, out_of))


def parts_to_mark(key: Key, answer: Any, out_of: int) -> tuple[HandPart, ...]:
    """Return what a person has to mark of one answer; parts that were not answered earn nothing by themselves."""
    mark = kinds.mark(key.kind, key.content, answer, out_of)
    if mark.why is not Why.TO_BE_MARKED:
        return ()
    return tuple(
        part for part in kinds.by_hand(key.kind, key.content, out_of) if part.path == "" or _waits(mark, part.path)
    )


def _waits(mark: Mark, path: str) -> bool:
    index = int(path)
    return index >= len(mark.part_marks) or mark.part_marks[index].why is Why.TO_BE_MARKED
