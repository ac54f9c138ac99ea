"""From marks to a result: written once, and marked again only by an appeal or an approved correction.

The caller holds the sitting locked, so that two last marks at once, or a retry, make one result.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.exams.models import AssignmentState, ExamAssignment, RemedialTask, Sitting
from lms.exams.notices.sittings import tell_changed, tell_failed, tell_result
from lms.exams.queries.edition import has_minimums, section_results
from lms.exams.queries.keys import corrections_in_force, items_of, results_of_items
from lms.exams.queries.series import series_of, tasks_of
from lms.exams.rules.corrections import ItemResult, score_of
from lms.exams.rules.marking import (
    ItemMark,
    Score,
    Standing,
    by_point,
    points_to_relearn,
    result_of_score,
)
from lms.exams.rules.purposes import follows
from lms.exams.rules.sections import all_reached
from lms.kernel.i18n import _
from lms.kernel.jobs import enqueue
from lms.people.models import Person, PersonState
from lms.records import activities
from lms.records.models import Outcome
from lms.records.services import append_fact, audit

ASSIGN_REMEDIAL = "exams.assign_remedial"
MOST_TASKS = 4  # remedial units assigned after one failure


@dataclass(frozen=True)
class Change:
    """What marking again did."""

    before: Standing
    after: Standing

    @property
    def touched(self) -> bool:
        """Whether the result is another one."""
        return self.before != self.after


def mark_items(session: Session, sitting: Sitting) -> Mapping[int, ItemResult]:
    """Mark every question by the key in force and what people gave, and keep the marks beside the paper."""
    items = items_of(session, sitting.id)
    corrections = corrections_in_force(session, {item.edition_id for item in items})
    results = results_of_items(session, sitting, items, corrections)
    for item in items:
        result, correction = results[item.position], corrections.get(item.edition_id)
        item.points, item.why, item.counts = result.points, result.why, result.counts
        item.correction_id = correction.id if correction else None
    return results


def settle(
    session: Session, sitting: Sitting, results: Mapping[int, ItemResult], *, by: Identity, now: datetime
) -> bool:
    """Write the result, the fact, what to relearn and the message; tell whether that was done now.

    Nothing happens while answers wait for marks, or when the result stands already.
    """
    score = score_of(results.values())
    if score is None or sitting.points is not None or sitting.closed_at is None:
        return False
    _write(session, sitting, score)
    sitting.settled_at = now
    assignment = sitting.assignment
    if sitting.passed and assignment.state == AssignmentState.OPEN:
        assignment.state, assignment.closed_at = AssignmentState.PASSED, sitting.closed_at
    session.flush()
    _append_fact(session, sitting, evidence=f"sitting:{sitting.id}", by=by, now=now)
    if not sitting.passed:
        _follow_failure(session, sitting, now=now)
    tell_result(session, sitting, series_of(session, assignment, at=now).step, now=now)
    if not sitting.passed and follows(assignment.exam.purpose).tells:
        tell_failed(session, sitting, now=now)
    return True


def mark_again(session: Session, sitting: Sitting, *, cause: str, reason: str, by: Identity, now: datetime) -> Change:
    """Mark a closed sitting anew; a result that changes is told and superseded in the record, once for each cause.

    cause    `appeal:<id>` or `correction:<id>`
    reason   what the candidate reads
    """
    before = standing_of(sitting)
    results = mark_items(session, sitting)
    session.flush()
    if sitting.points is None:
        settle(session, sitting, results, by=by, now=now)
        return Change(before, standing_of(sitting))
    score = score_of(results.values())
    if score is None:
        raise ValueError("a result that stands can't wait for marks again")
    _write(session, sitting, score)
    change = Change(before, standing_of(sitting))
    if not change.touched:
        return change
    session.flush()
    audit(session, by=by, action="sitting.mark_again", subject=f"sitting:{sitting.id}", reason=reason, now=now,
          changes={name: [getattr(before, name), getattr(change.after, name)]
                   for name in ("points", "out_of", "counted", "passed")})
    if before.recorded != change.after.recorded:
        evidence = f"sitting:{sitting.id}#{cause}"
        _append_fact(session, sitting, evidence=evidence, supersedes=True, by=by, now=now)
    if before.passed != sitting.passed:
        _follow_flip(session, sitting, now=now)
    tell_changed(session, sitting, points_before=before.counted or 0, out_of_before=before.out_of or 0,
                 passed_before=bool(before.passed), cause=cause, reason=reason, now=now)
    return change


def standing_of(sitting: Sitting) -> Standing:
    """Return the result as it stands."""
    return Standing(sitting.points, sitting.out_of, sitting.counted, sitting.passed)


def _write(session: Session, sitting: Sitting, score: Score) -> None:
    edition = sitting.edition
    reached = not has_minimums(edition) or all_reached(section_results(edition, items_of(session, sitting.id)))
    result = result_of_score(
        score, cap_percent=sitting.cap_percent, pass_percent=edition.pass_percent, sections_reached=reached
    )
    sitting.points, sitting.out_of = result.points, result.out_of
    sitting.counted, sitting.passed = result.counted, result.passed


def _append_fact(
    session: Session, sitting: Sitting, *, evidence: str, supersedes: bool = False, by: Identity, now: datetime
) -> None:
    fact = append_fact(
        session, person_id=sitting.person_id, activity=f"exam:{sitting.edition.exam.code}",
        edition=str(sitting.edition.number), outcome=Outcome.PASSED if sitting.passed else Outcome.FAILED,
        score=sitting.counted, out_of=sitting.out_of, occurred_at=sitting.closed_at or now, by=by, now=now,
        evidence=evidence, supersedes=sitting.fact_id if supersedes else None,
    )
    sitting.fact_id = fact.id


def _follow_failure(session: Session, sitting: Sitting, *, now: datetime) -> None:
    """Set what is to be relearnt and from when the resit is possible, or end the series where there is none.

    Nothing for a series that is closed.
    """
    assignment = sitting.assignment
    if assignment.state != AssignmentState.OPEN:
        return
    purpose = follows(assignment.exam.purpose)
    if purpose.relearning:
        _set_remedial_tasks(session, assignment, sitting, now=now)
    if not purpose.resits:
        assignment.state, assignment.closed_at = AssignmentState.ENDED, now
        return
    step = series_of(session, assignment, at=now).step
    if step.not_before is not None:
        assignment.opens_at = step.not_before


def _follow_flip(session: Session, sitting: Sitting, *, now: datetime) -> None:
    """Let the series follow a result that turned: a pass closes it, a failure opens it again."""
    assignment = sitting.assignment
    if sitting.passed:
        if assignment.state in (AssignmentState.OPEN, AssignmentState.ENDED):
            assignment.state, assignment.closed_at, assignment.session_id = AssignmentState.PASSED, now, None
        return
    if assignment.state == AssignmentState.PASSED and not _passed_otherwise(session, sitting):
        assignment.state = _reopened(session, assignment)
        assignment.closed_at = None if assignment.state == AssignmentState.OPEN else now
        session.flush()
    _follow_failure(session, sitting, now=now)


def _passed_otherwise(session: Session, sitting: Sitting) -> bool:
    other = select(Sitting.id).where(
        Sitting.assignment_id == sitting.assignment_id, Sitting.id != sitting.id, Sitting.passed.is_(True)
    )
    return session.scalar(other.limit(1)) is not None


def _reopened(session: Session, assignment: ExamAssignment) -> AssignmentState:
    """Return the state of a series whose only pass fell: open, unless the person left or sits the exam anew already."""
    if session.get_one(Person, assignment.person_id).state == PersonState.LEFT:
        return AssignmentState.CANCELLED
    another = session.scalar(
        select(ExamAssignment.id).where(
            ExamAssignment.person_id == assignment.person_id, ExamAssignment.exam_id == assignment.exam_id,
            ExamAssignment.state == AssignmentState.OPEN,
        )
    )
    return AssignmentState.ENDED if another else AssignmentState.OPEN


def item_marks_of(session: Session, sitting: Sitting) -> list[ItemMark]:
    """Return the marks of the questions that count."""
    return [
        ItemMark(it.position, it.point, it.points or 0, it.out_of) for it in items_of(session, sitting.id) if it.counts
    ]


def _set_remedial_tasks(session: Session, assignment: ExamAssignment, sitting: Sitting, *, now: datetime) -> None:
    """Set one activity for each knowledge point that was not reached, weakest first, `MOST_TASKS` at most."""
    if not sitting.edition.resit.get("retrain", True):
        return
    chosen = _to_relearn(session, sitting)
    there = set(session.scalars(select(RemedialTask.activity).where(RemedialTask.sitting_id == sitting.id)))
    for ref, points in chosen.items():
        if ref in there:
            continue
        session.add(
            RemedialTask(
                assignment_id=assignment.id, sitting_id=sitting.id, activity=ref, points=" ".join(points),
                assigned_at=now,
            )
        )
    session.flush()
    if chosen.keys() - there:
        enqueue(session, ASSIGN_REMEDIAL, {"sitting_id": str(sitting.id)})


def assign_remedial(session: Session, sitting_id: UUID, *, now: datetime) -> int:
    """Assign what a failed sitting still wants relearnt, and tell its person; return how many activities those are.

    Assigning twice is assigning once; what was relearnt meanwhile, or a pass, leaves nothing to assign. It is a job of
    its own: when hundreds hand in at once, no paper waits for the messages of another. The resit waits for these
    activities from the failure on, assigned or not.
    """
    sitting = session.get_one(Sitting, sitting_id)
    if sitting.assignment.state == AssignmentState.PASSED:
        return 0
    tasks = [
        task for task in tasks_of(session, sitting.assignment, at=now)
        if task.sitting_id == sitting_id and task.done_at is None
    ]
    for task in tasks:
        activities.assign(
            session, task.activity, person_id=sitting.person_id, due_at=None, by=SYSTEM, now=now,
            reason=_("Relearn before the resit of %(title)s", title=sitting.edition.title)
            if follows(sitting.edition.exam.purpose).resits
            else _("Relearn what was not reached in %(title)s", title=sitting.edition.title),
        )
    return len(tasks)


def _to_relearn(session: Session, sitting: Sitting) -> Mapping[str, Sequence[str]]:
    """Return activity -> the knowledge points that it is to teach again."""
    chosen: dict[str, list[str]] = {}
    marks = item_marks_of(session, sitting)
    points = points_to_relearn(by_point(marks, sitting.edition.pass_percent))
    best = activities.best_by_point(session, points)
    for point in points:
        found = best.get(point)
        if found and (found in chosen or len(chosen) < MOST_TASKS):
            chosen.setdefault(found, []).append(point)
    return chosen
