"""Bring the bundled courses in, as editions of source "bundled"."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.library import BundledCourse, bundled_courses
from courses.models import Course, CourseEdition, CoursePicture, CourseUnit
from courses.rules.editions import EditionState, Source
from lms.access.identity import SYSTEM, Identity
from lms.records.services import audit


@dataclass(frozen=True)
class LoadReport:
    """What loading did: codes of courses that got a new edition, had it already, or are the organisation's by now."""

    loaded: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]


def load_bundled(session: Session, *, by: Identity = SYSTEM, now: datetime) -> LoadReport:
    """Publish every bundled course whose text is not in yet. Doing it again changes nothing.

    A course that the organisation has edited, or is editing, keeps the organisation's editions.
    """
    outcome: dict[str, list[str]] = {"loaded": [], "unchanged": [], "kept": []}
    for bundled in bundled_courses():
        outcome[_load(session, bundled, by=by, now=now)].append(bundled.code)
    return LoadReport(tuple(outcome["loaded"]), tuple(outcome["unchanged"]), tuple(outcome["kept"]))


def _load(session: Session, bundled: BundledCourse, *, by: Identity, now: datetime) -> str:
    course = session.scalar(select(Course).where(Course.code == bundled.code))
    if course is None:
        course = Course(code=bundled.code, created_at=now)
        session.add(course)
        session.flush()
    editions = session.execute(
        select(CourseEdition.source, CourseEdition.digest).where(CourseEdition.course_id == course.id)
    ).all()
    if any(digest == bundled.digest for _source, digest in editions):
        return "unchanged"
    if any(source == Source.OWN for source, _digest in editions):
        return "kept"
    edition = _edition(session, course, bundled, now)
    session.add(edition)
    session.flush()
    edition.state, edition.published_at = EditionState.PUBLISHED, now
    session.flush()
    audit(session, by=by, action="course.load", subject=f"course:{course.code}", now=now,
          changes={"edition": [edition.number - 1 or None, edition.number]})
    return "loaded"


def _edition(session: Session, course: Course, bundled: BundledCourse, now: datetime) -> CourseEdition:
    file = bundled.file
    return CourseEdition(
        course_id=course.id, number=next_number(session, course), state=EditionState.DRAFT, source=Source.BUNDLED,
        digest=bundled.digest, title=file.title, title_en=file.title_en, summary=file.summary,
        summary_en=file.summary_en, note=file.note, note_en=file.note_en, minutes=file.minutes, ordered=file.ordered,
        points=list(file.points), created_at=now, edited_by=[],
        units=[
            CourseUnit(
                position=position, code=unit.code, kind=unit.kind, chapter=unit.chapter, title=unit.title,
                title_en=unit.title_en, minutes=unit.minutes, text=bundled.text_of(unit), points=list(unit.points),
                required=unit.required, seconds=unit.seconds, questions=unit.questions,
                pass_percent=unit.pass_percent, script=unit.script or "",
            )
            for position, unit in enumerate(file.units)
        ],
        pictures=[CoursePicture(name=name, svg=svg) for name, svg in bundled.pictures.items()],
    )


def next_number(session: Session, course: Course) -> int:
    """Return the number of a course's next edition, 1 for the first."""
    latest = session.scalar(select(func.max(CourseEdition.number)).where(CourseEdition.course_id == course.id))
    return (latest or 0) + 1
