"""What people and programs read when the fault is ours."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from lms.app import create_app
from lms.kernel.db import db, is_away, reading
from lms.kernel.settings import Settings
from tests.postgres import start_postgres

NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/none?connect_timeout=2"
ZH = {"Accept-Language": "zh-CN"}


@pytest.fixture
def abandoned(tmp_path: Path) -> Flask:
    """A running site whose database is gone."""
    app = create_app(Settings(data_dir=tmp_path, database_url=NOBODY_LISTENS))
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return app


@pytest.mark.parametrize("cookie", ["", "session=planted"])
@pytest.mark.parametrize("address", ["/", "/login", "/exams/", "/no-such-page"])
def test_a_page_says_that_the_database_is_away_without_asking_it(abandoned: Flask, address: str, cookie: str) -> None:
    client = abandoned.test_client(use_cookies=False)
    answer = client.get(address, headers=ZH | ({"Cookie": cookie} if cookie else {}))
    if not cookie and answer.status_code == 302:
        assert "/login" in answer.location  # nothing had to be read for it
        return
    assert answer.status_code == 503, answer.text[:300]
    assert answer.headers["Retry-After"] == "5"
    assert "数据库暂时连不上" in answer.text


def test_a_program_is_told_by_code(abandoned: Flask) -> None:
    question = "/api/v1/gate/people/1001/queues/gas"
    answer = abandoned.test_client().get(question, headers={"Authorization": "Bearer none"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.get_json()["error"]["code"] == "database.away"


def test_a_wrong_statement_is_a_fault_and_not_an_absence(app: Flask) -> None:
    with app.app_context(), pytest.raises(OperationalError) as raised:
        reading().execute(text("SELECT nothing FROM nowhere"))
    with app.app_context():
        assert db.engine.dialect.name == "sqlite"
        assert not is_away(raised.value)


def test_a_page_that_was_answered_stays_so_when_the_database_falls_before_its_transaction_ends(tmp_path: Path) -> None:
    with start_postgres() as server:
        app = create_app(Settings(data_dir=tmp_path, database_url=server.new_database()))
        with app.app_context():
            assert reading().scalar(text("SELECT 1")) == 1
            server.kill()
        server.start_again()
        with app.app_context():
            db.engine.dispose()
            assert reading().scalar(text("SELECT 1")) == 1
