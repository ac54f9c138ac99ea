"""Whom a trainer or manager may choose: people of their part of the organisation."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.queries.visits import within
from lms.people.models import Person, PersonState, Unit
from lms.people.wording import local_name


@dataclass(frozen=True)
class Chosen:
    """The people a choice comes to, and the staff numbers nobody within reach has."""

    person_ids: tuple[UUID, ...]
    unknown: tuple[str, ...]


def choose(
    session: Session, scopes: Sequence[str], *, staff_numbers: Collection[str] = (), unit_id: UUID | None = None
) -> Chosen:
    """Return the people with these staff numbers, and everybody of a unit and of those below it."""
    reachable = (
        select(Person.id, Person.staff_no).join(Unit, Unit.id == Person.unit_id)
        .where(within(scopes), Person.state != PersonState.LEFT).order_by(Person.staff_no)
    )
    wanted = set(staff_numbers)
    named = session.execute(reachable.where(Person.staff_no.in_(wanted))).all()
    ids = {row.id: None for row in named}
    unit = session.get(Unit, unit_id) if unit_id else None
    if unit is not None:
        inside = session.execute(reachable.where(Unit.path.startswith(unit.path, autoescape=True)))
        ids |= {row.id: None for row in inside}
    return Chosen(tuple(ids), tuple(sorted(wanted - {row.staff_no for row in named})))


def units_within(session: Session, scopes: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return (id, indented name) of every unit within these parts of the organisation, in the order of the tree."""
    columns = (Unit.id, Unit.name, Unit.name_en, Unit.path)
    rows = session.execute(select(*columns).where(within(scopes)).order_by(Unit.path))
    return tuple((str(row.id), "　" * (row.path.count("/") - 2) + local_name(row.name, row.name_en)) for row in rows)
