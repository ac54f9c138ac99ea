"""The measures, each by its name in `./floorready bench NAME`."""

import json
import os
from collections.abc import Awaitable, Callable
from itertools import count
from time import perf_counter

from sqlalchemy import select

from lms.access.identity import Role
from lms.api.services import create_key
from lms.certification.models import Certificate
from lms.certification.paper import print_paper
from lms.certification.queries.papers import paper_of
from lms.certification.signing import sign_pdf
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person, PersonState, Queue, QueueMembership
from tests.bench.figures import Figure, rate_of
from tests.bench.stage import Stage
from tests.factories import identity_with, make_person
from tests.load import Connection, Timing, cpu_seconds, family, proportional_megabytes
from tests.soak.scene import Candidate, set_the_scene

Step = Callable[[], Awaitable[None]]


def bare_view(connection: Connection, _user: int) -> Step:
    """One request that does nothing."""

    async def ask() -> None:
        assert (await connection.request("GET", "/bare")).status == 200

    return ask


def gate(stage: Stage) -> list[Figure]:
    """A telephone system asks by its key whether somebody may go live."""
    with stage.app.app_context():
        admin = identity_with(Role.SYSTEM_ADMIN, person_id=make_person(roles=[Role.SYSTEM_ADMIN]).id)
        with unit_of_work() as session:
            _row, key = create_key(session, name="bench", all_queues=True, queue_ids=(), by=admin, now=clock.now())
        asked = reading().execute(
            select(Person.staff_no, Queue.code).join(QueueMembership, QueueMembership.person_id == Person.id)
            .join(Queue, Queue.id == QueueMembership.queue_id).where(Person.state == PersonState.ACTIVE).limit(200)
        ).all()

    def operation(connection: Connection, user: int) -> Step:
        turn = count(user * 25)

        async def ask() -> None:
            person, queue = asked[next(turn) % len(asked)]
            path = f"/api/v1/gate/people/{person}/queues/{queue}"
            answer = await connection.request("GET", path, headers=(("Authorization", f"Bearer {key}"),))
            assert answer.status == 200, answer

        return ask

    ours, floor = stage.measure_beside(operation, bare_view)
    return [rate_of("gate", ours, floor=floor)]


def saves(stage: Stage) -> list[Figure]:
    """Candidates save answers, each acknowledged after the commit; the floor commits once a request."""
    candidates = set_the_scene(stage.app, 32)
    figures = []
    for users, name in ((32, "saves"), (8, "saves-8")):
        ours, floor = stage.measure_beside(
            lambda connection, user: _saving(connection, candidates[user]), _committing, users=users)
        figures.append(rate_of(name, ours, floor=floor))
    return figures


_sequences = count(1)


def _saving(connection: Connection, candidate: Candidate) -> Step:
    positions = sorted(candidate.keys)
    path = f"/exams/sittings/{candidate.sitting_id}/answers"
    headers = (("X-Sitting-Token", candidate.token), ("Content-Type", "application/json"))

    async def save() -> None:
        sequence = next(_sequences)
        item = positions[sequence % len(positions)]
        body = json.dumps({"saves": [{"item": item, "seq": sequence, "answer": f"answer {sequence}"}]}).encode()
        answer = await connection.request("POST", path, body, headers)
        assert answer.status == 200, answer

    return save


def _committing(connection: Connection, _user: int) -> Step:
    async def commit() -> None:
        assert (await connection.request("POST", "/commit")).status == 200

    return commit


def certificates(stage: Stage) -> list[Figure]:
    """One core prints and signs certificates; the floor prints without signing."""
    with stage.app.app_context():
        settings = stage.app.extensions["settings"]
        papers = [paper_of(reading(), row) for row in reading().scalars(select(Certificate).limit(20))]
        turn = count()

        def printed() -> bytes:
            return print_paper(papers[next(turn) % len(papers)])

        sizes: list[int] = []

        def signed() -> None:
            sizes.append(len(sign_pdf(printed(), settings=settings, reason="bench", location="bench")))

        ours, floor = _repeat(signed, stage.seconds), _repeat(printed, stage.seconds)
    return [
        rate_of("certificates", ours, floor=floor, unit="/s/core"),
        Figure("certificate-size", max(sizes) / 1000, "kB"),
    ]


def _repeat(action: Callable[[], object], seconds: float) -> Timing:
    """Do something again and again in this process, after once to warm up."""
    action()
    timing = Timing()
    cpu = cpu_seconds([os.getpid()])
    begun = perf_counter()
    while (start := perf_counter()) < begun + seconds:
        action()
        timing.each.append(perf_counter() - start)
    timing.seconds, timing.cpu = perf_counter() - begun, cpu_seconds([os.getpid()]) - cpu
    return timing


def memory(stage: Stage) -> list[Figure]:
    """The whole installation at rest; the floor is the bare web server."""
    assert stage.installation.process is not None
    ours = proportional_megabytes(family(stage.installation.process.pid))
    return [Figure("memory", ours, "MB", floor=proportional_megabytes(stage.bare.pids))]
