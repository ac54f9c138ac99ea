"""Simulated calls, recorded, while the web server is killed: each goes on where it was, and scores as if nothing had
happened; of its recording nothing acknowledged is lost.
"""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from time import monotonic, perf_counter
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from simulations import (
    CallSetup,
    CompiledScript,
    Event,
    catch_up,
    client_event,
    load_library,
    new_call,
    score,
    server_event,
    step,
    verify_chain,
)
from simulations.models import CallScoreRow, SimulatedCall
from simulations.queries import compiled, log_of
from simulations.services import load_bundled
from tests.factories import make_person
from tests.installation import Installation
from tests.load import Answer, Connection, Timing
from tests.soak.candidates import Desk, until_answered
from tests.soak.recordings import JSON, Headers, Recorder, lost_sounds
from tests.soak.scene import cookies_of

SCRIPT = "gas-leak-01"
TOKEN = re.compile(rb'name="csrf-token" content="([^"]+)"')
THINKING = 0.08  # seconds between two moves
SAID = ("您好，平安燃气3276号为您服务，请讲。", "您先关总阀、打开窗户，千万别碰电灯开关。", "您的详细地址是？",
        "您的联系电话是？", "请和老伴马上撤到楼下等。", "请问怎么称呼您？", "好的，都记下了。")


@dataclass(frozen=True)
class Acknowledged:
    """A move that the server said it took."""

    call_id: UUID
    client_seq: int
    kind: str
    data: dict[str, Any]


@dataclass
class CallReport:
    """What calls under fire came to. answers: seconds of each move, from its first sending."""

    calls: int = 0
    moves: int = 0
    chunks: int = 0
    cut_short: int = 0
    kills: int = 0
    tried_again: int = 0
    answers: Timing = field(default_factory=Timing)
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        """Return it in words."""
        middle, slowest = self.answers.percentile(50), self.answers.percentile(99)
        return (f"{self.calls} calls, {self.cut_short} of them over before their last move, {self.moves} moves and "
                f"{self.chunks} chunks of sound acknowledged in {self.answers.seconds:.0f} s, web server killed "
                f"{self.kills} times, {self.tried_again} requests tried again; a move acknowledged p50 {middle:.0f} "
                f"ms, p99 {slowest:.0f} ms; {len(self.wrong)} proofs failed")


@dataclass
class Fire:
    """What all calls share: the server, and what was acknowledged.

    last_words   moves answered by "the call has ended": it was over by the clock, nobody having picked up while the
                 server was down, or the very move that ended it came again since nobody had answered it
    """

    installation: Installation
    desk: Desk
    fields: list[str]
    seed: int
    report: CallReport
    taken: list[Acknowledged] = field(default_factory=list)
    last_words: dict[UUID, Acknowledged] = field(default_factory=dict)
    recorders: list[Recorder] = field(default_factory=list)


def calls_under_fire(
    installation: Installation, *, calls: int, seed: int, at_once: int = 4, kills: int = 4
) -> CallReport:
    """Play calls, `at_once` together, the first `kills` of them each with a kill -9 of the web server at a drawn move;
    prove every one.
    """
    report, random = CallReport(), Random(seed)
    app = installation.application()
    with app.app_context():
        with unit_of_work() as session:
            load_bundled(session, now=clock.now())
        cookies = [cookies_of(app, make_person(staff_no=f"C{number:04}")) for number in range(calls)]
    installation.start("web")
    begun = perf_counter()
    fire = Fire(installation, Desk("127.0.0.1", installation.port), _fields(app), seed, report)
    try:
        for first in range(0, calls, at_once):
            together = cookies[first : first + at_once]
            fatal = [random.randrange(1, len(SAID) + len(fire.fields)) if number < kills else 0
                     for number in range(len(together))]
            asyncio.run(_together(fire, together, fatal))
    finally:
        installation.stop()
    report.answers.seconds = perf_counter() - begun
    report.cut_short = len(fire.last_words)
    report.moves, report.tried_again = len(fire.taken), fire.desk.tried_again
    report.chunks = sum(len(each.acknowledged) for each in fire.recorders)
    report.wrong += [*proven(app, fire), *lost_sounds(app, fire.recorders)]
    return report


async def _together(fire: Fire, cookies: list[dict[bytes, bytes]], fatal: list[int]) -> None:
    await asyncio.gather(*(_call(fire, jar, at) for jar, at in zip(cookies, fatal, strict=True)))


