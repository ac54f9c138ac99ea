"""Imports: a file is put on trial, repaired and decided row by row, then written as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from lms.access.door import reach
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.jobs import enqueue
from lms.web.uploads import StoredFile
from question_bank import rules
from question_bank.formats.checking import check_record
from question_bank.formats.records import TEXT_FIELDS
from question_bank.judging import judge
from question_bank.media import is_recording
from question_bank.models import (
    Decision,
    ImportState,
    QuestionImport,
    QuestionImportRow,
    Verdict,
)
from question_bank.services.authoring import open_edition, own_question
from question_bank.services.staging import bank_texts, count_rows, point_names, record_of, verdict_values
from question_bank.wording import say_refusal

OPEN_IMPORTS = (ImportState.READING, ImportState.COLUMNS, ImportState.STAGED, ImportState.FAILED)
TASK = "questions.stage_import"
MOST_OPTIONS_READ = 12
"""Options of a row that are kept when it is changed by hand; whoever has more is told by the row's verdict."""
_UNREADABLE = ("gift_", "foreign_", "aiken_")
"""Troubles of the reader of a file that end once a person has changed the row."""


def start_import(
    session: Session, stored: StoredFile, *, by: Identity, now: datetime, unit_path: str = "/"
) -> QuestionImport:
    """Put a stored file on trial; a worker reads and judges it. Nothing reaches the bank.

    unit_path   the part of the organisation its questions will belong to
    """
    reach(by, Permission.QUESTION_IMPORT, Subject(unit_path=unit_path))
    if by.person_id is None:
        raise NotFound
    trial = QuestionImport(
        filename=stored.filename,
        sha256=stored.sha256,
        size=stored.size,
        kind=stored.kind,
        unit_path=unit_path,
        created_at=now,
        created_by=by.person_id,
        expires_at=now + rules.KEEP_STAGED,
    )
    session.add(trial)
    session.flush()
    trial.job_id = enqueue(session, TASK, {"import_id": str(trial.id)}, by=by.person_id)
    return trial


def reread_import(session: Session, import_id: UUID, layout: Mapping[str, Any], *, by: Identity) -> QuestionImport:
    """Read the file again with another sheet, header or columns; repairs and decisions made so far are lost.

    layout   {"sheet", "header", "columns"}; "columns" left out are guessed
    """
    trial = own_import(session, import_id, by, ImportState.COLUMNS, ImportState.STAGED, ImportState.FAILED)
    trial.state, trial.layout, trial.counts, trial.failure = ImportState.READING, dict(layout), {}, None
    session.execute(delete(QuestionImportRow).where(QuestionImportRow.import_id == import_id))
    trial.job_id = enqueue(session, TASK, {"import_id": str(trial.id)}, by=by.person_id)
    return trial


def repair_rows(
    session: Session, import_id: UUID, numbers: Sequence[int], changes: Mapping[str, Any], *, by: Identity
) -> None:
    """Change fields of some rows and judge those rows, and what resembled them, again.

    changes   text fields by name, "options" as a list, and "parts" as one such mapping for each part of a case, in
              order; other names are passed over
    """
    trial = own_import(session, import_id, by, ImportState.STAGED)
    allowed = _allowed(changes)
    rows = list(session.scalars(_rows(import_id).order_by(QuestionImportRow.number)))
    touched = [row for row in rows if row.number in set(numbers) or row.like_row in set(numbers)]
    for row in touched:
        if row.number in set(numbers):
            row.fields = {**row.fields, **allowed, **_mended_parts(row.fields, changes.get("parts", ()))}
            row.reader_troubles = [one for one in row.reader_troubles if not str(one["code"]).startswith(_UNREADABLE)]
    others = [(row.number, row.compared) for row in rows if row not in touched and row.compared]
    for row, judged in zip(
        touched,
        judge(
            [record_of(row) for row in touched], point_names(session), bank_texts(session), others, kept=is_recording
        ),
        strict=True,
    ):
        for name, value in verdict_values(judged).items():
            setattr(row, name, value)
    trial.counts = count_rows(row.verdict for row in rows)
    session.flush()


