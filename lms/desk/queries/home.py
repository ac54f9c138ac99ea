"""What a learner's home page shows, put together from every area."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.queries import MyCourse, my_courses
from courses.queries import due as due_courses
from lms.certification.queries.floor import FloorCell, decide_many
from lms.certification.queries.standing import CertificationStanding, of_person
from lms.certification.rules.projection import FloorState
from lms.certification.rules.requirements import RequirementKind
from lms.desk.rules.next_step import Goal, Need, NextStep, Task, closest, next_step
from lms.exams.queries.mine import my_exams, my_stations
from lms.people.models import Queue, QueueMembership, Shift
from lms.people.queries.mentors import MentorLink, mentor_of
from simulations.queries import Try, due_calls, tries_of

SHOWN_CALLS = 8
SHOWN_DUE = 6
HELD = (FloorState.YES, FloorState.SOON)
# Where a learner finds what may be met in several ways.
PLACES = {RequirementKind.CALLS: "/calls/", RequirementKind.THEORY: "/exams/", RequirementKind.COURSE: "/courses/"}


@dataclass(frozen=True)
class Permit:
    """A queue of one's own, what the gate says, and what is still missing."""

    queue: Queue
    cell: FloorCell
    standing: CertificationStanding | None

    @property
    def held(self) -> bool:
        """Tell whether the seal is on it."""
        return self.cell.state in HELD

    @property
    def missing(self) -> int:
        """Return how many requirements aren't met."""
        return self.standing.missing if self.standing else 0


@dataclass(frozen=True)
class LearnerHome:
    """Everything on a learner's home page."""

    step: NextStep | None
    closest: Goal | None
    permits: tuple[Permit, ...]
    courses: tuple[MyCourse, ...]
    due: tuple[Task, ...]
    calls: tuple[Try, ...]  # oldest first
    results: tuple[tuple[str, float], ...]
    mentor: MentorLink | None
    shift: Shift | None


def learner_home(session: Session, person_id: UUID, at: datetime, here: datetime, *, english: bool) -> LearnerHome:
    """Return a learner's home as of `at`; `here` is the same instant in the site's zone."""
    permits = permits_of(session, person_id, at)
    courses = my_courses(session, person_id, at)
    due = tasks_of(session, person_id, at, english=english)
    goals = [goal_of(permit, english=english) for permit in permits]
    learning = [Task("course", _named(it, english), it.link, None) for it in courses if it.state == "learning"]
    calls = tuple(reversed(tries_of(session, person_id, limit=SHOWN_CALLS)))
    return LearnerHome(
        next_step(due, goals, learning, at), closest(goals), permits, courses, tuple(due[:SHOWN_DUE]), calls,
        best_scores(permits), mentor_of(session, person_id, here.date()), shift_of(session, person_id, at, here),
    )


def permits_of(session: Session, person_id: UUID, at: datetime) -> tuple[Permit, ...]:
    """Return the queues a person is meant to serve, with the answer of the gate and the certification behind it."""
    served = list(session.scalars(
        select(Queue).join(QueueMembership, QueueMembership.queue_id == Queue.id)
        .where(QueueMembership.person_id == person_id).order_by(Queue.position, Queue.code)
    ))
    if not served:
        return ()
    cells = decide_many(session, [person_id], [queue.id for queue in served], at)
    standings = of_person(session, person_id, at)
    return tuple(
        Permit(queue, cells[person_id, queue.id], next((it for it in standings if queue.code in codes_of(it)), None))
        for queue in served
    )


def codes_of(standing: CertificationStanding) -> set[str]:
    """Return the codes of the queues that ask for a certification."""
    return {code for code, _name, _name_en in standing.queues}


def goal_of(permit: Permit, *, english: bool) -> Goal:
    """Return a permit as the choice of the next step sees it."""
    requirements = permit.standing.requirements if permit.standing else ()
    needs = tuple(
        Need(it.kind, it.title, it.link or PLACES.get(it.kind), it.done, it.needed)
        for it in requirements if not it.met
    )
    name = permit.queue.name_en or permit.queue.name if english else permit.queue.name
    ends = permit.cell.until if permit.cell.state is FloorState.SOON else None
    return Goal(name, permit.held, ends, len(requirements) - len(needs), len(requirements), needs)


def tasks_of(session: Session, person_id: UUID, at: datetime, *, english: bool) -> list[Task]:
    """Return what is assigned and open, by due date; what has none comes last."""
    tasks = [
        *(Task("course", _named(it, english), it.link, it.due_at) for it in due_courses(session, person_id, at)),
        *(Task("exam", _named(it, english), f"/exams/{it.code}", it.due_at or it.closes_at)
          for it in my_exams(session, person_id, at)),
        *(Task("practical", _named(it, english), None, it.due_at) for it in my_stations(session, person_id)),
        *(Task("call", it.title, f"/calls/{it.code}", it.due_at) for it in due_calls(session, person_id)),
    ]
    return sorted(tasks, key=lambda task: (task.due_at is None, task.due_at or at))


def best_scores(permits: Sequence[Permit]) -> tuple[tuple[str, float], ...]:
    """Return the best score of every scored requirement, each once: what one is good at and what not."""
    found = {
        need.title: float(need.best_percent)
        for permit in permits if permit.standing for need in permit.standing.requirements
        if need.best_percent is not None
    }
    return tuple(found.items())


def shift_of(session: Session, person_id: UUID, at: datetime, here: datetime) -> Shift | None:
    """Return the shift a person is on, or the next one that begins on the same local day."""
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return session.scalar(
        select(Shift).where(Shift.person_id == person_id, Shift.ends_at > at, Shift.starts_at < midnight)
        .order_by(Shift.starts_at).limit(1)
    )


def _named(row: object, english: bool) -> str:
    title: str = getattr(row, "title", "")
    other: str = getattr(row, "title_en", "")
    return other or title if english else title
