"""An empty installation leads its administrator to the first permit."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.access.identity import Role
from lms.desk.queries.staff import traces
from lms.desk.rules.first_steps import FirstStep, Traces, steps_left
from lms.kernel.db import reading
from tests.factories import make_person, make_queue, make_unit

ZH = {"Accept-Language": "zh-CN"}
ALL = Traces(teams=1, queues=1, people=2, role_holders=1, ruled_queues=1, assigned=1)


@pytest.mark.parametrize(
    ("found", "left"),
    [
        (Traces(), tuple(FirstStep)),
        (Traces(people=1), tuple(FirstStep)),  # the administrator alone
        (Traces(teams=1), tuple(FirstStep)),  # no queue yet
        (Traces(queues=1), tuple(FirstStep)),  # no team yet
        (Traces(teams=1, queues=1, people=2), (FirstStep.ROLES, FirstStep.REQUIREMENTS, FirstStep.TRAINING)),
        (ALL, ()),
    ],
)
def test_a_step_is_done_when_its_traces_are_there(found: Traces, left: tuple[FirstStep, ...]) -> None:
    assert steps_left(found) == left


def test_traces_are_counted(app: Flask) -> None:
    with app.app_context():
        make_person(unit=make_unit("t01", parent=make_unit("hz")), queues=[make_queue("gas")])
        assert traces(reading()) == Traces(teams=1, queues=1, people=1)


def test_the_administrator_of_an_empty_installation_sees_the_five_steps(client: FlaskClient, sign_in) -> None:
    sign_in(client, Role.TRAINING_ADMIN)
    page = client.get("/today", headers=ZH).text
    assert "五步走到第一张上岗证" in page
    assert "5 件事等您处理" in page
    assert page.count('href="/people/imports"') >= 1


def test_the_steps_go_once_they_are_done(
    client: FlaskClient, sign_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, Role.TRAINING_ADMIN)
    monkeypatch.setattr("lms.desk.panels.staff.traces", lambda _session: ALL)
    assert "五步走到第一张上岗证" not in client.get("/today", headers=ZH).text
