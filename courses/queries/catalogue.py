"""Courses as trainers see them: the catalogue, the editions of a course, the people in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session, aliased, lazyload

from courses.models import AssignmentState, Course, CourseAssignment, CourseEdition, CourseEvent, CourseRun, CourseUnit
from courses.queries.editions import current_editions
from courses.rules.editions import EditionState
from courses.rules.progress import EventKind
from lms.people.models import Person, Unit


def visible(scopes: Sequence[str]) -> ColumnElement[bool]:
    """Hold for courses (joined with `Unit` as their owner) that somebody with these unit paths may see.

    The whole organisation's courses are everybody's; a site's are its own and those of the parts above and below it.
    """
    near = [or_(Unit.path.startswith(scope, autoescape=True), literal(scope).startswith(Unit.path)) for scope in scopes]
    return or_(Course.owner_unit_id.is_(None), *near)


def catalogue(scopes: Sequence[str]) -> Select[Any]:
    """Return the query of the catalogue: course, edition in force, open edition, owner, people learning, finished."""
    current, working = aliased(CourseEdition), aliased(CourseEdition)
    newest = (
        select(func.max(CourseEdition.number))
        .where(CourseEdition.course_id == Course.id, CourseEdition.state == EditionState.PUBLISHED)
        .correlate(Course).scalar_subquery()
    )
    learning = _people(CourseRun.finished_at.is_(None)).label("learning")
    finished = _people(CourseRun.finished_at.is_not(None)).label("finished")
    return (
        select(Course, current, working, Unit, learning, finished).select_from(Course)
        .outerjoin(current, and_(current.course_id == Course.id, current.number == newest))
        .outerjoin(working, and_(working.course_id == Course.id, working.state != EditionState.PUBLISHED))
        .outerjoin(Unit, Unit.id == Course.owner_unit_id).where(visible(scopes)).order_by(Course.code)
        .options(lazyload(current.course), lazyload(working.course))  # an inner join would drop the rows without one
    )


def _people(condition: ColumnElement[bool]) -> Any:
    return (
        select(func.count(CourseRun.person_id.distinct()))
        .where(CourseRun.course_id == Course.id, CourseRun.unit_code == "", condition)
        .correlate(Course).scalar_subquery()
    )


def title_matches(term: str) -> ColumnElement[bool]:
    """Hold for courses one of whose editions is titled so, or that have this code."""
    titled = select(CourseEdition.course_id).where(
        or_(CourseEdition.title.contains(term, autoescape=True),
            CourseEdition.title_en.icontains(term, autoescape=True))
    )
    return or_(Course.code.icontains(term, autoescape=True), Course.id.in_(titled))


def owner_path(session: Session, course: Course) -> str:
    """Return the unit path a course belongs to; "/" for the whole organisation."""
    if course.owner_unit_id is None:
        return "/"
    return session.scalar(select(Unit.path).where(Unit.id == course.owner_unit_id)) or "/"


def editions_of(session: Session, course_id: UUID) -> Sequence[CourseEdition]:
    """Return a course's editions, newest first."""
    return session.scalars(
        select(CourseEdition).where(CourseEdition.course_id == course_id).order_by(CourseEdition.number.desc())
    ).all()


def people_in_course(course_id: UUID, scopes: Sequence[str]) -> Select[Any]:
    """Return the query of the people of these unit paths who have a course assigned or began it.

    Rows: person, unit, open assignment or None, latest run or None, units done in that run.
    """
    newest = (
        select(CourseRun.person_id, func.max(CourseRun.started_at).label("started_at"))
        .where(CourseRun.course_id == course_id, CourseRun.unit_code == "").group_by(CourseRun.person_id).subquery()
    )
    run = aliased(CourseRun)
    done = (
        select(func.count()).select_from(CourseEvent)
        .where(CourseEvent.run_id == run.id, CourseEvent.kind == EventKind.COMPLETED).correlate(run).scalar_subquery()
    )
    here = or_(*(Unit.path.startswith(scope, autoescape=True) for scope in scopes))
    assigned = and_(
        CourseAssignment.person_id == Person.id, CourseAssignment.course_id == course_id,
        CourseAssignment.unit_code == "", CourseAssignment.state == AssignmentState.OPEN,
    )
    return (
        select(Person, Unit, CourseAssignment, run, done.label("done")).select_from(Person)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(CourseAssignment, assigned)
        .outerjoin(newest, newest.c.person_id == Person.id)
        .outerjoin(run, and_(run.person_id == Person.id, run.course_id == course_id, run.unit_code == "",
                             run.started_at == newest.c.started_at))
        .where(or_(CourseAssignment.id.is_not(None), run.id.is_not(None)), here).order_by(Person.staff_no)
        .options(lazyload(CourseAssignment.course), lazyload(run.edition), lazyload(Person.unit), lazyload(Person.post))
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """A course found by the global search."""

    code: str
    title: str
    title_en: str
    link: str


def search(session: Session, text: str, limit: int = 10) -> tuple[Hit, ...]:
    """Return published courses whose title or code contains the text, to be opened by a learner."""
    term = text.strip()
    if not term:
        return ()
    ids = set(session.scalars(select(Course.id).where(title_matches(term), Course.retired_at.is_(None))))
    found = current_editions(session, course_ids=ids).values()
    return tuple(Hit(it.course.code, it.title, it.title_en, f"/courses/{it.course.code}") for it in found)[:limit]


@dataclass(frozen=True, slots=True)
class Teaching:
    """A unit in force that teaches something: its course, its place in it, the knowledge points it is about."""

    course: str
    unit: str
    position: int
    points: tuple[str, ...]


def units_that_teach(session: Session) -> tuple[Teaching, ...]:
    """Return every unit in force that teaches; those that only test are left out."""
    newest = (
        select(CourseEdition.course_id, func.max(CourseEdition.number).label("number"))
        .where(CourseEdition.state == EditionState.PUBLISHED).group_by(CourseEdition.course_id).subquery()
    )
    rows = session.execute(
        select(Course.code, CourseUnit.code, CourseUnit.position, CourseUnit.points)
        .join(CourseEdition, CourseEdition.id == CourseUnit.edition_id)
        .join(newest, (CourseEdition.course_id == newest.c.course_id) & (CourseEdition.number == newest.c.number))
        .join(Course, Course.id == CourseEdition.course_id)
        .where(Course.retired_at.is_(None), CourseUnit.kind.in_(["page", "video"]))
    )
    return tuple(Teaching(course, unit, position, tuple(points)) for course, unit, position, points in rows)


def find_by_points(units: Iterable[Teaching], points: Sequence[str]) -> list[str]:
    """Return the units (`code#unit`) that teach any of these knowledge points, those that teach most first.

    A point stands for everything below it.
    """
    found = []
    for it in units:
        hits = sum(any(one == point or one.startswith(f"{point}/") for one in it.points) for point in set(points))
        if hits:
            found.append((-hits, len(it.points), it.course, it.position, f"{it.course}#{it.unit}"))
    return [reference for *_order, reference in sorted(found)]


def required_units(edition: CourseEdition) -> int:
    """Return how many units of an edition have to be done."""
    return sum(unit.required for unit in edition.units) or len(edition.units)
