"""Which courses the person behind the request may see, write, publish: the policy asked with the row in hand."""

from collections.abc import Sequence
from uuid import UUID

from courses.models import Course, CourseEdition, CourseUnit
from courses.queries.catalogue import owner_path
from courses.queries.editions import course_by_code
from courses.rules.editions import EditionState
from lms.access.door import allows, reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading
from lms.kernel.errors import NotFound
from lms.web.guard import current_identity


def readable(code: str) -> Course:
    """Return a course that a trainer or manager may look at. Raises NotFound for any other."""
    course = course_by_code(reading(), code)
    if course is None or not sees(course):
        raise NotFound
    return course


def sees(course: Course) -> bool:
    """Tell whether a course is the whole organisation's, or of a part near to where the reader may read."""
    return near(owner_path(reading(), course), scopes_of(current_identity(), Permission.COURSE_READ))


def near(path: str, scopes: Sequence[str]) -> bool:
    """Tell whether a unit path lies above or below one of the scopes. The top, `/`, lies above all."""
    return any(path.startswith(scope) or scope.startswith(path) for scope in scopes)


def subject_of(course: Course) -> Subject:
    """Return the part of the organisation a course belongs to, as the policy takes it."""
    return Subject(unit_path=owner_path(reading(), course))


def writable(code: str, permission: Permission = Permission.COURSE_WRITE) -> Course:
    """Return a course that may be written (or whatever the permission is). Raises NotFound for any other."""
    course = course_by_code(reading(), code)
    if course is None:
        raise NotFound
    reach(current_identity(), permission, subject_of(course))
    return course


def edition(edition_id: UUID, permission: Permission = Permission.COURSE_READ) -> CourseEdition:
    """Return an edition that the reader may see, or on which they hold another permission. Raises NotFound."""
    found = reading().get(CourseEdition, edition_id)
    if found is None:
        raise NotFound
    _let_through(found.course, permission)
    return found


def unit(unit_id: UUID, permission: Permission = Permission.COURSE_WRITE) -> CourseUnit:
    """Return a unit of an edition that may be written (or whatever the permission is). Raises NotFound."""
    found = reading().get(CourseUnit, unit_id)
    if found is None:
        raise NotFound
    _let_through(found.edition.course, permission)
    return found


def may_open_files(found: CourseEdition) -> bool:
    """Tell whether files of an edition may be opened: everybody's once published, before that its readers' alone."""
    identity = current_identity()
    if found.state == EditionState.PUBLISHED:
        return identity.is_signed_in
    return allows(identity, Permission.COURSE_READ) and sees(found.course)


def _let_through(course: Course, permission: Permission) -> None:
    if permission is Permission.COURSE_READ:
        if not sees(course):
            raise NotFound
    else:
        reach(current_identity(), permission, subject_of(course))
