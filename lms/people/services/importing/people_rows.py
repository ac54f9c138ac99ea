"""People as records, and records as people."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.db import new_id
from lms.kernel.settings import get_settings
from lms.people.models import Person, PersonState, Post, Queue, QueueMembership, Unit
from lms.people.queries.references import referred_to
from lms.people.rules.changes import Change, Record
from lms.people.rules.names import initials
from lms.people.rules.roster import QUEUE_JOINT, RECORD_FIELDS, Move, move_of
from lms.people.services.joining import announce
from lms.people.services.leaving import mark_left, mark_returned
from lms.records.services import audit

_PLACE: Final = frozenset({"unit", "post", "queues", "hired_on"})  # what other areas assign by
_AT_ONCE: Final = 500


def current(session: Session, keys: Collection[str] | None) -> dict[str, Record]:
    """Return people as records by staff number; None: everybody."""
    queues: dict[UUID, list[str]] = defaultdict(list)
    for person_id, code in session.execute(
        select(QueueMembership.person_id, Queue.code).join(Queue, Queue.id == QueueMembership.queue_id)
    ).tuples():
        queues[person_id].append(code)
    statement = (
        select(Person.id, Person.staff_no, Person.name, Person.name_latin, Unit.code, Post.code, Person.employment,
               Person.state, Person.hired_on, Person.left_on, Person.email, Person.phone)
        .join(Unit, Unit.id == Person.unit_id).outerjoin(Post, Post.id == Person.post_id)
    )
    wanted = None if keys is None else set(keys)
    return {
        staff_no: dict(zip(RECORD_FIELDS, (*map(_text, values), QUEUE_JOINT.join(sorted(queues[person_id]))),
                           strict=True))
        for person_id, staff_no, *values in session.execute(statement) if wanted is None or staff_no in wanted
    }


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def write(
    session: Session, changes: Sequence[Change], by: Identity, now: datetime, reason: str, undoing: bool
) -> None:
    """Carry out what an import, or the undoing of one, changes of people."""
    writer = _Writer(session, by, now, reason, undoing)
    for start in range(0, len(changes), _AT_ONCE):
        batch = changes[start:start + _AT_ONCE]
        writer.load(batch)
        writer.add([change for change in batch if move_of(change) is Move.NEW])
        for change in batch:
            writer.write(change)
        session.flush()
    for person_id in writer.moved:
        announce(session, person_id, by=by, now=now)


class _Writer:
    """Writes changes of people; knows the ids behind the codes."""

    def __init__(self, session: Session, by: Identity, now: datetime, reason: str, undoing: bool) -> None:
        self.session, self.by, self.now, self.reason, self.undoing = session, by, now, reason, undoing
        self.units = dict(session.execute(select(Unit.code, Unit.id)).tuples().all())
        self.posts = dict(session.execute(select(Post.code, Post.id)).tuples().all())
        self.queues = dict(session.execute(select(Queue.code, Queue.id)).tuples().all())
        self.today = now.astimezone(ZoneInfo(get_settings().time_zone)).date()
        self.people: dict[str, Person] = {}
        self.moved: list[UUID] = []

    def load(self, batch: Sequence[Change]) -> None:
        """Read the people of a batch at once."""
        found = self.session.scalars(select(Person).where(Person.staff_no.in_([change.key for change in batch])))
        self.people = {person.staff_no: person for person in found.unique()}

    def add(self, changes: Sequence[Change]) -> None:
        """Write the new people of a batch at once."""
        people = []
        for change in changes:
            record = change.after or {}
            person = Person(id=new_id(), staff_no=change.key, created_at=self.now, **self._values(record))
            if record["state"] == PersonState.LEFT:
                person.left_on = date.fromisoformat(record["left_on"])
            people.append((person, record))
        self.session.add_all(person for person, _record in people)
        self.session.flush()
        for person, record in people:
            self._add_queues(person.id, record["queues"])
            self.moved.append(person.id)
            self._audit("person.add", person.id, {"staff_no": [None, person.staff_no]})

    def write(self, change: Change) -> None:
        """Write one change of somebody known."""
        move = move_of(change)
        if move is Move.REMOVED:
            self._remove(self.people[change.key])
        elif move is not Move.NEW:
            self._change(self.people[change.key], change, move)

    def _change(self, person: Person, change: Change, move: Move) -> None:
        after = change.after or {}
        if move is Move.RETURNING:
            mark_returned(self.session, person.id, by=self.by, now=self.now, state=PersonState(after["state"]),
                          keep_roles=self.undoing, reason=self.reason)
        differing = {it.field: [it.before, it.after] for it in change.fields}
        stays_left = after["state"] == PersonState.LEFT and move is not Move.LEAVING
        for name, value in self._values(after).items():
            if name != "state" or move is Move.CHANGED:
                setattr(person, name, value)
        if stays_left:
            person.left_on = date.fromisoformat(after["left_on"])
        if "queues" in differing:
            self._set_queues(person.id, after["queues"])
        if move is Move.LEAVING:
            self.session.flush()
            mark_left(self.session, person.id, date.fromisoformat(after["left_on"]), by=self.by, now=self.now,
                      reason=self.reason)
        elif differing.keys() & _PLACE or move is Move.RETURNING:
            self.moved.append(person.id)
        rest = {name: both for name, both in differing.items() if name not in ("state", "left_on")}
        if rest or move is Move.CHANGED:
            self._audit("person.change", person.id, differing if move is Move.CHANGED else rest)

    def _remove(self, person: Person) -> None:
        """Take back somebody who was added by mistake: for good if nothing refers to them, else they leave."""
        self.session.flush()
        if referred_to(self.session, person.id):
            person.hired_on = min(person.hired_on, self.today)
            mark_left(self.session, person.id, self.today, by=self.by, now=self.now, reason=self.reason)
            return
        self._audit("person.remove", person.id, {"staff_no": [person.staff_no, None]})
        self.session.execute(delete(QueueMembership).where(QueueMembership.person_id == person.id))
        self.session.delete(person)

    def _values(self, record: Record) -> dict[str, Any]:
        return {
            "name": record["name"], "name_latin": record["name_latin"], "pinyin_initials": initials(record["name"]),
            "unit_id": self.units[record["unit"]],
            "post_id": self.posts[record["post"]] if record["post"] else None, "employment": record["employment"],
            "state": record["state"], "hired_on": date.fromisoformat(record["hired_on"]), "email": record["email"],
            "phone": record["phone"],
        }

    def _set_queues(self, person_id: UUID, codes: str) -> None:
        self.session.execute(delete(QueueMembership).where(QueueMembership.person_id == person_id))
        self._add_queues(person_id, codes)

    def _add_queues(self, person_id: UUID, codes: str) -> None:
        self.session.add_all(QueueMembership(person_id=person_id, queue_id=self.queues[code])
                             for code in codes.split(QUEUE_JOINT) if code)

    def _audit(self, action: str, person_id: UUID, changes: dict[str, Any]) -> None:
        audit(self.session, by=self.by, action=action, subject=f"person:{person_id}", reason=self.reason, now=self.now,
              changes=changes)
