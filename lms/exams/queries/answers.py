"""The answer journal of a sitting, read back."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lms.exams.models import SittingAnswer
from lms.exams.rules.journal import Kept, Key, Save, Verdict, changed_items, final_answers


@dataclass(frozen=True)
class Progress:
    """How far a sitting is: questions answered so far, last save, saves that didn't count."""

    answered: int
    last_saved_at: datetime | None
    not_counted: int


@dataclass(frozen=True)
class Placed:
    """The answer that stands for one question, for filling a page again."""

    answer: Any
    flagged: bool
    saved_at: datetime


def kept_of(session: Session, sitting_id: UUID) -> list[Kept]:
    """Return a sitting's journal as the rules read it, in no particular order."""
    rows = session.execute(
        select(
            SittingAnswer.item, SittingAnswer.epoch, SittingAnswer.sequence, SittingAnswer.body,
            SittingAnswer.received_at, SittingAnswer.verdict,
        ).where(SittingAnswer.sitting_id == sitting_id)
    )
    return [
        Kept(Save(Key(row.item, row.epoch, row.sequence), row.body, row.received_at), Verdict(row.verdict))
        for row in rows
    ]


def final_answers_of(session: Session, sitting_id: UUID) -> dict[int, Any]:
    """Return position -> the answer that counts, as the question bank reads it."""
    return {int(item): json.loads(body) for item, body in final_answers(kept_of(session, sitting_id)).items()}


def changes_of(session: Session, sitting_id: UUID) -> int:
    """Return on how many questions the person changed their mind."""
    return sum(count > 0 for count in changed_items(kept_of(session, sitting_id)).values())


def placed_answers(session: Session, sitting_id: UUID) -> dict[int, Placed]:
    """Return position -> what a page in the exam room shows as answered so far."""
    rows = session.execute(
        select(SittingAnswer.item, SittingAnswer.body, SittingAnswer.flagged, SittingAnswer.received_at)
        .where(SittingAnswer.sitting_id == sitting_id, SittingAnswer.verdict == Verdict.COUNTED)
        .order_by(SittingAnswer.item, SittingAnswer.epoch, SittingAnswer.sequence)
    )
    return {row.item: Placed(json.loads(row.body), row.flagged, row.received_at) for row in rows}


def last_sequence(session: Session, sitting_id: UUID, epoch: int) -> int:
    """Return the highest sequence a seat has used, 0 before its first save."""
    return session.scalar(
        select(func.max(SittingAnswer.sequence))
        .where(SittingAnswer.sitting_id == sitting_id, SittingAnswer.epoch == epoch)
    ) or 0


def progress_of(session: Session, sitting_ids: Collection[UUID]) -> dict[UUID, Progress]:
    """Return sitting -> how far it is, for lists; sittings without a save are absent."""
    counts = SittingAnswer.verdict == Verdict.COUNTED
    rows = session.execute(
        select(
            SittingAnswer.sitting_id,
            func.count(func.distinct(case((counts, SittingAnswer.item)))).label("answered"),
            func.max(SittingAnswer.received_at).label("last_saved_at"),
            func.sum(case((counts, 0), else_=1)).label("not_counted"),
        )
        .where(SittingAnswer.sitting_id.in_(sitting_ids))
        .group_by(SittingAnswer.sitting_id)
    )
    return {row.sitting_id: Progress(row.answered, row.last_saved_at, row.not_counted) for row in rows}
