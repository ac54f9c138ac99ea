"""What waits for those who work here, in numbers and first rows, each within their part of the organisation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from courses.models import CourseAssignment, CourseEdition
from courses.rules.editions import EditionState as CourseEditionState
from lms.access.identity import Role
from lms.certification.models import QueueRequirement, Waiver, WaiverState
from lms.certification.queries.floor import FloorCell, decide_many
from lms.desk.queries.board import within
from lms.desk.rules.first_steps import Traces
from lms.exams.models import ExamSession, Sitting
from lms.kernel.jobs import Job, JobState
from lms.notifications.models import OutboxMail
from lms.people.models import Account, Person, PersonState, Queue, RoleAssignment, Unit
from lms.people.queries.mentors import mentees_of
from lms.records.models import AuditEntry, Outcome, TrainingFact
from question_bank.models import EditionState as QuestionEditionState
from question_bank.models import QuestionEdition

SHOWN: Final = 6
MONTH: Final = timedelta(days=30)
WEEK: Final = timedelta(days=7)
TRAINING_ROLES: Final = (Role.TRAINER, Role.ASSESSOR, Role.MANAGER)
PRESENT: Final = (PersonState.PROBATION, PersonState.ACTIVE, PersonState.ON_LEAVE)


@dataclass(frozen=True)
class Results:
    """Facts of a stretch of time: how many were passed and failed."""

    passed: int
    failed: int


@dataclass(frozen=True)
class Mentee:
    """A learner of one's own, with the queues that are open or opening."""

    person_id: UUID
    name: str
    staff_no: str
    cells: tuple[tuple[str, FloorCell], ...]


def names_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return what people are called, with their staff numbers."""
    rows = session.execute(select(Person.id, Person.name, Person.staff_no).where(Person.id.in_(person_ids)))
    return {person_id: f"{name} {staff_no}" for person_id, name, staff_no in rows}


def people_by_state(session: Session, scopes: Sequence[str]) -> dict[str, int]:
    """Return how many people are in each state of employment."""
    rows = session.execute(_people(scopes, Person.state, func.count()).group_by(Person.state))
    return dict(rows.tuples().all())


def joined_since(session: Session, scopes: Sequence[str], day: date) -> int:
    """Return how many people were hired on or after a day."""
    return session.scalar(_people(scopes, func.count()).where(Person.hired_on >= day)) or 0


def left_since(session: Session, scopes: Sequence[str], day: date) -> int:
    """Return how many people left on or after a day."""
    return session.scalar(_people(scopes, func.count()).where(Person.left_on >= day)) or 0


def results_since(session: Session, scopes: Sequence[str], since: datetime, prefix: str) -> Results:
    """Return the outcomes of one kind of activity (`exam:`, `practical:`, `call:`) since an instant."""
    rows = session.execute(
        select(TrainingFact.outcome, func.count()).join(Person, Person.id == TrainingFact.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(within(scopes), TrainingFact.occurred_at >= since, TrainingFact.activity.startswith(prefix))
        .group_by(TrainingFact.outcome)
    )
    found = dict(rows.tuples().all())
    return Results(found.get(Outcome.PASSED, 0), found.get(Outcome.FAILED, 0))


def mentees(session: Session, mentor_id: UUID, at: datetime, day: date) -> tuple[Mentee, ...]:
    """Return a mentor's learners with what the gate says of them on every queue."""
    links = mentees_of(session, mentor_id, day)
    queues = list(session.scalars(select(Queue).order_by(Queue.position, Queue.code)))
    if not links or not queues:
        return ()
    cells = decide_many(session, [link.person_id for link in links], [queue.id for queue in queues], at)
    return tuple(
        Mentee(link.person_id, link.name, link.staff_no,
               tuple((queue.name, cells[link.person_id, queue.id]) for queue in queues))
        for link in links
    )


