"""Statistics of an exam: its items and papers over the sittings of one session or of all.

Everything is read by a few statements, whatever the number of sittings, and worked out by `question_bank.statistics`.
"""

import json
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from lms.exams.models import ExamEdition, ExamSession, Sitting, SittingAnswer, SittingItem
from lms.exams.queries.visits import within
from lms.exams.rules.journal import Verdict
from lms.people.models import Person, Unit
from question_bank import kinds
from question_bank import queries as bank
from question_bank.queries import Edition
from question_bank.statistics.drift import Change, change
from question_bank.statistics.figures import Analysis, ItemFigures, analyse
from question_bank.statistics.flags import Hint, PaperFlag, item_hints, paper_hints
from question_bank.statistics.options import Choice, Response, choices
from question_bank.statistics.responses import UNANSWERED, has_options, key_classes, known_classes
from question_bank.statistics.sample import FEWEST


@dataclass(frozen=True)
class Asked:
    """Which sittings: of an exam, in one session or all, first attempts or all, of people in these parts."""

    exam_id: UUID
    paths: tuple[str, ...]
    session_id: UUID | None = None
    first_only: bool = True

    def conditions(self) -> tuple[ColumnElement[bool], ...]:
        """Return what holds for these sittings (joined to edition, person and unit): a result stands."""
        found = [ExamEdition.exam_id == self.exam_id, Sitting.points.is_not(None), within(self.paths)]
        if self.session_id is not None:
            found.append(Sitting.session_id == self.session_id)
        if self.first_only:
            found.append(Sitting.attempt == 1)
        return tuple(found)

    def select(self, *what: Any) -> Select[Any]:
        """Return a selection from these sittings."""
        return (
            select(*what).select_from(Sitting).join(ExamEdition, ExamEdition.id == Sitting.edition_id)
            .join(Person, Person.id == Sitting.person_id).join(Unit, Unit.id == Person.unit_id)
            .where(*self.conditions())
        )


@dataclass(frozen=True)
class Outcome:
    """How one sitting ended. session_id None: outside any session."""

    session_id: UUID | None
    passed: bool
    pass_percent: int


@dataclass(frozen=True)
class Item:
    """One edition of a question as it did in these sittings."""

    edition: Edition
    figures: ItemFigures
    choices: tuple[Choice, ...]
    guess: float | None
    hints: tuple[Hint, ...]


@dataclass(frozen=True)
class ByDay:
    """One session among the others: its sittings, how many passed, and how the pass rate changed since the last."""

    title: str
    opens_at: Any
    session_id: UUID
    sittings: int
    passed: int
    change: Change | None


@dataclass(frozen=True)
class ExamStatistics:
    """An exam's statistics over the sittings asked for."""

    analysis: Analysis
    items: tuple[Item, ...]
    passed: int
    pass_percent: int | None

    @property
    def sittings(self) -> int:
        """How many marked sittings there are."""
        return self.analysis.paper.sittings

    @cached_property
    def hints(self) -> tuple[PaperFlag, ...]:
        """What the paper's figures say."""
        return paper_hints(self.analysis.paper)

    @property
    def flagged(self) -> tuple[Item, ...]:
        """The questions that want looking at soon, the gravest first."""
        return tuple(sorted((it for it in self.items if any(hint.urgent for hint in it.hints)), key=gravity))


def gravity(item: Item) -> tuple[bool, int, str]:
    """Return what sorts questions by how much they want looking at."""
    return (not any(hint.grave for hint in item.hints), -len(item.hints), item.edition.code)


def exam_statistics(session: Session, asked: Asked) -> ExamStatistics:
    """Return the statistics of an exam over the sittings asked for."""
    outcomes = outcomes_of(session, asked)
    rows = _rows(session, asked)
    analysis = analyse(row[:4] for row in rows)
    found = bank.editions(session, [UUID(str(key)) for key in analysis.items])
    editions = {key: found[UUID(str(key))] for key in analysis.items}
    given = _responses(rows, editions)
    items = tuple(
        item_of(editions[key], figures, given[key]) for key, figures in analysis.items.items()
    )
    marks = [it.pass_percent for it in outcomes]
    return ExamStatistics(
        analysis, tuple(sorted(items, key=lambda it: (it.edition.code, it.edition.number))),
        sum(it.passed for it in outcomes), max(set(marks), key=marks.count) if marks else None,
    )


