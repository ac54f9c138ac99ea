"""Measures of what people do: a whole sitting, the learner's home, the floor board."""

import json
import re
from collections.abc import Awaitable, Callable
from uuid import UUID

from flask_security import hash_password
from sqlalchemy import insert, select, update

from lms.access.identity import SYSTEM, Role
from lms.certification.models import PermitRow
from lms.exams.services.assigning import assign_exam
from lms.kernel import clock
from lms.kernel.db import new_id, reading, unit_of_work
from lms.people.models import Account, Person, PersonState, Queue, QueueMembership, RoleAssignment
from tests.bench.figures import Figure, rate_of
from tests.bench.measures import bare_view
from tests.bench.stage import Stage
from tests.factories import account_of, make_person
from tests.load import Answer, Connection, ExhaustedError
from tests.soak.scene import cookies_of

Step = Callable[[], Awaitable[None]]
PASSWORD = "bench-sitting-2026"
CSRF = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')
ROOM = re.compile(rb'data-sitting="([^"]+)" data-token="([^"]+)"')
QUESTIONS = re.compile(rb'data-go="(\d+)"')
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
SITTINGS = 240  # candidates prepared for whole sittings
BIG, QUEUES = 20_000, 12  # people and queues of the big board
CHUNK = 2_000  # rows copied by one statement


def sitting(stage: Stage) -> list[Figure]:
    """A whole 40-question sitting: sign in, begin, save every answer, hand in, see the result."""
    waiting = iter(_people_to_sit(stage))

    def operation(connection: Connection, _user: int) -> Step:
        async def sit() -> None:
            name = next(waiting, None)
            if name is None:
                raise ExhaustedError
            await _whole_sitting(connection, name)
            connection.cookies.clear()

        return sit

    timing = stage.measure(operation, seconds=max(stage.seconds, 10))
    return [rate_of("sitting", timing, unit="/min", factor=60)]


def _people_to_sit(stage: Stage) -> list[str]:
    """Make people with a known password and an exam to sit; return their sign-in names."""
    with stage.app.app_context():
        people = [make_person(staff_no=f"B{number:04}") for number in range(SITTINGS)]
        for person in people:
            account_of(person)
        with unit_of_work() as session:
            ids = [person.id for person in people]
            session.execute(update(Account).where(Account.person_id.in_(ids)).values(password=hash_password(PASSWORD)))
            for person_id in ids:
                assign_exam(session, "gas-theory", person_id=person_id, by=SYSTEM, now=clock.now())
        return [f"B{number:04}" for number in range(SITTINGS)]


async def _whole_sitting(connection: Connection, name: str) -> None:
    await _post(connection, "/account/login", f"identity={name}&password={PASSWORD}")
    begun = await _post(connection, "/exams/gas-theory", "honest=y", to="/exams/gas-theory/start")
    room = await connection.request("GET", begun.headers[b"location"].decode())
    found = ROOM.search(room.body)
    assert found is not None, room
    sitting_id, token = found[1].decode(), found[2].decode()
    headers = (("X-Sitting-Token", token), ("Content-Type", "application/json"))
    signed_in, connection.cookies = connection.cookies, {}  # the page saves without cookies
    for sequence, item in enumerate(sorted({int(number) for number in QUESTIONS.findall(room.body)}), start=1):
        body = json.dumps({"saves": [{"item": item, "seq": sequence, "answer": "a"}]}).encode()
        saved = await connection.request("POST", f"/exams/sittings/{sitting_id}/answers", body, headers)
        assert saved.status == 200, saved
    connection.cookies = signed_in
    room_path = f"/exams/sittings/{sitting_id}"
    closed = await _post(connection, room_path, f"token={token}", to=f"{room_path}/submit")
    result = await connection.request("GET", closed.headers[b"location"].decode())
    assert result.status == 200, result


async def _post(connection: Connection, page: str, fields: str, *, to: str = "") -> Answer:
    """Open a page with a form and send the form; the answer must lead elsewhere."""
    shown = await connection.request("GET", page)
    token = CSRF.search(shown.body)
    assert token is not None, shown
    body = f"csrf_token={token[1].decode()}&{fields}".encode()
    answer = await connection.request("POST", to or page, body, FORM)
    assert answer.status in (302, 303), answer
    return answer


def home(stage: Stage) -> list[Figure]:
    """Signed-in operators open their home page."""
    with stage.app.app_context():
        people = reading().scalars(
            select(Person).join(QueueMembership, QueueMembership.person_id == Person.id)
            .where(Person.state == PersonState.ACTIVE, Person.id.not_in(select(RoleAssignment.person_id)))
            .distinct().limit(8)
        ).all()
        cookies = [cookies_of(stage.app, person) for person in people]
    ours, floor = stage.measure_beside(
        lambda connection, user: _opening(connection, "/", cookies[user % len(cookies)]), bare_view)
    return [rate_of("home", ours, floor=floor)]


def board(stage: Stage) -> list[Figure]:
    """A manager opens the first page of the floor board: of the sample's 240 people, then of 20,000, on 12 queues."""
    with stage.app.app_context():
        manager = make_person("看板经理", roles=[Role.TRAINING_ADMIN])
        cookies = cookies_of(stage.app, manager)
    figures = []
    for name, people in (("board", 0), ("board-20000", BIG)):
        _grow(stage, people)
        timing = stage.measure(lambda connection, _user: _opening(connection, "/board", cookies), users=1)
        p50, p95, p99 = (timing.percentile(percent) for percent in (50, 95, 99))
        figures.append(Figure(name, p50, "ms", None, p50, p95, p99, timing.cpu_ms))
    return figures


def _opening(connection: Connection, path: str, cookies: dict[bytes, bytes]) -> Step:
    connection.cookies.update(cookies)

    async def open_page() -> None:
        answer = await connection.request("GET", path)
        assert answer.status == 200, answer

    return open_page


def _grow(stage: Stage, people: int) -> None:
    """Have `QUEUES` queues and at least `people` people, by copying the sample's: rows, memberships and permits."""
    with stage.app.app_context(), unit_of_work() as session:
        rows = {model: [dict(row._mapping) for row in session.execute(select(model.__table__))]
                for model in (Person, QueueMembership, PermitRow, Queue)}
        queues = rows[Queue]
        for number in range(len(queues), QUEUES):
            like = queues[number % len(queues)]
            copied = {**like, "id": new_id(), "code": f"q{number}", "name": f"队列{number}", "position": number}
            session.execute(insert(Queue), [copied])
            for model in (QueueMembership, PermitRow):
                more = [{**row, "queue_id": copied["id"]} for row in rows[model] if row["queue_id"] == like["id"]]
                rows[model] += more
                _insert(session, model, more)
        for copy in range(1, -(-people // len(rows[Person]))):
            _copy_people(session, rows, copy)


def _copy_people(session, rows, copy: int) -> None:
    ids: dict[UUID, UUID] = {row["id"]: new_id() for row in rows[Person]}
    people = [{**row, "id": ids[row["id"]], "staff_no": f"{row['staff_no']}-{copy}"} for row in rows[Person]]
    _insert(session, Person, people)
    for model in (QueueMembership, PermitRow):
        _insert(session, model, [{**row, "person_id": ids[row["person_id"]]} for row in rows[model]])


def _insert(session, model, rows: list[dict[str, object]]) -> None:
    for start in range(0, len(rows), CHUNK):
        session.execute(insert(model), rows[start : start + CHUNK])
