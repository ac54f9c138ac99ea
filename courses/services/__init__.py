"""Use cases of courses. Each runs in its caller's unit of work."""

from courses.services.assigning import assign_course, withdraw_assignment
from courses.services.history import record_finished
from courses.services.library import LoadReport, load_bundled

__all__ = ["LoadReport", "assign_course", "load_bundled", "record_finished", "withdraw_assignment"]
