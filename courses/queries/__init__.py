"""Reads of the courses area: plain data, frozen."""

from courses.queries.catalogue import search
from courses.queries.learning import MyCourse, due, my_courses

__all__ = ["MyCourse", "due", "my_courses", "search"]
