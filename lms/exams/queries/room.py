"""What a candidate's page in the exam room shows: the paper without its key, answers so far, the clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import Sitting, SittingItem
from lms.exams.queries.answers import Placed, last_sequence, placed_answers
from lms.exams.rules.paper import draw
from lms.exams.rules.terms import Terms
from question_bank import kinds
from question_bank import queries as bank


@dataclass(frozen=True)
class Question:
    """One question on the page: position (1..), points in hundredths, its view without key, the answer so far."""

    position: int
    points: int
    kind: str
    view: dict[str, Any]
    answer: Any
    answered: bool
    flagged: bool


@dataclass(frozen=True)
class Room:
    """A sitting as its page shows it."""

    sitting_id: UUID
    code: str
    title: str
    title_en: str
    full_mark: int
    pass_percent: int
    started_at: datetime
    deadline_at: datetime
    epoch: int
    last_sequence: int
    last_saved_at: datetime | None
    questions: tuple[Question, ...]


def room_of(session: Session, sitting: Sitting) -> Room:
    """Return a running sitting's room."""
    items = session.scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting.id).order_by(SittingItem.position)
    ).all()
    editions = bank.editions(session, [item.edition_id for item in items])
    placed = placed_answers(session, sitting.id)
    shuffled = sitting.edition.shuffle_options
    questions = tuple(
        _question(
            item.position, item.out_of, editions[item.edition_id], _option_seed(sitting.seed, item.position, shuffled),
            placed.get(item.position),
        )
        for item in items
    )
    edition = sitting.edition
    return Room(
        sitting.id, edition.exam.code, edition.title, edition.title_en, sum(it.points for it in questions),
        edition.pass_percent, sitting.started_at, sitting.deadline_at, sitting.epoch,
        last_sequence(session, sitting.id, sitting.epoch),
        max((it.saved_at for it in placed.values()), default=None), questions,
    )


def _option_seed(seed: str, position: int, shuffled: bool) -> str | None:
    return f"{seed}:{position}" if shuffled else None


def _question(position: int, points: int, edition: Any, seed: str | None, placed: Placed | None) -> Question:
    answer = placed.answer if placed else None
    return Question(
        position, points, edition.kind, kinds.candidate_view(edition.kind, edition.content, seed), answer,
        kinds.answer_given(edition.kind, answer), bool(placed and placed.flagged),
    )


def preview_of(session: Session, terms: Terms, candidates: Any, *, seed: str) -> tuple[Question, ...]:
    """Draw a paper as a candidate would get it, without a sitting. Raises NotEnoughQuestions."""
    items = draw(terms.parts, candidates, seed=seed, shuffled=terms.shuffle_questions)
    editions = bank.editions(session, [UUID(item.candidate.edition) for item in items])
    return tuple(
        _question(
            item.position, item.points, editions[UUID(item.candidate.edition)],
            _option_seed(seed, item.position, terms.shuffle_options), None,
        )
        for item in items
    )


