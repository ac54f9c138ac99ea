"""A queue `gas` that asks for the bundled gas hotline certification, and people who earn it."""

from collections.abc import Callable
from contextvars import Context
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.access.identity import SYSTEM
from lms.certification.library import load_bundled
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person, Queue
from lms.records.models import Outcome
from tests.factories import make_fact, make_person, make_queue

GAS_FACTS = (
    ("course:phone-etiquette", Outcome.COMPLETED, None), ("course:gas-leak", Outcome.COMPLETED, None),
    ("exam:gas-theory", Outcome.PASSED, 92), ("practical:gas-dispatch", Outcome.PASSED, 85),
    ("call:gas-leak-01", Outcome.PASSED, 88), ("call:refund-01", Outcome.PASSED, 82),
    ("call:gas-smell-02", Outcome.PASSED, 94),
)


class Browser(FlaskClient):
    """A browser beside a test that has an application context of its own: each request begins with an empty one."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request as a server would see it."""
        return Context().run(super().open, *args, **kwargs)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without pictures."""
    return Browser(app, app.response_class, use_cookies=True)


@pytest.fixture
def gas(context: Flask) -> Queue:
    """The queue of gas emergencies, which asks for the bundled certification."""
    queue = make_queue("gas", name="燃气抢修", name_en="Gas Emergency Repair", short="抢修")
    with unit_of_work() as session:
        load_bundled(session, by=SYSTEM, now=clock.now() - timedelta(days=900))
    return queue


@pytest.fixture
def certify(gas: Queue) -> Callable[..., Person]:
    """Let somebody do everything the gas hotline asks for; the last thing at `at` (now by default)."""

    def earn(person: Person | None = None, *, at: datetime | None = None, leave_out: int = 0) -> Person:
        holder = person or make_person(queues=[gas])
        instant = at or clock.now()
        for activity, outcome, score in GAS_FACTS[: len(GAS_FACTS) - leave_out]:
            make_fact(holder, activity, outcome, score=score, at=instant, now=instant)
        return reading().get_one(Person, holder.id)

    return earn


def add_last_call(person_id: UUID, number: int) -> None:
    """Record a third different call, as a thread of its own would."""
    make_fact(reading().get_one(Person, person_id), "call:gas-smell-02", score=90, evidence=f"call:{number}")
