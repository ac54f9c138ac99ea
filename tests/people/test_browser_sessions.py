"""Sessions lie in the database: seen, ended, and written only when they change."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from lms.kernel import clock
from lms.kernel.db import db, reading
from lms.people.browser_sessions import session_key
from lms.people.models import BrowserSession
from lms.people.tasks import tidy
from tests.conftest import NOW
from tests.factories import make_person
from tests.people.factories import account_with_password, sign_in_by_form


@pytest.fixture
def signed_in(app, client):
    with app.app_context():
        account_with_password(make_person("陈雨桐", staff_no="3001"))
    sign_in_by_form(client, "3001")
    client.get("/account/sessions")
    return client


@pytest.fixture
def statements(app):
    """Every statement sent to the database, as it is sent."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def changes(statements) -> list[str]:
    return [it for it in statements if it.split(maxsplit=1)[0] in ("INSERT", "UPDATE", "DELETE") or "IMMEDIATE" in it]


def rows(app):
    with app.app_context():
        return reading().scalars(select(BrowserSession).order_by(BrowserSession.created_at)).all()


def test_a_page_that_changes_nothing_writes_nothing(signed_in, statements):
    for _visit in range(3):
        assert signed_in.get("/account/sessions").status_code == 200
    assert changes(statements) == []


@pytest.mark.parametrize(("later", "written"), [(timedelta(minutes=4, seconds=50), 0), (timedelta(minutes=5), 1)])
def test_last_seen_is_noted_every_five_minutes_at_most(app, signed_in, statements, later, written):
    clock.set_travel(rows(app)[-1].last_seen_at + later)
    statements.clear()
    signed_in.get("/account/sessions")
    signed_in.get("/account/sessions")
    assert len([it for it in changes(statements) if it.startswith("UPDATE")]) == written


@pytest.fixture
def held(app):
    """How many connections were held each time one more was taken, that one counted."""
    with app.app_context():
        engine = db.engine
    counted: list[int] = []

    def count(*_connection):
        counted.append(engine.pool.checkedout())

    event.listen(engine, "checkout", count)
    yield counted
    event.remove(engine, "checkout", count)


def test_a_request_gives_back_what_it_read_with_before_it_stores_its_session(app, client, signed_in, held):
    clock.set_travel(rows(app)[-1].last_seen_at + timedelta(minutes=5))
    held.clear()
    signed_in.get("/account/sessions")  # seen again
    app.test_client().get("/account/login")  # a visitor's first page has a token to remember
    assert set(held) == {1}, "as many requests as there are connections would wait for one more until all give up"


def test_static_files_never_look_for_a_session(signed_in, statements):
    assert signed_in.get("/static/css/theme.css").status_code == 200
    assert statements == []


def test_signing_in_gives_the_session_a_new_name(app, client):
    with app.app_context():
        account_with_password(make_person(staff_no="3001"))
    client.get("/account/login")
    planted = client.get_cookie("session").value
    sign_in_by_form(client, "3001")
    assert client.get_cookie("session").value != planted
    client.set_cookie("session", planted)
    assert client.get("/account/sessions").status_code == 302


def test_the_table_holds_no_name_that_a_browser_could_use(app, signed_in):
    name = signed_in.get_cookie("session").value
    (row,) = [row for row in rows(app) if row.person_id]
    assert name not in (row.key, row.data.decode())
    assert row.key == session_key(name)


def test_a_sign_in_ends_after_the_hours_of_the_setting(app, signed_in):
    hours = timedelta(hours=app.extensions["settings"].session_hours)
    clock.set_travel(NOW + hours - timedelta(minutes=1))
    assert signed_in.get("/account/sessions").status_code == 200
    clock.set_travel(NOW + hours + timedelta(minutes=1))
    assert signed_in.get("/account/sessions").status_code == 302


@pytest.mark.parametrize(
    ("fields", "kept"), [({}, False), ({"own_device": "y"}, True)], ids=["not asked for", "asked for"]
)
def test_the_cookie_outlives_the_browser_only_if_asked_for(app, client, fields, kept):
    with app.app_context():
        account_with_password(make_person(staff_no="3001"))
    sign_in_by_form(client, "3001", **fields)
    assert (client.get_cookie("session").expires is not None) is kept
    assert client.get_cookie("remember_token") is None


def test_visitors_sessions_are_forgotten_after_two_hours(app, client):
    client.get("/account/login")
    assert len(rows(app)) == 1
    with app.app_context():
        tidy(NOW + timedelta(hours=1))
        assert reading().scalar(select(func.count()).select_from(BrowserSession)) == 1
        tidy(NOW + timedelta(hours=2, minutes=1))
        reading().rollback()
        assert reading().scalar(select(func.count()).select_from(BrowserSession)) == 0


def test_a_name_that_was_never_given_out_opens_nothing(client):
    client.set_cookie("session", "guessed")
    assert client.get("/account/sessions").status_code == 302
    client.get("/account/login")
    assert client.get_cookie("session").value != "guessed"


def test_a_session_ended_elsewhere_is_not_written_again_by_a_page_under_way(app, signed_in):
    with signed_in:
        signed_in.get("/account/sessions")
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(BrowserSession.__table__.delete())
    with signed_in.session_transaction() as session:
        session["more"] = 1
    assert all(row.person_id is None for row in rows(app))
