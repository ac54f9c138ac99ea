"""The list of the bank and one question with its editions, for the desk of those who write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from lms.access.door import scopes_of
from lms.access.identity import SYSTEM, Identity
from lms.access.permissions import Permission
from lms.people.models import Person, Post
from question_bank.models import OPEN_STATES, EditionState, KnowledgePoint, Question, QuestionEdition, QuestionTag
from question_bank.statistics.models import QuestionFigure
from question_bank.statistics.sample import FEWEST

_PART = 500


@dataclass(frozen=True, slots=True)
class EditionLine:
    """One edition in a question's history."""

    number: int
    state: str
    changed_at: datetime
    changed_by: str
    published_at: datetime | None
    published_by: str


@dataclass(frozen=True, slots=True)
class QuestionDetail:
    """A question as its author sees it: the open edition if there is one, else the published.

    version      of the open edition, None where there is none
    published    content of the published edition, None where there is none
    """

    id: UUID
    code: str
    kind: str
    source: str
    unit_path: str
    retired_at: datetime | None
    number: int
    state: str
    content: dict[str, Any]
    point: str
    difficulty: str
    points: int
    review_note: str
    version: int | None
    authors: frozenset[UUID | None]
    changed_at: datetime
    changed_by: str
    published: dict[str, Any] | None
    published_number: int | None
    tags: tuple[str, ...]
    post: str
    origin: str
    replaced_by: str
    history: tuple[EditionLine, ...]


@dataclass(frozen=True, slots=True)
class BankCounts:
    """How many questions there are, by what somebody may want to do with them."""

    total: int
    published: int
    drafts: int
    in_review: int
    retired: int


def visible(identity: Identity, permission: Permission = Permission.QUESTION_READ) -> ColumnElement[bool]:
    """Hold for questions of the parts a person may read, and of what lies above them."""
    parts: list[ColumnElement[bool]] = []
    for scope in scopes_of(identity, permission):
        if scope == "/":
            return true()
        above = [scope[: at + 1] for at, sign in enumerate(scope) if sign == "/"]
        parts += [Question.unit_path.startswith(scope, autoescape=True), Question.unit_path.in_(above)]
    return or_(*parts) if parts else Question.id.is_(None)


def listed(identity: Identity) -> Select[*tuple[Any, ...]]:
    """Return the statement of the list: each question once, with its latest edition."""
    latest = (
        select(func.max(QuestionEdition.number))
        .where(QuestionEdition.question_id == Question.id)
        .correlate(Question)
        .scalar_subquery()
    )
    statement: Select[*tuple[Any, ...]] = (
        select(
            Question.id,
            Question.code,
            Question.kind,
            Question.source,
            Question.retired_at,
            Question.unit_path,
            QuestionEdition.stem,
            QuestionEdition.state,
            QuestionEdition.number,
            QuestionEdition.difficulty,
            QuestionEdition.points,
            QuestionEdition.changed_at,
            KnowledgePoint.code.label("point"),
            KnowledgePoint.name.label("point_name"),
            KnowledgePoint.name_en.label("point_name_en"),
            case((QuestionFigure.sittings >= FEWEST, QuestionFigure.facility)).label("facility"),
            case((QuestionFigure.sittings >= FEWEST, QuestionFigure.discrimination)).label("discrimination"),
            QuestionFigure.flags,
            QuestionFigure.grave,
        )
        .join(QuestionEdition, (QuestionEdition.question_id == Question.id) & (QuestionEdition.number == latest))
        .outerjoin(KnowledgePoint, KnowledgePoint.id == QuestionEdition.knowledge_point_id)
        .outerjoin(QuestionFigure, QuestionFigure.question_id == Question.id)
        .where(visible(identity))
        .order_by(Question.code)
    )
    return statement


