"""Courses as the activities `course:<code>` and, for one unit, `course:<code>#<unit>`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy.orm import Session

from courses.queries.catalogue import find_by_points, units_that_teach
from courses.queries.editions import titles_of
from courses.services.assigning import assign_course
from lms.access.identity import Identity


class CourseActivity:
    """What other areas may ask of courses through the register."""

    prefix = "course"

    def titles(self, session: Session, codes: Collection[str]) -> dict[str, str]:
        """Return the titles of courses and of units, in the reader's language."""
        locale = get_locale()
        return titles_of(session, codes, english=locale is not None and locale.language == "en")

    def link(self, code: str) -> str | None:
        """Return where a learner studies it."""
        course_code, _hash, unit_code = code.partition("#")
        return f"/courses/{course_code}" + (f"/units/{unit_code}" if unit_code else "")

    def assign(
        self, session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str, by: Identity,
        now: datetime,
    ) -> None:
        """Assign a course or one unit of it; assigning twice changes nothing."""
        course_code, _hash, unit_code = code.partition("#")
        assign_course(session, course_code, unit_code=unit_code, person_ids=[person_id], due_at=due_at, reason=reason,
                      by=by, now=now)

    def best_by_point(self, session: Session, points: Sequence[str]) -> dict[str, str]:
        """Return knowledge point -> the unit in force that teaches it best, as `code#unit`."""
        taught = units_that_teach(session) if points else ()
        best = {point: find_by_points(taught, [point]) for point in points}
        return {point: found[0] for point, found in best.items() if found}
