"""What this area adds to the application: tables, the activity `course`, views."""

from flask import Flask

from courses import models  # noqa: F401 - its tables
from courses.activity import CourseActivity
from courses.services.assigning import close_for_leaver
from courses.views import bp
from lms.people.services.leaving import on_leaving
from lms.records import activities


def install(app: Flask) -> None:
    """Add this area to the application."""
    activities.register(CourseActivity())
    on_leaving(close_for_leaver)
    app.register_blueprint(bp, url_prefix="/courses")
