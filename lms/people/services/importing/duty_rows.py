"""Shifts, leave and heads as records, and records as rows."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from lms.access.identity import Identity
from lms.kernel.db import new_id
from lms.kernel.settings import get_settings
from lms.people.models import HeadsNeeded, Leave, Person, PersonState, Queue, Shift, Unit
from lms.people.queries.organisation import within
from lms.people.queries.zones import zones_of_units
from lms.people.rules.changes import Change, ChangeKind, Record
from lms.people.rules.duty import KEY_JOINT, heads_key, instant_text, span_key

NEIGHBOURHOOD = timedelta(days=2)  # a local day and its zone fit in


def staff_within(
    session: Session, scopes: Sequence[str]
) -> tuple[frozenset[str], Callable[[str], ZoneInfo]]:
    """Return who may be touched, by staff number, and the zone of anybody's site."""
    paths = dict(session.execute(
        select(Person.staff_no, Unit.path).join(Unit, Unit.id == Person.unit_id)
        .where(within(scopes), Person.state != PersonState.LEFT)
    ).tuples().all())
    zones = zones_of_units(session, set(paths.values()))
    default = ZoneInfo(get_settings().time_zone)
    return frozenset(paths), lambda staff_no: zones.get(paths.get(staff_no, ""), default)


def current_shifts(session: Session, keys: Collection[str] | None) -> dict[str, Record]:
    """Return shifts as records, those around the keys; None: all."""
    statement = (
        select(Person.staff_no, Shift.starts_at, Shift.ends_at, Queue.code).join(Person, Person.id == Shift.person_id)
        .outerjoin(Queue, Queue.id == Shift.queue_id).where(_around(Shift.starts_at, keys))
    )
    return {span_key(staff_no, start): {"ends_at": instant_text(end), "queue": queue or ""}
            for staff_no, start, end, queue in session.execute(statement).tuples()}


def current_leave(session: Session, keys: Collection[str] | None) -> dict[str, Record]:
    """Return leave as records, that around the keys; None: all."""
    statement = (
        select(Person.staff_no, Leave.starts_at, Leave.ends_at, Leave.reason)
        .join(Person, Person.id == Leave.person_id).where(_around(Leave.starts_at, keys))
    )
    return {span_key(staff_no, start): {"ends_at": instant_text(end), "reason": reason}
            for staff_no, start, end, reason in session.execute(statement).tuples()}


def current_heads(session: Session, keys: Collection[str] | None) -> dict[str, Record]:
    """Return heads needed as records; of the queues the keys name, None: all."""
    named = None if keys is None else {key.split(KEY_JOINT)[0] for key in keys}
    rows = session.execute(select(Queue.code, HeadsNeeded).join(Queue, Queue.id == HeadsNeeded.queue_id)).tuples()
    return {heads_key(code, row.weekday, row.hour, row.valid_from): {"heads": str(row.heads)}
            for code, row in rows if named is None or code in named}


def _around(column: Any, keys: Collection[str] | None) -> ColumnElement[bool]:
    if keys is None:
        return column.is_not(None)  # type: ignore[no-any-return]  # a column of any sort
    starts = [datetime.fromisoformat(key.partition(KEY_JOINT)[2]) for key in keys]
    if not starts:
        return column.is_(None)  # type: ignore[no-any-return]  # the same
    return and_(column >= min(starts) - NEIGHBOURHOOD, column <= max(starts) + NEIGHBOURHOOD)


def write_shifts(
    session: Session, changes: Sequence[Change], _by: Identity, _now: datetime, _reason: str, _undoing: bool
) -> None:
    """Write shifts."""
    queues = dict(session.execute(select(Queue.code, Queue.id)).tuples().all())

    def values(record: Record) -> dict[str, Any]:
        queue = record["queue"]
        return {"ends_at": _instant(record["ends_at"]), "queue_id": queues[queue] if queue else None}

    _write_spans(session, Shift, changes, values)


def write_leave(
    session: Session, changes: Sequence[Change], _by: Identity, _now: datetime, _reason: str, _undoing: bool
) -> None:
    """Write leave."""
    _write_spans(session, Leave, changes,
                 lambda record: {"ends_at": _instant(record["ends_at"]), "reason": record["reason"]})


def _write_spans(
    session: Session, model: type[Shift] | type[Leave], changes: Sequence[Change],
    values: Callable[[Record], Mapping[str, Any]],
) -> None:
    people = dict(session.execute(select(Person.staff_no, Person.id)).tuples().all())
    added = []
    for change in changes:
        staff_no, _joint, start = change.key.partition(KEY_JOINT)
        here = and_(model.person_id == people[staff_no], model.starts_at == _instant(start))
        if change.kind is ChangeKind.ADDED:
            added.append({"id": new_id(), "person_id": people[staff_no], "starts_at": _instant(start),
                          **values(change.after or {})})
        elif change.kind is ChangeKind.REMOVED:
            session.execute(delete(model).where(here))
        else:
            session.execute(update(model).where(here).values(**values(change.after or {})))
    if added:
        session.execute(insert(model), added)


def write_heads(
    session: Session, changes: Sequence[Change], _by: Identity, _now: datetime, _reason: str, _undoing: bool
) -> None:
    """Write heads needed."""
    queues = dict(session.execute(select(Queue.code, Queue.id)).tuples().all())
    for change in changes:
        key = _heads_place(change.key, queues)
        row = session.get(HeadsNeeded, key)
        if change.after is None:
            session.delete(row)
        elif row is None:
            queue_id, weekday, hour, since = key
            session.add(HeadsNeeded(queue_id=queue_id, weekday=weekday, hour=hour, valid_from=since,
                                    heads=int(change.after["heads"])))
        else:
            row.heads = int(change.after["heads"])


def _heads_place(key: str, queues: Mapping[str, UUID]) -> tuple[UUID, int, int, date]:
    queue, weekday, hour, since = key.split(KEY_JOINT)
    return queues[queue], int(weekday), int(hour), date.fromisoformat(since)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)

