"""Whom an assignment would touch, before it is made."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from courses.models import AssignmentState, CourseAssignment
from lms.people.models import Person, PersonState, Unit
from lms.people.queries.organisation import within


@dataclass(frozen=True, slots=True)
class Reached:
    """A person an assignment would reach."""

    id: UUID
    staff_no: str
    name: str
    unit_name: str


@dataclass(frozen=True, slots=True)
class Touched:
    """Whom an assignment would touch.

    fresh     who would get it
    already   who has it open and keeps it
    unknown   staff numbers that belong to nobody here, or to somebody who left
    """

    fresh: tuple[Reached, ...]
    already: tuple[Reached, ...]
    unknown: tuple[str, ...]

    @property
    def mark(self) -> str:
        """A mark of exactly these people: confirming another list than was shown isn't possible."""
        return hashlib.sha256("".join(str(person.id) for person in self.fresh).encode()).hexdigest()[:16]


def touched_by(
    session: Session, course_id: UUID, scopes: Sequence[str], *, unit_id: UUID | None, staff_nos: Sequence[str]
) -> Touched:
    """Return whom assigning a course to everybody in a unit, and to these staff numbers, would touch.

    scopes   unit paths within which one may assign; people elsewhere count as unknown
    """
    unit = session.get(Unit, unit_id) if unit_id else None
    named = Person.staff_no.in_(staff_nos)
    wanted = named if unit is None else or_(named, Unit.path.startswith(unit.path, autoescape=True))
    rows = session.execute(
        select(Person.id, Person.staff_no, Person.name, Unit.name)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.state != PersonState.LEFT, within(scopes), wanted).order_by(Person.staff_no)
    )
    people = [Reached(*row) for row in rows]
    having = set(session.scalars(
        select(CourseAssignment.person_id).where(
            CourseAssignment.course_id == course_id, CourseAssignment.unit_code == "",
            CourseAssignment.state == AssignmentState.OPEN)
    ))
    known = {person.staff_no for person in people}
    return Touched(
        tuple(person for person in people if person.id not in having),
        tuple(person for person in people if person.id in having),
        tuple(number for number in staff_nos if number not in known),
    )