def counts(session: Session, identity: Identity) -> BankCounts:
    """Count what the reader may see."""
    rows = listed(identity).order_by(None).with_only_columns(QuestionEdition.state, Question.retired_at).subquery()
    used = rows.c.retired_at.is_(None)

    def number(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

    states = (EditionState.PUBLISHED, EditionState.DRAFT, EditionState.REVIEW)
    wanted = [number(used, rows.c.state == state) for state in states]
    statement: Select[*tuple[Any, ...]] = select(func.count(), *wanted, number(~used)).select_from(rows)
    return BankCounts(*session.execute(statement).one())


def detail(session: Session, code: str, identity: Identity) -> QuestionDetail | None:
    """Return one question by code; None where there is none the reader may see."""
    question = session.scalar(select(Question).where(Question.code == code, visible(identity)))
    if question is None:
        return None
    rows = _editions(session, question.id)
    people = _names(session, rows)
    opened = next((row for row in rows if row.state in OPEN_STATES), None)
    public = next((row for row in rows if row.state == EditionState.PUBLISHED), None)
    shown = opened or public or rows[0]
    point = session.scalar(select(KnowledgePoint.code).where(KnowledgePoint.id == shown.knowledge_point_id)) or ""
    return QuestionDetail(
        question.id,
        question.code,
        question.kind,
        question.source,
        question.unit_path,
        question.retired_at,
        shown.number,
        shown.state,
        dict(shown.content),
        point,
        shown.difficulty,
        shown.points,
        shown.review_note,
        opened.version if opened else None,
        frozenset({shown.created_by, shown.changed_by, shown.submitted_by}),
        shown.changed_at,
        people.get(shown.changed_by, ""),
        dict(public.content) if public else None,
        public.number if public else None,
        tuple(session.scalars(select(QuestionTag.tag).where(QuestionTag.question_id == question.id).order_by("tag"))),
        session.scalar(select(Post.code).where(Post.id == question.post_id)) or "",
        question.origin,
        session.scalar(select(Question.code).where(Question.id == question.replaced_by_id)) or "",
        tuple(_line(row, people) for row in rows),
    )


def ids_of(session: Session, codes: Iterable[str], identity: Identity) -> dict[str, UUID]:
    """Return question ids by code, of those the reader may see."""
    statement = select(Question.code, Question.id).where(Question.code.in_(list(codes)), visible(identity))
    return dict(session.execute(statement.order_by(Question.code)).tuples().all())


def latest_texts(session: Session) -> list[tuple[str, str]]:
    """Return (code, compared text) of every question in use in the whole bank: its latest wording."""
    latest = listed(SYSTEM).with_only_columns(Question.code, QuestionEdition.compared)
    return [(code, text) for code, text in session.execute(latest.where(Question.retired_at.is_(None)))]


def stems_of(session: Session, codes: Iterable[str], identity: Identity) -> dict[str, str]:
    """Return the latest stem of questions in use by code, of those the reader may see."""
    wanted = list(dict.fromkeys(codes))
    found: dict[str, str] = {}
    latest = listed(identity).with_only_columns(Question.code, QuestionEdition.stem)
    for start in range(0, len(wanted), _PART):
        part = latest.where(Question.retired_at.is_(None), Question.code.in_(wanted[start : start + _PART]))
        found |= dict(session.execute(part).tuples().all())
    return found


def _editions(session: Session, question_id: UUID) -> Sequence[QuestionEdition]:
    statement = select(QuestionEdition).where(QuestionEdition.question_id == question_id)
    return session.scalars(statement.order_by(QuestionEdition.number.desc())).all()


def _names(session: Session, rows: Sequence[QuestionEdition]) -> dict[UUID | None, str]:
    wanted = {person for row in rows for person in (row.changed_by, row.published_by) if person is not None}
    statement = select(Person.id, Person.name).where(Person.id.in_(wanted))
    return dict(session.execute(statement).tuples().all())


def _line(row: QuestionEdition, people: dict[UUID | None, str]) -> EditionLine:
    return EditionLine(
        row.number,
        row.state,
        row.changed_at,
        people.get(row.changed_by, ""),
        row.published_at,
        people.get(row.published_by, ""),
    )
