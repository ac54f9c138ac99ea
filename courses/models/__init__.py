"""Tables of the courses area."""

from courses.models.content import Course, CourseEdition, CoursePicture, CourseUnit
from courses.models.guards import PUBLISHED_IS_FINAL, guard_published, published_is_final
from courses.models.study import AssignmentState, CourseAssignment, CourseEvent, CourseNote, CourseRun, CourseTest

__all__ = [
    "PUBLISHED_IS_FINAL", "AssignmentState", "Course", "CourseAssignment", "CourseEdition", "CourseEvent", "CourseNote",
    "CoursePicture", "CourseRun", "CourseTest", "CourseUnit", "guard_published", "published_is_final",
]
