"""Knowledge points, in the order of their lists."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from question_bank.models import EditionState, KnowledgePoint, Question, QuestionEdition


@dataclass(frozen=True, slots=True)
class PointNode:
    """A subject (depth 0) or a knowledge point (depth 1); `published` counts questions that can be drawn."""

    code: str
    name: str
    name_en: str
    parent: str
    depth: int
    note: str
    published: int


def points(session: Session, *, counted: bool = True) -> tuple[PointNode, ...]:
    """Return every subject, each followed by its points; a subject counts its points' questions.

    counted   False leaves the counts at 0, for lists of names alone: counting looks at every question
    """
    rows = list(session.scalars(select(KnowledgePoint).order_by(KnowledgePoint.position, KnowledgePoint.code)))
    numbers = _numbers(session) if counted else {}
    found = []
    for subject in (row for row in rows if row.parent_id is None):
        below = [row for row in rows if row.parent_id == subject.id]
        total = sum(numbers.get(row.id, 0) for row in [subject, *below])
        found.append(_node(subject, "", 0, total))
        found += [_node(row, subject.code, 1, numbers.get(row.id, 0)) for row in below]
    return tuple(found)


def point_names(session: Session, *, english: bool = False) -> dict[str, str]:
    """Return the name of every point and subject by code; English where there is one and it is wanted."""
    statement = select(KnowledgePoint.code, KnowledgePoint.name, KnowledgePoint.name_en)
    return {code: (name_en or name) if english else name for code, name, name_en in session.execute(statement)}


def _numbers(session: Session) -> dict[UUID | None, int]:
    statement = (
        select(QuestionEdition.knowledge_point_id, func.count())
        .join(Question, Question.id == QuestionEdition.question_id)
        .where(QuestionEdition.state == EditionState.PUBLISHED, Question.retired_at.is_(None))
        .group_by(QuestionEdition.knowledge_point_id)
    )
    return dict(session.execute(statement).tuples().all())


def _node(row: KnowledgePoint, parent: str, depth: int, count: int) -> PointNode:
    return PointNode(row.code, row.name, row.name_en, parent, depth, row.note, count)
