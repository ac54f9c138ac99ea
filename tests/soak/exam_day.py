"""An exam day: hundreds begin within a minute, work, lose the network, change seats, and hand in together.

Everything goes through the pages and addresses that a browser uses. What a candidate was told is on disk is kept, and
compared with the journal when the day is over; so is every deadline.
"""

import asyncio
import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from random import Random
from time import perf_counter
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM
from lms.desk.bundled import load_bundled_content
from lms.exams.models import CloseKind, ExamPurpose, Sitting, SittingAnswer
from lms.exams.rules.paper import Part
from lms.exams.rules.terms import Terms
from lms.exams.services.assigning import assign_exam
from lms.exams.services.authoring import create_exam, publish_edition
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person
from lms.records.queries import verify_ledger
from tests.factories import make_person
from tests.installation import Installation, wait_until
from tests.load import Answer, Connection, cpu_seconds, family
from tests.soak.candidates import CSRF, Desk, until_answered
from tests.soak.course import Reaper
from tests.soak.proofs import each_job_had_its_effect_once, open_jobs
from tests.soak.scene import cookies_of

EXAM, QUESTIONS = "exam-day", 40
BEGIN_WITHIN = 60.0  # seconds in which everybody begins
PAUSE = (5.0, 15.0)  # seconds between two answers
POLL = 2.0  # seconds between two questions for the clock
OFFLINE, OFFLINE_FOR = 0.03, (5.0, 30.0)  # chance at an answer; seconds
MOVE = 0.01  # chance at an answer of going on from another seat
FORGET = 20  # every so many candidates one never hands in
TOKEN = re.compile(rb'data-token="([^"]+)"')
PLACE = re.compile(rb'data-epoch="(\d+)" data-sequence="(\d+)"')


@dataclass(frozen=True)
class Kept:
    """One answer that the server said is on disk."""

    sitting_id: UUID
    item: int
    epoch: int
    sequence: int
    body: str


@dataclass
class Day:
    """What a day did and found. Times in seconds; `undisturbed`: saves at the first try, network and server up."""

    candidates: int
    kept: list[Kept] = field(default_factory=list)
    began: list[float] = field(default_factory=list)
    undisturbed: list[float] = field(default_factory=list)
    tried_again: int = 0
    moves: int = 0
    drops: int = 0
    polls: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    kills: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def told(self, database: str) -> str:
        """Return the figures in words."""
        kills = ", ".join(f"{part} {number}" for part, number in sorted(self.kills.items())) or "nobody"
        return (
            f"{database}: {self.candidates} candidates in {self.seconds:.0f} s; beginning p99 "
            f"{percentile(self.began, 99):.0f} ms; {len(self.kept)} saves, p50 {percentile(self.undisturbed, 50):.0f}, "
            f"p99 {percentile(self.undisturbed, 99):.0f} ms; {self.drops} lost networks, {self.moves} changed seats, "
            f"{self.polls} polls, {self.tried_again} requests tried again; killed: {kills}; "
            f"{self.cpu / self.candidates:.3f} CPU s a sitting; {len(self.wrong)} proofs failed"
        )


