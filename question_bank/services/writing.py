"""The last step of an import: every row that is to be taken, or none."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.kernel.db import new_id
from lms.kernel.errors import Conflict
from lms.records.services import audit
from question_bank.alike import text_hash
from question_bank.formats.checking import Checked, check_record
from question_bank.media import is_recording
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
)
from question_bank.services.authoring import open_edition, own_question
from question_bank.services.codes import next_codes
from question_bank.services.importing import own_import
from question_bank.services.staging import point_names, record_of
from question_bank.texts import kept_beside
from question_bank.wording import say_refusal


def confirm_import(session: Session, import_id: UUID, *, by: Identity, now: datetime, submit: bool = False) -> int:
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
    if isinstance(claimed, CursorResult) and not claimed.rowcount:
        raise Conflict("question_import.not_open", say_refusal("import_not_open"))
    taken = list(
        session.scalars(
            select(QuestionImportRow)
            .where(QuestionImportRow.import_id == import_id, QuestionImportRow.decision != Decision.SKIP)
            .order_by(QuestionImportRow.number)
        )
    )
    if not taken:
        raise Conflict("question_import.nothing_to_write", say_refusal("nothing_to_write"))
    names = point_names(session)
    checked = [check_record(record_of(row), names, is_recording) for row in taken]
    if any(not one.fit for one in checked):
        raise Conflict("question_import.rows_with_errors", say_refusal("row_has_errors"))
    _refuse_newcomers(session, taken, checked)
    _write(session, trial, taken, checked, by=by, now=now, submit=submit)
    session.refresh(trial)
    audit(
        session,
        by=by,
        action="question.import",
        subject=f"question_import:{trial.id}",
        now=now,
        changes={"questions": [0, len(taken)], "file": ["", trial.filename]},
    )
    return len(taken)


def _refuse_newcomers(session: Session, rows: list[QuestionImportRow], checked: list[Checked]) -> None:
    """Refuse when the bank has got one of the questions since the dry run; rows judged alike were decided knowingly."""
    hashes = [text_hash(one.content) for row, one in zip(rows, checked, strict=True) if not row.like_percent]
    for start in range(0, len(hashes), 500):
        known = (
            select(func.count())
            .select_from(QuestionEdition)
            .where(
                QuestionEdition.text_hash.in_(hashes[start : start + 500]),
                QuestionEdition.state != EditionState.SUPERSEDED,
            )
        )
        if session.scalar(known):
            raise Conflict("question_import.bank_changed", say_refusal("bank_changed"))


def _write(
    session: Session,
    trial: QuestionImport,
    rows: list[QuestionImportRow],
    checked: list[Checked],
    *,
    by: Identity,
    now: datetime,
    submit: bool,
) -> None:
    points = dict(session.execute(select(KnowledgePoint.code, KnowledgePoint.id)).tuples().all())
    fresh = [one for row, one in zip(rows, checked, strict=True) if row.decision == Decision.TAKE]
    codes = iter(next_codes(session, [one.point for one in fresh]))
    made = {"import_id": trial.id, "created_at": now, "created_by": by.person_id}
    questions, editions, written = [], [], []
    for row, one in zip(rows, checked, strict=True):
        question_id, number = row.like_question_id, 1
        if row.decision == Decision.TAKE:
            question_id = new_id()
            questions.append({"id": question_id, **_question_values(trial, one, next(codes)), **made})
        elif question_id is not None:
            number = _next_number(session, question_id, by)
        place = {"id": new_id(), "question_id": question_id, "number": number}
        point_id = points.get(one.point)
        editions.append({**place, **_edition_values(one, point_id, by=by, now=now, submit=submit), **made})
        written.append({"id": row.id, "written_edition_id": place["id"]})
    if questions:
        session.execute(insert(Question), questions)
    session.execute(insert(QuestionEdition), editions)
    session.execute(update(QuestionImportRow), written)


def _question_values(trial: QuestionImport, one: Checked, code: str) -> dict[str, Any]:
    return {"code": code, "kind": one.kind, "source": Source.IMPORTED, "unit_path": trial.unit_path}


def _edition_values(
    one: Checked, point_id: UUID | None, *, by: Identity, now: datetime, submit: bool
) -> dict[str, Any]:
    """Return what one row says as the columns of an edition: in review when it may go there, else a draft."""
    in_review = submit and bool(one.point)
    return {
        "content": dict(one.content),
        "state": EditionState.REVIEW if in_review else EditionState.DRAFT,
        **kept_beside(str(one.kind), one.content),
        "knowledge_point_id": point_id,
        "difficulty": one.difficulty,
        "points": one.points,
        "changed_at": now,
        "changed_by": by.person_id,
        "version": 1,
        "submitted_at": now if in_review else None,
        "submitted_by": by.person_id if in_review else None,
        "review_note": "",
    }


def _next_number(session: Session, question_id: UUID, by: Identity) -> int:
    question = own_question(session, question_id, by, Permission.QUESTION_WRITE)
    if open_edition(session, question.id) is not None:
        raise Conflict("question_import.has_draft", say_refusal("has_draft"))
    last = select(func.max(QuestionEdition.number)).where(QuestionEdition.question_id == question.id)
    return (session.scalar(last) or 0) + 1
