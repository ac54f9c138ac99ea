"""People are told once, in their own language, on the bell and by mail."""

from datetime import timedelta
from email import message_from_string, policy

import pytest
from flask import Flask
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import RunningJob, run_due_jobs
from lms.notifications.models import CaughtMail, MailState, Notification, OutboxMail
from lms.notifications.queries import unread_count
from lms.notifications.services import Recipient, notify
from lms.notifications.tasks import send_mail
from tests.factories import make_person

NOTICE = {
    "email/test-ends/subject.txt": "{{ _('Mail catcher') }}: {{ name }}\n",
    "email/test-ends/summary.txt": "{{ ends_at|when }}",
}


@pytest.fixture(autouse=True)
def _a_notice_of_our_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """One slug that belongs to no area, so that these tests stand on nobody's words."""
    assert app.jinja_env.loader is not None
    monkeypatch.setattr(app.jinja_env, "loader", ChoiceLoader([DictLoader(NOTICE), app.jinja_env.loader]))


def tell(*people, now, key="ends:1", **recipient):
    """Tell people about one notice; return how many were told."""
    to = [Recipient(person.id, person.name, person.email, **recipient) for person in people]
    with unit_of_work() as session:
        return notify(session, to=to, slug="test-ends", params={"name": "燃气", "ends_at": now + timedelta(days=7)},
                      link="/certificates/", key=key, now=now)


@pytest.mark.both_databases
def test_the_same_message_is_told_once(session, now):
    person = make_person(email="chen@example.test")
    assert [tell(person, now=now), tell(person, now=now)] == [1, 0]
    assert unread_count(session, person.id) == 1
    assert len(session.scalars(select(OutboxMail)).all()) == 1


@pytest.mark.both_databases
def test_another_key_is_another_message(session, now):
    person = make_person()
    tell(person, now=now)
    tell(person, now=now, key="ends:2")
    assert unread_count(session, person.id) == 2


def test_nothing_is_told_when_the_use_case_fails(session, now):
    person = make_person(email="chen@example.test")
    with pytest.raises(RuntimeError, match="after all"), unit_of_work() as writing:
        notify(writing, to=[Recipient(person.id, person.name, person.email)], slug="test-ends",
               params={"name": "燃气", "ends_at": now}, key="k", now=now)
        raise RuntimeError("not after all")
    assert unread_count(session, person.id) == 0
    assert run_due_jobs() == 0


def test_who_has_no_address_is_told_on_the_site_alone(session, now):
    tell(make_person(email=""), now=now)
    assert session.scalars(select(Notification)).all()
    assert not session.scalars(select(OutboxMail)).all()


@pytest.mark.parametrize(
    ("locale", "zone", "subject", "when"),
    [
        ("zh_CN", "", "邮件截留箱: 燃气", "2026-03-09 09:00 北京时间"),
        ("en", "", "Mail catcher: 燃气", "2026-03-09 09:00 Beijing time"),
        ("zh_TW", "Asia/Tokyo", "郵件截留箱: 燃气", "2026-03-09 10:00 UTC+09:00"),
        ("", "", "邮件截留箱: 燃气", "2026-03-09 09:00 北京时间"),
    ],
    ids=["Chinese", "English", "Traditional Chinese in Tokyo", "nothing chosen"],
)
def test_a_mail_speaks_its_readers_language_and_zone(session, now, locale, zone, subject, when):
    tell(make_person(email="chen@example.test"), now=now, locale=locale, time_zone=zone)
    mail = session.scalars(select(OutboxMail)).one()
    assert mail.subject == subject
    assert when in mail.text
    assert when in mail.html


def test_a_mail_reaches_the_catcher_once_however_often_its_job_runs(session, now):
    tell(make_person(email="chen@example.test", name="陈雨桐"), now=now)
    assert run_due_jobs() == 1
    with unit_of_work() as writing:  # as if the worker had been killed before it could note that it was done
        mail = writing.scalars(select(OutboxMail)).one()
        mail.state, mail.sent_at = MailState.WAITING, None
    send_mail({"mail_id": str(mail.id)}, RunningJob(mail.id, now, 2))
    caught = session.scalars(select(CaughtMail)).one()
    message = message_from_string(caught.source, policy=policy.default)
    assert str(message["To"]) == "陈雨桐 <chen@example.test>"
    assert str(message["Message-ID"]) == f"<{mail.id}@floorready>"
    assert session.get_one(OutboxMail, mail.id, populate_existing=True).state == MailState.SENT


@pytest.mark.parametrize("address", ["no-at-sign", "a@b\nBcc: all@example.test"], ids=["no at", "a line break"])
def test_what_is_no_address_is_refused_before_anything_is_kept(session, now, address):
    person = make_person(email=address)
    with pytest.raises(ValueError, match="."):
        tell(person, now=now)
    assert not session.scalars(select(Notification)).all()
