"""Reading a file on trial and judging its rows; the long part of an import, done by a worker."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.kernel.db import new_id, reading, unit_of_work
from lms.web.spreadsheets.guard import UnreadableFile
from lms.web.uploads import stored_path
from question_bank.formats.opening import Opened, open_file
from question_bank.formats.records import Record, Trouble
from question_bank.judging import Judged, judge
from question_bank.media import is_recording, keep_picture
from question_bank.models import (
    OPEN_STATES,
    EditionState,
    ImportState,
    KnowledgePoint,
    Question,
    QuestionEdition,
    QuestionImport,
    QuestionImportRow,
    Verdict,
)


def stage_import(import_id: UUID, progress: Callable[[int, int], None]) -> dict[str, Any] | None:
    """Read the file of an import, judge its rows and keep them; nothing reaches the bank.

    Runs in a worker, in units of work of its own; running it again gives the same rows. A file that can't be read
    ends the import with its reason. Returns the counts, None where the import is no longer waiting to be read.
    """
    with unit_of_work() as session:
        waiting = session.get(QuestionImport, import_id)
        if waiting is None or waiting.state != ImportState.READING:
            return None
        sha256, kind, wanted = waiting.sha256, waiting.kind, dict(waiting.layout)
    try:
        opened = open_file(stored_path(sha256), kind, wanted, keep_picture)
    except UnreadableFile as problem:
        _fail(import_id, problem)
        return None
    session = reading()
    judged = judge(opened.records, point_names(session), bank_texts(session), progress=progress, kept=is_recording)
    with unit_of_work() as session:
        return _keep(session, import_id, opened, judged)


def _fail(import_id: UUID, problem: UnreadableFile) -> None:
    with unit_of_work() as session:
        waiting = session.get_one(QuestionImport, import_id)
        waiting.state, waiting.failure = ImportState.FAILED, {"code": problem.code, "detail": problem.detail}


def _keep(session: Session, import_id: UUID, opened: Opened, judged: list[Judged]) -> dict[str, Any] | None:
    waiting = session.get(QuestionImport, import_id, with_for_update=True, populate_existing=True)
    if waiting is None or waiting.state != ImportState.READING:
        return None
    session.execute(delete(QuestionImportRow).where(QuestionImportRow.import_id == import_id))
    waiting.layout, waiting.shape, waiting.failure = opened.layout, opened.shape, None
    if opened.missing:
        waiting.state, waiting.counts = ImportState.COLUMNS, {}
        waiting.failure = {"code": "columns_missing", "detail": {"missing": list(opened.missing)}}
        return {}
    session.execute(insert(QuestionImportRow), [row_values(import_id, row) for row in judged])
    waiting.state = ImportState.STAGED
    waiting.counts = count_rows(row.verdict for row in judged)
    return waiting.counts


def count_rows(verdicts: Any) -> dict[str, int]:
    """Count rows by verdict, with their total."""
    found = Counter(str(verdict) for verdict in verdicts)
    return {**{verdict.value: found[verdict.value] for verdict in Verdict}, "total": sum(found.values())}


def row_values(import_id: UUID, judged: Judged) -> dict[str, Any]:
    """Return a judged row as the columns of its table."""
    return {"id": new_id(), "import_id": import_id, "number": judged.record.number, **verdict_values(judged)}


def verdict_values(judged: Judged) -> dict[str, Any]:
    """Return what judging decides of a row."""
    return {
        "fields": dict(judged.record.fields),
        "cells": dict(judged.record.cells),
        "reader_troubles": [asdict(trouble) for trouble in judged.record.troubles],
        "verdict": judged.verdict.value,
        "troubles": [asdict(trouble) for trouble in judged.checked.troubles],
        "decision": judged.decision.value,
        "like_question_id": judged.like_question,
        "like_row": judged.like_row,
        "like_percent": judged.like_percent,
        "compared": judged.compared,
    }


def record_of(row: QuestionImportRow) -> Record:
    """Return a stored row as a record again."""
    return Record(row.number, row.fields, row.cells, tuple(trouble_of(stored) for stored in row.reader_troubles))


def trouble_of(stored: dict[str, Any]) -> Trouble:
    """Return a stored trouble as itself."""
    fix = stored.get("fix")
    return Trouble(
        stored["cell"], stored["code"], stored["detail"], stored["notice"], (fix[0], fix[1]) if fix else None
    )


def point_names(session: Session) -> dict[str, str]:
    """Return the knowledge points below subjects, code -> name."""
    statement = select(KnowledgePoint.code, KnowledgePoint.name).where(KnowledgePoint.parent_id.is_not(None))
    return dict(session.execute(statement).tuples().all())


def bank_texts(session: Session) -> list[tuple[UUID, str]]:
    """Return what every question in use is compared by: its open and its published wording."""
    statement = (
        select(QuestionEdition.question_id, QuestionEdition.compared)
        .join(Question, Question.id == QuestionEdition.question_id)
        .where(Question.retired_at.is_(None), QuestionEdition.state.in_([*OPEN_STATES, EditionState.PUBLISHED]))
    )
    return [(question_id, text) for question_id, text in session.execute(statement)]
