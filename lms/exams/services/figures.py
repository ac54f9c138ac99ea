"""Keep the bank's figures in step with the marks."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.exams.models import SittingItem
from lms.exams.queries.question_statistics import Row, marks, rows_of, statistics_from
from question_bank import queries as bank
from question_bank.statistics.models import QuestionFigure

EVERYWHERE: Final = ("/",)
AT_ONCE: Final = 50  # questions worked out in one transaction


def stale_questions(session: Session) -> tuple[UUID, ...]:
    """Return the questions whose marks (first attempts) aren't those their figures stand on: more, fewer or corrected.

    One statement over all marks; nobody has to tell it what changed.
    """
    now = (
        marks(SittingItem.question_id, func.count().label("marked"), func.sum(SittingItem.points).label("earned"))
        .group_by(SittingItem.question_id).subquery()
    )
    rows = session.execute(
        select(now.c.question_id)
        .outerjoin(QuestionFigure, QuestionFigure.question_id == now.c.question_id)
        .where(
            QuestionFigure.question_id.is_(None) | (QuestionFigure.marked != now.c.marked)
            | (QuestionFigure.earned != now.c.earned)
        )
    )
    return tuple(question_id for (question_id,) in rows)


def refresh_figures(session: Session, question_ids: Sequence[UUID], *, now: datetime) -> int:
    """Work out these questions' figures again, over everybody's first attempts; return how many have some."""
    rows: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows_of(session, question_ids, EVERYWHERE):
        rows[row.question_id].append(row)
    editions = bank.editions(session, {row.edition_id for group in rows.values() for row in group})
    session.execute(delete(QuestionFigure).where(QuestionFigure.question_id.in_(question_ids)))
    for question_id, group in rows.items():
        item = statistics_from(group, editions).newest
        if item is not None:
            session.add(
                QuestionFigure(
                    question_id=question_id, edition_id=item.edition.id, sittings=item.figures.sittings,
                    facility=item.figures.facility, discrimination=item.figures.discrimination,
                    flags=" ".join(hint.flag for hint in item.hints), grave=any(hint.grave for hint in item.hints),
                    marked=len(group), earned=sum(row.points for row in group), computed_at=now,
                )
            )
    session.flush()
    return len(rows)