def item_of(edition: Edition, figures: ItemFigures, responses: Sequence[Response]) -> Item:
    """Return a question with its answers and hints; `responses` are those of the same sittings as the figures."""
    kind, content = edition.kind, edition.content
    found = choices(responses, known=known_classes(kind, content), key=key_classes(kind, content))
    judged = [it for it in found if it.name != UNANSWERED] if has_options(kind) else []
    guess = kinds.guess_score(kind, content)
    return Item(edition, figures, found, guess, item_hints(figures, judged, guess=guess))


def _rows(session: Session, asked: Asked) -> Sequence[Any]:
    """Return (number of the sitting, question's edition, points, out of, saved answer) of every question asked.

    The answer is the one that counts, the highest epoch, then sequence. Sittings are numbered and editions are as the
    database keeps them: a hundred thousand UUIDs would cost more than all the rest.
    """
    numbered = asked.select(Sitting.id, func.row_number().over(order_by=Sitting.id).label("number")).cte("numbered")
    item = SittingItem.__table__.c
    connection = session.connection()  # plain rows: nothing here is an entity
    return connection.execute(
        select(numbered.c.number, type_coerce(item.edition_id, NullType), item.points, item.out_of,
               final_answer())
        .join_from(numbered, SittingItem.__table__, item.sitting_id == numbered.c.id)
        .where(item.points.is_not(None), item.out_of > 0, item.counts)
    ).all()


def final_answer() -> ScalarSelect[str]:
    """Return the column with the answer that counts for the `sitting_item` of a row, as saved; null without one."""
    item, answer = SittingItem.__table__.c, SittingAnswer.__table__.c
    return (
        select(answer.body)
        .where(answer.sitting_id == item.sitting_id, answer.item == item.position, answer.verdict == Verdict.COUNTED)
        .order_by(answer.epoch.desc(), answer.sequence.desc()).limit(1).correlate(SittingItem.__table__)
        .scalar_subquery()
    )


def _responses(
    rows: Sequence[Any], editions: Mapping[Hashable, Edition]
) -> dict[Hashable, list[Response]]:
    earned: dict[int, int] = defaultdict(int)
    offered: dict[int, int] = defaultdict(int)
    for sitting, _edition, points, out_of, _body in rows:
        earned[sitting] += points
        offered[sitting] += out_of
    read = AnswerClasses(editions)
    given: dict[Hashable, list[Response]] = defaultdict(list)
    for sitting, edition, points, out_of, body in rows:
        given[edition].append(Response(read.of(edition, body), points, out_of, earned[sitting], offered[sitting]))
    return given


class AnswerClasses:
    """Reads saved answers as classes; the same words to the same question are read once."""

    def __init__(self, editions: Mapping[Any, Edition]) -> None:
        self._editions = editions
        self._known: dict[tuple[Hashable, str | None], tuple[str, ...]] = {}

    def of(self, edition_id: Hashable, body: str | None) -> tuple[str, ...]:
        """Return the classes of an answer as saved; None is no answer."""
        found = self._known.get((edition_id, body))
        if found is None:
            edition = self._editions[edition_id]
            answer = None if body is None else json.loads(body)
            found = kinds.response_of(edition.kind, edition.content, answer)
            self._known[edition_id, body] = found
        return found


def outcomes_of(session: Session, asked: Asked) -> list[Outcome]:
    """Return how each of these sittings ended."""
    rows = session.execute(asked.select(Sitting.session_id, Sitting.passed, ExamEdition.pass_percent))
    return [Outcome(session_id, bool(passed), percent) for session_id, passed, percent in rows]


def by_session(session: Session, asked: Asked) -> tuple[ByDay, ...]:
    """Return the sessions of an exam that have results, in order of time, each against the one before it."""
    counted: dict[UUID, list[int]] = defaultdict(lambda: [0, 0])
    for it in outcomes_of(session, Asked(asked.exam_id, asked.paths, first_only=asked.first_only)):
        if it.session_id is not None:
            counted[it.session_id][0] += 1
            counted[it.session_id][1] += it.passed
    planned = session.scalars(select(ExamSession).where(ExamSession.id.in_(counted)).order_by(ExamSession.opens_at))
    found: list[ByDay] = []
    last: tuple[float, int] | None = None
    for day in planned:
        number, passed = counted[day.id]
        moved = change(*last, passed / number, number) if last and number >= FEWEST else None
        found.append(ByDay(day.title, day.opens_at, day.id, number, passed, moved))
        if number >= FEWEST:
            last = passed / number, number
    return tuple(found)


def author_of(session: Session, exam_id: UUID, person_id: UUID | None) -> bool:
    """Tell whether a person published an edition of this exam."""
    if person_id is None:
        return False
    query = select(ExamEdition.id).where(ExamEdition.exam_id == exam_id, ExamEdition.published_by == person_id)
    return session.scalar(query.limit(1)) is not None
