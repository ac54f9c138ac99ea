"""A process killed in the middle of saving: what it acknowledged is on disk."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from lms.kernel.db import db, reading
from tests import factories
from tests.exams.rows import make_sitting, saved

SAVES = 300  # acknowledged before the kill
ROOT = Path(__file__).parent.parent.parent


@pytest.mark.both_databases
def test_every_acknowledged_answer_survives_the_kill(context):
    sitting = make_sitting(factories.make_person(), questions=8)
    db.session.remove()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.exams.saving_process", db.engine.url.render_as_string(hide_password=False),
         str(sitting.id), str(sitting.person_id)],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    told = [process.stdout.readline() for _ in range(SAVES)]
    process.send_signal(signal.SIGKILL)
    told += process.stdout.readlines()
    process.wait()
    lines = {tuple(map(int, line.split())) for line in told if line.endswith("\n")}
    assert len(lines) >= SAVES
    assert lines <= {(row.item, row.sequence) for row in saved(sitting)}


def test_sqlite_flushes_every_commit_to_the_disk(context):
    assert reading().execute(text("PRAGMA synchronous")).scalar() == 2
    assert reading().execute(text("PRAGMA journal_mode")).scalar() == "wal"
