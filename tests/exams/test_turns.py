"""Group writers of several processes take turns at a SQLite database."""

import fcntl

import pytest
from sqlalchemy import create_engine

from lms.kernel.turns import turn


def is_taken(path):
    """Tell whether another process would have to wait now."""
    with path.with_name(f"{path.name}-turn").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.fixture
def path(tmp_path):
    return tmp_path / "own.sqlite3"


def test_a_turn_keeps_others_waiting_until_it_ends(path):
    with turn(create_engine(f"sqlite:///{path}")):
        assert is_taken(path)
    assert not is_taken(path)


def test_a_turn_that_fails_lets_others_in(path):
    with pytest.raises(ZeroDivisionError), turn(create_engine(f"sqlite:///{path}")):
        _ = 1 / 0
    assert not is_taken(path)


@pytest.mark.parametrize("address", ["sqlite://", "postgresql+psycopg://nobody@127.0.0.1/own"])
def test_other_databases_need_no_turns(address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with turn(create_engine(address)):
        assert list(tmp_path.iterdir()) == []
