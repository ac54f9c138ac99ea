"""The short form of the soak: every process is killed at least once while answers are saved and handed in."""

from pathlib import Path

import pytest

from tests.installation import PARTS, Installation
from tests.postgres import PostgresServer, start_postgres
from tests.soak.calls import calls_under_fire
from tests.soak.course import SETTINGS, soak


@pytest.fixture(scope="module")
def durable_postgres():
    """A PostgreSQL that keeps what it acknowledged."""
    with start_postgres(durable=True) as server:
        yield server


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_nothing_acknowledged_is_lost_whoever_is_killed(database, tmp_path: Path, durable_postgres: PostgresServer):
    url = durable_postgres.new_database() if database == "postgres" else ""
    installation = Installation(tmp_path, database_url=url, settings=SETTINGS)
    report = soak(installation, candidates=6, saves=600, kill_every=75, seed=7)
    assert report.wrong == []
    assert report.saves == 600
    assert set(report.kills) == set(PARTS)


def test_a_call_goes_on_where_it_was_and_its_recording_too_when_the_web_server_is_killed(tmp_path: Path):
    report = calls_under_fire(Installation(tmp_path, settings=SETTINGS), calls=2, seed=3)
    assert report.wrong == []
    assert report.calls == 2 and report.kills >= 1
    assert report.chunks >= report.moves > 0