def percentile(seconds: list[float], percent: float) -> float:
    """Return milliseconds within which `percent` of the operations were done, 0 for none."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def exam_day(
    installation: Installation, *, candidates: int, minutes: float, kill_every: float, seed: int,
    patience: float = 300.0,
) -> Day:
    """Let a day pass and prove it.

    minutes      working time of the exam, beginning included; whoever forgets to hand in is closed at the deadline
    kill_every   seconds between two kills, every process in turn; 0 kills nobody
    """
    day, random = Day(candidates), Random(seed)
    app = installation.application()
    people = _people(app, candidates, minutes)
    installation.start()
    assert installation.process is not None
    desk = Desk("127.0.0.1", installation.port)
    begun = perf_counter()
    try:
        day.cpu = asyncio.run(_everybody(day, desk, installation, people, minutes, kill_every, random))
        wait_until(lambda: _all_closed(app, candidates) and open_jobs(app) == 0, within=patience + 60 * minutes)
    finally:
        installation.stop()
    day.seconds, day.tried_again = perf_counter() - begun, desk.tried_again
    with app.app_context():
        day.wrong = prove_day(reading(), day, candidates, minutes)
    return day


def _people(app: Flask, candidates: int, minutes: float) -> list[dict[bytes, bytes]]:
    with app.app_context():
        now = clock.now()
        with unit_of_work() as session:
            load_bundled_content(session, now=now)
            parts = (Part(QUESTIONS - 10, 250, kind="single"), Part(10, 250, kind="multiple"))
            terms = Terms(parts, duration_minutes=max(1, round(minutes)), pass_percent=60)
            exam = create_exam(
                session, code=EXAM, title="考试日", purpose=ExamPurpose.STAGE, terms=terms, by=SYSTEM, now=now
            )
            publish_edition(session, exam.id, by=SYSTEM, now=now)
        return [_candidate(app, number) for number in range(1, candidates + 1)]


def _candidate(app: Flask, number: int) -> dict[bytes, bytes]:
    person: Person = make_person(f"考生{number}", email=f"day{number}@example.test", staff_no=f"D{number:04}")
    with unit_of_work() as session:
        assign_exam(session, EXAM, person_id=person.id, by=SYSTEM, now=clock.now())
    return {b"session": cookies_of(app, person)[b"session"]}


def _all_closed(app: Flask, candidates: int) -> bool:
    with app.app_context():
        closed = reading().scalars(select(Sitting.id).where(Sitting.points.is_not(None))).all()
        return len(closed) == candidates


async def _everybody(
    day: Day, desk: Desk, installation: Installation, people: list[dict[bytes, bytes]], minutes: float,
    kill_every: float, random: Random,
) -> float:
    """Return the CPU seconds of the web server and its workers over the day."""
    end = perf_counter() + 60 * minutes
    meter = Meter(installation)
    watching = asyncio.create_task(meter.watch())
    reaper = asyncio.create_task(_kill(Reaper(installation, random, day.kills, 1), kill_every)) if kill_every else None
    work = [
        Taker(day, desk, number, dict(cookies), Random(random.random()), end)
        for number, cookies in enumerate(people, 1)
    ]
    await asyncio.gather(*(each.day_through() for each in work))
    for task in (watching, reaper):
        if task is not None:
            task.cancel()
    return sum(meter.by_pid.values())


class Meter:
    """CPU seconds of an installation's processes; those that were killed count as last seen."""

    def __init__(self, installation: Installation) -> None:
        assert installation.process is not None
        self.root = installation.process.pid
        self.by_pid: dict[int, float] = {}

    async def watch(self) -> None:
        """Look once a second until cancelled."""
        while True:
            for pid in family(self.root):
                with suppress(FileNotFoundError, ProcessLookupError):
                    self.by_pid[pid] = cpu_seconds([pid])
            await asyncio.sleep(1)


async def _kill(reaper: Reaper, every: float) -> None:
    while True:
        await asyncio.sleep(every)
        reaper.kill_next()


