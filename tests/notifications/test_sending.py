"""A mail server that is away, slow or refusing loses no mail and stops nothing else."""

import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import MAX_ATTEMPTS, run_due_jobs
from lms.notifications import tasks
from lms.notifications.models import MailState, OutboxMail
from lms.notifications.rules import MailText
from lms.notifications.services import queue_mail


class FakeServer:
    """A mail server that refuses the first `refusals` mails."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.taken = refusals, []

    def deliver(self, mail_id, message, now) -> None:
        if self.refusals:
            self.refusals -= 1
            raise smtplib.SMTPServerDisconnected("greylisted")
        self.taken.append((str(message["To"]), message["Message-ID"]))


@pytest.fixture
def queued(session, now):
    """A mail on its way."""
    with unit_of_work() as writing:
        return queue_mail(writing, MailText("Subject", "Text"), to="chen@example.test", now=now)


def send_for_a_day(now, server, monkeypatch) -> OutboxMail:
    """Let the worker try whenever a pause is over, for a day; return the mail."""
    monkeypatch.setattr(tasks, "channel_for", lambda settings: server)
    for minutes in range(0, 24 * 60, 10):
        with clock.travel(now + timedelta(minutes=minutes)):
            run_due_jobs()
    reading().rollback()
    return reading().scalars(select(OutboxMail).execution_options(populate_existing=True)).one()


@pytest.mark.parametrize("refusals", [0, 1, MAX_ATTEMPTS - 1])
def test_a_mail_is_tried_again_until_it_is_taken(queued, now, monkeypatch, refusals):
    server = FakeServer(refusals)
    mail = send_for_a_day(now, server, monkeypatch)
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.SENT, refusals + 1, "")
    assert server.taken == [("chen@example.test", f"<{queued}@floorready>")]


def test_a_mail_refused_to_the_last_is_given_up_with_the_servers_words(queued, now, monkeypatch):
    mail = send_for_a_day(now, FakeServer(MAX_ATTEMPTS), monkeypatch)
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.FAILED, MAX_ATTEMPTS, "greylisted")
