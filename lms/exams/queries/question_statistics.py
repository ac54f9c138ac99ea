"""A question's statistics over all exams it was asked in: by edition, by exam."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.exams.models import ExamEdition, Sitting, SittingItem
from lms.exams.queries.statistics import AnswerClasses, Item, final_answer, item_of
from lms.exams.queries.visits import within
from lms.people.models import Person, Unit
from question_bank import queries as bank
from question_bank.models import QuestionEdition
from question_bank.queries import Edition
from question_bank.statistics.drift import Change, Stretch, drift
from question_bank.statistics.figures import ItemFigures, item_figures
from question_bank.statistics.options import Response
from question_bank.statistics.sample import FEWEST


class Row(NamedTuple):
    """One sitting's mark on a question: hundredths of it and of the whole paper, and the answer as saved."""

    question_id: UUID
    edition_id: UUID
    exam_id: UUID
    points: int
    out_of: int
    total: int
    total_out_of: int
    body: str | None


@dataclass(frozen=True)
class ByEdition:
    """One edition of the question, and how its facility moved since the one before."""

    item: Item
    change: Change | None


@dataclass(frozen=True)
class ByExam:
    """The question as it did in one exam, all its editions together."""

    exam_id: UUID
    figures: ItemFigures


@dataclass(frozen=True)
class QuestionStatistics:
    """A question over all exams. editions oldest first; exams by the number of sittings."""

    editions: tuple[ByEdition, ...]
    exams: tuple[ByExam, ...]
    sittings: int

    @property
    def newest(self) -> Item | None:
        """The newest edition that enough people sat, else the newest anybody sat."""
        items = [it.item for it in self.editions]
        enough = [it for it in items if it.figures.sittings >= FEWEST] or items
        return enough[-1] if enough else None


def question_statistics(
    session: Session, question_id: UUID, paths: Sequence[str], *, first_only: bool = True
) -> QuestionStatistics:
    """Return a question's statistics over the sittings of people in these parts of the organisation."""
    rows = rows_of(session, [question_id], paths, first_only=first_only)
    editions = bank.editions(session, {row.edition_id for row in rows})
    return statistics_from(rows, editions)


def statistics_from(rows: Sequence[Row], editions: dict[UUID, Edition]) -> QuestionStatistics:
    """Return a question's statistics from its marks; `editions` are those the marks belong to."""
    read = AnswerClasses(editions)
    items = [
        item_of(editions[key], _figures(group), [_response(row, read) for row in group])
        for key, group in _grouped(rows, lambda row: row.edition_id)
    ]
    items.sort(key=lambda it: it.edition.number)
    changes = drift([
        Stretch(str(it.edition.number), it.figures.sittings, it.figures.facility, it.figures.discrimination)
        for it in items
    ])
    exams = [ByExam(key, _figures(group)) for key, group in _grouped(rows, lambda row: row.exam_id)]
    exams.sort(key=lambda it: -it.figures.sittings)
    return QuestionStatistics(
        tuple(ByEdition(item, moved) for item, moved in zip(items, changes, strict=True)), tuple(exams), len(rows)
    )


def rows_of(
    session: Session, question_ids: Collection[UUID], paths: Sequence[str], *, first_only: bool = True
) -> list[Row]:
    """Return every mark of these questions in sittings whose result stands, with the answers that count."""
    query = marks(
        SittingItem.question_id, SittingItem.edition_id, ExamEdition.exam_id, SittingItem.points, SittingItem.out_of,
        Sitting.points, Sitting.out_of, final_answer(), first_only=first_only,
    ).where(SittingItem.question_id.in_(question_ids), within(paths))
    return [Row(*row) for row in session.execute(query)]


def marks(*what: Any, first_only: bool = True) -> Select[Any]:
    """Return a selection from the marks that count where a result stands; joined to exam edition, person and unit."""
    query = (
        select(*what).select_from(SittingItem).join(Sitting, Sitting.id == SittingItem.sitting_id)
        .join(ExamEdition, ExamEdition.id == Sitting.edition_id).join(Person, Person.id == Sitting.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Sitting.points.is_not(None), SittingItem.points.is_not(None), SittingItem.out_of > 0,
               SittingItem.counts)
    )
    return query.where(Sitting.attempt == 1) if first_only else query


def author_of_question(session: Session, question_id: UUID, person_id: UUID | None) -> bool:
    """Tell whether a person wrote an edition of this question."""
    if person_id is None:
        return False
    found = select(func.count()).select_from(QuestionEdition).where(
        QuestionEdition.question_id == question_id,
        (QuestionEdition.created_by == person_id) | (QuestionEdition.submitted_by == person_id),
    )
    return bool(session.scalar(found))


def _figures(rows: Iterable[Row]) -> ItemFigures:
    return item_figures([(row.points, row.out_of, row.total, row.total_out_of) for row in rows])


def _response(row: Row, read: AnswerClasses) -> Response:
    return Response(read.of(row.edition_id, row.body), row.points, row.out_of, row.total, row.total_out_of)


def _grouped(rows: Sequence[Row], key: Any) -> list[tuple[Any, list[Row]]]:
    groups: dict[Hashable, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return list(groups.items())
