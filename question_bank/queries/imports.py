"""Imports and their rows, as the wizard shows them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, true
from sqlalchemy.orm import Session

from lms.access.door import scopes_of
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.kernel.jobs import Job
from lms.people.models import Person
from question_bank.formats.records import Record, Trouble
from question_bank.models import (
    Decision,
    EditionState,
    ImportState,
    KnowledgePoint,
    Question,
    QuestionEdition,
    QuestionImport,
    QuestionImportRow,
    Verdict,
)
from question_bank.services.staging import record_of, trouble_of

SHOWN = 100
"""Rows of one verdict shown on a page; more wait behind the next page."""
TO_REPAIR = (Verdict.ERROR, Verdict.NOTICE)
"""Rows for which repairs are offered."""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import in the list."""

    id: UUID
    filename: str
    state: str
    size: int
    total: int
    created_at: datetime
    created_by: str
    written_at: datetime | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row with what is to be said about it; `same` counts other rows with the same trouble and repair."""

    number: int
    verdict: str
    decision: str
    record: Record
    troubles: tuple[Trouble, ...]
    like_code: str | None
    like_row: int | None
    like_percent: int
    same: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What writing the import now would do.

    taken, skipped   rows by decision
    blocking         rows with errors that are neither repaired nor left out
    """

    fit: int
    notice: int
    duplicate: int
    error: int
    taken: int
    skipped: int
    blocking: int
    without_point: int

    @property
    def to_handle(self) -> int:
        """Rows somebody may want to look at."""
        return self.notice + self.duplicate + self.error


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come, in rows; `state` of the job."""

    state: str
    done: int
    total: int


def imports(session: Session, identity: Identity) -> tuple[ImportLine, ...]:
    """Return the imports a person may see, the latest first; given-up ones are left out."""
    statement = (
        select(QuestionImport, Person.name)
        .outerjoin(Person, Person.id == QuestionImport.created_by)
        .where(QuestionImport.state != ImportState.DISCARDED, _mine(identity))
        .order_by(QuestionImport.created_at.desc())
        .limit(50)
    )
    return tuple(
        ImportLine(
            row.id,
            row.filename,
            row.state,
            row.size,
            int(row.counts.get("total", 0)),
            row.created_at,
            name or "",
            row.written_at,
            row.expires_at,
        )
        for row, name in session.execute(statement)
    )


def find_import(session: Session, import_id: UUID, identity: Identity) -> QuestionImport | None:
    """Return one import, None where the person may not see it."""
    return session.scalar(select(QuestionImport).where(QuestionImport.id == import_id, _mine(identity)))


def written_before(session: Session, trial: QuestionImport) -> ImportLine | None:
    """Return the latest other import of the very same file that is written or being checked."""
    statement = (
        select(QuestionImport, Person.name)
        .outerjoin(Person, Person.id == QuestionImport.created_by)
        .where(
            QuestionImport.sha256 == trial.sha256,
            QuestionImport.id != trial.id,
            QuestionImport.state.in_([ImportState.WRITTEN, ImportState.STAGED]),
        )
        .order_by(QuestionImport.written_at.is_(None), QuestionImport.created_at.desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    if found is None:
        return None
    row, name = found
    return ImportLine(
        row.id,
        row.filename,
        row.state,
        row.size,
        int(row.counts.get("total", 0)),
        row.created_at,
        name or "",
        row.written_at,
        row.expires_at,
    )


def tally(session: Session, import_id: UUID) -> Tally:
    """Count the rows by verdict and decision."""
    rows = session.execute(
        select(QuestionImportRow.verdict, QuestionImportRow.decision, func.count())
        .where(QuestionImportRow.import_id == import_id)
        .group_by(QuestionImportRow.verdict, QuestionImportRow.decision)
    ).all()
    verdicts: Counter[str] = Counter()
    skipped = blocking = 0
    for verdict, decision, count in rows:
        verdicts[verdict] += count
        skipped += count if decision == Decision.SKIP else 0
        blocking += count if decision != Decision.SKIP and verdict == Verdict.ERROR else 0
    total = sum(verdicts.values())
    return Tally(
        verdicts[Verdict.FIT],
        verdicts[Verdict.NOTICE],
        verdicts[Verdict.DUPLICATE],
        verdicts[Verdict.ERROR],
        total - skipped - blocking,
        skipped,
        blocking,
        _without_point(session, import_id),
    )


def rows(
    session: Session, import_id: UUID, verdicts: tuple[str, ...], *, page: int = 1, with_same: bool = True
) -> tuple[list[RowLine], int]:
    """Return one page of rows with these verdicts in the order of the file, and how many there are in all.

    with_same   whether to count, over the whole file, the rows that the same repair would settle
    """
    base = select(QuestionImportRow).where(
        QuestionImportRow.import_id == import_id, QuestionImportRow.verdict.in_(verdicts)
    )
    total = session.scalar(select(func.count()).select_from(base.subquery())) or 0
    shown = session.scalars(base.order_by(QuestionImportRow.number).limit(SHOWN).offset((page - 1) * SHOWN)).all()
    codes = _codes(session, [row.like_question_id for row in shown if row.like_question_id])
    troubles = select(QuestionImportRow.troubles).where(
        QuestionImportRow.import_id == import_id, QuestionImportRow.verdict.in_(TO_REPAIR)
    )
    offered = with_same and any(_repairs(row.troubles) for row in shown)  # else nobody has to look at the other pages
    repairs = Counter(repair for found in (session.scalars(troubles) if offered else ()) for repair in _repairs(found))
    lines = []
    for row in shown:
        same = max((repairs[repair] - 1 for repair in _repairs(row.troubles)), default=0)
        lines.append(_line(row, codes, same))
    return lines, total


def one_row(session: Session, import_id: UUID, number: int) -> RowLine | None:
    """Return one row."""
    row = _row(session, import_id, number)
    return _line(row, _codes(session, [row.like_question_id] if row.like_question_id else []), 0) if row else None


def alike(session: Session, import_id: UUID, line: RowLine) -> dict[str, Any] | None:
    """Return what a row resembles: {"row", "content"}, or {"code", "source", "state", "number", "content"}."""
    if line.like_row is not None:
        other = _row(session, import_id, line.like_row)
        record = record_of(other) if other else None
        options = [{"text": option} for option in record.options] if record else []
        return {"row": line.like_row, "content": {"stem": record.text("stem") if record else "", "options": options}}
    if line.like_code is None:
        return None
    statement = (
        select(Question.code, Question.source, QuestionEdition.state, QuestionEdition.number, QuestionEdition.content)
        .join(QuestionEdition, QuestionEdition.question_id == Question.id)
        .where(Question.code == line.like_code, QuestionEdition.state != EditionState.SUPERSEDED)
        .order_by(QuestionEdition.number.desc())
    )
    found = session.execute(statement).first()
    return dict(found._mapping) if found else None


def rows_with_repair(session: Session, import_id: UUID, field: str, value: str, code: str) -> list[int]:
    """Return the numbers of the rows with one trouble that the same repair would settle."""
    statement = select(QuestionImportRow.number, QuestionImportRow.troubles).where(
        QuestionImportRow.import_id == import_id, QuestionImportRow.verdict.in_(TO_REPAIR)
    )
    return [number for number, troubles in session.execute(statement) if (code, field, value) in _repairs(troubles)]


def progress_of(session: Session, trial: QuestionImport) -> Progress:
    """Return how far the reading of a file has come."""
    job = session.get(Job, trial.job_id) if trial.job_id else None
    if trial.state != ImportState.READING:
        return Progress("done", 1, 1)
    return Progress(job.state, job.done, job.total) if job else Progress("waiting", 0, 0)


def _mine(identity: Identity) -> Any:
    scopes = scopes_of(identity, Permission.QUESTION_IMPORT)
    if "/" in scopes:
        return true()
    return (
        or_(*(QuestionImport.unit_path.startswith(scope, autoescape=True) for scope in scopes))
        if scopes
        else (QuestionImport.id.is_(None))
    )


def _row(session: Session, import_id: UUID, number: int) -> QuestionImportRow | None:
    return session.scalar(
        select(QuestionImportRow).where(QuestionImportRow.import_id == import_id, QuestionImportRow.number == number)
    )


def _repairs(troubles: list[Any]) -> set[tuple[str, str, str]]:
    return {(one["code"], one["fix"][0], one["fix"][1]) for one in troubles if one.get("fix")}


def _line(row: QuestionImportRow, codes: dict[UUID, str], same: int) -> RowLine:
    troubles = tuple(sorted((trouble_of(one) for one in row.troubles), key=lambda one: one.notice))
    code = codes.get(row.like_question_id) if row.like_question_id else None
    return RowLine(
        row.number, row.verdict, row.decision, record_of(row), troubles, code, row.like_row, row.like_percent, same
    )


def _codes(session: Session, ids: list[UUID]) -> dict[UUID, str]:
    statement = select(Question.id, Question.code).where(Question.id.in_(ids))
    return dict(session.execute(statement).tuples().all())


def _without_point(session: Session, import_id: UUID) -> int:
    """Count the rows to be taken whose knowledge point the bank does not have."""
    known = {name for pair in session.execute(select(KnowledgePoint.code, KnowledgePoint.name)) for name in pair}
    taken = session.scalars(
        select(QuestionImportRow.fields).where(
            QuestionImportRow.import_id == import_id, QuestionImportRow.decision == Decision.TAKE
        )
    )
    return sum(str(fields.get("point") or "").strip() not in known for fields in taken)
