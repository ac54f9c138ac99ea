"""Close a sitting: mark it, write the fact, set what follows. One transaction, once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.exams.models import (
    AssignmentState,
    CloseKind,
    ExamAssignment,
    RemedialTask,
    Sitting,
    SittingItem,
)
from lms.exams.notices import tell_result
from lms.exams.queries.answers import final_answers_of
from lms.exams.queries.series import series_of
from lms.exams.rules.marking import ItemMark, by_point, capped, points_to_relearn, reaches_pass_mark, total
from lms.kernel.errors import NotFound
from lms.kernel.i18n import _
from lms.records import activities
from lms.records.models import Outcome
from lms.records.services import append_fact
from question_bank import kinds
from question_bank import queries as bank

MOST_TASKS = 4  # remedial units assigned after one failure


def locked_sitting(session: Session, sitting_id: UUID) -> Sitting:
    """Return a sitting, held until the transaction ends. Raises NotFound."""
    sitting = session.scalar(
        select(Sitting).where(Sitting.id == sitting_id).with_for_update(of=Sitting)
        .execution_options(populate_existing=True)
    )
    if sitting is None:
        raise NotFound
    return sitting


def close_sitting(
    session: Session, sitting: Sitting, *, kind: CloseKind, as_of: datetime, reason: str = "", by: Identity,
    now: datetime,
) -> None:
    """End a sitting that its caller holds locked and open: mark, fact, what to relearn, message.

    as_of   when it ended: handing in, or the deadline, never after it
    """
    sitting.closed_at, sitting.close_kind, sitting.close_reason = as_of, kind, reason
    marks = mark_items(session, sitting)
    score = total(marks)
    edition = sitting.edition
    sitting.points, sitting.out_of = score.points, score.out_of
    sitting.counted = capped(score.points, score.out_of, sitting.cap_percent)
    sitting.passed = reaches_pass_mark(sitting.counted, score.out_of, edition.pass_percent)
    assignment = sitting.assignment
    assignment.session_id = None
    if sitting.passed:
        assignment.state, assignment.closed_at = AssignmentState.PASSED, as_of
    session.flush()
    append_fact(
        session, person_id=sitting.person_id, activity=f"exam:{edition.exam.code}", edition=str(edition.number),
        outcome=Outcome.PASSED if sitting.passed else Outcome.FAILED, score=sitting.counted, out_of=score.out_of,
        occurred_at=as_of, by=by, now=now, evidence=f"sitting:{sitting.id}",
    )
    if not sitting.passed:
        _set_remedial_tasks(session, assignment, sitting, marks, now=now)
    step = series_of(session, assignment, at=now).step
    if step.not_before is not None:
        assignment.opens_at = step.not_before
    tell_result(session, sitting, step, now=now)


def mark_items(session: Session, sitting: Sitting) -> list[ItemMark]:
    """Mark every question of a sitting by its pinned edition and keep the marks beside the paper."""
    items = session.scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting.id).order_by(SittingItem.position)
    ).all()
    editions = bank.editions(session, [item.edition_id for item in items])
    answers = final_answers_of(session, sitting.id)
    marks = []
    for item in items:
        edition = editions[item.edition_id]
        mark = kinds.mark(edition.kind, edition.content, answers.get(item.position), item.out_of)
        item.points, item.why = mark.hundredths, mark.why
        marks.append(ItemMark(item.position, item.point, mark.hundredths, item.out_of))
    return marks


def _set_remedial_tasks(
    session: Session, assignment: ExamAssignment, sitting: Sitting, marks: Sequence[ItemMark], *, now: datetime
) -> None:
    """Assign one activity for each knowledge point that was not reached, weakest first, `MOST_TASKS` at most."""
    if not sitting.edition.resit.get("retrain", True):
        return
    chosen: dict[str, list[str]] = {}
    for point in points_to_relearn(by_point(marks, sitting.edition.pass_percent)):
        found = next((it.ref for it in activities.find_by_points(session, [point])), None)
        if found and (found in chosen or len(chosen) < MOST_TASKS):
            chosen.setdefault(found, []).append(point)
    for ref, points in chosen.items():
        session.add(
            RemedialTask(
                assignment_id=assignment.id, sitting_id=sitting.id, activity=ref, points=" ".join(points),
                assigned_at=now,
            )
        )
        activities.assign(
            session, ref, person_id=sitting.person_id, due_at=None, by=SYSTEM, now=now,
            reason=_("Relearn before the resit of %(title)s", title=sitting.edition.title),
        )
    session.flush()
