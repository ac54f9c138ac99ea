"""What this area adds to the application: tables, the activity `course`, views."""

from flask import Flask

from courses import models  # noqa: F401 - its tables
from courses.activity import CourseActivity
from lms.records import activities


def install(app: Flask) -> None:
    """Add this area to the application."""
    activities.register(CourseActivity())