async def _call(fire: Fire, cookies: dict[bytes, bytes], fatal: int) -> None:
    """Play and record one call; the server is killed while move number `fatal`, if there is one, is on its way."""
    connection, line = _connected(fire, cookies), _connected(fire, cookies)
    page = await until_answered(fire.desk, connection, "GET", f"/calls/{SCRIPT}/console/exam")
    token = TOKEN.search(page.body)
    assert token is not None, page
    headers = (("X-CSRFToken", token[1].decode()), ("Accept", "application/json"))
    asked = b'{"purpose": "exam", "voice": true}'
    rang = await until_answered(fire.desk, connection, "POST", f"/calls/{SCRIPT}/runs", asked, (*headers, JSON))
    begun, call_id = monotonic(), json.loads(rang.body)["id"]
    recorder = Recorder(fire.desk, line, headers, Random(f"{fire.seed}{call_id}"))
    fire.recorders.append(recorder)
    await recorder.begin(call_id)
    for number, (kind, data) in enumerate(_moves(fire.fields), 1):
        client_ms = int(1000 * (monotonic() - begun))
        body = json.dumps({"kind": kind, "data": data, "client_ms": client_ms, "client_seq": number}).encode()
        if number == fatal:
            await recorder.send_half()
        sending = asyncio.gather(recorder.send(), _acknowledged(
            fire, connection, f"/calls/runs/{call_id}/events", body, (*headers, JSON)))
        if number == fatal:
            await asyncio.sleep(0.005)
            fire.report.kills += fire.installation.kill("web")
        _chunk, answer = await sending
        move = Acknowledged(UUID(call_id), number, kind, data)
        if answer.status == HTTPStatus.CONFLICT and json.loads(answer.body)["refused"] == "ended":
            fire.last_words[move.call_id] = move
            break
        assert answer.status == HTTPStatus.OK, answer
        fire.taken.append(move)
        await asyncio.sleep(THINKING)
    await recorder.finish()
    connection.close()
    fire.report.calls += 1


async def _acknowledged(fire: Fire, connection: Connection, path: str, body: bytes, headers: Headers) -> Answer:
    begun = perf_counter()
    answer = await until_answered(fire.desk, connection, "POST", path, body, headers)
    fire.report.answers.each.append(perf_counter() - begun)
    return answer


def _connected(fire: Fire, cookies: dict[bytes, bytes]) -> Connection:
    connection = Connection(fire.desk.host, fire.desk.port)
    connection.cookies.update(cookies)
    return connection


def _moves(fields: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "answered", {}
    for text in SAID[:3]:
        yield "utterance", {"mode": "type", "text": text}
    yield "action", {"name": "dispatch"}
    for name in fields:
        yield "field_committed", {"name": name, "value": "写下的"}
    for text in SAID[3:]:
        yield "utterance", {"mode": "type", "text": text}
    yield "hangup", {}


def _fields(app: Flask) -> list[str]:
    with app.app_context():
        call_script = next(it for it in load_library().scripts if it.code == SCRIPT)
        return [it.name.text for it in call_script.script.fields]


def proven(app: Flask, fire: Fire) -> list[str]:
    """Return what is wrong with the calls that were played: nothing acknowledged is lost or twice, every chain holds,
    and each scores as an undisturbed call of the same moves at the same instants.
    """
    wrong = []
    with app.app_context():
        calls = reading().scalars(select(SimulatedCall)).all()
        for call in calls:
            log, script = log_of(reading(), call.id), compiled(call.edition)
            moves = [(it.client_seq, it.kind, dict(it.data)) for it in log if it.client_seq is not None]
            said = [(it.client_seq, it.kind, it.data) for it in fire.taken if it.call_id == call.id]
            last = fire.last_words.get(call.id)
            if last is not None and len(moves) > len(said):
                said.append((last.client_seq, last.kind, last.data))
            kept = reading().scalars(select(CallScoreRow.digest).where(CallScoreRow.call_id == call.id)).all()
            again = undisturbed(script, log)
            wrong += [f"{call.id}: moves lost, doubled or changed"] if moves != said and said else []
            wrong += [f"{call.id}: the chain breaks"] if verify_chain(log) is not None else []
            wrong += [f"{call.id}: another log"] if [it.hash for it in again] != [it.hash for it in log] else []
            wrong += [f"{call.id}: another score"] if said and kept != [score(script, again).digest] else []
    return wrong


def undisturbed(script: CompiledScript, log: list[Event]) -> tuple[Event, ...]:
    """Play the same moves at the same instants in memory, and note the same recording; return the log.

    What the server did by itself comes again by itself; a live call's trainer acts under keys of the page's own.
    """
    state = new_call(script, CallSetup.from_json(log[0].data["setup"]))
    for event in log:
        if event.client_seq is None and event.kind != "audio_track" and "key" not in event.data:
            continue
        state, _, _ = catch_up(state, event.server_ms)
        if event.client_seq is None:
            again = server_event(state, event.kind, event.data, server_ms=event.server_ms)
        else:
            again = client_event(state, event.kind, event.data, server_ms=event.server_ms,
                                 client_ms=event.client_ms or 0, client_seq=event.client_seq)
        state, _ = step(state, again)
    return catch_up(state, log[-1].server_ms)[0].events
