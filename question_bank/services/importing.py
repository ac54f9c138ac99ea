"""Imports: a file is put on trial, repaired and decided row by row, then written as a whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from lms.access.door import reach
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import new_id
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.jobs import enqueue
from lms.records.services import audit
from lms.web.uploads import StoredFile
from question_bank import rules
from question_bank.alike import compared_text, text_hash
from question_bank.formats.checking import Checked, check_record
from question_bank.formats.records import TEXT_FIELDS
from question_bank.judging import judge
from question_bank.models import (
    Decision,
    EditionState,
    ImportState,
    KnowledgePoint,
    Question,
    QuestionEdition,
    QuestionImport,
    QuestionImportRow,
    Source,
    Verdict,
)
from question_bank.services.authoring import open_edition, own_question
from question_bank.services.codes import next_codes
from question_bank.services.staging import bank_texts, count_rows, point_names, record_of, verdict_values
from question_bank.wording import say_refusal

OPEN_IMPORTS = (ImportState.READING, ImportState.COLUMNS, ImportState.STAGED, ImportState.FAILED)
TASK = "questions.stage_import"


def start_import(session: Session, stored: StoredFile, *, by: Identity, now: datetime, unit_path: str = "/") -> QuestionImport:
    """Put a stored file on trial; a worker reads and judges it. Nothing reaches the bank.

    unit_path   the part of the organisation its questions will belong to
    """
    reach(by, Permission.QUESTION_IMPORT, Subject(unit_path=unit_path))
    if by.person_id is None:
        raise NotFound
    trial = QuestionImport(
        filename=stored.filename, sha256=stored.sha256, size=stored.size, kind=stored.kind, unit_path=unit_path,
        created_at=now, created_by=by.person_id, expires_at=now + rules.KEEP_STAGED,
    )  # fmt: skip
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

    changes   text fields by name, and "options" as a list; other names are passed over
    """
    trial = own_import(session, import_id, by, ImportState.STAGED)
    allowed = {name: str(value) for name, value in changes.items() if name in TEXT_FIELDS}
    if "options" in changes:
        allowed["options"] = [str(option) for option in changes["options"]][:10]
    rows = list(session.scalars(_rows(import_id).order_by(QuestionImportRow.number)))
    touched = [row for row in rows if row.number in set(numbers) or row.like_row in set(numbers)]
    for row in touched:
        if row.number in set(numbers):
            row.fields = {**row.fields, **allowed}
            row.reader_troubles = [one for one in row.reader_troubles if not str(one["code"]).startswith("gift_")]
    others = [(row.number, row.compared) for row in rows if row not in touched and row.compared]
    for row, judged in zip(
        touched, judge([record_of(row) for row in touched], point_names(session), bank_texts(session), others), strict=True
    ):
        for name, value in verdict_values(judged).items():
            setattr(row, name, value)
    trial.counts = count_rows(row.verdict for row in rows)
    session.flush()


def decide_row(session: Session, import_id: UUID, number: int, decision: Decision, *, by: Identity, now: datetime) -> None:
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
        if check_record(record_of(row), point_names(session)).kind != question.kind:
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


def confirm_import(
    session: Session, import_id: UUID, *, by: Identity, now: datetime, submit: bool = False
) -> int:
    """Write every row that is to be taken, as drafts or straight into review; all of them or none.

    Returns how many questions were written. Raises Conflict while rows with errors are neither repaired nor passed
    over, when somebody else has written one of the questions meanwhile, and when it was written already.
    """
    trial = own_import(session, import_id, by, ImportState.STAGED)
    claimed = session.execute(
        update(QuestionImport)
        .where(QuestionImport.id == import_id, QuestionImport.state == ImportState.STAGED)
        .values(state=ImportState.WRITTEN, written_at=now, written_by=by.person_id)
    )
    if not _count(claimed):
        raise Conflict("question_import.not_open", say_refusal("import_not_open"))
    taken = list(
        session.scalars(_rows(import_id).where(QuestionImportRow.decision != Decision.SKIP).order_by(QuestionImportRow.number))
    )
    if not taken:
        raise Conflict("question_import.nothing_to_write", say_refusal("nothing_to_write"))
    names = point_names(session)
    checked = [check_record(record_of(row), names) for row in taken]
    if any(not one.fit for one in checked):
        raise Conflict("question_import.rows_with_errors", say_refusal("row_has_errors"))
    _refuse_newcomers(session, taken, checked)
    _write(session, trial, taken, checked, by=by, now=now, submit=submit)
    session.refresh(trial)
    audit(session, by=by, action="question.import", subject=f"question_import:{trial.id}", now=now,
          changes={"questions": [0, len(taken)], "file": ["", trial.filename]})  # fmt: skip
    return len(taken)


