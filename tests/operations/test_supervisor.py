"""The supervisor keeps programs running, and none of them outlives it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.supervisor import LONGEST_PAUSE, pause_before

ROOT = Path(__file__).resolve().parents[2]
SUPERVISE = """
import sys
from lms.supervisor import Program, supervise
sys.exit(supervise([Program("program", lambda: exec(sys.argv[1]))], grace=0.3))
"""
SAY_PID_AND_WAIT = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + SAY_PID_AND_WAIT
WITH_A_CHILD = (
    "import os, signal, subprocess, sys;"
    "child = subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']);"
    "print(child.pid, flush=True); print(os.getpid(), flush=True); signal.pause()"
)


class Supervised:
    """A supervisor in a process of its own, watching one Python program that prints process ids."""

    def __init__(self, program: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, program], cwd=ROOT, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def next_pid(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())

    def next_word(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.readline().strip()

    def wait_until_nobody_holds_its_output(self) -> None:
        """Return once the supervisor and everything it started have ended: only then does the pipe end."""
        assert self.process.stdout is not None
        self.process.stdout.read()


@pytest.fixture
def supervised() -> Iterator[type[Supervised]]:
    made: list[Supervised] = []

    class Remembered(Supervised):
        def __init__(self, program: str) -> None:
            super().__init__(program)
            made.append(self)

    yield Remembered
    for each in made:
        each.process.terminate()
        each.process.communicate()


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_killed_program_is_started_again(supervised):
    supervisor = supervised(SAY_PID_AND_WAIT)
    first = supervisor.next_pid()
    os.kill(first, signal.SIGKILL)
    second = supervisor.next_pid()
    assert second != first
    assert supervisor.next_word() == "program was ended by SIGKILL; starting it again in 0.5 s"


def test_what_a_killed_program_leaves_behind_is_ended_before_it_starts_again(supervised):
    supervisor = supervised(WITH_A_CHILD)
    child, leader = supervisor.next_pid(), supervisor.next_pid()
    os.kill(leader, signal.SIGKILL)
    supervisor.next_pid()
    assert not is_alive(child)


@pytest.mark.parametrize("word", [signal.SIGTERM, signal.SIGINT], ids=["told to stop", "interrupted"])
def test_stopping_the_supervisor_stops_its_programs_in_order(supervised, word):
    supervisor = supervised(SAY_PID_AND_WAIT)
    supervisor.next_pid()
    supervisor.process.send_signal(word)
    supervisor.wait_until_nobody_holds_its_output()
    assert supervisor.process.wait() == 0


def test_a_program_that_will_not_stop_is_killed_after_the_grace(supervised):
    supervisor = supervised(STUBBORN)
    program = supervisor.next_pid()
    supervisor.process.terminate()
    assert supervisor.process.wait() == 0
    assert not is_alive(program)
    assert supervisor.next_word() == "program did not stop within 0.3 s and is killed"


def test_programs_die_with_a_killed_supervisor(supervised):
    supervisor = supervised(SAY_PID_AND_WAIT)
    supervisor.next_pid()
    supervisor.process.kill()
    supervisor.wait_until_nobody_holds_its_output()


@pytest.mark.parametrize(
    ("falls", "seconds"), [(1, 0.5), (2, 1.0), (6, 16.0), (7, LONGEST_PAUSE), (2000, LONGEST_PAUSE)]
)
def test_pauses_between_restarts_double_up_to_half_a_minute(falls, seconds):
    assert pause_before(falls) == seconds


def test_a_pause_needs_a_fall():
    with pytest.raises(ValueError, match="nothing has fallen"):
        pause_before(0)
