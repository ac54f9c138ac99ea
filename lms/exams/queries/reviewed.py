"""The questions of a marked sitting as they may be shown: answer, key, explanation, remarks, corrections, appeals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import Appeal, ItemMarking, KeyCorrection, Sitting, SittingItem
from lms.exams.queries.answers import final_answers_of
from lms.exams.queries.keys import corrections_in_force, hand_marks_of, keys_of
from lms.exams.rules.hand_marks import HandMark, MarkingTerms, Round, outcome_of
from lms.exams.rules.items import Key, by_hand, parts_to_mark
from lms.exams.rules.release import Opening, Shown
from question_bank import kinds
from question_bank import queries as bank


@dataclass(frozen=True)
class Reviewed:
    """One question after marking. points, out_of: hundredths of a mark, after corrections and appeals.

    view        the question with the person's own answer, without key; None until answers may be seen
    review      the same beside the key; None until the key may be seen
    remarks     what markers wrote to the candidate
    correction  the correction of the key by which it is marked; `why` says what it did
    """

    position: int
    kind: str
    number: int
    points: int
    out_of: int
    why: str
    counts: bool
    right: bool
    view: dict[str, Any] | None
    answer: Any
    explanation: str
    review: dict[str, Any] | None
    remarks: tuple[str, ...]
    correction: KeyCorrection | None
    corrected_number: int | None
    appeal: Appeal | None


def reviewed_of(
    session: Session, sitting: Sitting, items: Sequence[SittingItem], shown: Mapping[Shown, Opening]
) -> tuple[tuple[Reviewed, ...], int]:
    """Return every question as it may be shown, and how many were answered."""
    answers = final_answers_of(session, sitting.id)
    corrections = corrections_in_force(session, {item.edition_id for item in items})
    corrections = {pinned: it for pinned, it in corrections.items() if it.id in {i.correction_id for i in items}}
    keys = keys_of(session, {item.edition_id for item in items}, corrections)
    marks = hand_marks_of(session, [sitting.id])
    terms = MarkingTerms(**sitting.edition.marking)
    remarks = _remarks(session, sitting.id)
    appeals = appeals_of(session, sitting.id)
    editions = bank.editions(
        session, [*(item.edition_id for item in items), *(it.corrected_id for it in corrections.values()
                                                          if it.corrected_id)]
    )
    found = []
    for item in items:
        correction, edition = corrections.get(item.edition_id), editions[item.edition_id]
        answer, key = answers.get(item.position), keys[item.edition_id]
        given = _given(key, answer, item.out_of, marks.get((sitting.id, item.position), ()), terms)
        found.append(
            Reviewed(
                item.position, edition.kind, edition.number, item.points or 0, item.out_of, item.why, item.counts,
                not item.counts or item.points == item.out_of,
                *_shown(edition, key, answer, item.out_of, given, shown), tuple(remarks.get(item.position, ())),
                correction, editions[correction.corrected_id].number if correction and correction.corrected_id
                else None, appeals.get(item.position),
            )
        )
    return tuple(found), len(answers)


def _shown(
    edition: bank.Edition, key: Key, answer: Any, out_of: int, given: Mapping[str, int] | None,
    shown: Mapping[Shown, Opening],
) -> tuple[dict[str, Any] | None, Any, str, dict[str, Any] | None]:
    """Return view, answer, explanation and review, each as far as it may be seen; nothing shows before the answers."""
    if not shown[Shown.ANSWERS].open:
        return None, None, "", None
    view = kinds.candidate_view(edition.kind, edition.content, None)
    explained = shown[Shown.EXPLANATION].open
    explanation = str(key.content.get("explanation", "")) if explained else ""
    if not shown[Shown.KEY].open:
        return view, answer, explanation, None
    review = kinds.review_view(key.kind, key.content, answer, out_of, given)
    if not explained:
        review["explanation"] = ""
        for part in review.get("parts") or ():
            if isinstance(part, dict):
                part["explanation"] = ""
    return view, answer, explanation, review


def _given(
    key: Key, answer: Any, out_of: int, marks: Sequence[HandMark], terms: MarkingTerms
) -> Mapping[str, int] | None:
    return outcome_of(marks, terms, out_of=by_hand(key, out_of)).given if parts_to_mark(key, answer, out_of) else None


def _remarks(session: Session, sitting_id: UUID) -> dict[int, list[str]]:
    """Return position -> what markers wrote to the candidate: the latest of every round, an appeal's reason apart."""
    rows = session.scalars(
        select(ItemMarking).where(ItemMarking.sitting_id == sitting_id, ItemMarking.round != Round.APPEAL)
        .order_by(ItemMarking.revision)
    )
    latest = {(row.position, row.round): row.remark for row in rows}
    found: dict[int, list[str]] = {}
    for (position, _round), remark in sorted(latest.items()):
        if remark and remark not in found.setdefault(position, []):
            found[position].append(remark)
    return found


def appeals_of(session: Session, sitting_id: UUID) -> dict[int | None, Appeal]:
    """Return position (None: the whole sitting) -> the appeal, whether decided or not."""
    rows = session.scalars(
        select(Appeal).where(Appeal.sitting_id == sitting_id).execution_options(populate_existing=True)
    )
    return {row.position: row for row in rows}
