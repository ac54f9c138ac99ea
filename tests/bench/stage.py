"""What measures run on: an installation with content, and the floor beside it."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from lms.desk.sample.loading import load_sample
from lms.kernel import clock
from lms.kernel.db import reading
from lms.kernel.jobs import Job, JobState
from lms.kernel.settings import Settings
from tests.installation import ROOT, Installation, free_port, wait_until
from tests.load import Connection, Timing, drive, family

REST = 900  # seconds until all certificates of a fresh sample must be printed
TURNS = 4  # of ours and of the floor's
Operation = Callable[[Connection, int], Callable[[], Awaitable[None]]]  # connection, user -> one operation


class Stage:
    """An installation on SQLite as `floorready run` starts it, filled with the sample call centre, and the floor.

    seconds   how long one measurement goes on
    sample    data folder of a stopped installation that holds the sample; loaded anew without one
    """

    def __init__(self, folder: Path, *, seconds: float, sample: Path | None = None) -> None:
        self.seconds = seconds
        self.installation = Installation(folder / "ours")
        if sample is not None:
            for kept in sample.glob("floorready.sqlite3*"):
                shutil.copy(kept, self.installation.data_dir)
            shutil.copytree(sample / "keys", self.installation.data_dir / "keys")
        self.app: Flask = self.installation.application()
        self.bare = BareServer(folder / "bare", self.app.extensions["settings"])
        if sample is None:
            with self.app.app_context():
                load_sample(clock.now())

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run both servers inside the block: ours at rest, once it has worked off what the sample left to do."""
        with self.bare.running(), self.installation:
            wait_until(self.is_at_rest, within=REST)
            self.installation.stop()
            self.installation.start()
            yield

    def is_at_rest(self) -> bool:
        """Tell whether no job is due or running."""
        with self.app.app_context():
            open_jobs = select(Job.id).where(Job.state.in_((JobState.WAITING, JobState.RUNNING)))
            return reading().scalar(open_jobs.where(Job.run_at <= clock.now()).limit(1)) is None

    @property
    def web_pids(self) -> list[int]:
        """The processes of our web server as they are now, once all its workers are there."""
        pid = self.installation.pid_of("web")
        assert pid is not None
        wait_until(lambda: len(family(pid)) > self.bare.settings.web_workers)
        return family(pid)

    def measure(self, operation: Operation, *, users: int = 8, seconds: float = 0) -> Timing:
        """Time an operation on our server."""
        return self._measure(self.installation.port, self.web_pids, operation, users, seconds)

    def measure_beside(
        self, operation: Operation, floor: Operation, *, users: int = 8, pace: float = 0
    ) -> tuple[Timing, Timing]:
        """Time an operation on our server and another on the bare one, in turns: a busy machine is busy for both.

        pace   seconds from one operation of a user to the next; 0: as fast as they are answered
        """
        ours, theirs, each = Timing(), Timing(), max(self.seconds / TURNS, 4 * pace)
        for _turn in range(TURNS):
            ours.add(self._measure(self.installation.port, self.web_pids, operation, users, each, pace))
            theirs.add(self._measure(self.bare.port, self.bare.pids, floor, users, each, pace))
        return ours, theirs

    def _measure(
        self, port: int, pids: list[int], operation: Operation, users: int, seconds: float, pace: float = 0
    ) -> Timing:
        return drive(lambda number: operation(Connection("127.0.0.1", port), number), users=users,
                     seconds=seconds or self.seconds, pids=pids, pace=pace)


class BareServer:
    """The floor's server: gunicorn with the installation's own numbers of processes and threads."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.journal = folder / "bare.sqlite3"
        self.settings = settings
        self.pids: list[int] = []
        with sqlite3.connect(self.journal) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE journal (id INTEGER PRIMARY KEY, body TEXT)")

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run it inside the block."""
        command = [
            sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread",
            "--workers", str(self.settings.web_workers), "--threads", str(self.settings.web_threads),
            "--keep-alive", "15", "--preload", "--no-control-socket", "--log-level", "warning", "tests.bench.bare:app",
        ]
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "BARE_JOURNAL": str(self.journal)})
        try:
            wait_until(lambda: listens(self.port))
            wait_until(lambda: len(family(process.pid)) > self.settings.web_workers)
            self.pids = family(process.pid)
            yield
        finally:
            process.terminate()
            process.wait()


def listens(port: int) -> bool:
    """Tell whether somebody listens on a loopback port."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0
