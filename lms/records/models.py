"""The ledger and the audit: append-only tables, guarded by triggers on both databases."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, enum_check, new_id


class Outcome(StrEnum):
    """How a finished thing ended."""

    PASSED = "passed"
    FAILED = "failed"
    COMPLETED = "completed"
    VOIDED = "voided"  # a correction: the superseded fact no longer counts and nothing takes its place


class TrainingFact(Model):
    """One finished thing of one person. Never updated, never deleted; a correction supersedes.

    score, out_of     hundredths of a mark; both or neither
    sequence          1, 2, 3 .. a person; `hash` covers `previous_hash`, so nothing can be taken out unseen
    """

    __tablename__ = "training_fact"
    __table_args__ = (
        enum_check("outcome", Outcome),
        CheckConstraint("(score IS NULL) = (out_of IS NULL)", name="score_has_a_full_mark"),
        CheckConstraint("score IS NULL OR (score >= 0 AND score <= out_of AND out_of > 0)", name="score_in_range"),
        CheckConstraint("sequence >= 1", name="sequence_from_one"),
        CheckConstraint("occurred_at <= recorded_at", name="recorded_after_it_occurred"),
        UniqueConstraint("person_id", "sequence"),
        UniqueConstraint("person_id", "evidence", name="uq_training_fact_evidence_once"),
        Index("ix_training_fact_activity", "activity", "occurred_at"),
        Index("ix_training_fact_recorded", "recorded_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    sequence: Mapped[int]
    activity: Mapped[str] = mapped_column(String(120))
    edition: Mapped[str] = mapped_column(String(40))
    outcome: Mapped[str] = mapped_column(String(40))
    score: Mapped[int | None]
    out_of: Mapped[int | None]
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID | None]  # None: the system
    evidence: Mapped[str | None] = mapped_column(String(160))
    supersedes: Mapped[UUID | None] = mapped_column(ForeignKey("training_fact.id", ondelete="RESTRICT"), unique=True)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class LedgerHead(Model):
    """The end of a person's chain; the row that writers of the same chain queue up on."""

    __tablename__ = "ledger_head"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class LedgerSeal(Model):
    """A signature over all heads at the end of a day; worth what a copy outside the system is worth."""

    __tablename__ = "ledger_seal"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    day: Mapped[date] = mapped_column(unique=True)
    sealed_at: Mapped[datetime]
    chains: Mapped[int]
    facts: Mapped[int]
    heads: Mapped[dict[str, Any]]  # person id -> [sequence, hash]
    digest: Mapped[str] = mapped_column(String(64))
    previous_digest: Mapped[str] = mapped_column(String(64))
    signature: Mapped[str] = mapped_column(Text)
    key_id: Mapped[str] = mapped_column(String(64))


class AuditEntry(Model):
    """Who changed what, when and why."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_subject", "subject", "at"), Index("ix_audit_entry_at", "at"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    actor: Mapped[str] = mapped_column(String(120))  # staff number or "system"; names can be erased
    action: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(160))
    reason: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[dict[str, Any] | None]


def append_only_ddl(table: str) -> dict[str, list[str]]:
    """Return the statements that keep a table append-only, by dialect."""
    return {
        "sqlite": [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for verb in ("UPDATE", "DELETE")
        ],
        "postgresql": [
            f"CREATE OR REPLACE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_is_append_only()",
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()",
        ],
    }


APPEND_ONLY: list[str] = []


def keep_append_only(model: type[Model]) -> None:
    """Guard a table against update and delete whenever it is created; migrations use the same statements."""
    table = model.__tablename__
    APPEND_ONLY.append(table)
    for dialect, statements in append_only_ddl(table).items():
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]  # has no annotations
            ddl = ddl.execute_if(dialect=dialect)
            event.listen(model.__table__, "after_create", ddl)


for guarded in (TrainingFact, AuditEntry, LedgerSeal):
    keep_append_only(guarded)
