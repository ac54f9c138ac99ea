"""The bundled questions, put into the bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.kernel.db import new_id
from lms.records.services import audit
from question_bank import bundled
from question_bank.models import EditionState, KnowledgePoint, Question, QuestionEdition, Source
from question_bank.services.authoring import publish_edition
from question_bank.services.codes import raise_counter
from question_bank.texts import kept_beside


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What loading changed."""

    points_added: int
    questions_added: int
    editions_added: int
    unchanged: int


def load_bundled(session: Session, *, now: datetime, by: Identity = SYSTEM) -> LoadReport:
    """Load the bundled points and questions; what is there already stays, what a release changed gets a new edition.

    Loading twice changes nothing. Raises LibraryError before anything is written when the library is not sound.
    """
    questions = bundled.questions()
    points, points_added = _load_points(session)
    known = {question.code: question for question in session.scalars(select(Question))}
    published = {
        edition.question_id: edition
        for edition in session.scalars(select(QuestionEdition).where(QuestionEdition.state == EditionState.PUBLISHED))
    }
    renewed = 0
    fresh: list[tuple[Question, bundled.BundledQuestion]] = []
    for entry in questions:
        question = known.get(entry.code)
        current = published.get(question.id) if question else None
        if question is None:
            question = Question(
                id=new_id(), code=entry.code, kind=entry.kind, source=Source.BUNDLED, unit_path="/", created_at=now
            )
            session.add(question)
        if current is None:
            fresh.append((question, entry))
        elif not _same(current, entry, points[entry.point]):
            edition = _edition(question, entry, points[entry.point], current.number + 1, now)
            session.add(edition)
            publish_edition(session, edition, by=by, now=now)
            renewed += 1
    session.flush()
    for question, entry in fresh:
        edition = _edition(question, entry, points[entry.point], 1, now)
        edition.state, edition.published_at, edition.published_by = EditionState.PUBLISHED, now, by.person_id
        session.add(edition)
    added = len(fresh)
    if fresh:
        session.flush()
        _keep_numbers(session, questions)
    report = LoadReport(points_added, added, renewed, len(questions) - added - renewed)
    if points_added or added or renewed:
        audit(
            session,
            by=by,
            action="question.load_bundled",
            subject="question:bundled",
            now=now,
            changes={"questions": [0, added], "editions": [0, renewed]},
        )
    return report


def _load_points(session: Session) -> tuple[dict[str, KnowledgePoint], int]:
    known = {point.code: point for point in session.scalars(select(KnowledgePoint))}
    added = 0
    for position, entry in enumerate(bundled.points()):
        if entry.code in known:
            continue
        parent = known[entry.parent].id if entry.parent else None
        known[entry.code] = point = KnowledgePoint(
            id=new_id(),
            code=entry.code,
            name=entry.name,
            name_en=entry.name_en,
            parent_id=parent,
            position=position,
            note=entry.note,
            source=Source.BUNDLED,
        )
        session.add(point)
        added += 1
    return known, added


def _edition(
    question: Question, entry: bundled.BundledQuestion, point: KnowledgePoint, number: int, now: datetime
) -> QuestionEdition:
    return QuestionEdition(
        question_id=question.id,
        number=number,
        state=EditionState.DRAFT,
        content=dict(entry.content),
        **kept_beside(entry.kind, entry.content),
        knowledge_point_id=point.id,
        difficulty=entry.difficulty,
        points=entry.points,
        created_at=now,
        changed_at=now,
    )


def _same(edition: QuestionEdition, entry: bundled.BundledQuestion, point: KnowledgePoint) -> bool:
    return (edition.content, edition.difficulty, edition.points, edition.knowledge_point_id) == (
        dict(entry.content),
        entry.difficulty,
        entry.points,
        point.id,
    )


def _keep_numbers(session: Session, questions: Sequence[bundled.BundledQuestion]) -> None:
    """Let new questions of the same prefixes be numbered after the bundled ones."""
    last: dict[str, int] = {}
    for entry in questions:
        prefix, _, digits = entry.code.partition("-")
        last[prefix] = max(last.get(prefix, 0), int(digits))
    for prefix, number in last.items():
        raise_counter(session, prefix, to=number)
