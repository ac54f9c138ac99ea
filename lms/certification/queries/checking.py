"""What the public check page tells: every printed field, and whether the certificate is good. Nothing more."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.certification.models import Certificate
from lms.certification.queries.cases import load_cases
from lms.certification.queries.papers import paper_of
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.rules.cycles import StandingState, standing_of
from lms.certification.services.documents import printed_fields


class CheckState(StrEnum):
    """What the page says of a certificate. Why one is paused or revoked isn't told."""

    VALID = "valid"
    PAUSED = "paused"  # genuine, not to be used now: suspended, a refresher overdue, the holder left
    EXPIRED = "expired"
    REVOKED = "revoked"  # taken back, or no longer resting on facts
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Checked:
    """A certificate as the public sees it.

    until      the instant it ends or ended at; for a revoked one the instant it was taken back
    printed    every field that stands on the paper
    sha256     of the PDF; None while it isn't printed
    """

    state: CheckState
    until: datetime
    zone: str
    printed: dict[str, Any]
    sha256: str | None


def by_code(session: Session, code: str, at: datetime) -> Checked | None:
    """Return the certificate of a QR code; None when there is none."""
    row = session.scalars(select(Certificate).where(Certificate.check_code == code[:40])).unique().one_or_none()
    return checked(session, row, at) if row else None


def by_number(session: Session, number: str, name: str, at: datetime) -> Checked | None:
    """Return the certificate with a number, if the name is the holder's; None otherwise.

    Which of the two is wrong isn't told. Numbers run on and can be guessed; asking for the name keeps strangers from
    reading the whole register.
    """
    row = session.scalars(
        select(Certificate).where(Certificate.number == number.strip().upper()[:40])).unique().one_or_none()
    if row is None:
        return None
    found = checked(session, row, at)
    names = (str(found.printed["name"]), str(found.printed["name_latin"]))
    given = _plain(name)
    same = any(it and hmac.compare_digest(_plain(it).encode(), given.encode()) for it in names)
    return found if same and given else None


def checked(session: Session, row: Certificate, at: datetime) -> Checked:
    """Return what the public may know of a certificate."""
    document = row.document
    printed = document.printed if document and document.printed else printed_fields(paper_of(session, row))
    days = {name: date.fromisoformat(printed[name]) for name in ("first_day", "last_day", "issued_day")}
    state = _state(session, row, at)
    until = row.ends_at
    if state is CheckState.REVOKED:
        until = row.voided_at or row.revoked_at or row.ends_at
    return Checked(state, until, row.zone, {**printed, **days}, document.sha256 if document else None)


def _state(session: Session, row: Certificate, at: datetime) -> CheckState:
    if row.voided_at is not None or (row.revoked_at is not None and row.revoked_at <= at):
        return CheckState.REVOKED
    if row.ends_at <= at:
        return CheckState.EXPIRED
    if row.starts_at > at:
        return CheckState.NOT_YET
    return CheckState.PAUSED if _is_paused(session, row.person_id, row.certification.code, at) else CheckState.VALID


def _is_paused(session: Session, person_id: UUID, code: str, at: datetime) -> bool:
    book = load_rulebook(session)
    case = load_cases(session, book, [person_id])[person_id].case
    kept_off = any(span.covers(at) for span in case.away) or any(
        it.span.covers(at) and not it.queue and it.certification in ("", code) for it in case.suspensions)
    standing = standing_of(code, book.editions, case.cycles, case.facts, at=at)
    return kept_off or standing.state is not StandingState.IN_FORCE


def _plain(name: str) -> str:
    """Return a name as it is compared: without spaces and dots, in small letters."""
    return "".join(char for char in name.casefold() if char.isalnum())
