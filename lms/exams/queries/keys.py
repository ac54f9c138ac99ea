"""By what the questions of a sitting are marked: keys with their corrections, answers, people's marks."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import ItemMarking, KeyCorrection, KeyCorrectionDecision, Sitting, SittingItem
from lms.exams.queries.answers import final_answers_of
from lms.exams.rules.corrections import CorrectionKind, ItemResult
from lms.exams.rules.hand_marks import HandMark, MarkingTerms, Round
from lms.exams.rules.items import Key, result_of_item
from lms.records.corrections import CorrectionVerdict
from question_bank import queries as bank


def corrections_in_force(session: Session, edition_ids: Collection[UUID]) -> dict[UUID, KeyCorrection]:
    """Return edition -> the correction that counts for it: the one approved last. Editions without one are absent."""
    rows = session.scalars(
        select(KeyCorrection).join(KeyCorrectionDecision, KeyCorrectionDecision.correction_id == KeyCorrection.id)
        .where(KeyCorrection.edition_id.in_(set(edition_ids)),
               KeyCorrectionDecision.verdict == CorrectionVerdict.APPROVED)
        .order_by(KeyCorrectionDecision.decided_at, KeyCorrection.id)
    )
    return {row.edition_id: row for row in rows}


def keys_of(
    session: Session, edition_ids: Collection[UUID], corrections: dict[UUID, KeyCorrection]
) -> dict[UUID, Key]:
    """Return edition -> the key its answers are marked by."""
    shown = {it: corrections[it].corrected_id or it if it in corrections else it for it in edition_ids}
    editions = bank.editions(session, shown.values())
    return {
        pinned: Key(
            editions[by].kind, editions[by].content,
            CorrectionKind(corrections[pinned].kind) if pinned in corrections else None,
        )
        for pinned, by in shown.items()
    }


def hand_marks_of(session: Session, sitting_ids: Collection[UUID]) -> dict[tuple[UUID, int], list[HandMark]]:
    """Return (sitting, position) -> every mark people gave."""
    found: defaultdict[tuple[UUID, int], list[HandMark]] = defaultdict(list)
    for row in session.scalars(select(ItemMarking).where(ItemMarking.sitting_id.in_(sitting_ids))):
        found[row.sitting_id, row.position].append(
            HandMark(Round(row.round), row.revision, str(row.marker_id), row.points)
        )
    return found


def items_of(session: Session, sitting_id: UUID) -> Sequence[SittingItem]:
    """Return a sitting's paper in order."""
    return session.scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting_id).order_by(SittingItem.position)
    ).all()


def results_of_items(
    session: Session, sitting: Sitting, items: Sequence[SittingItem], corrections: dict[UUID, KeyCorrection]
) -> dict[int, ItemResult]:
    """Return position -> what the question comes to now."""
    keys = keys_of(session, {item.edition_id for item in items}, corrections)
    answers = final_answers_of(session, sitting.id)
    marks = hand_marks_of(session, [sitting.id])
    terms = MarkingTerms(**sitting.edition.marking)
    alone = _left_alone(items, keys, corrections)
    return {
        item.position: result_of_item(
            keys[item.edition_id], answers.get(item.position), item.out_of,
            marks.get((sitting.id, item.position), ()), terms, others_count=item.edition_id != alone,
        )
        for item in items
    }


def _left_alone(
    items: Sequence[SittingItem], keys: dict[UUID, Key], corrections: dict[UUID, KeyCorrection]
) -> UUID | None:
    """Return the edition left out last when nothing on a paper would count any more, None otherwise."""
    if any(keys[item.edition_id].correction is not CorrectionKind.LEFT_OUT for item in items):
        return None
    decided = {it.edition_id: it.decision.decided_at for it in corrections.values() if it.decision}
    return max(decided, key=lambda edition_id: decided[edition_id], default=None)
