"""One person added or changed by hand."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lms.access.door import reach
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Employment, Person, PersonState, Post, Queue, QueueMembership, Unit
from lms.people.rules.cells import CellProblem, read_email, read_name, read_phone, read_staff_no
from lms.people.rules.names import initials, latin_name
from lms.people.services.joining import announce
from lms.records.services import audit


def add_person(
    session: Session, *, staff_no: str, name: str, unit_id: UUID, post_id: UUID | None, hired_on: date,
    employment: Employment = Employment.FULL_TIME, state: PersonState = PersonState.PROBATION, email: str = "",
    phone: str = "", name_latin: str = "", by: Identity, now: datetime,
) -> UUID:
    """Add a person; return their id.

    Raises NotFound (a unit that isn't there or not theirs), Conflict (the staff number is taken) or Invalid.
    """
    _reach_unit(session, unit_id, by)
    problems = _problems(name, email, phone)
    try:
        staff_no = read_staff_no(staff_no)
    except CellProblem:
        problems.append(Problem("staff_no", _("A staff number is made of letters, digits, dots and hyphens.")))
    if problems:
        raise Invalid(problems)
    if session.scalar(select(Person.id).where(Person.staff_no == staff_no)):
        raise Conflict("person.staff_no_taken", _("The staff number %(number)s is taken.", number=staff_no))
    name = read_name(name)
    person = Person(
        staff_no=staff_no, name=name, name_latin=name_latin or latin_name(name), pinyin_initials=initials(name),
        unit_id=unit_id, post_id=_known_post(session, post_id), employment=employment, state=state, hired_on=hired_on,
        email=email and read_email(email), phone=phone and read_phone(phone), created_at=now,
    )
    session.add(person)
    session.flush()
    audit(session, by=by, action="person.add", subject=f"person:{person.id}", now=now,
          changes={"staff_no": [None, staff_no]})
    announce(session, person.id, by=by, now=now)
    return person.id


def change_person(
    session: Session, person_id: UUID, *, name: str, name_latin: str, unit_id: UUID, post_id: UUID | None,
    employment: Employment, state: PersonState, hired_on: date, email: str, phone: str, by: Identity, now: datetime,
) -> None:
    """Change what is known of a person; leaving and coming back have use cases of their own.

    Raises NotFound (person or unit isn't there or not theirs) or Invalid.
    """
    person = reach_person(session, person_id, Permission.PERSON_WRITE, by)
    if unit_id != person.unit_id:
        _reach_unit(session, unit_id, by)
    problems = _problems(name, email, phone)
    if PersonState.LEFT in (state, person.state) and state != person.state:
        problems.append(Problem("state", _("Leaving and coming back are separate steps.")))
    if problems:
        raise Invalid(problems)
    name = read_name(name)
    values = {
        "name": name, "name_latin": name_latin.strip() or latin_name(name), "pinyin_initials": initials(name),
        "unit_id": unit_id, "post_id": _known_post(session, post_id), "employment": employment.value,
        "state": state.value, "hired_on": hired_on, "email": email and read_email(email),
        "phone": phone and read_phone(phone),
    }
    changes = {key: [str(getattr(person, key) or ""), str(value or "")] for key, value in values.items()
               if getattr(person, key) != value}
    for key, value in values.items():
        setattr(person, key, value)
    session.flush()
    session.expire(person, ["unit", "post"])
    if changes:
        audit(session, by=by, action="person.change", subject=f"person:{person_id}", now=now, changes=changes)
    if changes.keys() & {"unit_id", "post_id", "hired_on"}:
        announce(session, person_id, by=by, now=now)


def set_queues(session: Session, person_id: UUID, queue_ids: Collection[UUID], *, by: Identity, now: datetime) -> None:
    """Say which queues a person is meant to serve. Raises NotFound."""
    reach_person(session, person_id, Permission.PERSON_WRITE, by)
    known: dict[UUID, str] = dict(session.execute(select(Queue.id, Queue.code)).tuples().all())
    if not set(queue_ids) <= known.keys():
        raise NotFound("queue.unknown")
    before = set(session.scalars(select(QueueMembership.queue_id).where(QueueMembership.person_id == person_id)))
    wanted = set(queue_ids)
    if before == wanted:
        return
    session.execute(delete(QueueMembership).where(QueueMembership.person_id == person_id))
    session.add_all(QueueMembership(person_id=person_id, queue_id=queue_id) for queue_id in wanted)
    session.flush()
    audit(session, by=by, action="person.queues", subject=f"person:{person_id}", now=now,
          changes={"queues": [sorted(known[it] for it in before), sorted(known[it] for it in wanted)]})
    announce(session, person_id, by=by, now=now)


def remember_locale(session: Session, person_id: UUID, locale: str) -> None:
    """Keep the language a person chose. Raises NotFound."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person.unknown")
    person.locale = locale


def reach_person(session: Session, person_id: UUID, permission: Permission, by: Identity) -> Person:
    """Return a person whom `by` may do this to. Raises NotFound alike when there is none and when they may not."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person.unknown")
    reach(by, permission, Subject(person_id=person.id, unit_path=person.unit.path))
    return person


def _reach_unit(session: Session, unit_id: UUID, by: Identity) -> None:
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound("unit.unknown")
    reach(by, Permission.PERSON_WRITE, Subject(unit_path=unit.path))


def _known_post(session: Session, post_id: UUID | None) -> UUID | None:
    if post_id is not None and session.get(Post, post_id) is None:
        raise NotFound("post.unknown")
    return post_id


def _problems(name: str, email: str, phone: str) -> list[Problem]:
    problems = []
    try:
        if not read_name(name):
            problems.append(Problem("name", _("Enter a name.")))
    except CellProblem:
        problems.append(Problem("name", _("A name has 1 to 80 characters and no digits.")))
    for where, value, reader, text in (
        ("email", email, read_email, _("This is no e-mail address.")),
        ("phone", phone, read_phone, _("A phone number has 5 to 20 digits.")),
    ):
        try:
            if value:
                reader(value)
        except CellProblem:
            problems.append(Problem(where, text))
    return problems
