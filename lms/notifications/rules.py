"""Pure: what may stand in a notification, and what a mail looks like on the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any
from uuid import UUID

_INSTANT, _DAY = "$instant", "$day"


@dataclass(frozen=True)
class Recipient:
    """Whom to tell, resolved by the caller.

    email       empty: told on the site alone
    locale      language of the mail; empty: the installation's
    time_zone   zone its times are told in; empty: the installation's
    """

    person_id: UUID
    name: str = ""
    email: str = ""
    locale: str = ""
    time_zone: str = ""


@dataclass(frozen=True)
class MailText:
    """A mail in words. `html` may be empty."""

    subject: str
    text: str
    html: str = ""


def pack_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return params as JSON can hold them: instants and days are marked, identifiers become text.

    >>> pack_params({"ends_on": date(2026, 5, 31), "name": "陈雨桐"})
    {'ends_on': {'$day': '2026-05-31'}, 'name': '陈雨桐'}

    Raises ValueError for a naive instant, TypeError for what JSON can't hold.
    """
    return {name: _pack(value) for name, value in params.items()}


def unpack_params(packed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `pack_params` was given; identifiers stay text.

    >>> unpack_params({"ends_on": {"$day": "2026-05-31"}})
    {'ends_on': datetime.date(2026, 5, 31)}
    """
    return {name: _unpack(value) for name, value in packed.items()}


def _pack(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return {_INSTANT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(name): _pack(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_pack(inner) for inner in value]
    if value is None or isinstance(value, str | int | float):
        return str(value) if isinstance(value, str) else value  # a lazy or safe string becomes a plain one
    raise TypeError(f"{type(value).__name__} cannot stand in a notification")


def _unpack(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_INSTANT}:
            return datetime.fromisoformat(value[_INSTANT])
        if set(value) == {_DAY}:
            return date.fromisoformat(value[_DAY])
        return {name: _unpack(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_unpack(inner) for inner in value]
    return value


def compose(mail_id: UUID, mail: MailText, *, sender: str, to: str, to_name: str, at: datetime) -> EmailMessage:
    """Return the message as it goes out.

    Its Message-ID comes from the outbox row: a mail that had to be sent again is recognised as the same one.

    Raises ValueError when an address isn't one (a line break, no `@`).
    """
    message = EmailMessage()
    message["Subject"] = " ".join(mail.subject.split())
    message["From"] = sender
    message["To"] = Address(display_name=" ".join(to_name.split()), addr_spec=to) if to_name else Address(addr_spec=to)
    message["Date"] = at
    message["Message-ID"] = f"<{mail_id}@floorready>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message
