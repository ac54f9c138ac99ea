"""Rows for tests. Each states only what matters; everything else is made up, and unique."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.access.identity import SYSTEM, Identity, Role, RoleGrant
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Account, Person, PersonState, Post, Queue, QueueMembership, RoleAssignment, Unit, UnitKind
from lms.records.models import Outcome, TrainingFact
from lms.records.services import append_fact

_numbers = count(1)


def make_unit(code: str = "", *, parent: Unit | None = None, name: str = "", kind: UnitKind | None = None) -> Unit:
    """Make a unit; without a parent it is a site."""
    code = code or f"u{next(_numbers)}"
    unit = Unit(
        code=code,
        name=name or f"单位{code}",
        name_en=f"Unit {code}",
        parent_id=parent.id if parent else None,
        kind=kind or (UnitKind.TEAM if parent else UnitKind.SITE),
        path=f"{parent.path if parent else '/'}{code}/",
        timezone="" if parent else "Asia/Shanghai",
    )
    return _saved(unit)


def make_post(code: str = "", **fields: Any) -> Post:
    """Make a post."""
    code = code or f"post{next(_numbers)}"
    return _saved(Post(**{"code": code, "name": "话务员", "name_en": "Operator", **fields}))


def make_queue(code: str = "", **fields: Any) -> Queue:
    """Make a queue of live calls."""
    code = code or f"queue{next(_numbers)}"
    return _saved(
        Queue(**{"code": code, "name": f"队列{code}", "name_en": f"Queue {code}", "short": code[:4], **fields})
    )


def make_person(
    name: str = "陈雨桐",
    *,
    roles: Sequence[Role] = (),
    unit: Unit | None = None,
    everywhere: bool = True,
    queues: Sequence[Queue] = (),
    **fields: Any,
) -> Person:
    """Make a person; `roles` hold for the whole organisation unless `everywhere` is False (then: for their unit)."""
    unit = unit or _any_unit()
    state = fields.pop("state", PersonState.ACTIVE)
    person = Person(
        **{
            "staff_no": str(3000 + next(_numbers)),
            "name": name,
            "name_latin": "",
            "pinyin_initials": "",
            "unit_id": unit.id,
            "state": state,
            "hired_on": date(2025, 6, 2),
            "left_on": date(2026, 1, 31) if state == PersonState.LEFT else None,
            "created_at": clock.now(),
            **fields,
        }
    )
    with unit_of_work() as session:
        session.add(person)
        session.flush()
        for held in roles:
            session.add(
                RoleAssignment(
                    person_id=person.id, role=held, unit_id=None if everywhere else unit.id, granted_at=clock.now()
                )
            )
        for queue in queues:
            session.add(QueueMembership(person_id=person.id, queue_id=queue.id))
    return reading().get_one(Person, person.id)


def account_of(person: Person) -> Account:
    """Return the person's account; make one without a password when there is none."""
    account = reading().scalar(select(Account).where(Account.person_id == person.id))
    if account is not None:
        return account
    return _saved(
        Account(
            person_id=person.id,
            username=person.staff_no,
            active=True,
            fs_uniquifier=person.id.hex,
            email=None,
            password=None,
            roles=[],
        )
    )


def identity_with(*roles: Role, person_id: UUID | None = None, unit_path: str = "/") -> Identity:
    """Return an identity that holds these roles within `unit_path`."""
    return Identity(person_id, "测试", "9000", unit_path, frozenset(RoleGrant(held, unit_path) for held in roles))


def make_fact(
    person: Person,
    activity: str,
    outcome: Outcome = Outcome.PASSED,
    *,
    score: int | None = None,
    out_of: int | None = None,
    at: datetime | None = None,
    **fields: Any,
) -> TrainingFact:
    """Append a fact. score, out_of: whole marks."""
    now = clock.now()
    with unit_of_work() as session:
        return append_fact(
            session,
            person_id=person.id,
            activity=activity,
            outcome=outcome,
            edition=fields.pop("edition", "1"),
            score=None if score is None else score * 100,
            out_of=None if score is None else (out_of or 100) * 100,
            occurred_at=at or now,
            by=SYSTEM,
            now=fields.pop("now", now),
            **fields,
        )


def _any_unit() -> Unit:
    return reading().scalars(select(Unit).order_by(Unit.path).limit(1)).first() or make_unit()


def _saved(row: Any) -> Any:
    with unit_of_work() as session:
        session.add(row)
    return row