def _allowed(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that a row may take: text fields and options."""
    allowed: dict[str, Any] = {name: str(value) for name, value in changes.items() if name in TEXT_FIELDS}
    if "options" in changes:
        allowed["options"] = [str(option) for option in changes["options"]][:MOST_OPTIONS_READ]
    return allowed


def _mended_parts(fields: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the parts of a case with changes to each, in order; nothing where the row has other parts than that."""
    parts = fields.get("parts") or ()
    if not changes or len(changes) != len(parts):
        return {}
    pairs = zip(parts, changes, strict=True)
    return {"parts": [{**part, "fields": {**part["fields"], **_allowed(change)}} for part, change in pairs]}


def decide_row(
    session: Session, import_id: UUID, number: int, decision: Decision, *, by: Identity, now: datetime
) -> None:
    """Say what becomes of one row: taken, passed over, or written as the next edition of what it resembles.

    A row with errors can't be taken (Conflict); a next edition needs a question of the same kind that this person
    may write to and that has no open edition.
    """
    own_import(session, import_id, by, ImportState.STAGED)
    row = session.scalar(_rows(import_id).where(QuestionImportRow.number == number))
    if row is None:
        raise NotFound
    if decision is not Decision.SKIP and row.verdict == Verdict.ERROR:
        raise Conflict("question_import.row_has_errors", say_refusal("row_has_errors"))
    if decision is Decision.NEW_EDITION:
        if row.like_question_id is None:
            raise Conflict("question_import.like_nothing", say_refusal("like_nothing"))
        question = own_question(session, row.like_question_id, by, Permission.QUESTION_WRITE)
        if check_record(record_of(row), point_names(session), is_recording).kind != question.kind:
            raise Conflict("question_import.other_kind", say_refusal("other_kind"))
        if open_edition(session, question.id) is not None:
            raise Conflict("question_import.has_draft", say_refusal("has_draft"))
    row.decision = decision
    session.flush()


def drop_errors(session: Session, import_id: UUID, *, by: Identity) -> int:
    """Pass over every row that has errors; return how many there are."""
    own_import(session, import_id, by, ImportState.STAGED)
    dropped = session.execute(
        update(QuestionImportRow)
        .where(QuestionImportRow.import_id == import_id, QuestionImportRow.verdict == Verdict.ERROR)
        .values(decision=Decision.SKIP)
    )
    return _count(dropped)


def discard_import(session: Session, import_id: UUID, *, by: Identity) -> None:
    """Give an import up; its rows are forgotten, nothing was written."""
    trial = own_import(session, import_id, by, *OPEN_IMPORTS)
    trial.state = ImportState.DISCARDED
    session.execute(delete(QuestionImportRow).where(QuestionImportRow.import_id == import_id))


def forget_stale_imports(session: Session, *, now: datetime) -> int:
    """Give up what nobody wrote in time, and drop the rows of imports that can no longer be undone."""
    stale = select(QuestionImport.id).where(QuestionImport.state.in_(OPEN_IMPORTS), QuestionImport.expires_at <= now)
    settled = select(QuestionImport.id).where(QuestionImport.written_at < now - rules.UNDO_WITHIN)
    ids = list(session.scalars(stale))
    session.execute(delete(QuestionImportRow).where(QuestionImportRow.import_id.in_(stale)))
    session.execute(delete(QuestionImportRow).where(QuestionImportRow.import_id.in_(settled)))
    session.execute(update(QuestionImport).where(QuestionImport.id.in_(ids)).values(state=ImportState.DISCARDED))
    return len(ids)


def own_import(session: Session, import_id: UUID, by: Identity, *states: ImportState) -> QuestionImport:
    """Return an import this person may act on. NotFound for others', Conflict when it is in none of the states."""
    trial = session.get(QuestionImport, import_id)
    if trial is None:
        raise NotFound
    reach(by, Permission.QUESTION_IMPORT, Subject(unit_path=trial.unit_path))
    if states and trial.state not in states:
        raise Conflict("question_import.not_open", say_refusal("import_not_open"))
    return trial


def _rows(import_id: UUID) -> Any:
    return select(QuestionImportRow).where(QuestionImportRow.import_id == import_id)


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
