"""Measures of simulated calls: the engine alone, and a hundred calls at once on the site."""

import asyncio
import gc
import json
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from itertools import count
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import select

from lms.kernel.db import reading
from lms.people.models import Person, PersonState, RoleAssignment
from simulations import compile_script, fold, load_library
from simulations.models import CallState, SimulatedCall
from simulations.plan_runs import play_plan
from simulations.queries import report_of
from simulations.wording.phrases import _hear
from simulations.wording.reading import read
from tests.bench.figures import Figure, rate_of
from tests.bench.measures import bare_view
from tests.bench.stage import Stage
from tests.load import Answer, Connection, Timing, cpu_seconds
from tests.soak.scene import cookies_of

AT_ONCE = 100
SCRIPT = "gas-leak-01"
PACE = 1.5  # seconds from one move of a call to the next, signs of life included
LONG = 500  # lines
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')
SAID = ("您好，平安燃气3276号为您服务，请讲。", "您先关总阀、打开窗户，千万别碰电灯开关。", "您的详细地址是？",
        "您的联系电话是？", "请和老伴马上撤到楼下等。", "请问怎么称呼您？", "好的，都记下了。", "还有什么要说的吗？")
Step = Callable[[], Awaitable[None]]


def calls(stage: Stage) -> list[Figure]:
    """The engine's steps a second; compiling 500 lines; a report; moves of a hundred calls at once, at the pace of
    people and as fast as they are answered.
    """
    return [_steps(stage), _compiling(stage), _report(stage), *_moves(stage)]


def _steps(stage: Stage) -> Figure:
    logs = [(it.script, play_plan(it.script, plan).events) for it in load_library().scripts for plan in it.plans]
    begun, events = process_time(), 0
    while process_time() < begun + stage.seconds / 2:
        for script, log in logs:
            fold(script, log)
            events += len(log)
    return Figure("call-steps", events / (process_time() - begun), "/s/core")


def _compiling(stage: Stage) -> Figure:
    bundle = load_library()
    text = _long(max((it.text for it in bundle.scripts if "\n【对话】" in it.text), key=len))
    assert compile_script(text, bundle.phrases).script is not None

    gc.collect()
    gc.freeze()  # as the server does before it serves

    def for_the_first_time() -> None:
        for kept in (_hear, read):
            kept.cache_clear()
        compile_script(text, bundle.phrases)

    return _timed("script-compile", stage, for_the_first_time)


def _long(text: str) -> str:
    """Return a script of `LONG` lines at least: its dialogue again and again, under other names."""
    head, rest = re.split(r"^【对话】.*\n", text, maxsplit=1, flags=re.MULTILINE)
    dialogue = rest.partition("【")[0].rstrip("\n") + "\n"
    names = re.findall(r"^== (\S+) ==$", dialogue, re.MULTILINE)
    copies = [dialogue]
    while head.count("\n") + sum(it.count("\n") for it in copies) < LONG:
        named = dialogue
        for name in sorted(names, key=len, reverse=True):
            named = re.sub(rf"(== |-> ){name}(?= ==|；|\n)", rf"\g<1>{name}{len(copies)}", named)
        copies.append("\n".join(line for line in named.splitlines() if "喂" not in line) + "\n")
    return f"{head}【对话】\n{''.join(copies)}"


def _report(stage: Stage) -> Figure:
    with stage.app.app_context():
        ended = reading().scalars(select(SimulatedCall).where(SimulatedCall.state == CallState.ENDED).limit(20)).all()
        turn = count()
        return _timed("call-report", stage, lambda: report_of(reading(), ended[next(turn) % len(ended)]))


def _timed(name: str, stage: Stage, action: Callable[[], object]) -> Figure:
    action()
    timing = Timing()
    cpu, begun = cpu_seconds([os.getpid()]), perf_counter()
    while (start := perf_counter()) < begun + stage.seconds / 2:
        action()
        timing.each.append(perf_counter() - start)
    timing.seconds, timing.cpu = perf_counter() - begun, cpu_seconds([os.getpid()]) - cpu
    p50, p95, p99 = (timing.percentile(percent) for percent in (50, 95, 99))
    return Figure(name, p50, "ms", None, p50, p95, p99, timing.cpu_ms)


def _moves(stage: Stage) -> list[Figure]:
    with stage.app.app_context():
        people = reading().scalars(
            select(Person).where(Person.state == PersonState.ACTIVE, Person.id.not_in(select(RoleAssignment.person_id)))
            .limit(AT_ONCE)
        ).all()
        cookies = [cookies_of(stage.app, person) for person in people]
    def play(connection: Connection, user: int) -> Step:
        return _playing(connection, cookies[user % len(cookies)])

    paced, beside = stage.measure_beside(play, bare_view, users=AT_ONCE, pace=PACE)
    ours, floor = stage.measure_beside(play, bare_view, users=AT_ONCE)
    return [rate_of("call-moves-paced", paced, floor=beside), rate_of("call-moves", ours, floor=floor)]


def _playing(connection: Connection, cookies: dict[bytes, bytes]) -> Step:
    """Send the next move of a call; after the last one let the phone ring anew."""
    connection.cookies.update(cookies)
    headers: list[tuple[str, str]] = []
    call: dict[str, Any] = {"moves": iter(())}

    async def ring() -> None:
        if not headers:
            page = await _answered(connection, "GET", f"/calls/{SCRIPT}/console/practice")
            token = TOKEN.search(page.body)
            assert token is not None, page
            headers.extend([("X-CSRFToken", token[1].decode()), ("Content-Type", "application/json")])
        answer = await _answered(connection, "POST", f"/calls/{SCRIPT}/runs", b'{"purpose": "practice"}', headers)
        assert answer.status == 200, answer
        call.update(id=json.loads(answer.body)["id"], moves=_script(), begun=perf_counter())

    async def move() -> None:
        found = next(call["moves"], None)
        if found is None:
            await ring()
            return
        number, (kind, data) = found
        body = {"kind": kind, "data": data, "client_ms": int(1000 * (perf_counter() - call["begun"])),
                "client_seq": number}
        answer = await _answered(
            connection, "POST", f"/calls/runs/{call['id']}/events", json.dumps(body).encode(), headers)
        assert answer.status in (200, 409), answer

    return move


async def _answered(connection: Connection, *request: Any) -> Answer:
    """Send a request again, as a console does, while the server says that it is busy."""
    while (answer := await connection.request(*request)).status == HTTPStatus.SERVICE_UNAVAILABLE:
        await asyncio.sleep(0.2)
    return answer


def _script() -> Iterator[tuple[int, tuple[str, dict[str, Any]]]]:
    moves: list[tuple[str, dict[str, Any]]] = [("answered", {})]
    for text in SAID:
        moves += [("heartbeat", {}), ("input_started", {"mode": "type"}), ("utterance", {"mode": "type", "text": text})]
    return enumerate([*moves, ("hangup", {})], 1)
