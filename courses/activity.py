"""Courses as the activities `course:<code>` and, for one unit, `course:<code>#<unit>`."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy.orm import Session

from courses.queries.catalogue import find_by_points
from courses.queries.editions import titles_of
from courses.services.assigning import assign_course
from lms.access.identity import Identity

BEST = 3  # units named for a learner's gaps: more than these nobody relearns before a resit


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

    def find_by_points(self, session: Session, points: Sequence[str]) -> list[str]:
        """Return the units that teach most of these knowledge points, as `code#unit`, three at most."""
        return find_by_points(session, points)[:BEST]
