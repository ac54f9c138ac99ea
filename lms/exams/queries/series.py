"""Where a person stands with an exam: attempts, what is to be relearnt, the next step and its date."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.exams.models import CloseKind, ExamAssignment, ExamEdition, RemedialTask, ResitDecision, Sitting
from lms.exams.rules.purposes import follows
from lms.exams.rules.resits import Attempt, Decision, DecisionKind, NextStep, ResitPolicy, next_step
from lms.people.queries.zones import zone_of_person
from lms.records.queries import facts_of

DONE = frozenset({"completed", "passed"})


@dataclass(frozen=True)
class Task:
    """Something to relearn before a resit; `done_at` is None while it is open."""

    activity: str
    sitting_id: UUID
    points: tuple[str, ...]
    assigned_at: datetime
    done_at: datetime | None


@dataclass(frozen=True)
class Series:
    """One assignment with everything that decides about its next step."""

    assignment_id: UUID
    policy: ResitPolicy
    attempts: tuple[Attempt, ...]
    tasks: tuple[Task, ...]
    decisions: tuple[Decision, ...]
    step: NextStep

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """What is still to be relearnt."""
        return tuple(task for task in self.tasks if task.done_at is None)


def series_of(session: Session, assignment: ExamAssignment, *, at: datetime) -> Series:
    """Return a series as of `at`."""
    policy = _policy(session, assignment)
    attempts = tuple(
        Attempt(row.attempt, row.closed_at, bool(row.passed), marked=row.settled_at is not None)
        for row in session.execute(
            select(Sitting.attempt, Sitting.closed_at, Sitting.passed, Sitting.settled_at)
            .where(Sitting.assignment_id == assignment.id, _counts())
            .order_by(Sitting.attempt)
        )
    )
    tasks = tasks_of(session, assignment, at=at)
    decisions = tuple(
        Decision(DecisionKind(row.kind), row.attempts, row.decided_at)
        for row in session.scalars(
            select(ResitDecision).where(ResitDecision.assignment_id == assignment.id).order_by(ResitDecision.decided_at)
        )
    )
    step = next_step(
        policy, attempts, at=at, zone=zone_of_person(session, assignment.person_id), decisions=decisions,
        open_tasks=[task.activity for task in tasks if task.done_at is None],
        once=not follows(assignment.exam.purpose).resits,
    )
    return Series(assignment.id, policy, attempts, tasks, decisions, step)


def _counts() -> ColumnElement[bool]:
    return Sitting.close_kind.is_distinct_from(CloseKind.CANCELLED)


def _policy(session: Session, assignment: ExamAssignment) -> ResitPolicy:
    """Return the policy of the newest edition: a ladder that is eased helps those who stand on it already."""
    stored = session.scalar(
        select(ExamEdition.resit).where(ExamEdition.exam_id == assignment.exam_id)
        .order_by(ExamEdition.number.desc()).limit(1)
    )
    return ResitPolicy(**(stored or {}))


def tasks_of(session: Session, assignment: ExamAssignment, *, at: datetime) -> tuple[Task, ...]:
    """Return what a series wants relearnt; a task is done by a fact of that activity after it was assigned."""
    rows = list(
        session.scalars(
            select(RemedialTask).where(RemedialTask.assignment_id == assignment.id)
            .order_by(RemedialTask.assigned_at, RemedialTask.id)
        )
    )
    if not rows:
        return ()
    facts = [it for it in facts_of(session, assignment.person_id, at=at) if it.outcome in DONE]
    return tuple(
        Task(
            row.activity, row.sitting_id, tuple(row.points.split()), row.assigned_at,
            min((it.occurred_at for it in facts
                 if it.activity == row.activity and it.occurred_at >= row.assigned_at), default=None),
        )
        for row in rows
    )
