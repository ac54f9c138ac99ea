"""What a candidate's page in the exam room shows: the paper without its key, answers so far, the clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Session

from lms.exams.models import Exam, SeatRequest, Sitting, SittingItem
from lms.exams.queries.answers import Placed, last_sequence, placed_answers
from lms.exams.queries.edition import paper_of, section_of
from lms.exams.rules.forms import LETTERS
from lms.exams.rules.paper import Item
from lms.exams.rules.sections import Section, headed
from lms.exams.rules.terms import Terms
from lms.exams.saving.tokens import Seat
from lms.exams.saving.writer import Standing
from lms.kernel.db import new_id
from question_bank import kinds
from question_bank import queries as bank


@dataclass(frozen=True)
class Head:
    """The head of a section as candidates see it. points: hundredths of a mark; minimum: percent, None for none."""

    title: str
    instruction: str
    questions: int
    points: int
    minimum: int | None


@dataclass(frozen=True)
class Question:
    """One question on the page: position (1..), points in hundredths, its view without key, the answer so far.

    head   of its section, on the first question of each section of a paper that has any
    """

    position: int
    points: int
    kind: str
    view: dict[str, Any]
    answer: Any
    answered: bool
    flagged: bool
    head: Head | None = None


@dataclass(frozen=True)
class Room:
    """A sitting as its page shows it. form: its letter, "" where everybody has a draw of their own."""

    sitting_id: UUID
    code: str
    title: str
    title_en: str
    full_mark: int
    pass_percent: int
    started_at: datetime
    deadline_at: datetime
    paused_at: datetime | None
    in_session: bool
    epoch: int
    last_sequence: int
    last_saved_at: datetime | None
    questions: tuple[Question, ...]
    form: str = ""


_sitting = Sitting.__table__.c
_STANDING = select(
    _sitting.person_id, _sitting.epoch, _sitting.deadline_at, _sitting.closed_at, _sitting.paused_at
).where(_sitting.id == bindparam("id"))


def standing_of(connection: Connection, seat: Seat) -> Standing | None:
    """Return how a seat's sitting stands now, None when there is none of that person."""
    row = connection.execute(_STANDING, {"id": seat.sitting_id}).one_or_none()
    if row is None or row.person_id != seat.person_id:
        return None
    return Standing(row.epoch, row.deadline_at, row.closed_at is not None, row.paused_at is not None)


def seat_request_of(session: Session, sitting_id: UUID, seat_key: str) -> SeatRequest | None:
    """Return the last request of a browser (its secret's hash) to go on with a sitting, None when it hasn't asked."""
    return session.scalars(
        select(SeatRequest).where(SeatRequest.sitting_id == sitting_id, SeatRequest.seat_key == seat_key)
        .order_by(SeatRequest.asked_at.desc(), SeatRequest.id.desc()).limit(1)
    ).first()


def room_of(session: Session, sitting: Sitting) -> Room:
    """Return a running sitting's room."""
    items = session.scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting.id).order_by(SittingItem.position)
    ).all()
    editions = bank.editions(session, [item.edition_id for item in items])
    placed = placed_answers(session, sitting.id)
    shuffled = sitting.edition.shuffle_options
    edition = sitting.edition
    found = [
        _question(
            item.position, item.out_of, editions[item.edition_id], _option_seed(sitting.seed, item.position, shuffled),
            placed.get(item.position),
        )
        for item in items
    ]
    questions = headed_by(found, [section_of(edition, item.part) for item in items], paper_of(edition).sections)
    return Room(
        sitting.id, edition.exam.code, edition.title, edition.title_en, sum(it.points for it in questions),
        edition.pass_percent, sitting.started_at, sitting.deadline_at, sitting.paused_at,
        sitting.session_id is not None, sitting.epoch,
        last_sequence(session, sitting.id, sitting.epoch),
        max((it.saved_at for it in placed.values()), default=None), questions,
        LETTERS[sitting.form - 1] if sitting.form else "",
    )


def _option_seed(seed: str, position: int, shuffled: bool) -> str | None:
    return f"{seed}:{position}" if shuffled else None


def _question(position: int, points: int, edition: Any, seed: str | None, placed: Placed | None) -> Question:
    view = kinds.candidate_view(edition.kind, edition.content, seed)
    answer = kinds.shown_answer(view, placed.answer) if placed else None
    return Question(
        position, points, edition.kind, view, answer, kinds.answer_given(edition.kind, answer),
        bool(placed and placed.flagged),
    )


def headed_by(
    questions: Sequence[Question], numbers: Sequence[int], sections: Sequence[Section]
) -> tuple[Question, ...]:
    """Put the head of its section on the first question of each; a paper without sections has none.

    numbers   the section (0..) of every question, in the order of the paper
    """
    if len(sections) == 1 and not sections[0].title:
        return tuple(questions)
    found = []
    for place, (question, number) in enumerate(zip(questions, numbers, strict=True)):
        if place and numbers[place - 1] == number:
            found.append(question)
            continue
        points = [it.points for it, own in zip(questions, numbers, strict=True) if own == number]
        section = sections[number]
        head = Head(headed(section, number), section.instruction, len(points), sum(points), section.minimum)
        found.append(replace(question, head=head))
    return tuple(found)


def trial_of(exam: Exam, terms: Terms, questions: tuple[Question, ...], *, form: int, at: datetime) -> Room:
    """Return the room of a paper that its author tries out: like a sitting's, and of no sitting."""
    return Room(
        new_id(), exam.code, exam.title, exam.title_en, sum(it.points for it in questions), terms.pass_percent, at,
        at + timedelta(minutes=terms.duration_minutes), None, False, 1, 0, None, questions,
        LETTERS[form - 1] if form else "",
    )


def preview_of(session: Session, terms: Terms, items: Sequence[Item], *, seed: str) -> tuple[Question, ...]:
    """Show a drawn paper as a candidate would get it, without a sitting."""
    editions = bank.editions(session, [UUID(item.candidate.edition) for item in items])
    found = [
        _question(
            item.position, item.points, editions[UUID(item.candidate.edition)],
            _option_seed(seed, item.position, terms.shuffle_options), None,
        )
        for item in items
    ]
    return headed_by(found, [terms.parts[item.part].section for item in items], terms.sections)


