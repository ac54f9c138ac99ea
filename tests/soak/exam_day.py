"""An exam day: hundreds begin within a minute, work, lose the network, change seats, and hand in together.

Everything goes through the pages and addresses that a browser uses. What a candidate was told is on disk is kept, and
compared with the journal when the day is over; so is every deadline, every end and every mark.
"""

import asyncio
import os
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from lms.exams.models import Sitting
from lms.kernel.db import db, reading
from tests.installation import Installation, name_of, wait_until
from tests.load import cpu_seconds, family
from tests.postgres import PostgresServer
from tests.soak.candidates import Desk
from tests.soak.course import Reaper
from tests.soak.exam_proofs import prove_day
from tests.soak.proofs import Rest
from tests.soak.room import Rooms, prepare
from tests.soak.takers import Invigilator, Seen, Taker

GRANT_WITHIN = 3.0  # seconds in which a grant reaches the candidate's page


@dataclass
class Day:
    """What a day did and found. cpu: seconds by name of process."""

    candidates: int
    seen: Seen = field(default_factory=Seen)
    boards: list[float] = field(default_factory=list)
    tried_again: int = 0
    seconds: float = 0.0
    cpu: Counter[str] = field(default_factory=Counter)
    load: float = 0.0  # average of the machine over the last minute, at the beginning
    kills: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def told(self, database: str) -> str:
        """Return the figures in words."""
        kills = ", ".join(f"{part} {number}" for part, number in sorted(self.kills.items())) or "nobody"
        seen, server = self.seen, {name: cpu for name, cpu in self.cpu.items() if name != "candidates"}
        shares = ", ".join(f"{name} {1000 * cpu / self.candidates:.0f}" for name, cpu in sorted(self.cpu.items()))
        times = {"beginning": seen.began, "saves": seen.saves, "polls": seen.polls, "handing in": seen.submits,
                 "boards": self.boards, "grants seen": seen.grants}
        return "\n".join((
            f"{database}: {self.candidates} candidates in {self.seconds:.0f} s (load before {self.load:.1f}); "
            f"{len(self.wrong)} proofs failed",
            "  p50/p99 ms: " + ", ".join(
                f"{name} {percentile(it, 50):.0f}/{percentile(it, 99):.0f} ({len(it)})" for name, it in times.items()),
            f"  {len(seen.kept)} answers acknowledged, {seen.late} told to be late; {seen.drops} lost networks, "
            f"{seen.moves} new seats, "
            f"{seen.unseen} grants to pages that were away, {self.tried_again} requests tried again; killed: {kills}",
            f"  CPU ms a sitting: server {1000 * sum(server.values()) / self.candidates:.0f}; by process: {shares}",
        ))


def percentile(seconds: list[float], percent: float) -> float:
    """Return milliseconds within which `percent` of the operations were done, 0 for none."""
    ordered = sorted(seconds)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def exam_day(
    installation: Installation, *, candidates: int, minutes: float, kill_every: float, seed: int,
    patience: float = 300.0, postgres: PostgresServer | None = None,
) -> Day:
    """Let a day pass and prove it.

    minutes      working time of the exam, beginning included; whoever forgets to hand in is closed at the deadline
    kill_every   seconds between two kills, every process in turn; 0 kills nobody
    postgres     the server of the database, to be killed in its turn too
    """
    day, random, length = Day(candidates, load=os.getloadavg()[0]), Random(seed), max(2, round(minutes))
    app = installation.application()
    rooms = prepare(app, candidates, length)
    installation.start()
    assert installation.process is not None
    desk, begun, meter = Desk("127.0.0.1", installation.port), perf_counter(), Meter(installation, postgres)
    rest = Rest(app)
    reaper = DayReaper(installation, random, day.kills, postgres) if kill_every else None
    try:
        asyncio.run(_everybody(day, desk, rooms, length, meter, reaper, kill_every, random))
        wait_until(lambda: _all_closed(app, candidates) and rest.reached(), within=patience + 60 * length)
        meter.look()
    finally:
        installation.stop()
    day.cpu.update(meter.by_name())
    day.seconds, day.tried_again = perf_counter() - begun, desk.tried_again
    with app.app_context():
        day.wrong = prove_day(reading(), day.seen, candidates, length, rest.last)
    slowest = percentile(day.seen.grants, 99) / 1000
    if not kill_every and slowest > GRANT_WITHIN:
        day.wrong.append(f"grants took {slowest:.1f} s to reach the page at p99")
    return day


def _all_closed(app: Flask, candidates: int) -> bool:
    with app.app_context():
        try:
            closed = reading().scalar(select(func.count()).select_from(Sitting).where(Sitting.closed_at.is_not(None)))
        except DBAPIError:  # a connection from before the database was killed
            db.engine.dispose()
            return False
        return closed == candidates


async def _everybody(
    day: Day, desk: Desk, rooms: Rooms, minutes: int, meter: "Meter", reaper: "DayReaper | None", kill_every: float,
    random: Random,
) -> None:
    end = perf_counter() + 60 * minutes
    takers = [Taker(day.seen, desk, it, Random(random.random()), end) for it in rooms.sitters]
    invigilator = Invigilator(day.seen, desk, rooms, takers, Random(random.random()), end)
    day.boards = invigilator.boards
    aside = [asyncio.create_task(meter.watch())]
    if reaper is not None:
        aside.append(asyncio.create_task(reaper.work(kill_every)))
    await asyncio.gather(invigilator.day_through(), *(each.day_through() for each in takers))
    for task in aside:
        task.cancel()


class Meter:
    """CPU seconds of an installation's processes, its database and the candidates; killed ones as last seen."""

    def __init__(self, installation: Installation, postgres: PostgresServer | None) -> None:
        assert installation.process is not None
        self.installation, self.postgres = installation, postgres
        self.root = installation.process.pid
        self.first = cpu_seconds([os.getpid()])
        self.seen: dict[int, tuple[str, float]] = {}

    async def watch(self) -> None:
        """Look once a second until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(1)

    def look(self) -> None:
        """Read the meters of all who live now."""
        for pid in family(self.root):
            self._read(pid, name_of(pid))
        if self.postgres is not None:
            for pid in family(self.postgres.pid) if self.postgres.pid else ():
                self._read(pid, "postgres")

    def _read(self, pid: int, name: str) -> None:
        with suppress(FileNotFoundError, ProcessLookupError):
            self.seen[pid] = name, cpu_seconds([pid])

    def by_name(self) -> Counter[str]:
        """Return the seconds by name of process."""
        total: Counter[str] = Counter({"candidates": cpu_seconds([os.getpid()]) - self.first})
        for name, seconds in self.seen.values():
            total[name] += seconds
        return total


class DayReaper(Reaper):
    """Kills every part in turn; on PostgreSQL the database server and one of its backends too."""

    def __init__(
        self, installation: Installation, random: Random, kills: Counter[str], postgres: PostgresServer | None
    ) -> None:
        super().__init__(installation, random, kills, 1)
        self.postgres = postgres

    async def work(self, every: float) -> None:
        """Kill somebody every so many seconds until cancelled."""
        while True:
            for _part in range(3):
                await asyncio.sleep(every)
                self.kill_next()
            if self.postgres is not None:
                await asyncio.sleep(every)
                await asyncio.to_thread(self.postgres.kill_backend if self.kills["server"] else self._kill_server)
                self.kills["backend" if self.kills["server"] else "server"] += 1

    def _kill_server(self) -> None:
        assert self.postgres is not None
        self.postgres.kill()
        self.postgres.start_again()
