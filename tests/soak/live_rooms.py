"""Many live calls at once: in every room a trainer and a learner type by turns, each page told through one process of
sockets; nothing is lost, and the way of a line from one page to the other is timed.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, WSMsgType
from flask import Flask
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from simulations import score, verify_chain
from simulations.live.models import LiveCall
from simulations.live.services import invite
from simulations.models import CallScoreRow, Purpose
from simulations.queries import compiled, log_of
from simulations.services import load_bundled
from tests.factories import identity_with, make_person
from tests.installation import Installation
from tests.load import Connection, Timing, cpu_seconds
from tests.soak.calls import SCRIPT, TOKEN, undisturbed
from tests.soak.candidates import Desk, until_answered
from tests.soak.recordings import JSON, Headers
from tests.soak.scene import cookies_of

LOOK_SECONDS = 0.9  # between two looks of a page that nobody tells anything, about what both pages do
COME_BACK = 0.3  # seconds until a page whose socket fell asks for another
THINKING = (0.5, 1.5)  # seconds before somebody says something
PATIENCE = 90  # seconds that a line may take to the other page


@dataclass
class RoomsReport:
    """What many rooms came to. ways: seconds of each line, from its sending to the other page's showing it."""

    rooms: int = 0
    ways: Timing = field(default_factory=Timing)
    told: int = 0
    kills: list[str] = field(default_factory=list)
    tried_again: int = 0
    sockets_cpu: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def in_words(self) -> str:
        """Return it in words."""
        return (f"{self.rooms} rooms, {len(self.ways.each)} lines in {self.ways.seconds:.0f} s, {self.told} times a "
                f"page was told; killed: {', '.join(self.kills) or 'nothing'}; {self.tried_again} requests tried "
                f"again; a line's way p50 {self.ways.percentile(50):.0f} ms, p99 {self.ways.percentile(99):.0f} ms; "
                f"sockets' CPU {self.sockets_cpu:.1f} s; {len(self.wrong)} proofs failed")


