"""The result of a sitting: passed or not, by knowledge point, what to relearn, the next date, question by question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.exams.models import Sitting, SittingItem
from lms.exams.queries.answers import changes_of
from lms.exams.queries.edition import section_results
from lms.exams.queries.keys import items_of
from lms.exams.queries.release import everything_since, openings_of
from lms.exams.queries.reviewed import Reviewed, reviewed_of
from lms.exams.queries.series import Series, Task, series_of
from lms.exams.rules.marking import ItemMark, PointResult, missing_points
from lms.exams.rules.marking import by_point as results_by_point
from lms.exams.rules.release import Opening, Shown
from lms.exams.rules.sections import WHOLE, SectionResult, headed, sections_from_json
from lms.exams.titles import reads_english
from lms.knowledge.queries import Hit, by_point
from lms.records import activities
from lms.web.formatting import list_of
from question_bank import queries as bank

FEWEST_FOR_AVERAGE = 5  # sittings below which an average would tell about single people


@dataclass(frozen=True)
class PointLine:
    """One knowledge point of the picture. percent, average: 0..100 with fractions; average None for too few.

    articles   to read about it, where it was not reached
    """

    name: str
    percent: float
    average: float | None
    questions: int
    wrong: int
    reached: bool
    articles: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class SectionLine:
    """One section of the result: its title, and how it went."""

    title: str
    result: SectionResult


@dataclass(frozen=True)
class Relearn:
    """One activity to relearn: how it is called and reached, the questions that led to it, when it was done.

    articles   to read about the same points
    """

    title: str
    link: str | None
    points: str
    wrong: tuple[int, ...]
    done_at: datetime | None
    articles: tuple[Hit, ...] = ()


@dataclass(frozen=True)
class ResultView:
    """Everything the result page shows. points, out_of, counted, missing: hundredths of a mark."""

    sitting: Sitting
    missing: int
    answered: int
    changed: int
    seconds_used: int
    points: tuple[PointLine, ...]
    sections: tuple[SectionLine, ...]
    relearn: tuple[Relearn, ...]
    questions: tuple[Reviewed, ...]
    shown: Mapping[Shown, Opening]
    series: Series

    @property
    def wrong(self) -> tuple[int, ...]:
        """Positions that lost marks."""
        return tuple(it.position for it in self.questions if not it.right)

    @property
    def failed_sections(self) -> tuple[SectionLine, ...]:
        """The sections that missed their own minimum: each of them fails the exam."""
        return tuple(it for it in self.sections if not it.result.reached)

    @property
    def scored(self) -> bool:
        """Whether the score may be seen."""
        return self.shown[Shown.SCORE].open

    @property
    def released(self) -> bool:
        """Whether the questions with one's own answers may be seen."""
        return self.shown[Shown.ANSWERS].open


def result_of(session: Session, sitting: Sitting, *, at: datetime, everything: bool = False) -> ResultView:
    """Return the result of a marked sitting as of `at`.

    everything   for those who may read exams: the rules of what candidates see don't hold for them
    """
    items = items_of(session, sitting.id)
    shown = everything_since(sitting) if everything else openings_of(sitting, at)
    series = series_of(session, sitting.assignment, at=at)
    edition = sitting.edition
    points = results_by_point(
        [ItemMark(it.position, it.point, it.points or 0, it.out_of) for it in items if it.counts], edition.pass_percent
    )
    ended = sitting.closed_at or at
    tasks = [it for it in series.tasks if it.sitting_id == sitting.id]
    questions, answered = reviewed_of(session, sitting, items, shown)
    return ResultView(
        sitting, missing_points(sitting.counted or 0, sitting.out_of or 1, edition.pass_percent), answered,
        changes_of(session, sitting.id), int((ended - sitting.started_at).total_seconds()),
        _lines(session, sitting, points) if shown[Shown.SCORE].open else (), _sections(sitting, items),
        _relearn(session, tasks, points if shown[Shown.SCORE].open else ()), questions, shown, series,
    )


def _lines(session: Session, sitting: Sitting, points: Sequence[PointResult]) -> tuple[PointLine, ...]:
    names = bank.point_names(session, english=reads_english())
    averages = point_averages(session, sitting.edition_id)
    articles = by_point(session, [it.point for it in points if not it.reached])
    lines = [
        PointLine(
            names.get(it.point, it.point), 100 * it.points / it.out_of if it.out_of else 100.0, averages.get(it.point),
            it.questions, len(it.wrong), it.reached, articles.get(it.point, ()),
        )
        for it in points
    ]
    return tuple(sorted(lines, key=lambda it: (it.percent, it.name)))


def _sections(sitting: Sitting, items: Sequence[SittingItem]) -> tuple[SectionLine, ...]:
    sections = sections_from_json(sitting.edition.sections)
    if sections == WHOLE:
        return ()
    return tuple(
        SectionLine(headed(sections[it.section], it.section), it) for it in section_results(sitting.edition, items)
    )


def point_averages(session: Session, edition_id: UUID) -> dict[str, float]:
    """Return knowledge point -> average percent over everybody's marked sittings of an edition; empty for too few."""
    marked = (Sitting.edition_id == edition_id, Sitting.points.is_not(None))
    if (session.scalar(select(func.count()).select_from(Sitting).where(*marked)) or 0) < FEWEST_FOR_AVERAGE:
        return {}
    rows = session.execute(
        select(SittingItem.point, func.sum(SittingItem.points), func.sum(SittingItem.out_of))
        .join(Sitting, Sitting.id == SittingItem.sitting_id).where(*marked, SittingItem.counts)
        .group_by(SittingItem.point)
    )
    return {point: 100 * (earned or 0) / offered for point, earned, offered in rows if offered}


def _relearn(session: Session, tasks: Sequence[Task], points: Sequence[PointResult]) -> tuple[Relearn, ...]:
    names = bank.point_names(session, english=reads_english())
    named = activities.describe_many(session, [task.activity for task in tasks])
    articles = by_point(session, [point for task in tasks for point in task.points], each=1)
    found = []
    for task in tasks:
        described = named[task.activity]
        wrong = sorted(position for it in points if it.point in task.points for position in it.wrong)
        found.append(
            Relearn(
                described.title, described.link, list_of([names.get(it, it) for it in task.points]), tuple(wrong),
                task.done_at, tuple({hit.code: hit for it in task.points for hit in articles.get(it, ())}.values()),
            )
        )
    return tuple(found)
