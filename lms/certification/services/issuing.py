"""Issue a certificate when the last missing fact arrives, in the transaction that recorded the fact."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import Certificate, CertificateDocument, CertificateSeries, DocumentState
from lms.certification.queries.cases import load_cycles, zones_of
from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.rules.cycles import Cycle, CycleKind, settle, undermined
from lms.certification.services.messages import tell_issued, tell_voided
from lms.certification.services.projecting import project
from lms.kernel import clock
from lms.kernel.db import new_id
from lms.kernel.jobs import enqueue
from lms.kernel.settings import get_settings
from lms.people.models import Person
from lms.records.queries import facts_of
from lms.records.rules import Fact
from lms.records.services import audit

PRINT_TASK: Final = "certificates.print"
STALE: Final = timedelta(days=7)  # what is entered about a time longer ago than this is history, not news


def react_to_fact(session: Session, fact: Fact, by: Identity, now: datetime) -> None:
    """Issue what a new fact completes, and void what a correction takes away. Called for every appended fact."""
    book = load_rulebook(session)
    if fact.supersedes is not None or book.reacts_to(fact.activity):
        reconsider(session, fact.person_id, by=by, now=now, corrected=fact.supersedes is not None, book=book)


def reconsider(
    session: Session, person_id: UUID, *, by: Identity, now: datetime, corrected: bool = False,
    book: Rulebook | None = None,
) -> list[Certificate]:
    """Issue every certificate that a person has earned by now; return the new ones. Doing it twice changes nothing.

    corrected   a fact was superseded: void certificates that no longer rest on facts first
    book        the rules, if read already
    """
    hold(session, person_id)
    book = book or load_rulebook(session)
    cycles = load_cycles(session, book, [person_id])[person_id]
    facts = facts_of(session, person_id)
    # Whoever waited for their turn read the clock before they began to wait: what is known by now may be later.
    known = max([now, *(fact.recorded_at for fact in facts)])
    voided = undermined(book.editions, cycles, facts, now=known) if corrected else ()
    for cycle in voided:
        cycles[cycle.code] = [cycle if it.number == cycle.number else it for it in cycles[cycle.code]]
    _void(session, book, person_id, voided, by=by, now=now)
    zone = zones_of(session, [person_id])[person_id]
    issued = [row for cycle in settle(book.editions, cycles, facts, now=known, zone=zone)
              if (row := issue(session, book, person_id, cycle, by=by, now=now)) is not None]
    if issued or corrected or _ages(book, cycles):
        project(session, [person_id], book=book)
    return issued


def issue(
    session: Session, book: Rulebook, person_id: UUID, cycle: Cycle, *, by: Identity, now: datetime
) -> Certificate | None:
    """Write one certificate; None when another transaction wrote this cycle first."""
    named = book.certifications[book.id_of(cycle.code)]
    period = cycle.period
    day = period.starts_at.astimezone(ZoneInfo(period.zone))
    row_id = session.scalar(
        _insert(session)(Certificate).values(
            id=new_id(), person_id=person_id, certification_id=named.id, cycle=cycle.number, edition=cycle.edition,
            kind=cycle.kind, number=_next_number(session, named.letters, day.year),
            check_code=secrets.token_urlsafe(16), starts_at=period.starts_at, last_day=period.last_day,
            ends_at=period.ends_at, anchor_day=period.anchor_day, zone=period.zone, issued_at=cycle.issued_at,
            issued_by=by.person_id, since=cycle.since, evidence=[str(it) for it in cycle.evidence],
        ).on_conflict_do_nothing(index_elements=["person_id", "certification_id", "cycle"]).returning(Certificate.id))
    if row_id is None:
        return None
    session.add(CertificateDocument(certificate_id=row_id, state=DocumentState.QUEUED))
    session.flush()
    row = session.get_one(Certificate, row_id)
    audit(session, by=by, action="certificate.issue", subject=f"certificate:{row.id}", now=now,
          changes={"number": [None, row.number], "person": [None, str(person_id)], "cycle": [None, cycle.number]},
          reason="founding grant" if cycle.kind is CycleKind.FOUNDING else "")
    if row.ends_at > clock.now():
        enqueue(session, PRINT_TASK, {"certificate_id": str(row.id)}, key=f"{PRINT_TASK}:{row.id}")
    if is_news(now):
        tell_issued(session, row, now=now)
    return row


def is_news(now: datetime) -> bool:
    """Tell whether what happens at `now` is worth a message, or is history being entered."""
    return now > clock.now() - STALE


def hold(session: Session, person_id: UUID) -> None:
    """Let changes of one person's certificates queue up behind each other until this transaction ends."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))


def _void(
    session: Session, book: Rulebook, person_id: UUID, voided: Iterable[Cycle], *, by: Identity, now: datetime
) -> None:
    for cycle in voided:
        row = session.scalars(
            select(Certificate).where(Certificate.person_id == person_id, Certificate.cycle == cycle.number,
                                      Certificate.certification_id == book.id_of(cycle.code))).one()
        row.voided_at = cycle.voided_at
        audit(session, by=by, action="certificate.void", subject=f"certificate:{row.id}", now=now,
              reason="a corrected result took away what it rests on",
              changes={"voided_at": [None, str(cycle.voided_at)]})
        if is_news(now):
            tell_voided(session, row, now=now)
    session.flush()


def _ages(book: Rulebook, cycles: dict[str, list[Cycle]]) -> bool:
    """Tell whether a held certificate has requirements with periods of their own, which a fact may prolong."""
    held = {(it.code, it.edition) for of in cycles.values() for it in of}
    return any(requirement.period_months for of in book.editions.values() for edition in of
               if (edition.code, edition.number) in held for requirement in edition.requirements)


def _next_number(session: Session, letters: str, year: int) -> str:
    """Return the next number of a series, e.g. `PA-RQ-2026-000123`; two transactions never get the same."""
    series = f"{get_settings().certificate_prefix}-{letters}-{year}"
    insert = _insert(session)(CertificateSeries).values(series=series, last=1)
    last = session.scalar(
        insert.on_conflict_do_update(index_elements=["series"], set_={"last": CertificateSeries.last + 1})
        .returning(CertificateSeries.last))
    return f"{series}-{last:06d}"


def _insert(session: Session) -> Any:
    return postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert


def reprint(session: Session, certificate_ids: Sequence[UUID]) -> None:
    """Queue the printing of certificates again, e.g. after a font was installed."""
    session.execute(update(CertificateDocument).where(CertificateDocument.certificate_id.in_(certificate_ids)).values(
        state=DocumentState.QUEUED, missing="", sha256=None, size=None))
    for certificate_id in certificate_ids:
        enqueue(session, PRINT_TASK, {"certificate_id": str(certificate_id)})
