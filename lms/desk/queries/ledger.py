"""What an auditor reads: seals, the size of the ledger, the audit, who holds what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.records.models import AuditEntry, LedgerHead, LedgerSeal, TrainingFact

SEALS = 30


@dataclass(frozen=True)
class LedgerSize:
    """How much the ledger holds."""

    facts: int
    chains: int
    corrected: int
    seals: int
    last_recorded_at: datetime | None


def size(session: Session) -> LedgerSize:
    """Return how much the ledger holds."""
    facts, corrected, last = session.execute(
        select(func.count(TrainingFact.id), func.count(TrainingFact.supersedes), func.max(TrainingFact.recorded_at))
    ).one()
    chains = session.scalar(select(func.count()).select_from(LedgerHead).where(LedgerHead.sequence > 0)) or 0
    seals = session.scalar(select(func.count()).select_from(LedgerSeal)) or 0
    return LedgerSize(facts, chains, corrected, seals, last)


def seals(session: Session) -> list[LedgerSeal]:
    """Return the newest seals."""
    return list(session.scalars(select(LedgerSeal).order_by(LedgerSeal.day.desc()).limit(SEALS)))


def last_verification(session: Session) -> AuditEntry | None:
    """Return the entry that the last verification left in the audit."""
    return session.scalar(
        select(AuditEntry).where(AuditEntry.action == "ledger.verify").order_by(AuditEntry.at.desc()).limit(1)
    )


def audit_entries() -> Select[Any]:
    """Return the statement of the audit list."""
    return select(AuditEntry)


def actions(session: Session) -> list[str]:
    """Return the actions the audit knows, by name."""
    return list(session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)))
