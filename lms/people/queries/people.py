"""People: to find them, to list them, to show one."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from lms.access.identity import Role
from lms.kernel.errors import NotFound
from lms.people.models import Person, PersonState, Queue, QueueMembership, RoleAssignment, Unit
from lms.people.queries.mentors import MentorLink, mentor_of
from lms.people.queries.organisation import within
from lms.people.queries.zones import lineage

PRESENT: Final = (PersonState.PROBATION, PersonState.ACTIVE, PersonState.ON_LEAVE)


@dataclass(frozen=True)
class PersonHit:
    """A person found by the search."""

    id: UUID
    name: str
    staff_no: str
    unit_name: str
    state: str


@dataclass(frozen=True)
class PersonRow:
    """A person in a list."""

    id: UUID
    staff_no: str
    name: str
    unit_name: str
    unit_path: str
    post_name: str
    state: str
    hired_on: date
    queue_ids: frozenset[UUID]


@dataclass(frozen=True)
class PersonCard:
    """What stands on a person's page."""

    id: UUID
    name: str
    name_latin: str
    staff_no: str
    unit_id: UUID
    unit_name: str
    unit_path: str
    post_id: UUID | None
    post_name: str
    employment: str
    state: str
    hired_on: date
    left_on: date | None
    email: str
    phone: str
    queues: tuple[tuple[UUID, str, str], ...]  # id, name and English name, in the board's order
    mentor: MentorLink | None
    unit_name_en: str = ""
    post_name_en: str = ""


def matching(term: str) -> ColumnElement[bool]:
    """Return the condition that a person answers to a search: part of the name, start of number or initials."""
    return or_(
        Person.name.contains(term, autoescape=True),
        Person.staff_no.istartswith(term, autoescape=True),
        Person.pinyin_initials.startswith(term.lower(), autoescape=True),
        Person.name_latin.icontains(term, autoescape=True),
    )


def find_people(session: Session, text: str, *, scopes: Sequence[str], limit: int = 10) -> tuple[PersonHit, ...]:
    """Return people by name, staff number or pinyin initials, within the scopes; who has left comes last."""
    term = text.strip()
    if not term or not scopes:
        return ()
    rows = session.scalars(
        select(Person).join(Unit, Unit.id == Person.unit_id).where(matching(term), within(scopes))
        .order_by(Person.state == PersonState.LEFT, Person.staff_no != term, Person.pinyin_initials, Person.staff_no)
        .limit(limit)
    ).unique()
    return tuple(PersonHit(row.id, row.name, row.staff_no, row.unit.name, row.state) for row in rows)


def people_in(
    session: Session, scopes: Sequence[str], *, states: Collection[PersonState] = PRESENT
) -> tuple[PersonRow, ...]:
    """Return the people of the scopes, by initials."""
    queues: dict[UUID, set[UUID]] = defaultdict(set)
    for person_id, queue_id in session.execute(select(QueueMembership.person_id, QueueMembership.queue_id)):
        queues[person_id].add(queue_id)
    rows = session.scalars(
        select(Person).join(Unit, Unit.id == Person.unit_id).where(within(scopes), Person.state.in_(states))
        .order_by(Person.pinyin_initials, Person.staff_no)
    ).unique()
    return tuple(
        PersonRow(row.id, row.staff_no, row.name, row.unit.name, row.unit.path, row.post.name if row.post else "",
                  row.state, row.hired_on, frozenset(queues[row.id]))
        for row in rows
    )


def person_card(session: Session, person_id: UUID, on: date) -> PersonCard:
    """Return what stands on a person's page; the mentor is the one of that day. Raises NotFound."""
    row = session.get(Person, person_id)
    if row is None:
        raise NotFound("person.unknown")
    served = session.execute(
        select(Queue.id, Queue.name, Queue.name_en).join(QueueMembership, QueueMembership.queue_id == Queue.id)
        .where(QueueMembership.person_id == person_id).order_by(Queue.position, Queue.code)
    ).tuples().all()
    return PersonCard(
        row.id, row.name, row.name_latin, row.staff_no, row.unit_id, row.unit.name, row.unit.path, row.post_id,
        row.post.name if row.post else "", row.employment, row.state, row.hired_on, row.left_on, row.email, row.phone,
        tuple(served), mentor_of(session, person_id, on), row.unit.name_en, row.post.name_en if row.post else "",
    )


def holders_of(session: Session, role: Role, unit_path: str) -> tuple[UUID, ...]:
    """Return who holds a role for a place: granted for its unit, one above it, or the whole organisation."""
    return tuple(session.scalars(
        select(RoleAssignment.person_id).distinct()
        .outerjoin(Unit, Unit.id == RoleAssignment.unit_id).join(Person, Person.id == RoleAssignment.person_id)
        .where(RoleAssignment.role == role, Person.state != PersonState.LEFT,
               or_(RoleAssignment.unit_id.is_(None), Unit.path.in_(lineage(unit_path))))
    ))
