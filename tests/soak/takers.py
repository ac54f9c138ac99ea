"""The people of an exam day: candidates with a browser each, and an invigilator who grants time and pauses."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

from tests.load import Answer, Connection
from tests.soak.candidates import CSRF, Desk, until_answered
from tests.soak.room import ANSWERS, QUESTIONS, Rooms, Sitter

BEGIN_WITHIN = 60.0  # seconds in which everybody begins
PAUSE = (5.0, 15.0)  # seconds between two answers
POLL = 2.0  # seconds between two questions for the clock
OFFLINE, OFFLINE_FOR = 0.03, (5.0, 30.0)  # chance at an answer; seconds
DROPPED = 0.02  # chance at an upload of losing the server's word: the answer is sent again under its key
MOVE = 0.01  # chance at an answer of going on from another seat
FORGET = 20  # every so many candidates one never hands in
GRANT_EVERY = 3.0  # seconds between two grants of the invigilator
PAUSE_FOR = 6.0  # seconds between the pause and its end
TOKEN = re.compile(rb'data-token="([^"]+)"')
PLACE = re.compile(rb'data-epoch="(\d+)" data-sequence="(\d+)"')


@dataclass(frozen=True, slots=True)
class Kept:
    """One answer that the server said is on disk; `answer` is its number among `ANSWERS`."""

    sitting_id: UUID
    item: int
    epoch: int
    sequence: int
    answer: int


@dataclass
class Seen:
    """What the people of a day did and saw. Times in seconds; `saves` at the first try, network up."""

    kept: list[Kept] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    saves: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    submits: list[float] = field(default_factory=list)
    grants: list[float] = field(default_factory=list)  # from the invigilator's click to the candidate's page
    unseen: int = 0  # grants whose candidate was offline, moved or done before seeing them
    extended: Counter[UUID] = field(default_factory=Counter)  # minutes granted, by sitting
    moves: int = 0
    drops: int = 0
    late: int = 0  # answers that reached the server after the end, and were told so


@dataclass(slots=True)
class Awaited:
    """A grant on its way to a page."""

    since: float
    deadline: str  # as the page knew it then
    paused: bool


class Taker:
    """One candidate: begins, answers, loses the network, changes the seat, hands in."""

    def __init__(self, seen: Seen, desk: Desk, sitter: Sitter, random: Random, end: float) -> None:
        self.seen, self.desk, self.sitter, self.random, self.end = seen, desk, sitter, random, end
        self.pages = Connection(desk.host, desk.port)
        self.pages.cookies.update(sitter.cookies)
        self.wire = Connection(desk.host, desk.port)  # saves and polls carry a token and no cookies
        self.room, self.token, self.epoch, self.sequence = "", "", 1, 0
        self.waiting: list[dict[str, Any]] = []
        self.deadline, self.paused = "", False
        self.awaited: Awaited | None = None
        self.done = False

    async def day_through(self) -> None:
        """Live through the day."""
        await asyncio.sleep(self.random.uniform(0, BEGIN_WITHIN))
        await self.begin()
        next_poll, next_answer = perf_counter(), perf_counter() + self.random.uniform(*PAUSE)
        while (left := self.end - 5 - perf_counter()) > 0:
            await asyncio.sleep(max(0.0, min(next_poll - perf_counter(), next_answer - perf_counter(), left)))
            if perf_counter() >= next_poll:
                next_poll = perf_counter() + POLL
                await self.poll()
            if perf_counter() >= next_answer:
                next_answer = perf_counter() + self.random.uniform(*PAUSE)
                await self.answer()
        self.forget_grant()
        self.done = True
        if self.sitter.number % FORGET:
            await self.hand_in()
        self.pages.close()
        self.wire.close()

    async def begin(self) -> None:
        """Open the exam's page and press its button."""
        started, exam = perf_counter(), f"/exams/{self.sitter.exam}"
        page = await self.ask("GET", exam)
        answer = await self.ask("POST", f"{exam}/start", form(page) + b"&honest=y")
        assert b"location" in answer.headers, answer
        self.room = answer.headers[b"location"].decode()
        await self.enter()
        self.seen.began.append(perf_counter() - started)

    async def enter(self) -> None:
        """Open the room; on another seat, move there first."""
        page = await self.ask("GET", self.room)
        if b"data-token" not in page.body:
            await self.ask("POST", f"{self.room}/seat", form(page))
            page = await self.ask("GET", self.room)
        token, place = TOKEN.search(page.body), PLACE.search(page.body)
        assert token is not None, page
        assert place is not None, page
        self.token, self.epoch, self.sequence = token[1].decode(), int(place[1]), int(place[2])

    async def answer(self) -> None:
        """Give one answer; perhaps without network for a while, perhaps from another seat."""
        if self.random.random() < MOVE:
            self.seen.moves += 1
            self.forget_grant()
            self.pages.close()
            self.pages.cookies.clear()
            self.pages.cookies.update(self.sitter.cookies)
            await self.enter()
        self.write()
        if self.random.random() < OFFLINE:
            self.seen.drops += 1
            self.forget_grant()
            self.wire.close()
            await asyncio.sleep(min(self.random.uniform(*OFFLINE_FOR), max(0.0, self.end - 10 - perf_counter())))
            self.forget_grant()
            self.write()
        await self.upload()

    def write(self) -> None:
        """Put one answer into the page's queue."""
        self.sequence += 1
        choice = self.random.randrange(len(ANSWERS))
        self.waiting.append({"item": self.random.randint(1, QUESTIONS), "seq": self.sequence, "answer": choice})

    async def upload(self) -> None:
        """Send the queue, and keep what was acknowledged."""
        body = json.dumps({"saves": [{**it, "answer": ANSWERS[it["answer"]]} for it in self.waiting]}).encode()
        before, started = self.desk.tried_again, perf_counter()
        if self.random.random() < DROPPED:
            await self.send_and_hear_nothing(body)
        reply = await self.say("POST", f"{self.room}/answers", body)
        if self.desk.tried_again == before:
            self.seen.saves.append(perf_counter() - started)
        receipts = json.loads(reply.body)["saved"]
        sitting, end = self.sitting_id, json.loads(reply.body)["deadline"]
        for it, receipt in zip(self.waiting, receipts, strict=True):
            if receipt["verdict"] == "counted":
                self.seen.kept.append(Kept(sitting, it["item"], self.epoch, it["seq"], it["answer"]))
            else:  # the page's way was too long: said so, and only after the end
                assert receipt["verdict"] in {"late", "closed"}, reply
                assert receipt["at"] > end, reply
                self.seen.late += 1
        self.waiting = []

    async def send_and_hear_nothing(self, body: bytes) -> None:
        """Send saves over a connection that breaks before the answer comes."""
        broken = Connection(self.desk.host, self.desk.port)
        asked = asyncio.create_task(broken.request("POST", f"{self.room}/answers", body, self.headers()))
        await asyncio.sleep(0.02)
        asked.cancel()
        broken.close()
        await asyncio.gather(asked, return_exceptions=True)

    @property
    def sitting_id(self) -> UUID:
        """The sitting, once it has begun."""
        return UUID(self.room.rpartition("/")[2])

    async def poll(self) -> None:
        """Ask for the clock, as the page does, and see what was granted."""
        before, started = self.desk.tried_again, perf_counter()
        reply = json.loads((await self.say("GET", f"{self.room}/state")).body)
        if self.desk.tried_again == before:
            self.seen.polls.append(perf_counter() - started)
        self.deadline, self.paused = reply["deadline"], reply["paused"]
        if self.awaited and (self.deadline, self.paused) != (self.awaited.deadline, self.awaited.paused):
            self.seen.grants.append(perf_counter() - self.awaited.since)
            self.awaited = None

    def forget_grant(self) -> None:
        """Stop waiting for a grant: this page can't see it in time."""
        self.seen.unseen += self.awaited is not None
        self.awaited = None

    async def hand_in(self) -> None:
        """Hand in together with all others."""
        await asyncio.sleep(max(0.0, self.end - 5 - perf_counter()))
        self.pages.close()  # the server has closed it meanwhile: it lay idle
        page = await self.ask("GET", self.room)
        started, before = perf_counter(), self.desk.tried_again
        if page.status == HTTPStatus.OK:
            await self.ask("POST", f"{self.room}/submit", form(page) + b"&token=" + self.token.encode())
            if self.desk.tried_again == before:
                self.seen.submits.append(perf_counter() - started)

    async def ask(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Ask for a page, or send its form, until a living server answers."""
        kind = (("Content-Type", "application/x-www-form-urlencoded"),) if body else ()
        return await until_answered(self.desk, self.pages, method, path, body, kind)

    async def say(self, method: str, path: str, body: bytes = b"") -> Answer:
        """Save or poll until a living server answers."""
        return await until_answered(self.desk, self.wire, method, path, body, self.headers())

    def headers(self) -> tuple[tuple[str, str], ...]:
        """What a page sends with saves and polls."""
        return ("X-Sitting-Token", self.token), ("Content-Type", "application/json")


class Invigilator:
    """Looks at one board after the other, gives minutes to some and lets others pause for a few seconds."""

    def __init__(
        self, seen: Seen, desk: Desk, rooms: Rooms, takers: Sequence[Taker], random: Random, end: float
    ) -> None:
        self.seen, self.desk, self.rooms, self.takers = seen, desk, rooms, takers
        self.random, self.end = random, end
        self.browser = Connection(desk.host, desk.port)
        self.browser.cookies.update(rooms.invigilator)
        self.boards: list[float] = []

    async def day_through(self) -> None:
        """Work until shortly before the end, so that no pause is left open."""
        await asyncio.gather(self.watch(), self.grant())

    async def watch(self) -> None:
        """Look at one board every two seconds."""
        browser, number = Connection(self.desk.host, self.desk.port), 0
        browser.cookies.update(self.rooms.invigilator)
        while self.end - 30 > perf_counter():
            started, board = perf_counter(), self.rooms.sessions[number % len(self.rooms.sessions)]
            await until_answered(self.desk, browser, "GET", f"/exams/sessions/{board}/board")
            self.boards.append(perf_counter() - started)
            number += 1
            await asyncio.sleep(POLL)
        browser.close()

    async def grant(self) -> None:
        """Give somebody who works a minute, or a pause."""
        await asyncio.sleep(BEGIN_WITHIN / 2)
        pauses: list[asyncio.Task[None]] = []
        while self.end - 30 > perf_counter():
            await asyncio.sleep(GRANT_EVERY)
            at_work = [it for it in self.takers if it.deadline and not it.awaited and not it.paused and not it.done]
            if not at_work:
                continue
            taker = self.random.choice(at_work)
            if self.random.random() < 0.5:
                await self.act(taker, "extend")
                self.seen.extended[taker.sitting_id] += 1
            else:
                pauses.append(asyncio.create_task(self.pause(taker)))
        await asyncio.gather(*pauses)
        self.browser.close()

    async def pause(self, taker: Taker) -> None:
        """Let somebody pause for a few seconds."""
        await self.act(taker, "pause")
        await asyncio.sleep(PAUSE_FOR)
        taker.forget_grant()
        await self.act(taker, "resume")

    async def act(self, taker: Taker, what: str) -> None:
        """Do something to one sitting on its board, and let its candidate's page wait for it."""
        board = f"/exams/sessions/{taker.sitter.session_id}/board"
        browser = Connection(self.desk.host, self.desk.port)
        browser.cookies.update(self.rooms.invigilator)
        token = CSRF.search((await until_answered(self.desk, browser, "GET", board)).body)
        assert token is not None
        body = b"csrf_token=%s&do=%s&minutes=1&reason=soak&sitting=%s" % (
            token[1], what.encode(), str(taker.sitting_id).encode())
        kind = (("Content-Type", "application/x-www-form-urlencoded"),)
        taker.awaited = Awaited(perf_counter(), taker.deadline, taker.paused)
        answer = await until_answered(self.desk, browser, "POST", board, body, kind)
        assert answer.status == HTTPStatus.FOUND, answer
        browser.close()


def form(page: Answer) -> bytes:
    """Return the token of a page's form as the beginning of a form."""
    token = CSRF.search(page.body)
    assert token is not None, page
    return b"csrf_token=" + token[1]
