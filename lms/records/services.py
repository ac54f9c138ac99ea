"""Append a fact, audit a change, seal a day. Called within the caller's unit of work."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.db import new_id, session_after_commit
from lms.kernel.errors import Conflict
from lms.records import keys, seals
from lms.records.models import AuditEntry, LedgerHead, LedgerSeal, Outcome, TrainingFact
from lms.records.queries import as_fact
from lms.records.rules import GENESIS, Fact, fact_hash, seal_digest

FactHandler = Callable[[Session, Fact, Identity, datetime], None]
_handlers: list[FactHandler] = []


def on_fact(handler: FactHandler) -> FactHandler:
    """Let `handler(session, fact, by, now)` run after every appended fact, in the same transaction."""
    if handler not in _handlers:
        _handlers.append(handler)
    return handler


def append_fact(
    session: Session,
    *,
    person_id: UUID,
    activity: str,
    edition: str,
    outcome: Outcome,
    score: int | None = None,
    out_of: int | None = None,
    occurred_at: datetime,
    by: Identity,
    now: datetime,
    evidence: str | None = None,
    supersedes: UUID | None = None,
) -> TrainingFact:
    """Append one finished thing to a person's chain and tell whoever listens.

    activity        reference `kind:code`, e.g. `exam:gas-theory`
    score, out_of   hundredths of a mark, both or neither
    evidence        reference to what it rests on, e.g. `sitting:<id>`; the same evidence makes one fact a person
    supersedes      the fact this one corrects

    Raises Conflict when a fact with that evidence exists already, or the superseded one was superseded before.
    """
    head = _lock_head(session, person_id)
    if evidence and session.scalar(
        select(TrainingFact.id).where(TrainingFact.person_id == person_id, TrainingFact.evidence == evidence)
    ):
        raise Conflict("fact.exists")
    if supersedes and session.scalar(select(TrainingFact.id).where(TrainingFact.supersedes == supersedes)):
        raise Conflict("fact.superseded_already")
    fact = Fact(
        id=new_id(), person_id=person_id, sequence=head.sequence + 1, activity=activity, edition=edition,
        outcome=outcome.value, score=score, out_of=out_of, occurred_at=occurred_at, recorded_at=now,
        recorded_by=by.person_id, evidence=evidence or None, supersedes=supersedes, previous_hash=head.hash,
    )
    fact = replace(fact, hash=fact_hash(fact))
    row = TrainingFact(**{name: getattr(fact, name) for name in Fact.__dataclass_fields__})
    session.add(row)
    head.sequence, head.hash = fact.sequence, fact.hash
    session.flush()
    for handler in _handlers:
        handler(session, as_fact(row), by, now)
    return row


def _lock_head(session: Session, person_id: UUID) -> LedgerHead:
    """Return the person's head, held until the transaction ends; begin the chain when there is none."""
    held = (
        select(LedgerHead).where(LedgerHead.person_id == person_id).with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalars(held).one_or_none()
    if head is not None:
        return head
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(LedgerHead).values(person_id=person_id, sequence=0, hash=GENESIS).on_conflict_do_nothing()
    )
    return session.scalars(held).one()


def audit(
    session: Session,
    *,
    by: Identity,
    action: str,
    subject: str,
    now: datetime,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    """Write down who did what to what, and why.

    action    `area.verb`, e.g. `certificate.revoke`
    subject   reference `kind:id` of what was changed
    changes   {field: [before, after]}; never secrets
    """
    session.add(
        AuditEntry(
            at=now, actor_id=by.person_id, actor="system" if by.is_system else by.staff_no or by.name,
            action=action, subject=subject, reason=reason, changes=changes,
        )
    )


def seal_day(session: Session, *, now: datetime, today: datetime) -> LedgerSeal | None:
    """Sign all heads for the day before `today` (local midnight, aware); None when that day is sealed already.

    After the commit a copy goes to every seal folder (`seals.folders`): a seal is worth what lies outside.
    """
    day = (today - timedelta(days=1)).date()
    if session.scalar(select(LedgerSeal.id).where(LedgerSeal.day == day)):
        return None
    heads: dict[str, Sequence[Any]] = {
        str(head.person_id): [head.sequence, head.hash]
        for head in session.scalars(select(LedgerHead).where(LedgerHead.sequence > 0).order_by(LedgerHead.person_id))
    }
    last = session.scalars(select(LedgerSeal).order_by(LedgerSeal.day.desc()).limit(1)).first()
    previous = last.digest if last else GENESIS
    digest = seal_digest(previous, day.isoformat(), heads)
    signature, key_id = keys.sign(digest)
    seal = LedgerSeal(
        day=day, sealed_at=now, chains=len(heads), heads=dict(heads), digest=digest, previous_digest=previous,
        facts=session.scalar(select(func.count()).select_from(TrainingFact)) or 0,
        signature=signature, key_id=key_id,
    )
    session.add(seal)
    session_after_commit(session, lambda: seals.write_copies(seal))
    return seal
