"""Tell people things; send the mails that follow. One function a use case; none of them commits."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.kernel import clock
from lms.kernel.db import new_id
from lms.kernel.errors import NotFound
from lms.kernel.jobs import enqueue
from lms.notifications.models import CaughtMail, MailState, Notification, OutboxMail
from lms.notifications.rules import MailText, Recipient, compose, pack_params
from lms.notifications.words import mail_of

__all__ = [
    "Recipient", "catch_mail", "mark_all_read", "mark_read", "note_failure", "note_sent", "notify", "queue_mail",
    "take_mail",
]

SEND_TASK = "notifications.send_mail"
NEWS = timedelta(days=7)

def notify(
    session: Session,
    *,
    to: Sequence[Recipient],
    slug: str,
    params: Mapping[str, Any],
    link: str = "",
    key: str,
    now: datetime,
) -> int:
    """Tell each recipient once: on the bell, and by mail when they have an address. Return how many were told.

    slug     names the templates `email/<slug>/`
    params   what the templates need: text, numbers, dates, aware instants, and lists or mappings of them
    link     path on this site that the message leads to, or empty
    key      the same key is the same message; a recipient told before isn't told again
    now      when it happened; what is entered about a time longer ago than `NEWS` is history, and nobody is told

    Raises jinja2.TemplateNotFound for an unknown slug, ValueError or TypeError for params that can't be kept.
    """
    if now < clock.now() - NEWS:
        return 0
    packed = pack_params(params)
    told = 0
    for recipient in to:
        notification_id = _tell(session, recipient, slug=slug, packed=packed, link=link, key=key, now=now)
        if notification_id is None:
            continue
        told += 1
        if recipient.email:
            mail = mail_of(slug, params, to=recipient, link=link, now=now)
            queue_mail(session, mail, to=recipient.email, to_name=recipient.name, told_as=notification_id, now=now)
    return told


def _tell(
    session: Session, recipient: Recipient, *, slug: str, packed: dict[str, Any], link: str, key: str, now: datetime
) -> UUID | None:
    """Write the notification; None when this person has had it."""
    values = {
        "id": new_id(), "person_id": recipient.person_id, "slug": slug, "params": packed, "link": link, "key": key,
        "created_at": now,
    }
    insert = _insert(session)(Notification).values(values)
    statement = insert.on_conflict_do_nothing(index_elements=["person_id", "key"]).returning(Notification.id)
    told: UUID | None = session.scalar(statement)
    return told


def queue_mail(
    session: Session, mail: MailText, *, to: str, to_name: str = "", told_as: UUID | None = None, now: datetime
) -> UUID:
    """Put a finished mail into the outbox; it leaves after the commit. Return the mail's id.

    told_as   the notification that the same is told by

    Raises ValueError when `to` is no address.
    """
    mail_id = new_id()
    compose(mail_id, mail, sender="check@localhost", to=to, to_name=to_name, at=now)
    session.add(
        OutboxMail(
            id=mail_id, notification_id=told_as, recipient=to, recipient_name=to_name,
            subject=" ".join(mail.subject.split())[:300], text=mail.text, html=mail.html, created_at=now,
        )
    )
    session.flush()
    enqueue(session, SEND_TASK, {"mail_id": str(mail_id)}, key=f"{SEND_TASK}:{mail_id}")
    return mail_id


def take_mail(session: Session, mail_id: UUID, *, sender: str) -> EmailMessage | None:
    """Count one more attempt and return the message to hand over; None when it went out before.

    A mail server may get a mail twice when the power fails between its answer and our note of it; both carry the same
    Message-ID. Raises NotFound when there is no such mail.
    """
    mail = session.get(OutboxMail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound
    if mail.state == MailState.SENT:
        return None
    mail.attempts += 1
    words = MailText(mail.subject, mail.text, mail.html)
    return compose(mail.id, words, sender=sender, to=mail.recipient, to_name=mail.recipient_name, at=mail.created_at)


def catch_mail(session: Session, mail_id: UUID, *, caught_id: UUID, source: str, now: datetime) -> None:
    """Keep a mail in the catcher, unless it is there."""
    values = {"id": caught_id, "mail_id": mail_id, "caught_at": now, "source": source}
    session.execute(_insert(session)(CaughtMail).values(values).on_conflict_do_nothing(index_elements=["mail_id"]))


def note_sent(session: Session, mail_id: UUID, *, now: datetime) -> None:
    """Note that a mail was taken."""
    _update_mail(session, mail_id, state=MailState.SENT, sent_at=now, last_error="")


def note_failure(session: Session, mail_id: UUID, *, error: str, final: bool) -> None:
    """Note that a mail was not taken; `final` gives up."""
    _update_mail(session, mail_id, state=MailState.FAILED if final else MailState.WAITING, last_error=error[:2000])


def _update_mail(session: Session, mail_id: UUID, **values: Any) -> None:
    session.execute(update(OutboxMail).where(OutboxMail.id == mail_id).values(**values))


def _insert(session: Session) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def mark_read(session: Session, notification_id: UUID, *, person_id: UUID, now: datetime) -> str:
    """Mark one of a person's own notifications as read; return the link it leads to.

    Raises NotFound when it isn't theirs.
    """
    notification = session.scalar(
        select(Notification).where(Notification.id == notification_id, Notification.person_id == person_id)
    )
    if notification is None:
        raise NotFound
    if notification.read_at is None:
        notification.read_at = now
    return notification.link


def mark_all_read(session: Session, *, person_id: UUID, now: datetime) -> None:
    """Mark everything a person was told until now as read."""
    session.execute(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None), Notification.created_at <= now)
        .values(read_at=now)
    )
