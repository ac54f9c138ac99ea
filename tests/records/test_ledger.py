"""The ledger: facts are appended, chained, sealed, and any tampering is found."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.errors import Conflict
from lms.kernel.settings import get_settings
from lms.records.models import Outcome
from lms.records.queries import facts_of, verify_ledger
from lms.records.seals import read_copies
from lms.records.services import seal_day
from tests.factories import make_fact, make_person

pytestmark = pytest.mark.both_databases


def without_triggers(statement):
    """Change the ledger as somebody with the database's own password would."""
    with db.engine.connect().execution_options(writing=True) as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER IF EXISTS training_fact_no_update"))
            connection.execute(text("DROP TRIGGER IF EXISTS training_fact_no_delete"))
        else:
            connection.execute(text("ALTER TABLE training_fact DISABLE TRIGGER ALL"))
        connection.execute(text(statement))
        connection.commit()
    reading().rollback()  # the test's own session still sees the ledger as it was


@pytest.fixture
def chain(session):
    """One person with three facts, another with one."""
    person, other = make_person(), make_person("王思远")
    for score in (70, 82, 90):
        make_fact(person, "exam:gas-theory", score=score)
    make_fact(other, "course:gas-leak", Outcome.COMPLETED)
    return person


def test_an_untouched_ledger_holds(session, chain):
    found = verify_ledger(session)
    assert (found.holds, found.chains, found.facts) == (True, 2, 4)


@pytest.mark.parametrize("statement", ["UPDATE training_fact SET score = 1", "DELETE FROM training_fact"])
def test_the_database_itself_refuses_to_change_a_fact(session, chain, statement):
    with pytest.raises(DBAPIError, match="append-only"), db.engine.begin() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("column", "value"),
    [("activity", "'exam:other'"), ("edition", "'9'"), ("outcome", "'failed'"), ("score", "score + 1"),
     ("out_of", "out_of + 1"), ("evidence", "'else'"), ("sequence", "sequence + 7"),
     ("hash", "'0'"), ("previous_hash", "'0'"), ("recorded_by", "person_id"), ("occurred_at", "'2020-01-01 00:00:00'")],
)
@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_any_change_of_any_fact_is_found(session, chain, column, value, sequence):
    without_triggers(f"UPDATE training_fact SET {column} = {value} "
                     f"WHERE sequence = {sequence} AND activity = 'exam:gas-theory'")
    assert {found.person_id for found in verify_ledger(session).breaks} >= {chain.id}


@pytest.mark.parametrize("sequence", [1, 2, 3])
def test_a_fact_taken_out_is_found(session, chain, sequence):
    without_triggers(f"DELETE FROM training_fact WHERE sequence = {sequence} AND activity = 'exam:gas-theory'")
    assert not verify_ledger(session).holds


def test_a_whole_chain_taken_out_with_its_head_is_found_by_the_seal(session, chain, now):
    with unit_of_work() as writing:
        seal_day(writing, now=now, today=now)
    assert verify_ledger(session).holds
    without_triggers("DELETE FROM training_fact WHERE activity = 'exam:gas-theory'")
    without_triggers("DELETE FROM ledger_head WHERE sequence = 3")
    assert [found.code for found in verify_ledger(session).breaks] == ["seal"]


def test_a_seal_taken_out_of_the_database_is_found_by_its_copy_outside(session, chain, now, tmp_path):
    get_settings().seal_copy_dir = tmp_path
    with unit_of_work() as writing:
        seal_day(writing, now=now, today=now)
    get_settings().seal_copy_dir = None
    copies = read_copies(tmp_path)
    assert verify_ledger(session, copies).holds
    with db.engine.connect().execution_options(writing=True) as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS ledger_seal_no_delete" if connection.dialect.name == "sqlite"
                                else "ALTER TABLE ledger_seal DISABLE TRIGGER ALL"))
        connection.execute(text("DELETE FROM ledger_seal"))
        connection.commit()
    reading().rollback()
    assert [found.code for found in verify_ledger(session, copies).breaks] == ["copy"]


def test_a_file_that_is_no_seal_is_named(tmp_path):
    (tmp_path / "2026-03-01.json").write_text("{}")
    with pytest.raises(ValueError, match="2026-03-01"):
        read_copies(tmp_path)


def test_a_day_is_sealed_once(session, chain, now):
    with unit_of_work() as writing:
        assert seal_day(writing, now=now, today=now) is not None
    with unit_of_work() as writing:
        assert seal_day(writing, now=now, today=now) is None


def test_the_same_evidence_makes_one_fact(session):
    person = make_person()
    make_fact(person, "exam:gas-theory", evidence="sitting:1")
    with pytest.raises(Conflict):
        make_fact(person, "exam:gas-theory", evidence="sitting:1")


def test_a_correction_supersedes_and_the_past_stays_as_it_was_known(session, now):
    person = make_person()
    wrong = make_fact(person, "exam:gas-theory", score=90, at=now)
    later = now + timedelta(days=2)
    make_fact(person, "exam:gas-theory", Outcome.FAILED, score=60, at=now, now=later, supersedes=wrong.id)
    assert [fact.outcome for fact in facts_of(session, person.id)] == ["failed"]
    assert [fact.outcome for fact in facts_of(session, person.id, known_at=now + timedelta(days=1))] == ["passed"]


def test_a_fact_can_be_superseded_only_once(session, now):
    person = make_person()
    wrong = make_fact(person, "exam:gas-theory", score=90)
    make_fact(person, "exam:gas-theory", Outcome.VOIDED, supersedes=wrong.id)
    with pytest.raises(Conflict):
        make_fact(person, "exam:gas-theory", Outcome.VOIDED, supersedes=wrong.id)
    assert facts_of(session, person.id) == []
