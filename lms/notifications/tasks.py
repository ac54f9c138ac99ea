"""Work that leaves after the commit."""

from typing import Any
from uuid import UUID

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import MAX_ATTEMPTS, RunningJob, task
from lms.kernel.settings import get_settings
from lms.notifications import services
from lms.notifications.channels import channel_for


@task(services.SEND_TASK)
def send_mail(payload: dict[str, Any], job: RunningJob) -> None:
    """Send one mail of the outbox. OSError from the mail server goes up: the job is tried again later."""
    mail_id = UUID(payload["mail_id"])
    settings = get_settings()
    with unit_of_work() as session:
        message = services.take_mail(session, mail_id, sender=settings.mail_sender)
    if message is None:
        return
    try:
        channel_for(settings).deliver(mail_id, message, job.now)  # a slow mail server must not hold the database
    except OSError as error:
        with unit_of_work() as session:
            services.note_failure(session, mail_id, error=str(error), final=job.attempt >= MAX_ATTEMPTS)
        raise
    with unit_of_work() as session:
        services.note_sent(session, mail_id, now=job.now)
