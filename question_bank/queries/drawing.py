"""What papers and course tests take from the bank: draws, supplies, pinned editions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from question_bank.models import EditionState, KnowledgePoint, Question, QuestionEdition
from question_bank.rules import allot, deal_order

_PART = 500


@dataclass(frozen=True, slots=True)
class Pick:
    """One line of a blueprint: so many questions of a point, difficulty, kind; None means any.

    point     a knowledge point or a subject, which holds its points
    subject   the same, for whoever prefers to name the subject apart
    by_hand   False: only questions that the system marks altogether; True: only such that a person must look at
    """

    point: str | None = None
    difficulty: str | None = None
    kind: str | None = None
    count: int = 1
    subject: str | None = None
    by_hand: bool | None = None


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """A question that was drawn; `number` of its edition, `points` in hundredths of a mark."""

    question_id: UUID
    edition_id: UUID
    number: int
    code: str
    kind: str
    point: str
    difficulty: str
    points: int
    text_hash: str


@dataclass(frozen=True, slots=True)
class Shortage:
    """A pick the bank can't fill."""

    pick_index: int
    wanted: int
    found: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw gave: items in the order of the picks, and what was missing."""

    items: tuple[DrawnItem, ...]
    short: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a question with its content; `points` in hundredths of a mark."""

    id: UUID
    question_id: UUID
    number: int
    code: str
    kind: str
    content: dict[str, Any]
    point: str
    point_name: str
    point_name_en: str
    difficulty: str
    points: int
    state: str


def candidates(
    session: Session, picks: Sequence[Pick], *, exclude: Collection[UUID] = frozenset(), within: str | None = None
) -> tuple[tuple[DrawnItem, ...], ...]:
    """Return every question each pick may use, by code: published, not retired, not excluded.

    exclude   ids of questions to leave out
    within    path of a unit: only questions of that unit or above it; None: all
    """
    found = []
    for pick in picks:
        rows = session.execute(_matching(pick, within).order_by(Question.code))
        found.append(tuple(DrawnItem(*row) for row in rows if row[0] not in exclude))
    return tuple(found)


def draw(
    session: Session,
    picks: Sequence[Pick],
    *,
    seed: str,
    exclude: Collection[UUID] = frozenset(),
    within: str | None = None,
) -> Drawn:
    """Draw questions for a blueprint, none twice, as many as can be; the same seed and bank give the same draw."""
    pools = [
        sorted(pool, key=lambda item: deal_order(seed, item.code))
        for pool in candidates(session, picks, exclude=exclude, within=within)
    ]
    dealt = allot(pools, [pick.count for pick in picks])
    short = tuple(
        Shortage(index, pick.count, len(group))
        for index, (pick, group) in enumerate(zip(picks, dealt, strict=True))
        if len(group) < pick.count
    )
    return Drawn(tuple(item for group in dealt for item in group), short)


def supply(session: Session, picks: Sequence[Pick], *, within: str | None = None) -> tuple[int, ...]:
    """Return how many questions the bank holds for each pick by itself."""
    return tuple(len(pool) for pool in candidates(session, picks, within=within))


def editions(session: Session, edition_ids: Iterable[UUID]) -> dict[UUID, Edition]:
    """Return editions by id, in whatever state; unknown ids are left out."""
    wanted = list(dict.fromkeys(edition_ids))
    found: dict[UUID, Edition] = {}
    for start in range(0, len(wanted), _PART):
        rows = session.execute(_full().where(QuestionEdition.id.in_(wanted[start : start + _PART])))
        found |= {row[0]: Edition(*row) for row in rows}
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """How many published questions there are of one point, kind and difficulty."""

    point: str
    kind: str
    difficulty: str
    questions: int


def cells(session: Session) -> tuple[Cell, ...]:
    """Return the published, unretired questions as counts by sort: what a blueprint can be measured against."""
    columns = (KnowledgePoint.code, Question.kind, QuestionEdition.difficulty)
    rows = session.execute(
        select(*columns, func.count())
        .select_from(QuestionEdition)
        .join(Question, Question.id == QuestionEdition.question_id)
        .join(KnowledgePoint, KnowledgePoint.id == QuestionEdition.knowledge_point_id)
        .where(QuestionEdition.state == EditionState.PUBLISHED, Question.retired_at.is_(None))
        .group_by(*columns)
    )
    return tuple(Cell(*row) for row in rows)


def retired(session: Session, edition_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these editions whose question was taken out of use."""
    wanted = list(dict.fromkeys(edition_ids))
    found: set[UUID] = set()
    for start in range(0, len(wanted), _PART):
        found |= set(
            session.scalars(
                select(QuestionEdition.id)
                .join(Question, Question.id == QuestionEdition.question_id)
                .where(QuestionEdition.id.in_(wanted[start : start + _PART]), Question.retired_at.is_not(None))
            )
        )
    return found


def published(session: Session, codes: Iterable[str]) -> dict[str, Edition]:
    """Return the published editions of questions by code; unknown and unpublished ones are left out."""
    wanted = list(dict.fromkeys(codes))
    rows = session.execute(_full().where(Question.code.in_(wanted), QuestionEdition.state == EditionState.PUBLISHED))
    return {row.code: Edition(*row) for row in rows}


def _full() -> Select[*tuple[Any, ...]]:
    edition = QuestionEdition
    return (
        select(
            edition.id,
            edition.question_id,
            edition.number,
            Question.code,
            Question.kind,
            edition.content,
            _text(KnowledgePoint.code),
            _text(KnowledgePoint.name),
            _text(KnowledgePoint.name_en),
            edition.difficulty,
            edition.points,
            edition.state,
        )
        .join(Question, Question.id == edition.question_id)
        .outerjoin(KnowledgePoint, KnowledgePoint.id == edition.knowledge_point_id)
    )


def _matching(pick: Pick, within: str | None) -> Select[*tuple[Any, ...]]:
    edition = QuestionEdition
    statement: Select[*tuple[Any, ...]] = (
        select(
            Question.id,
            edition.id,
            edition.number,
            Question.code,
            Question.kind,
            KnowledgePoint.code,
            edition.difficulty,
            edition.points,
            edition.text_hash,
        )
        .join(Question, Question.id == edition.question_id)
        .join(KnowledgePoint, KnowledgePoint.id == edition.knowledge_point_id)
        .where(edition.state == EditionState.PUBLISHED, Question.retired_at.is_(None))
    )
    for code in filter(None, (pick.point, pick.subject)):
        statement = statement.where(_under(code))
    if pick.difficulty:
        statement = statement.where(edition.difficulty == pick.difficulty)
    if pick.by_hand is not None:
        statement = statement.where(edition.by_hand.is_(pick.by_hand))
    if pick.kind:
        statement = statement.where(Question.kind == pick.kind)
    if within is not None:
        paths = [within[: at + 1] for at, sign in enumerate(within) if sign == "/"]
        statement = statement.where(Question.unit_path.in_(paths))
    return statement


def _under(code: str) -> ColumnElement[bool]:
    return or_(KnowledgePoint.code == code, KnowledgePoint.code.startswith(f"{code}/", autoescape=True))


def _text(column: Any) -> Any:
    return func.coalesce(column, "").label(column.key if column.key != "code" else "point")
