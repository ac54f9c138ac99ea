"""Mentors and their learners (requirements R6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.people.models import MentorAssignment, Person


@dataclass(frozen=True)
class MentorLink:
    """An assignment seen from one side: the person named is the other. Dates are inclusive; None is open."""

    id: UUID
    person_id: UUID
    name: str
    staff_no: str
    unit_name: str
    starts_on: date
    ends_on: date | None


def mentees_of(session: Session, mentor_id: UUID, on: date | None = None) -> tuple[MentorLink, ...]:
    """Return whom a mentor has on a day, all ever without one; the latest first."""
    return _links(session, MentorAssignment.learner_id, MentorAssignment.mentor_id, mentor_id, on)


def mentors_of(session: Session, learner_id: UUID, on: date | None = None) -> tuple[MentorLink, ...]:
    """Return a learner's mentors on a day, all ever without one; the latest first."""
    return _links(session, MentorAssignment.mentor_id, MentorAssignment.learner_id, learner_id, on)


def mentor_of(session: Session, learner_id: UUID, on: date) -> MentorLink | None:
    """Return a learner's mentor on a day; the one assigned last when there are several."""
    return next(iter(mentors_of(session, learner_id, on)), None)


def workload(session: Session, on: date, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many learners each of these people has on a day; 0 for none."""
    rows = session.execute(
        _on_day(select(MentorAssignment.mentor_id, func.count()), on)
        .where(MentorAssignment.mentor_id.in_(person_ids)).group_by(MentorAssignment.mentor_id)
    ).tuples()
    return dict.fromkeys(person_ids, 0) | dict(rows.all())


def _on_day(statement: Select, day: date) -> Select:  # type: ignore[type-arg]  # whatever is selected
    return statement.where(
        MentorAssignment.starts_on <= day, or_(MentorAssignment.ends_on.is_(None), MentorAssignment.ends_on >= day)
    )


def _links(
    session: Session, other: InstrumentedAttribute[UUID], side: InstrumentedAttribute[UUID], person_id: UUID,
    on: date | None,
) -> tuple[MentorLink, ...]:
    statement = select(MentorAssignment, Person).join(Person, Person.id == other).where(side == person_id)
    if on is not None:
        statement = _on_day(statement, on)
    rows = session.execute(statement.order_by(MentorAssignment.starts_on.desc(), MentorAssignment.id.desc())).unique()
    return tuple(
        MentorLink(link.id, person.id, person.name, person.staff_no, person.unit.name, link.starts_on, link.ends_on)
        for link, person in rows
    )
