"""A key for the gas queue."""

from collections.abc import Callable

import pytest

from lms.api.services import create_key
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from lms.people.models import Queue
from tests.certification.conftest import certify, client, gas  # noqa: F401 - the same people and queue
from tests.factories import identity_with, make_person


@pytest.fixture
def key(gas: Queue) -> str:  # noqa: F811 - pytest's way of asking for a fixture
    """A key that may ask about the gas queue."""
    return make_key(gas)


@pytest.fixture
def ask(client, key) -> Callable[..., object]:  # noqa: F811 - pytest's way of asking for a fixture
    """Ask the gate: `ask(staff_no, queue, at=..., strict=1)`."""

    def question(staff_no: str, queue: str = "gas", *, with_key: str | None = None, **query: object) -> object:
        headers = {"Authorization": f"Bearer {key if with_key is None else with_key}"}
        response = client.get(f"/api/v1/gate/people/{staff_no}/queues/{queue}", query_string=query, headers=headers)
        response.get_data()
        response.close()  # as a server does when the answer has gone out
        return response

    return question


def make_key(*queues: Queue, **fields: object) -> str:
    """Make a key and return its secret."""
    by = identity_with(person_id=make_person().id)
    with unit_of_work() as session:
        _, secret = create_key(session, name="话务平台", queue_ids=[it.id for it in queues], by=by, now=clock.now(),
                               **fields)  # type: ignore[arg-type]
    return secret
