"""What people were told, and the mails on their way."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id


class MailState(StrEnum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Notification(Model):
    """One thing told to one person. Words are made when it is read, in the reader's language.

    slug     names the templates `email/<slug>/`
    params   what the templates need, as `rules.pack_params` writes it
    key      the same key is the same message: a person gets it once
    """

    __tablename__ = "notification"
    __table_args__ = (
        UniqueConstraint("person_id", "key", name="uq_notification_told_once"),
        Index("ix_notification_newest", "person_id", "created_at"),
        Index("ix_notification_unread", "person_id", "read_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(80))
    params: Mapped[dict[str, Any]]
    link: Mapped[str] = mapped_column(String(400), default="")
    key: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class OutboxMail(Model):
    """One mail, finished in words, written in the transaction that gave rise to it and sent after its commit."""

    __tablename__ = "outbox_mail"
    __table_args__ = (
        enum_check("state", MailState),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_an_instant"),
        Index("ix_outbox_mail_state", "state", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    notification_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("notification.id", ondelete="SET NULL"), unique=True
    )
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(120), default="")
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(40), default=MailState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class CaughtMail(Model):
    """A mail the catcher holds instead of a mail server: exactly what would have gone out."""

    __tablename__ = "caught_mail"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    mail_id: Mapped[UUID] = mapped_column(ForeignKey("outbox_mail.id", ondelete="CASCADE"), unique=True)
    caught_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(Text)  # RFC 5322 text
