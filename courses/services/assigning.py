"""Assign courses to people, and take assignments back."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from courses.models import AssignmentState, Course, CourseAssignment, CourseEdition
from courses.queries.editions import course_by_code, current_edition, unit_of
from lms.access.identity import Identity
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import _
from lms.notifications.rules import Recipient
from lms.notifications.services import notify
from lms.people.models import Person, PersonState
from lms.records.services import audit


def assign_course(
    session: Session, code: str, *, person_ids: Collection[UUID], unit_code: str = "", due_at: datetime | None = None,
    reason: str = "", by: Identity, now: datetime,
) -> int:
    """Assign a course, or one unit of it, to people; return how many assignments are new.

    Whoever has it open already keeps it; a due date given now takes the place of a later one or of none. Whoever has
    left is passed over. Each new one is told to the person.

    Raises NotFound on an unknown course or unit, Conflict when the course is retired or has no published edition.
    """
    course = course_by_code(session, code)
    if course is None:
        raise NotFound
    hold(session, course)
    edition = current_edition(session, course.id)
    if edition is None or course.retired_at is not None:
        raise Conflict("course.not_published", _("This course has no published edition to be assigned."))
    unit = unit_of(edition, unit_code) if unit_code else None
    if unit_code and unit is None:
        raise NotFound
    people = session.scalars(
        select(Person).where(Person.id.in_(person_ids), Person.state != PersonState.LEFT).order_by(Person.staff_no)
    ).all()
    open_ones = _open_assignments(session, course, unit_code, [person.id for person in people])
    made = 0
    for person in people:
        found = open_ones.get(person.id)
        if found is None:
            _assign(session, course, edition, person, unit_code, due_at=due_at, reason=reason, by=by, now=now)
            made += 1
        elif due_at is not None and (found.due_at is None or due_at < found.due_at):
            found.due_at = due_at
    return made


def hold(session: Session, course: Course) -> None:
    """Let nobody else assign or draft this course until the transaction ends: two at once would both see none yet."""
    session.execute(select(Course.id).where(Course.id == course.id).with_for_update(key_share=True))


def _open_assignments(
    session: Session, course: Course, unit_code: str, person_ids: Collection[UUID]
) -> dict[UUID, CourseAssignment]:
    rows = session.scalars(
        select(CourseAssignment).where(
            CourseAssignment.course_id == course.id, CourseAssignment.unit_code == unit_code,
            CourseAssignment.state == AssignmentState.OPEN, CourseAssignment.person_id.in_(person_ids),
        )
    )
    return {row.person_id: row for row in rows}


def _assign(
    session: Session, course: Course, edition: CourseEdition, person: Person, unit_code: str, *,
    due_at: datetime | None, reason: str, by: Identity, now: datetime,
) -> None:
    assignment = CourseAssignment(
        person_id=person.id, course_id=course.id, unit_code=unit_code, due_at=due_at, reason=reason, assigned_at=now,
        assigned_by=by.person_id,
    )
    session.add(assignment)
    session.flush()
    audit(session, by=by, action="course.assign", subject=f"course_assignment:{assignment.id}", reason=reason, now=now,
          changes={"person": [None, str(person.id)], "course": [None, course.code], "unit": [None, unit_code]})
    unit = unit_of(edition, unit_code)
    link = f"/courses/{course.code}" + (f"/units/{unit_code}" if unit_code else "")
    notify(
        session, to=[Recipient(person.id, person.name, person.email, person.locale)], slug="course-assigned",
        link=link, key=f"course-assigned:{assignment.id}", now=now,
        params={
            "title": edition.title, "title_en": edition.title_en, "unit": unit.title if unit else "",
            "unit_en": unit.title_en if unit else "", "minutes": unit.minutes if unit else edition.minutes,
            "due_at": due_at, "reason": reason,
        },
    )


def withdraw_assignment(
    session: Session, assignment_id: UUID, *, reason: str = "", by: Identity, now: datetime
) -> CourseAssignment:
    """Take an open assignment back; what was studied stays. Raises NotFound, or Conflict when it is closed already."""
    assignment = session.get(CourseAssignment, assignment_id, with_for_update={"of": CourseAssignment})
    if assignment is None:
        raise NotFound
    if assignment.state != AssignmentState.OPEN:
        raise Conflict("assignment.closed", _("This assignment is closed already."))
    assignment.state, assignment.closed_at = AssignmentState.WITHDRAWN, now
    audit(session, by=by, action="course.withdraw", subject=f"course_assignment:{assignment.id}", reason=reason,
          now=now)
    return assignment


def close_for_leaver(session: Session, person_id: UUID, left_at: datetime, by: Identity, now: datetime) -> None:
    """Close everything a person who left still had to do; what they finished stays."""
    session.execute(
        update(CourseAssignment)
        .where(CourseAssignment.person_id == person_id, CourseAssignment.state == AssignmentState.OPEN)
        .values(state=AssignmentState.WITHDRAWN, closed_at=now)
        .execution_options(synchronize_session="fetch")
    )
