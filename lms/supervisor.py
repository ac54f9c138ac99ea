"""One small supervisor for web, worker and beat: starts them, restarts what falls, stops them all together.

It uses nothing but the standard library, so that it costs little memory and lives through a broken installation.
Each program leads a process group of its own: what a killed program leaves behind is ended before it is started
again, and an interrupt typed at the terminal reaches the supervisor alone, which then stops the others in order.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

FIRST_PAUSE = 0.5  # seconds before the first restart
LONGEST_PAUSE = 30.0  # seconds between restarts of something that keeps falling
STEADY = 60.0  # a program that ran this many seconds has recovered
GRACE = 20.0  # seconds a program may take to stop before it is killed
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """One program to keep running.

    command       its argument vector
    environment   added to the supervisor's own
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


def pause_before(falls: int) -> float:
    """Return the seconds to wait before a restart, after `falls` falls in a row (1 or more).

    >>> [pause_before(falls) for falls in (1, 2, 3, 7, 20)]
    [0.5, 1.0, 2.0, 30.0, 30.0]

    Raises ValueError below 1.
    """
    if falls < 1:
        raise ValueError("nothing has fallen")
    return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(falls - 1, 10)))


@dataclass
class _Running:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    falls: int = 0
    due: float = 0.0  # when to start it (again), on the monotonic clock

    def start(self, now: float) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - the commands are our own
            list(self.program.command),
            env={**os.environ, **self.program.environment},
            start_new_session=True,
            preexec_fn=_tie_to(os.getpid()),
        )
        self.started = now

    def note_fall(self, now: float) -> float:
        """Note that it ended by itself; return the pause before it is started again, in seconds."""
        self.kill_group()
        self.falls = self.falls + 1 if now - self.started < STEADY else 1
        self.process = None
        pause = pause_before(self.falls)
        self.due = now + pause
        return pause

    def signal(self, number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def kill_group(self) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):  # it took its whole group with it
                os.killpg(self.process.pid, signal.SIGKILL)


def _tie_to(parent: int) -> Callable[[], None]:
    """Return what a child does before it becomes its program: die with the supervisor, take signals again."""

    def tie() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the supervisor died while this child was being made

    return tie


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def supervise(programs: Sequence[Program], *, say: Say = _say, grace: float = GRACE) -> int:
    """Keep the programs running until this process is told to stop (SIGTERM, SIGINT or SIGHUP); return 0.

    grace   seconds a program may take to stop by itself

    Call it from the main thread of a process that has no other threads.
    """
    watched = {signal.SIGCHLD, *STOPPING}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    running = [_Running(program) for program in programs]
    try:
        while True:
            _start_due(running, say)
            waiting = [each.due for each in running if each.process is None]
            wait = max(0.0, min(waiting) - time.monotonic()) if waiting else LONGEST_PAUSE
            received = signal.sigtimedwait(watched, wait)
            if received is not None and received.si_signo in STOPPING:
                break
            _collect_fallen(running, say)
    finally:
        _stop_all(running, say, grace)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return 0


def _start_due(running: Sequence[_Running], say: Say) -> None:
    now = time.monotonic()
    for each in running:
        if each.process is not None or each.due > now:
            continue
        try:
            each.start(now)
        except OSError as error:
            say(f"{each.program.name} cannot be started: {error}; next try in {each.note_fall(now):g} s")


def _collect_fallen(running: Sequence[_Running], say: Say) -> None:
    now = time.monotonic()
    for each in running:
        if each.process is not None and (code := each.process.poll()) is not None:
            say(f"{each.program.name} {_how_it_ended(code)}; starting it again in {each.note_fall(now):g} s")


def _how_it_ended(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def _stop_all(running: Sequence[_Running], say: Say, grace: float) -> None:
    """Ask every program to stop, and kill what hasn't after `grace` seconds."""
    for each in running:
        each.signal(signal.SIGTERM)
    deadline = time.monotonic() + grace
    for each in running:
        if each.process is None:
            continue
        try:
            each.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{each.program.name} did not stop within {grace:g} s and is killed")
        each.kill_group()
        each.process.wait()
