"""The people that a monthly plan or a spot check is meant for."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people.models import Person, PersonState, QueueMembership, Unit


@dataclass(frozen=True)
class Population:
    """Who is meant: people of a part of the organisation with one of the posts who serve one of the queues.

    unit_path       "/" for everybody
    posts, queues   empty: any
    probation       whether people on probation are meant
    """

    unit_path: str = "/"
    posts: frozenset[UUID] = frozenset()
    queues: frozenset[UUID] = frozenset()
    probation: bool = False


@dataclass(frozen=True)
class Someone:
    """One of a population."""

    person_id: UUID
    name: str
    staff_no: str
    unit_name: str
    unit_path: str


def population_of(unit: Unit | None, posts: Collection[str], queues: Collection[str], *, probation: bool) -> Population:
    """Return a population as it is stored with a plan or a check."""
    return Population(unit.path if unit else "/", frozenset(map(UUID, posts)), frozenset(map(UUID, queues)), probation)


def people_of(session: Session, population: Population) -> tuple[Someone, ...]:
    """Return who belongs to a population now, on leave or not, by staff number."""
    states = [PersonState.ACTIVE, PersonState.ON_LEAVE, *([PersonState.PROBATION] if population.probation else [])]
    query = (
        select(Person.id, Person.name, Person.staff_no, Unit.name, Unit.path).join(Unit, Unit.id == Person.unit_id)
        .where(Person.state.in_(states), Unit.path.startswith(population.unit_path, autoescape=True))
        .order_by(Person.staff_no)
    )
    if population.posts:
        query = query.where(Person.post_id.in_(population.posts))
    if population.queues:
        serving = select(QueueMembership.person_id).where(QueueMembership.queue_id.in_(population.queues))
        query = query.where(Person.id.in_(serving))
    return tuple(Someone(*row) for row in session.execute(query).tuples())
