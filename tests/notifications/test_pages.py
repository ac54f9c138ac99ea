"""The bell, the notifications page and the mail catcher, each for whom they are meant."""

from http import HTTPStatus

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import run_due_jobs
from lms.notifications.models import CaughtMail, Notification
from lms.notifications.rules import MailText
from lms.notifications.services import Recipient, notify, queue_mail
from lms.people.models import Person
from tests.factories import make_person

NOTICE = {
    "email/test-result/subject.txt": "Result of {{ exam }}",
    "email/test-result/summary.txt": "<b>{{ points }}</b> points",
}


@pytest.fixture(autouse=True)
def _a_notice_of_our_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    assert app.jinja_env.loader is not None
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([DictLoader(NOTICE), app.jinja_env.loader]))


@pytest.fixture
def told(app, now):
    """Return a function that tells a person of a result."""

    def tell(person_id, *, link="/exams/", key="result:1"):
        with app.app_context(), unit_of_work() as session:
            notify(session, to=[Recipient(person_id)], slug="test-result",
                   params={"exam": "燃气", "points": 92}, link=link, key=key, now=now)
            return session.scalars(select(Notification.id).where(Notification.key == key)).one()

    return tell


@pytest.fixture
def learner(app, client, sign_in):
    """The id of a learner who is signed in."""
    with app.app_context():
        person_id = make_person().id
        sign_in(client, reading().get_one(Person, person_id))
    return person_id


def unread(app, person_id) -> int:
    with app.app_context():
        rows = reading().scalars(select(Notification).where(Notification.person_id == person_id))
        return sum(row.read_at is None for row in rows)


def test_the_page_shows_what_one_was_told_and_nothing_in_it_is_markup(client, learner, told):
    told(learner)
    page = client.get("/notifications/").text
    assert "Result of 燃气" in page
    assert "&lt;b&gt;92&lt;/b&gt; points" in page


def test_opening_one_marks_it_read_and_leads_on(app, client, learner, told):
    notification = told(learner)
    answer = client.post(f"/notifications/{notification}/open", data=form(client))
    assert (answer.status_code, answer.location) == (HTTPStatus.SEE_OTHER, "/exams/")
    assert unread(app, learner) == 0


@pytest.mark.parametrize("link", ["", "https://elsewhere.example.test/", "//elsewhere.example.test/"])
def test_a_link_never_leads_off_the_site(client, learner, told, link):
    notification = told(learner, link=link)
    answer = client.post(f"/notifications/{notification}/open", data=form(client))
    assert answer.location == "/notifications/"


def test_nobody_opens_what_another_was_told(app, client, sign_in, told):
    with app.app_context():
        other = make_person("王思远").id
    notification = told(other)
    sign_in(client, Role.TRAINING_ADMIN)
    assert client.post(f"/notifications/{notification}/open", data=form(client)).status_code == HTTPStatus.NOT_FOUND
    assert unread(app, other) == 1


def test_all_are_marked_read_at_once(app, client, learner, told):
    told(learner)
    told(learner, key="result:2")
    client.post("/notifications/read", data=form(client))
    assert unread(app, learner) == 0


def form(client) -> dict[str, str]:
    """Return the fields every form carries."""
    page = client.get("/notifications/").text
    return {"csrf_token": page.partition('name="csrf_token" value="')[2].partition('"')[0]}


@pytest.fixture
def caught(app, now):
    """The id of a mail in the catcher."""
    with app.app_context():
        with unit_of_work() as session:
            letter = MailText("证书到期提醒", "还有 7 天", "<p style='color:red'>还有 7 天</p>")
            queue_mail(session, letter, to="a@example.test", now=now)
        run_due_jobs()
        return reading().scalars(select(CaughtMail.id)).one()


def test_the_catcher_shows_a_mail_in_a_sandbox(client, sign_in, caught):
    sign_in(client, Role.SYSTEM_ADMIN)
    assert "证书到期提醒" in client.get("/mail-catcher/").text
    assert "还有 7 天" in client.get(f"/mail-catcher/{caught}").text
    letter = client.get(f"/mail-catcher/{caught}/letter")
    assert letter.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("role", [Role.LEARNER, Role.TRAINER, Role.TRAINING_ADMIN, Role.AUDITOR])
def test_mails_are_for_the_system_administrator_alone(client, sign_in, caught, role):
    sign_in(client, role)
    assert client.get(f"/mail-catcher/{caught}").status_code == HTTPStatus.FORBIDDEN


def test_the_catcher_is_shut_outside_the_sample(app, client, sign_in, caught, monkeypatch):
    monkeypatch.setitem(app.extensions, "settings", app.extensions["settings"].model_copy(update={"sample": False}))
    sign_in(client, Role.SYSTEM_ADMIN)
    for path in ("/mail-catcher/", f"/mail-catcher/{caught}", f"/mail-catcher/{caught}/letter"):
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND
