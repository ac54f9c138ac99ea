"""One small supervisor for web, worker, beat and sockets: starts them, restarts what falls, stops them all together.

Programs are forked from it, so that they share the memory of whatever was imported before. The process that supervises
must therefore hold no threads, connections or open files of its own. Each program leads a process group: what a killed
one leaves behind is ended before it is started again, and an interrupt typed at the terminal reaches the supervisor
alone, which then stops the others in order.
"""

import ctypes
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

FIRST_PAUSE = 0.5  # seconds before the first restart
LONGEST_PAUSE = 30.0  # seconds between restarts of something that keeps falling, unless told otherwise
STEADY = 60.0  # a program that ran this many seconds has recovered
GRACE = 20.0  # seconds a program may take to stop before it is killed
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
LOOK = 0.05  # seconds between looks at programs that were told to stop
_libc = ctypes.CDLL(None, use_errno=True)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """One program to keep running: a function that returns only when the program is over."""

    name: str
    main: Callable[[], object]


def pause_before(falls: int, longest: float = LONGEST_PAUSE) -> float:
    """Return the seconds to wait before a restart, after `falls` falls in a row (1 or more), `longest` at most.

    >>> [pause_before(falls) for falls in (1, 2, 3, 7, 20)]
    [0.5, 1.0, 2.0, 30.0, 30.0]

    Raises ValueError below 1.
    """
    if falls < 1:
        raise ValueError("nothing has fallen")
    return float(min(longest, FIRST_PAUSE * 2 ** min(falls - 1, 10)))


@dataclass
class _Running:
    program: Program
    pid: int = 0  # 0: not running
    started: float = 0.0
    falls: int = 0
    due: float = 0.0  # when to start it (again), on the monotonic clock

    def start(self, now: float) -> None:
        parent = os.getpid()
        self.started = now
        self.pid = os.fork()
        if self.pid == 0:
            _become(self.program, parent)

    def ended(self) -> int | None:
        """Return the status it ended with, negative for a signal; None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        self.kill_group()
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def note_fall(self, now: float, longest: float) -> float:
        """Return the pause before it is started again, in seconds."""
        self.falls = self.falls + 1 if now - self.started < STEADY else 1
        pause = pause_before(self.falls, longest)
        self.due = now + pause
        return pause

    def kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):  # it took its whole group with it
            os.killpg(self.pid, signal.SIGKILL)


def _become(program: Program, parent: int) -> None:
    """Be the program, in the child: a group of its own, signals as usual, gone when the supervisor goes."""
    status = 1
    try:
        os.setsid()
        _libc.prctl(PR_SET_NAME, f"floor-{program.name}".encode(), 0, 0, 0)  # what ps and top show
        die_with(parent)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        program.main()
        status = 0
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # whatever it was, this process must not go on as a second supervisor
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def die_with(parent: int) -> None:
    """Be told to stop (SIGTERM) when `parent`, this process's parent, ends. SystemExit when it has ended already."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def supervise(
    programs: Sequence[Program], *, say: Say = _say, grace: float = GRACE, longest_pause: float = LONGEST_PAUSE
) -> int:
    """Keep the programs running until this process is told to stop (SIGTERM, SIGINT or SIGHUP); return 0.

    grace           seconds a program may take to stop by itself
    longest_pause   seconds between restarts of something that keeps falling

    Call it from the main thread of a process that has no other threads.
    """
    watched = {signal.SIGCHLD, *STOPPING}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, watched)
    running = [_Running(program) for program in programs]
    try:
        while True:
            _start_due(running)
            waiting = [each.due for each in running if not each.pid]
            wait = max(0.0, min(waiting) - time.monotonic()) if waiting else LONGEST_PAUSE
            received = signal.sigtimedwait(watched, wait)
            if received is not None and received.si_signo in STOPPING:
                break
            _collect_fallen(running, say, longest_pause)
    finally:
        _stop_all(running, say, grace)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return 0


def _start_due(running: Sequence[_Running]) -> None:
    now = time.monotonic()
    for each in running:
        if not each.pid and each.due <= now:
            each.start(now)


def _collect_fallen(running: Sequence[_Running], say: Say, longest_pause: float) -> None:
    now = time.monotonic()
    for each in running:
        if each.pid and (code := each.ended()) is not None:
            pause = each.note_fall(now, longest_pause)
            say(f"{each.program.name} {_how_it_ended(code)}; starting it again in {pause:g} s")


def _how_it_ended(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"


def _stop_all(running: Sequence[_Running], say: Say, grace: float) -> None:
    """Ask every program to stop, and kill what hasn't after `grace` seconds."""
    for each in running:
        if each.pid:
            os.kill(each.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while left := [each for each in running if each.pid and each.ended() is None]:
        if time.monotonic() >= deadline:
            break
        signal.sigtimedwait({signal.SIGCHLD}, LOOK)
    for each in left:
        say(f"{each.program.name} did not stop within {grace:g} s and is killed")
        each.kill_group()
        os.waitpid(each.pid, 0)