def waivers_asked(session: Session, scopes: Sequence[str]) -> list[tuple[Waiver, Person, Queue]]:
    """Return the waivers that wait for a second person, the oldest first."""
    rows = session.execute(
        select(Waiver, Person, Queue).join(Person, Person.id == Waiver.person_id)
        .join(Queue, Queue.id == Waiver.queue_id).join(Unit, Unit.id == Person.unit_id)
        .where(within(scopes), Waiver.state == WaiverState.REQUESTED).order_by(Waiver.requested_at)
    ).unique()
    return [(waiver, person, queue) for waiver, person, queue in rows]


def drafts(session: Session) -> dict[str, int]:
    """Return how much content waits: course and question editions in draft and in review."""
    courses = dict(_counts(session, CourseEdition.state))
    questions = dict(_counts(session, QuestionEdition.state))
    return {
        "course_drafts": courses.get(CourseEditionState.DRAFT, 0),
        "course_reviews": courses.get(CourseEditionState.REVIEW, 0),
        "question_drafts": questions.get(QuestionEditionState.DRAFT, 0),
        "question_reviews": questions.get(QuestionEditionState.REVIEW, 0),
    }


def sessions_ahead(session: Session, at: datetime) -> list[ExamSession]:
    """Return the exam sessions that are running or come within a week."""
    return list(session.scalars(
        select(ExamSession).where(ExamSession.closes_at > at, ExamSession.opens_at < at + WEEK)
        .order_by(ExamSession.opens_at).limit(SHOWN)
    ))


def sittings_running(session: Session) -> int:
    """Return how many sittings are open."""
    return session.scalar(select(func.count()).select_from(Sitting).where(Sitting.closed_at.is_(None))) or 0


def jobs_by_state(session: Session) -> dict[str, int]:
    """Return how many jobs are waiting, running, done and failed."""
    return dict(_counts(session, Job.state))


def failed_jobs(session: Session) -> list[Job]:
    """Return the newest jobs that were given up."""
    return list(session.scalars(
        select(Job).where(Job.state == JobState.FAILED).order_by(Job.finished_at.desc()).limit(SHOWN)))


def mails_waiting(session: Session) -> int:
    """Return how many mails haven't left."""
    return session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.sent_at.is_(None))) or 0


def accounts(session: Session) -> tuple[int, int]:
    """Return how many accounts may sign in, and how many are shut."""
    active = session.scalar(select(func.count()).select_from(Account).where(Account.active.is_(True))) or 0
    return active, (session.scalar(select(func.count()).select_from(Account)) or 0) - active


def holders(session: Session) -> dict[str, int]:
    """Return how many people hold each role."""
    rows = session.execute(
        select(RoleAssignment.role, func.count(RoleAssignment.person_id.distinct())).group_by(RoleAssignment.role))
    return dict(rows.tuples().all())


def traces(session: Session) -> Traces:
    """Return what an installation holds, as far as its first steps are concerned."""
    numbers = {
        "teams": select(func.count()).select_from(Unit).where(Unit.parent_id.is_not(None)),
        "queues": select(func.count()).select_from(Queue),
        "people": select(func.count()).select_from(Person),
        "role_holders": select(func.count()).select_from(RoleAssignment).where(RoleAssignment.role.in_(TRAINING_ROLES)),
        "ruled_queues": select(func.count(QueueRequirement.queue_id.distinct()))
        .where(QueueRequirement.required_until.is_(None)),
        "assigned": select(func.count()).select_from(CourseAssignment),
    }
    row = session.execute(select(*(query.scalar_subquery().label(key) for key, query in numbers.items()))).one()
    return Traces(**row._mapping)


def audited_since(session: Session, since: datetime) -> int:
    """Return how many entries the audit has since an instant."""
    return session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.at >= since)) or 0


def newest_audit(session: Session) -> list[AuditEntry]:
    """Return the newest entries of the audit."""
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.at.desc()).limit(SHOWN)))


def _people(scopes: Sequence[str], *what: Any) -> Select[Any]:
    return select(*what).select_from(Person).join(Unit, Unit.id == Person.unit_id).where(within(scopes))


def _counts(session: Session, column: Any) -> list[tuple[str, int]]:
    return [(state, number) for state, number in session.execute(select(column, func.count()).group_by(column))]