class Page:
    """One side's page: it holds a socket, looks when it is told to and now and then anyway, and says lines."""

    def __init__(self, floor: "Floor", part: str, live: str, cookies: dict[bytes, bytes]) -> None:
        self.floor, self.part, self.live = floor, part, live
        self.cookies, self.headers = cookies, Headers()
        self.sending, self.looking = floor.connection(cookies), floor.connection(cookies)
        self.socket: ClientWebSocketResponse | None = None
        self.told, self.grown = asyncio.Event(), asyncio.Condition()
        self.run, self.said, self.seen = "", 0, dict[str, float]()
        self.tasks: list[asyncio.Task[None]] = []

    async def open(self) -> None:
        """Load the page, and hold a socket from then on."""
        shown = await until_answered(self.floor.desk, self.sending, "GET", self.live)
        token = TOKEN.search(shown.body)
        assert token is not None, shown
        self.headers = (("X-CSRFToken", token[1].decode()), ("Accept", "application/json"), JSON)
        self.tasks.append(asyncio.create_task(self._hold_a_socket()))

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send something until it is answered, then tell the others that something has changed."""
        answer = await until_answered(
            self.floor.desk, self.sending, "POST", path, json.dumps(body).encode(), self.headers)
        assert answer.status == HTTPStatus.OK, answer
        if self.socket is not None and not self.socket.closed:
            with suppress(ClientError, OSError):
                await self.socket.send_json({"kind": "poke"})
        made: dict[str, Any] = json.loads(answer.body)
        return made

    async def say(self, text: str, kind: str = "") -> None:
        """Say a line, as the caller or the learner, or do another act."""
        self.said += 1
        if self.part == "trainer":
            act = {"text": text, "gives": []} if text else {"by": "caller", "reason": "trainer", "failed": False}
            data = {**act, "key": f"{self.part}-{self.said}"}
            await self.post(f"{self.live}/leads", {"kind": kind or "ad_lib", "data": data})
        else:
            data = {"mode": "type", "text": text} if text else {}
            await self.post(f"{self.run}/events", {
                "kind": kind or "utterance", "data": data, "client_ms": 0, "client_seq": self.said})

    def watch(self, run: str) -> None:
        """Look at the call from now on."""
        self.run = run
        self.tasks.append(asyncio.create_task(self._look()))

    async def wait_for(self, text: str) -> float:
        """Wait until the page shows a line; return when it did."""
        async with asyncio.timeout(PATIENCE), self.grown:
            await self.grown.wait_for(lambda: text in self.seen)
        return self.seen[text]

    async def close(self) -> None:
        """Leave."""
        for each in self.tasks:
            each.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.sending.close()
        self.looking.close()

    async def _hold_a_socket(self) -> None:
        while True:
            line = self.floor.connection(self.cookies)
            answer = await until_answered(
                self.floor.desk, line, "POST", f"{self.live}/ticket", b"{}", self.headers)
            line.close()
            way = json.loads(answer.body)
            with suppress(ClientError, OSError):
                async with self.floor.session.ws_connect(
                    way["address"], params={"ticket": way["ticket"]}, headers={"Origin": self.floor.origin}
                ) as self.socket:
                    self.told.set()
                    async for message in self.socket:
                        if message.type is WSMsgType.TEXT and json.loads(message.data)["kind"] == "poke":
                            self.floor.report.told += 1
                            self.told.set()
            await asyncio.sleep(COME_BACK)

    async def _look(self) -> None:
        path = f"{self.live if self.part == 'trainer' else self.run}/state"
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self.told.wait()
            self.told.clear()
            answer = await until_answered(self.floor.desk, self.looking, "GET", path, b"", self.headers)
            shown = json.loads(answer.body)
            lines = (shown.get("call") if self.part == "trainer" else shown.get("state")) or {"transcript": []}
            async with self.grown:
                for line in lines["transcript"]:
                    self.seen.setdefault(line["text"], perf_counter())
                self.grown.notify_all()


@dataclass
class Floor:
    """What all rooms share."""

    desk: Desk
    session: ClientSession
    origin: str
    report: RoomsReport
    said: dict[str, list[str]] = field(default_factory=dict)

    def connection(self, cookies: dict[bytes, bytes]) -> Connection:
        """Return a connection of one browser."""
        made = Connection(self.desk.host, self.desk.port)
        made.cookies.update(cookies)
        return made


Seats = list[tuple[UUID, dict[bytes, bytes], dict[bytes, bytes]]]  # live call, its trainer's and its learner's cookies


def rooms_at_once(
    installation: Installation, *, rooms: int, lines: int, seed: int, kills: tuple[str, ...] = ()
) -> RoomsReport:
    """Let `rooms` live calls of `lines` lines each take place together; parts of the installation are killed in the
    course of it, one after the other. Prove every call.
    """
    app, report = installation.application(), RoomsReport(rooms)
    seats = _invited(app, rooms)
    installation.start("web", "sockets")
    try:
        asyncio.run(_talk(installation, seats, lines, Random(seed), kills, report))
    finally:
        installation.stop()
    report.wrong += unlike(app, lines)
    return report


def _invited(app: Flask, rooms: int) -> Seats:
    seats: Seats = []
    with app.app_context():
        with unit_of_work() as session:
            load_bundled(session, now=clock.now())
        for number in range(rooms):
            trainer = make_person(staff_no=f"T{number:04}", roles=[Role.TRAINER])
            learner = make_person(staff_no=f"L{number:04}")
            jars = cookies_of(app, trainer), cookies_of(app, learner)
            by = identity_with(Role.TRAINER, person_id=trainer.id)
            with unit_of_work() as session:
                live = invite(session, SCRIPT, learner=learner, observer=None, purpose=Purpose.PRACTICE, by=by,
                              now=clock.now())
            seats.append((live.id, *jars))
    return seats


async def _talk(
    installation: Installation, seats: Seats, lines: int, random: Random, kills: tuple[str, ...], report: RoomsReport
) -> None:
    desk, begun = Desk("127.0.0.1", installation.port), perf_counter()
    async with ClientSession() as session:
        floor = Floor(desk, session, f"http://127.0.0.1:{installation.port}", report)
        killing = asyncio.create_task(_kill(installation, kills, len(seats) * lines, report))
        before = _sockets_cpu(installation)
        await asyncio.gather(*(_room(floor, seat, lines, Random(f"{random.random()}")) for seat in seats))
        await killing
        report.sockets_cpu = _sockets_cpu(installation) - (0 if "sockets" in kills else before)
    report.ways.seconds, report.tried_again = perf_counter() - begun, desk.tried_again


def _sockets_cpu(installation: Installation) -> float:
    pid = installation.pid_of("sockets")
    return cpu_seconds([pid]) if pid else 0.0


async def _kill(installation: Installation, kills: tuple[str, ...], lines: int, report: RoomsReport) -> None:
    """Kill one part after the other, evenly over the lines."""
    for number, part in enumerate(kills, 1):
        while len(report.ways.each) < lines * number // (len(kills) + 1):
            await asyncio.sleep(0.05)
        if installation.kill(part):
            report.kills.append(part)


async def _room(floor: Floor, seat: tuple[UUID, dict[bytes, bytes], dict[bytes, bytes]], lines: int,
                random: Random) -> None:
    """Play one live call from the learner's sitting down to the caller's hanging up."""
    live = f"/calls/live/{seat[0]}"
    trainer, learner = Page(floor, "trainer", live, seat[1]), Page(floor, "learner", live, seat[2])
    for page in (trainer, learner):
        await page.open()
    await learner.post(f"{live}/ready", {})
    run = (await trainer.post(f"{live}/ring", {}))["run"]
    for page in (trainer, learner):
        page.watch(run)
    await learner.say("", "answered")
    for number in range(lines):
        speaker, listener = (trainer, learner) if number % 2 == 0 else (learner, trainer)
        await asyncio.sleep(random.uniform(*THINKING))
        text, begun = line_of(number), perf_counter()
        saying = asyncio.create_task(speaker.say(text))
        floor.report.ways.each.append(await listener.wait_for(text) - begun)
        await saying
    await trainer.say("", "hangup")
    for page in (trainer, learner):
        await page.close()


def line_of(number: int) -> str:
    """Return what is said as line number 0, 1, 2 .. of a room."""
    return f"{'我家' if number % 2 == 0 else '您好'}，第{number}句，请说。"


def unlike(app: Flask, lines: int) -> Iterator[str]:
    """Yield what is wrong with the calls that took place: every line stands in the log once, in its order; every chain
    holds; each scores as an undisturbed call of the same moves at the same instants.
    """
    wanted = [line_of(number) for number in range(lines)]
    with app.app_context():
        for live in reading().scalars(select(LiveCall)).unique():
            assert live.call_id is not None and live.call is not None
            log, script = log_of(reading(), live.call_id), compiled(live.edition)
            said = [event.data["text"] for event in log if event.kind in ("ad_lib", "utterance")]
            kept = reading().scalars(select(CallScoreRow.digest).where(CallScoreRow.call_id == live.call_id)).all()
            again = undisturbed(script, log)
            if said != wanted:
                yield f"{live.id}: lines lost, doubled or out of order"
            if verify_chain(log) is not None:
                yield f"{live.id}: the chain breaks"
            if [event.hash for event in again] != [event.hash for event in log]:
                yield f"{live.id}: another log"
            if list(kept) != [score(script, again).digest]:
                yield f"{live.id}: another score"
