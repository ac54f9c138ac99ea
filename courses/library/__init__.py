"""The bundled courses: one folder a course, with `course.yaml`, Markdown texts and drawings beside it."""

from functools import cache
from pathlib import Path

from courses.library.format import BundledCourse
from courses.library.reading import CourseFileError, read_course

__all__ = ["BundledCourse", "CourseFileError", "bundled_courses", "read_course"]

LIBRARY = Path(__file__).parent


@cache
def bundled_courses() -> tuple[BundledCourse, ...]:
    """Return the courses that come with the product, by code. Raises CourseFileError when one is broken."""
    return tuple(read_course(path.parent) for path in sorted(LIBRARY.glob("*/course.yaml")))
