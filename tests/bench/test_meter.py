"""The meter of CPU time counts what a server's processes really use, also those it started later."""

import os
import subprocess
import sys

from tests.installation import wait_until
from tests.load import cpu_seconds, family

BUSY = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'while True: pass'])"


def test_the_meter_of_a_busy_child_reads_more_than_nothing():
    parent = subprocess.Popen([sys.executable, "-c", BUSY])
    try:
        wait_until(lambda: len(family(parent.pid)) == 2)
        wait_until(lambda: cpu_seconds(family(parent.pid)) > 0.2)
    finally:
        for pid in reversed(family(parent.pid)):
            os.kill(pid, 9)
        parent.wait()
