"""Who is on duty when, and how many heads each queue needs (requirements R41)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.people.models import HeadsNeeded, Leave, Person, PersonState, QueueMembership, Shift


@dataclass(frozen=True)
class Span:
    """A time on duty; half open. `queue_id` is None for any queue the person serves."""

    starts_at: datetime
    ends_at: datetime
    queue_id: UUID | None


def on_duty(
    session: Session, at: datetime, *, queue_ids: Collection[UUID] | None = None
) -> dict[UUID, frozenset[UUID]]:
    """Return who is on shift at an instant, by queue; queues with nobody are absent.

    A shift without a queue counts for every queue the person belongs to. Whoever is on leave then, or has left,
    doesn't count.
    """
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for queue_id, person_id in session.execute(duty_pairs(at, queue_ids=queue_ids)).tuples():
        found[queue_id].add(person_id)
    return {queue_id: frozenset(people) for queue_id, people in found.items()}


def duty_pairs(at: datetime, *, queue_ids: Collection[UUID] | None = None) -> "Select[UUID, UUID]":
    """Return the select of (queue_id, person_id) on shift at an instant, for queries that count or join."""
    queue = func.coalesce(Shift.queue_id, QueueMembership.queue_id)
    statement = (
        select(queue.label("queue_id"), Shift.person_id).distinct()
        .join(Person, Person.id == Shift.person_id)
        .outerjoin(QueueMembership, and_(Shift.queue_id.is_(None), QueueMembership.person_id == Shift.person_id))
        .where(Shift.starts_at <= at, Shift.ends_at > at, Person.state != PersonState.LEFT, queue.is_not(None),
               ~exists().where(Leave.person_id == Shift.person_id, Leave.starts_at <= at, Leave.ends_at > at))
    )
    return statement if queue_ids is None else statement.where(queue.in_(queue_ids))


def heads_needed(
    session: Session, at: datetime, zone: ZoneInfo, *, queue_ids: Collection[UUID] | None = None
) -> dict[UUID, int]:
    """Return how many heads each queue needs in the hour of an instant; queues without a figure are absent.

    zone   weekday and hour are those of a clock there; the plan with the latest day not after it holds
    """
    local = at.astimezone(zone)
    latest = latest_plan(local.date())
    statement = select(HeadsNeeded.queue_id, HeadsNeeded.heads).join(
        latest, and_(HeadsNeeded.queue_id == latest.c.queue_id, HeadsNeeded.valid_from == latest.c.valid_from)
    ).where(HeadsNeeded.weekday == local.weekday(), HeadsNeeded.hour == local.hour)
    if queue_ids is not None:
        statement = statement.where(HeadsNeeded.queue_id.in_(queue_ids))
    return dict(session.execute(statement).tuples().all())


def latest_plan(day: date) -> Subquery:
    """Return the subquery of the plan that holds for each queue on a day: the latest that began by then."""
    return (
        select(HeadsNeeded.queue_id, func.max(HeadsNeeded.valid_from).label("valid_from"))
        .where(HeadsNeeded.valid_from <= day).group_by(HeadsNeeded.queue_id).subquery()
    )


def busy_spans(
    session: Session, person_ids: Collection[UUID], since: datetime, until: datetime
) -> dict[UUID, tuple[Span, ...]]:
    """Return the times on duty that overlap [since, until), by person, earliest first."""
    found: dict[UUID, list[Span]] = defaultdict(list)
    rows = session.scalars(
        select(Shift).where(Shift.person_id.in_(person_ids), Shift.starts_at < until, Shift.ends_at > since)
        .order_by(Shift.starts_at)
    )
    for row in rows:
        found[row.person_id].append(Span(row.starts_at, row.ends_at, row.queue_id))
    return {person_id: tuple(spans) for person_id, spans in found.items()}


def is_on_leave(session: Session, person_id: UUID, at: datetime) -> bool:
    """Tell whether a person is away at an instant: by an entry of leave, or for good while their state says so."""
    statement = select(Person.id).where(
        Person.id == person_id,
        or_(Person.state == PersonState.ON_LEAVE,
            exists().where(Leave.person_id == person_id, Leave.starts_at <= at, Leave.ends_at > at)),
    )
    return session.scalar(statement) is not None


def on_leave(session: Session, at: datetime) -> frozenset[UUID]:
    """Return everybody who is away at an instant: by an entry of leave, or for good while their state says so."""
    entered = select(Leave.person_id).where(Leave.starts_at <= at, Leave.ends_at > at)
    said = select(Person.id).where(Person.state == PersonState.ON_LEAVE)
    return frozenset(session.scalars(entered)) | frozenset(session.scalars(said))


def on_shift(session: Session, at: datetime) -> frozenset[UUID]:
    """Return everybody whose shift covers an instant, whatever queue it is for."""
    return frozenset(session.scalars(select(Shift.person_id).where(Shift.starts_at <= at, Shift.ends_at > at)))
