"""What this area adds to the application: tables, tasks, views."""

from flask import Flask

from lms.exams import models  # noqa: F401 - its tables
from lms.exams.saving.tokens import SeatTokens
from lms.exams.saving.writer import AnswerWriter
from lms.exams.views import bp, saving


def install(app: Flask) -> None:
    """Add this area to the application."""
    app.extensions["exams.writer"] = AnswerWriter()
    app.extensions["exams.seat_tokens"] = SeatTokens(app.config["SECRET_KEY"])
    app.extensions["csrf"].exempt(saving.save_answers)  # no cookie takes part: the seat token is the proof
    app.register_blueprint(bp)