class Taker:
    """One candidate with a browser: begins, answers, loses the network, changes the seat, hands in."""

    def __init__(
        self, day: Day, desk: Desk, number: int, cookies: dict[bytes, bytes], random: Random, end: float
    ) -> None:
        self.day, self.desk, self.number, self.random, self.end = day, desk, number, random, end
        self.browser = Connection(desk.host, desk.port)
        self.browser.cookies.update(cookies)
        self.signed_in = cookies
        self.room, self.token, self.epoch, self.sequence = "", b"", 1, 0
        self.waiting: list[dict[str, object]] = []

    async def day_through(self) -> None:
        """Live through the day."""
        await asyncio.sleep(self.random.uniform(0, BEGIN_WITHIN))
        await self.begin()
        last_poll = perf_counter()
        while (left := self.end - 5 - perf_counter()) > 0:
            await asyncio.sleep(min(self.random.uniform(*PAUSE), POLL, left))
            if perf_counter() - last_poll >= POLL:
                last_poll = perf_counter()
                await self.poll()
            if self.random.random() < POLL / (sum(PAUSE) / 2):
                await self.answer()
        if self.number % FORGET:
            await self.hand_in()
        self.browser.close()

    async def begin(self) -> None:
        """Open the exam's page and press its button."""
        started = perf_counter()
        page = await self.ask("GET", f"/exams/{EXAM}")
        answer = await self.ask("POST", f"/exams/{EXAM}/start", _form(page) + b"&honest=y")
        assert b"location" in answer.headers, answer
        self.room = answer.headers[b"location"].decode()
        await self.enter()
        self.day.began.append(perf_counter() - started)

    async def enter(self) -> None:
        """Open the room; on another seat, move there first."""
        page = await self.ask("GET", self.room)
        if b"data-token" not in page.body:
            await self.ask("POST", f"{self.room}/seat", _form(page))
            page = await self.ask("GET", self.room)
        token, place = TOKEN.search(page.body), PLACE.search(page.body)
        assert token is not None, page
        assert place is not None, page
        self.token, self.epoch, self.sequence = token[1], int(place[1]), int(place[2])

    async def answer(self) -> None:
        """Give one answer; perhaps without network for a while, perhaps from another seat."""
        if self.random.random() < MOVE:
            self.day.moves += 1
            self.browser.close()
            self.browser = Connection(self.desk.host, self.desk.port)
            self.browser.cookies.update(self.signed_in)
            await self.enter()
        self.write()
        if self.random.random() < OFFLINE:
            self.day.drops += 1
            self.browser.close()
            await asyncio.sleep(min(self.random.uniform(*OFFLINE_FOR), max(0.0, self.end - 10 - perf_counter())))
            self.write()
        await self.upload()

    def write(self) -> None:
        """Put one answer into the page's queue."""
        self.sequence += 1
        item = self.random.randint(1, QUESTIONS)
        self.waiting.append({"item": item, "seq": self.sequence, "answer": f"draft {self.sequence}"})

    async def upload(self) -> None:
        """Send the queue, and keep what was acknowledged."""
        body = json.dumps({"saves": self.waiting}).encode()
        before, started = self.desk.tried_again, perf_counter()
        reply = await self.ask("POST", f"{self.room}/answers", body, "application/json")
        if self.desk.tried_again == before:
            self.day.undisturbed.append(perf_counter() - started)
        receipts = json.loads(reply.body)["saved"]
        assert [it["verdict"] for it in receipts] == ["counted"] * len(self.waiting), reply
        sitting = UUID(self.room.rpartition("/")[2])
        for it in self.waiting:
            text = json.dumps(it["answer"], ensure_ascii=False)
            self.day.kept.append(Kept(sitting, int(str(it["item"])), self.epoch, int(str(it["seq"])), text))
        self.waiting = []

    async def poll(self) -> None:
        """Ask for the clock, as the page does."""
        self.day.polls += 1
        await self.ask("GET", f"{self.room}/state")

    async def hand_in(self) -> None:
        """Hand in together with all others."""
        await asyncio.sleep(max(0.0, self.end - 5 - perf_counter()))
        page = await self.ask("GET", self.room)
        if page.status == HTTPStatus.OK:
            await self.ask("POST", f"{self.room}/submit", _form(page) + b"&token=" + self.token)

    async def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """Send one request until a living server answers it."""
        headers = [("Content-Type", kind or "application/x-www-form-urlencoded")] if body else []
        if self.token:
            headers.append(("X-Sitting-Token", self.token.decode()))
        return await until_answered(self.desk, self.browser, method, path, body, tuple(headers))


def _form(page: Answer) -> bytes:
    token = CSRF.search(page.body)
    assert token is not None, page
    return b"csrf_token=" + token[1]


def prove_day(session: Session, day: Day, candidates: int, minutes: float) -> list[str]:
    """Return what is wrong after a day, in words: lost answers, wrong deadlines, wrong ends, jobs, ledger."""
    rows = session.execute(
        select(SittingAnswer.sitting_id, SittingAnswer.item, SittingAnswer.epoch, SittingAnswer.sequence,
               SittingAnswer.body)
    )
    journal = {tuple(row[:4]): row.body for row in rows}
    wrong = [f"lost or changed: {it}" for it in day.kept
             if journal.get((it.sitting_id, it.item, it.epoch, it.sequence)) != it.body]
    sittings = session.scalars(select(Sitting)).unique().all()
    if len(sittings) != candidates:
        wrong.append(f"{len(sittings)} sittings for {candidates} candidates")
    length = timedelta(minutes=max(1, round(minutes)))
    wrong += [f"wrong deadline: {it.id}" for it in sittings if it.deadline_at != it.started_at + length]
    wrong += [f"closed at another instant than its deadline: {it.id}" for it in sittings
              if it.close_kind == CloseKind.DEADLINE and it.closed_at != it.deadline_at]
    forgot = sum(it.close_kind == CloseKind.DEADLINE for it in sittings)
    if forgot < candidates // FORGET:
        wrong.append(f"{forgot} sittings were closed at their deadline, expected {candidates // FORGET} or more")
    wrong += each_job_had_its_effect_once(session)
    return wrong + [f"the ledger is broken: {each}" for each in verify_ledger(session).breaks]
