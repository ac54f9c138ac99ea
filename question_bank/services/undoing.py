"""Taking a written import back, within a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Conflict
from lms.records.services import audit
from question_bank import rules
from question_bank.models import (
    OPEN_STATES,
    Decision,
    ImportState,
    Question,
    QuestionEdition,
    QuestionImport,
    QuestionImportRow,
)
from question_bank.services.importing import own_import
from question_bank.wording import say_refusal


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What taking an import back will do, by question codes.

    removed   questions that go, as they were never published
    changed   those among them that somebody has worked on since
    retired   questions published since: they are retired, their editions stay
    drafts    open editions that go while their question stays
    kept      questions whose imported edition has been published over an older one: they stay
    """

    removed: tuple[str, ...]
    changed: tuple[str, ...]
    retired: tuple[str, ...]
    drafts: tuple[str, ...]
    kept: tuple[str, ...]


def plan_undo(session: Session, import_id: UUID, *, by: Identity, now: datetime) -> UndoPlan:
    """Tell what `undo_import` would do. Raises Conflict when the day is over or there is nothing to undo."""
    trial = own_import(session, import_id, by)
    if not rules.can_undo(trial.state, trial.written_at, now):
        raise Conflict("question_import.undo_over", say_refusal("undo_over"))
    rows = _written(session, trial)
    new = [(question, edition) for question, edition in rows if question.import_id == trial.id]
    old = [(question, edition) for question, edition in rows if question.import_id != trial.id]
    published = {question.id for question, edition in rows if edition.published_at is not None}
    return UndoPlan(
        removed=_codes(question for question, _ in new if question.id not in published),
        changed=_codes(
            question
            for question, edition in rows
            if question.id not in published and edition.changed_at != trial.written_at
        ),
        retired=_codes(question for question, _ in new if question.id in published),
        drafts=_codes(question for question, edition in old if edition.state in OPEN_STATES),
        kept=_codes(question for question, edition in old if edition.state not in OPEN_STATES),
    )


def undo_import(session: Session, import_id: UUID, *, by: Identity, now: datetime) -> UndoPlan:
    """Take a written import back as a whole: drafts go, what was published is retired. Returns what was done."""
    plan = plan_undo(session, import_id, by=by, now=now)
    trial = own_import(session, import_id, by, ImportState.WRITTEN)
    gone = list(session.scalars(select(Question.id).where(Question.code.in_(plan.removed))))
    if plan.retired:
        session.execute(update(Question).where(Question.code.in_(plan.retired)).values(retired_at=now))
    session.execute(
        update(QuestionImportRow)
        .where(QuestionImportRow.like_question_id.in_(gone))
        .values(decision=Decision.SKIP, like_question_id=None)
    )
    for start in range(0, len(gone), 500):
        part = gone[start : start + 500]
        session.execute(delete(QuestionEdition).where(QuestionEdition.question_id.in_(part)))
        session.execute(delete(Question).where(Question.id.in_(part)))
    session.execute(
        delete(QuestionEdition).where(QuestionEdition.import_id == trial.id, QuestionEdition.state.in_(OPEN_STATES))
    )
    trial.state, trial.undone_at, trial.undone_by = ImportState.UNDONE, now, by.person_id
    session.flush()
    audit(
        session,
        by=by,
        action="question.undo_import",
        subject=f"question_import:{trial.id}",
        now=now,
        changes={"removed": [len(plan.removed), 0], "retired": [0, len(plan.retired)]},
    )
    return plan


def _written(session: Session, trial: QuestionImport) -> Sequence[tuple[Question, QuestionEdition]]:
    """Return the editions of the import, and later ones of the questions it brought."""
    statement = (
        select(Question, QuestionEdition)
        .join(QuestionEdition, QuestionEdition.question_id == Question.id)
        .where((QuestionEdition.import_id == trial.id) | (Question.import_id == trial.id))
        .order_by(Question.code, QuestionEdition.number)
    )
    return [(question, edition) for question, edition in session.execute(statement)]


def _codes(questions: Iterable[Question]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(question.code for question in questions))
