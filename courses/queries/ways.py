"""Which edition a person studies a unit in, and whether that run exists, has to begin, or is over."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from courses.models import AssignmentState, Course, CourseAssignment, CourseEdition, CourseRun
from courses.queries.editions import current_edition, done_units, last_run, open_run, specs_of, unit_of
from courses.rules.completion import may_open
from courses.rules.units import UnitSpec


@dataclass(frozen=True, slots=True)
class Way:
    """A person's way through a course.

    run      the open run; None when one has to begin, or when a finished course is only looked at again
    begins   what a new run would be about ("" the whole course, else one unit); None when no run would begin
    over     the finished run that is looked at again
    """

    edition: CourseEdition
    run: CourseRun | None = None
    begins: str | None = None
    over: CourseRun | None = None

    @property
    def specs(self) -> tuple[UnitSpec, ...]:
        """What the units of this run ask."""
        return specs_of(self.edition, self.run.unit_code if self.run else self.begins or "")

    def done(self, session: Session) -> dict[str, object]:
        """Return the units done so far, each with its instant."""
        run = self.run or self.over
        return dict(done_units(session, [run.id]).get(run.id, {})) if run else {}

    def opens(self, unit_code: str, done: Collection[str]) -> bool:
        """Tell whether the learner may open a unit on this way."""
        return self.over is not None or may_open(self.specs, done, unit_code, ordered=self.edition.ordered)


def open_assignments(person_id: UUID, course_id: UUID, unit_code: str) -> Select[CourseAssignment]:
    """Return the query of a person's open assignment of a course, or of one unit of it."""
    return select(CourseAssignment).where(
        CourseAssignment.person_id == person_id, CourseAssignment.course_id == course_id,
        CourseAssignment.unit_code == unit_code, CourseAssignment.state == AssignmentState.OPEN,
    )


def way_of(session: Session, person_id: UUID, course: Course, unit_code: str = "") -> Way | None:
    """Return a person's way to a unit (or to the course); None when there is no such unit or nothing is published.

    A unit assigned on its own comes before the whole course; a finished course that isn't assigned again is over.
    """
    current = current_edition(session, course.id)
    for focus in dict.fromkeys((unit_code, "")):
        run = open_run(session, person_id, course.id, focus)
        if run is not None and _has(run.edition, unit_code):
            return Way(run.edition, run=run)
        if current is not None and _has(current, unit_code) and session.scalar(
            open_assignments(person_id, course.id, focus)
        ):
            return Way(current, begins=focus)
    over = last_run(session, person_id, course.id)
    if over is not None and over.finished_at is not None and _has(over.edition, unit_code):
        return Way(over.edition, over=over)
    if current is None or course.retired_at is not None or not _has(current, unit_code):
        return None
    return Way(current, begins="")


def _has(edition: CourseEdition, unit_code: str) -> bool:
    return not unit_code or unit_of(edition, unit_code) is not None
