"""What the bell, the notifications page and the mail catcher show."""

from dataclasses import dataclass
from datetime import datetime
from email import message_from_string, policy
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.notifications.models import CaughtMail, Notification, OutboxMail
from lms.notifications.rules import unpack_params
from lms.notifications.words import words_of


@dataclass(frozen=True)
class Told:
    """One notification in words."""

    id: UUID
    title: str
    summary: str
    link: str
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Caught:
    """One mail of the catcher, in a list."""

    id: UUID
    recipient: str
    recipient_name: str
    subject: str
    caught_at: datetime


@dataclass(frozen=True)
class CaughtDetail:
    """One mail of the catcher, opened."""

    id: UUID
    sender: str
    recipient: str
    subject: str
    caught_at: datetime
    text: str
    html: str


def unread_count(session: Session, person_id: UUID) -> int:
    """Return how many notifications the person hasn't read."""
    return session.scalar(
        select(func.count()).select_from(Notification)
        .where(Notification.person_id == person_id, Notification.read_at.is_(None))
    ) or 0


def told_to(session: Session, person_id: UUID, *, limit: int = 200) -> tuple[Told, ...]:
    """Return a person's notifications, newest first, in the language of the request."""
    rows = session.scalars(
        select(Notification).where(Notification.person_id == person_id)
        .order_by(Notification.created_at.desc(), Notification.id.desc()).limit(limit)
    )
    return tuple(_told(row) for row in rows)


def _told(row: Notification) -> Told:
    words = words_of(row.slug, unpack_params(row.params))
    return Told(row.id, words.title, words.summary, row.link, row.created_at, row.read_at)


def caught_mails(session: Session, *, limit: int = 200) -> tuple[Caught, ...]:
    """Return what the mail catcher holds, newest first."""
    rows = session.execute(
        select(CaughtMail.id, OutboxMail.recipient, OutboxMail.recipient_name, OutboxMail.subject, CaughtMail.caught_at)
        .join(OutboxMail, OutboxMail.id == CaughtMail.mail_id)
        .order_by(CaughtMail.caught_at.desc(), CaughtMail.id.desc()).limit(limit)
    )
    return tuple(Caught(*row) for row in rows)


def caught_mail(session: Session, caught_id: UUID) -> CaughtDetail:
    """Return one caught mail as its reader would see it. Raises NotFound."""
    caught = session.get(CaughtMail, caught_id)
    if caught is None:
        raise NotFound
    message = message_from_string(caught.source, policy=policy.default)
    return CaughtDetail(
        caught.id, str(message["From"]), str(message["To"]), str(message["Subject"]), caught.caught_at,
        text=_part(message, "plain"), html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
