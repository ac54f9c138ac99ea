"""A score is what it was: by every version ever released, in every process, on both databases."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.kernel.db import reading
from simulations import ENGINE_VERSION, CallSetup, catch_up, client_event, new_call, queries, score, step
from simulations.engines import UnknownEngineError, callable_versions, engine_of, release, released
from simulations.models import CallScoreRow, SimulatedCall
from simulations.queries import log_of, report_of
from tests.factories import make_person
from tests.simulations import golden
from tests.simulations.factories import GAS, GOOD_CALL, PHRASES, make_edition, play_out

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tables():
    """What two fresh processes with different hash seeds make of every plan by every version."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.simulations.golden"], cwd=ROOT, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "4242")
    ]
    return [json.loads(process.communicate()[0]) for process in running]


def test_two_fresh_processes_with_different_hash_seeds_score_every_plan_alike(tables):
    assert tables[0] == tables[1]
    assert list(tables[0]) == list(callable_versions())


def test_every_plan_scores_its_golden_digest_by_every_version(tables):
    wrong = [it for version, table in tables[0].items() for it in golden.differences(version, table)]
    assert wrong == [], "if the engine at work was changed on purpose: python -m tests.simulations.golden --write"


def test_the_golden_digests_cover_the_library(tables):
    now, known = tables[0][ENGINE_VERSION], golden.kept(ENGINE_VERSION)
    assert 2 * sum(known.get(code, {}).get("script") == it["script"] for code, it in now.items()) >= len(now)


def test_a_changed_digest_is_told_by_version_script_and_plan():
    table = golden.kept("1.0.0")
    table["gas-leak-01"]["完美"] = "0" * 64
    assert golden.differences("1.0.0", table) == ["1.0.0 gas-leak-01 完美"]


def test_a_released_version_is_never_changed(tmp_path):
    archive = release.release(tmp_path)
    assert release.release(tmp_path) == archive
    assert release.archived(archive) == release.sources()
    with release.ZipFile(archive, "a") as kept:
        kept.writestr("more", "1")
    with pytest.raises(FileExistsError):
        release.release(tmp_path)


def test_the_engine_at_work_is_no_other_than_the_one_released_under_its_version():
    archive = release.FOLDER / f"{ENGINE_VERSION}.zip"
    assert ENGINE_VERSION not in released() or release.archived(archive) == release.sources()


def test_a_version_that_never_was_is_not_called():
    with pytest.raises(UnknownEngineError):
        engine_of("0.9.0")


def test_a_call_scored_by_an_older_engine_is_counted_by_that_engine(session, monkeypatch):
    make_edition()
    with monkeypatch.context() as then:
        then.setattr(queries, "engine_for", lambda _kept: engine_of("1.0.0"))
        call = play_out(make_person())
    report = report_of(reading(), reading().get_one(SimulatedCall, call.id))
    assert (report.score.engine_version, report.intact) == ("1.0.0", True)


@pytest.mark.both_databases
def test_a_stored_call_scores_as_it_does_in_memory_on_either_database(session):
    make_edition()
    call = play_out(make_person())
    kept = reading().scalars(select(CallScoreRow).where(CallScoreRow.call_id == call.id)).one()
    log = [event.as_json() for event in log_of(reading(), call.id)]
    assert engine_of(ENGINE_VERSION).score(GAS, PHRASES, log).digest == kept.digest == in_memory(GOOD_CALL).digest


def in_memory(moves):
    """Score the moves of a call that no database has seen."""
    script = engine_of(ENGINE_VERSION).compiled(GAS, PHRASES)
    state = new_call(script, CallSetup("exam", ("type",), 1, "3276"))
    for number, (second, kind, data) in enumerate(moves, 1):
        state, _, _ = catch_up(state, second * 1000)
        move = client_event(state, kind, data, server_ms=second * 1000, client_ms=second * 1000, client_seq=number)
        state, _ = step(state, move)
    return score(script, catch_up(state, 400_000)[0].events)