def own_import(session: Session, import_id: UUID, by: Identity, *states: ImportState) -> QuestionImport:
    """Return an import this person may act on. NotFound for others', Conflict when it is in none of the states."""
    trial = session.get(QuestionImport, import_id)
    if trial is None:
        raise NotFound
    reach(by, Permission.QUESTION_IMPORT, Subject(unit_path=trial.unit_path))
    if states and trial.state not in states:
        raise Conflict("question_import.not_open", say_refusal("import_not_open"))
    return trial


def _refuse_newcomers(session: Session, rows: list[QuestionImportRow], checked: list[Checked]) -> None:
    """Refuse when the bank has got one of the questions since the dry run; rows judged alike were decided knowingly."""
    hashes = [text_hash(one.content) for row, one in zip(rows, checked, strict=True) if not row.like_percent]
    for start in range(0, len(hashes), 500):
        known = select(func.count()).select_from(QuestionEdition).where(
            QuestionEdition.text_hash.in_(hashes[start : start + 500]), QuestionEdition.state != EditionState.SUPERSEDED
        )
        if session.scalar(known):
            raise Conflict("question_import.bank_changed", say_refusal("bank_changed"))


def _write(
    session: Session, trial: QuestionImport, rows: list[QuestionImportRow], checked: list[Checked], *, by: Identity,
    now: datetime, submit: bool,
) -> None:  # fmt: skip
    points = {code: point_id for code, point_id in session.execute(select(KnowledgePoint.code, KnowledgePoint.id))}
    fresh = [one for row, one in zip(rows, checked, strict=True) if row.decision == Decision.TAKE]
    codes = iter(next_codes(session, [one.point for one in fresh]))
    questions, editions, written = [], [], []
    for row, one in zip(rows, checked, strict=True):
        question_id, number = row.like_question_id, 1
        if row.decision == Decision.TAKE:
            question_id = new_id()
            questions.append({
                "id": question_id, "code": next(codes), "kind": one.kind, "source": Source.IMPORTED,
                "unit_path": trial.unit_path, "created_at": now, "created_by": by.person_id, "import_id": trial.id,
            })  # fmt: skip
        elif question_id is not None:
            number = _next_number(session, question_id, by)
        in_review = submit and bool(one.point)
        editions.append({
            "id": new_id(), "question_id": question_id, "number": number, "content": dict(one.content),
            "state": EditionState.REVIEW if in_review else EditionState.DRAFT, "stem": one.content["stem"],
            "compared": compared_text(one.content), "text_hash": text_hash(one.content),
            "knowledge_point_id": points.get(one.point), "difficulty": one.difficulty, "points": one.points,
            "created_at": now, "created_by": by.person_id, "changed_at": now, "changed_by": by.person_id, "version": 1,
            "submitted_at": now if in_review else None, "submitted_by": by.person_id if in_review else None,
            "import_id": trial.id, "review_note": "",
        })  # fmt: skip
        written.append({"id": row.id, "written_edition_id": editions[-1]["id"]})
    if questions:
        session.execute(insert(Question), questions)
    session.execute(insert(QuestionEdition), editions)
    session.execute(update(QuestionImportRow), written)


def _next_number(session: Session, question_id: UUID, by: Identity) -> int:
    question = own_question(session, question_id, by, Permission.QUESTION_WRITE)
    if open_edition(session, question.id) is not None:
        raise Conflict("question_import.has_draft", say_refusal("has_draft"))
    last = select(func.max(QuestionEdition.number)).where(QuestionEdition.question_id == question.id)
    return (session.scalar(last) or 0) + 1


def _rows(import_id: UUID) -> Any:
    return select(QuestionImportRow).where(QuestionImportRow.import_id == import_id)


def _count(result: Any) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
