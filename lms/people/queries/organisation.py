"""The organisation: units as a tree, posts, queues, and who belongs where."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from lms.people.models import Person, PersonState, Post, Queue, QueueMembership, Unit
from lms.people.rules.places import Places, UnitPlace


@dataclass(frozen=True)
class UnitRow:
    """A unit in tree order. `depth` counts from 0 at the top; `people` are those there now, in it alone."""

    id: UUID
    parent_id: UUID | None
    code: str
    name: str
    name_en: str
    kind: str
    path: str
    timezone: str
    depth: int
    people: int = 0


@dataclass(frozen=True)
class PostRow:
    """A post and how many hold it now."""

    id: UUID
    code: str
    name: str
    name_en: str
    people: int = 0


@dataclass(frozen=True)
class QueueRow:
    """A queue and how many are meant to serve it now."""

    id: UUID
    code: str
    name: str
    name_en: str
    short: str
    position: int
    people: int = 0


def within(scopes: Sequence[str], path: ColumnElement[str] | None = None) -> ColumnElement[bool]:
    """Return the condition that a unit's path lies within one of the scopes; nothing lies within no scope."""
    column = Unit.path if path is None else path
    return or_(*(column.startswith(scope, autoescape=True) for scope in scopes)) if scopes else Unit.id.is_(None)


def units(session: Session, scopes: Sequence[str] = ("/",)) -> tuple[UnitRow, ...]:
    """Return the units of the scopes in tree order, siblings by code."""
    counts = _present(session, Person.unit_id)
    rows = session.scalars(select(Unit).where(within(scopes)).order_by(Unit.path)).all()
    top = min((row.path.count("/") for row in rows), default=2)
    return tuple(
        UnitRow(row.id, row.parent_id, row.code, row.name, row.name_en, row.kind, row.path, row.timezone,
                row.path.count("/") - top, counts.get(row.id, 0))
        for row in rows
    )


def posts(session: Session) -> tuple[PostRow, ...]:
    """Return the posts by code."""
    counts = _present(session, Person.post_id)
    return tuple(PostRow(row.id, row.code, row.name, row.name_en, counts.get(row.id, 0))
                 for row in session.scalars(select(Post).order_by(Post.code)))


def queues(session: Session) -> tuple[QueueRow, ...]:
    """Return the queues in the order of the floor board."""
    counts: dict[UUID, int] = dict(session.execute(
        select(QueueMembership.queue_id, func.count()).join(Person, Person.id == QueueMembership.person_id)
        .where(Person.state != PersonState.LEFT).group_by(QueueMembership.queue_id)
    ).tuples().all())
    return tuple(QueueRow(row.id, row.code, row.name, row.name_en, row.short, row.position, counts.get(row.id, 0))
                 for row in session.scalars(select(Queue).order_by(Queue.position, Queue.code)))


def _present(session: Session, column: InstrumentedAttribute[Any]) -> dict[UUID, int]:
    rows = session.execute(
        select(column, func.count()).where(Person.state != PersonState.LEFT, column.is_not(None)).group_by(column)
    )
    return dict(rows.tuples().all())


def members(session: Session, queue_id: UUID) -> frozenset[UUID]:
    """Return who is meant to serve a queue."""
    return frozenset(session.scalars(
        select(QueueMembership.person_id).where(QueueMembership.queue_id == queue_id)
    ))


def queues_of(session: Session, person_id: UUID) -> frozenset[UUID]:
    """Return the queues a person is meant to serve."""
    return frozenset(session.scalars(
        select(QueueMembership.queue_id).where(QueueMembership.person_id == person_id)
    ))


def places(session: Session) -> Places:
    """Return every name that a spreadsheet may use for a unit, post or queue."""
    found = [UnitPlace(row.code, row.path, tuple(name for name in (row.name, row.name_en) if name))
             for row in session.scalars(select(Unit).order_by(Unit.path))]
    return Places(
        found,
        {word.lower(): row.code for row in session.scalars(select(Post)) for word in _words(row)},
        {word.lower(): row.code for row in session.scalars(select(Queue))
         for word in (row.short, *_words(row)) if word},
    )


def _words(row: Post | Queue) -> tuple[str, ...]:
    return tuple(word for word in (row.name_en, row.name, row.code) if word)
