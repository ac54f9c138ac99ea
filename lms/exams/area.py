"""What this area adds to the application: tables, tasks, views, activities, what happens when somebody leaves."""

from flask import Flask

from lms.exams import models, tasks  # noqa: F401 - its tables, its tasks
from lms.exams.activities import ExamActivity, StationActivity
from lms.exams.saving.shortcut import StateShortcut
from lms.exams.saving.sightings import SightingWriter
from lms.exams.saving.tokens import SeatTokens
from lms.exams.saving.writer import AnswerWriter
from lms.exams.services.departures import close_for_leaver
from lms.exams.titles import calendar_leaf, titled
from lms.exams.views import (  # noqa: F401 - routes
    appeals,
    board,
    bp,
    corrections,
    decisions,
    drafts,
    marking,
    mine,
    papers,
    plans,
    printing,
    room,
    saving,
    sessions,
    spot_checks,
    stations,
    statistics,
    taps,
)
from lms.exams.views.door import may_open
from lms.exams.views.populations import part_of
from lms.exams.views.stations import practical
from lms.exams.words.codes import CLOSE_KINDS, CORRECTIONS
from lms.exams.words.rounds import what_follows
from lms.people.services.leaving import on_leaving
from lms.records import activities


def install(app: Flask) -> None:
    """Add this area to the application."""
    app.extensions["exams.writer"] = AnswerWriter()
    app.extensions["exams.sighting_writer"] = SightingWriter()
    app.extensions["exams.seat_tokens"] = SeatTokens(app.config["SECRET_KEY"])
    for view in (saving.save_answers, saving.note_sighting):
        app.extensions["csrf"].exempt(view)  # no cookie takes part: the seat token is the proof
    app.wsgi_app = StateShortcut(app, app.wsgi_app)  # type: ignore[method-assign]  # the way WSGI layers are added
    app.jinja_env.globals.update(
        titled=titled, calendar_leaf=calendar_leaf, close_kinds=CLOSE_KINDS, may_open=may_open,
        correction_words=CORRECTIONS, what_follows=what_follows, part_of=part_of,
    )
    app.register_blueprint(bp)
    app.register_blueprint(practical)
    activities.register(ExamActivity())
    activities.register_record_only(ExamActivity.prefix, ExamActivity())
    activities.register(StationActivity())
    on_leaving(close_for_leaver)
