"""What the course player shows: outline, unit, where the learner is, notes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import CourseEdition, CourseNote, CoursePicture, CourseTest, CourseUnit
from courses.queries.editions import course_by_code, last_touched, progress_of, spec_of, unit_of
from courses.queries.ways import Way, way_of
from courses.rules.completion import Verdict, judge, next_unit, percent_done, played_percent
from courses.rules.progress import Progress


class OutlineState(StrEnum):
    """How the outline marks a unit."""

    DONE = "done"
    OPEN = "open"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class OutlineUnit:
    """One line of the outline."""

    code: str
    title: str
    title_en: str
    kind: str
    chapter: str
    minutes: int
    questions: int | None
    duration_ms: int | None
    state: OutlineState
    required: bool


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One attempt at the unit's test. points, out_of: hundredths of a mark."""

    id: UUID
    number: int
    submitted_at: datetime | None
    points: int | None
    out_of: int
    passed: bool


@dataclass(frozen=True, slots=True)
class PlayerPage:
    """Everything the player shows of one unit.

    counts     whether study is counted; False when a finished course is looked at again
    here       number of the unit, 1 for the first
    """

    code: str
    edition: CourseEdition
    unit: CourseUnit
    outline: tuple[OutlineUnit, ...]
    here: int
    progress: Progress
    verdict: Verdict
    played_percent: int
    counts: bool
    done: int
    total: int
    percent: int
    previous: str | None
    following: str | None
    attempts: tuple[AttemptLine, ...]
    finished_at: datetime | None

    @property
    def is_done(self) -> bool:
        """Whether this unit is done."""
        return self.outline[self.here - 1].state is OutlineState.DONE


def resume_at(session: Session, person_id: UUID, code: str) -> str | None:
    """Return the unit at which a person goes on with a course; None when there is nothing to study."""
    course = course_by_code(session, code)
    way = way_of(session, person_id, course) if course else None
    if way is None or not way.edition.units:
        return None
    done = way.done(session)
    run = way.run or way.over
    touched = last_touched(session, [run.id]).get(run.id) if run else None
    if touched and touched[0] not in done and unit_of(way.edition, touched[0]):
        return touched[0]
    return next_unit(way.specs, done, after=touched[0] if touched else "") or way.edition.units[0].code


def player_page(session: Session, person_id: UUID, code: str, unit_code: str) -> PlayerPage | None:
    """Return what the player shows; None when there is no such course or unit. The outline marks a locked unit."""
    course = course_by_code(session, code)
    way = way_of(session, person_id, course, unit_code) if course else None
    unit = unit_of(way.edition, unit_code) if way else None
    if way is None or unit is None:
        return None
    done = way.done(session)
    run = way.run or way.over
    progress = progress_of(session, run.id, unit.id) if run else Progress()
    outline = _outline(way, done)
    codes = [it.code for it in outline]
    here = codes.index(unit.code)
    wanted = [it.code for it in way.specs if it.required] or [it.code for it in way.specs]
    return PlayerPage(
        code, way.edition, unit, outline, here + 1, progress, judge(spec_of(unit), progress),
        played_percent(progress, (unit.file or {}).get("duration_ms")), way.over is None,
        sum(it in done for it in wanted), len(wanted), percent_done(way.specs, done),
        codes[here - 1] if here else None, codes[here + 1] if here + 1 < len(codes) else None,
        _attempts(session, run.id, unit.id) if run else (), way.over.finished_at if way.over else None,
    )


def _outline(way: Way, done: Mapping[str, object]) -> tuple[OutlineUnit, ...]:
    def state(unit: CourseUnit) -> OutlineState:
        if unit.code in done:
            return OutlineState.DONE
        return OutlineState.OPEN if way.opens(unit.code, done) else OutlineState.LOCKED

    focus = (way.run.unit_code if way.run else way.begins) or ""
    return tuple(
        OutlineUnit(unit.code, unit.title, unit.title_en, unit.kind, unit.chapter, unit.minutes, unit.questions,
                    (unit.file or {}).get("duration_ms"), state(unit), unit.required)
        for unit in way.edition.units if focus in ("", unit.code)
    )


def _attempts(session: Session, run_id: UUID, unit_id: UUID) -> tuple[AttemptLine, ...]:
    rows = session.scalars(
        select(CourseTest).where(CourseTest.run_id == run_id, CourseTest.unit_id == unit_id)
        .order_by(CourseTest.number.desc())
    )
    return tuple(AttemptLine(it.id, it.number, it.submitted_at, it.points, it.out_of, it.passed) for it in rows)


def pictures_of(session: Session, edition_id: UUID) -> dict[str, str]:
    """Return an edition's pictures as texts take them: the drawing itself, or the address of an uploaded one."""
    rows = session.execute(
        select(CoursePicture.id, CoursePicture.name, CoursePicture.svg).where(CoursePicture.edition_id == edition_id)
    )
    return {name: svg or f"/courses/pictures/{picture_id}" for picture_id, name, svg in rows}


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A learner's note."""

    id: UUID
    quote: str
    text: str
    created_at: datetime


def notes_of(session: Session, person_id: UUID, course_id: UUID, unit_code: str) -> tuple[NoteLine, ...]:
    """Return a learner's notes beside a unit, newest first."""
    rows: Any = session.scalars(
        select(CourseNote)
        .where(CourseNote.person_id == person_id, CourseNote.course_id == course_id, CourseNote.unit_code == unit_code)
        .order_by(CourseNote.created_at.desc())
    )
    return tuple(NoteLine(it.id, it.quote, it.text, it.created_at) for it in rows)
