"""Ways a mail leaves: a mail server, or the catcher of a set-up that has none."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from typing import Protocol
from uuid import UUID

from lms.kernel.db import new_id, unit_of_work
from lms.kernel.settings import Settings
from lms.notifications import services

TIMEOUT = 20  # seconds a mail server may take
IMPLICIT_TLS_PORT = 465


class Channel(Protocol):
    """Something that takes a finished message."""

    def deliver(self, mail_id: UUID, message: EmailMessage, now: datetime) -> None:
        """Hand the message over, outside any transaction. Raises OSError when it wasn't taken."""


class MailServer:
    """SMTP: over TLS from the start on port 465; elsewhere STARTTLS when the server offers it or a password is set."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def deliver(self, mail_id: UUID, message: EmailMessage, now: datetime) -> None:
        """Send the message; OSError (smtplib's errors are among them) when the server can't be reached or refuses."""
        with self._connect() as server:
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        tls = ssl.create_default_context()
        where = (settings.mail_server, settings.mail_port)
        if settings.mail_port == IMPLICIT_TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=TIMEOUT, context=tls)
        else:
            server = smtplib.SMTP(*where, timeout=TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls") or settings.mail_username:
                server.starttls(context=tls)  # a password never travels in the clear: no STARTTLS is an error here
        if settings.mail_username:
            server.login(settings.mail_username, settings.mail_password)
        return server


class MailCatcher:
    """Keeps each mail once in a table, for the mail catcher page."""

    def deliver(self, mail_id: UUID, message: EmailMessage, now: datetime) -> None:
        """Keep the message, unless it was caught before."""
        with unit_of_work() as session:
            services.catch_mail(session, mail_id, caught_id=new_id(), source=message.as_string(), now=now)


def channel_for(settings: Settings) -> Channel:
    """Return the channel this installation sends mail by."""
    return MailServer(settings) if settings.mail_server else MailCatcher()
