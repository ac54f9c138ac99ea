"""The busiest address of all: an answer arrives, and is acknowledged once it is on disk.

It runs without a session cookie: the seat token in the header says who writes into which sitting from which seat.
"""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.exams.queries.room import standing_of
from lms.exams.rules.journal import Arrival
from lms.exams.saving.messages import parse_saves, receipts_json
from lms.exams.saving.sightings import Sighting, SightingWriter, parse_sighting
from lms.exams.saving.tokens import SeatTokens
from lms.exams.saving.writer import AnswerWriter
from lms.exams.views import bp
from lms.kernel import clock
from lms.kernel.db import db, reading
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.web.guard import request_time, requires

TOKEN_HEADER = "X-Sitting-Token"  # noqa: S105 - the header's name, not a token


@bp.post("/sittings/<uuid:sitting_id>/answers")
@requires(Permission.SITTING_SAVE)
def save_answers(sitting_id: UUID) -> ResponseReturnValue:
    """Save answers; 200 when all stand as sent, 409 when one of the keys is taken by another body."""
    received_at = request_time()
    seat = seat_tokens().read(request.headers.get(TOKEN_HEADER, ""), sitting_id)
    answers = parse_saves(request.get_data())
    receipts, standing = writer().save(db.engine, seat, answers, received_at)
    if standing is None:
        raise NotFound
    if len(receipts) != len(answers):
        raise Invalid([Problem("item", _("This paper has no such question."))], "sitting.bad_saves")
    conflict = any(it.arrival is Arrival.CONFLICT for it in receipts)
    return Response(
        receipts_json(receipts, standing, now=clock.now()), content_type="application/json",
        status=HTTPStatus.CONFLICT if conflict else HTTPStatus.OK,
    )


@bp.get("/sittings/<uuid:sitting_id>/state")
@requires(Permission.SITTING_SAVE)
def state(sitting_id: UUID) -> ResponseReturnValue:
    """Tell a page in the exam room the server's time, the deadline as it stands, whose turn it is, whether time runs.

    Every page asks every two seconds, so that what an invigilator grants is there within three: one row by its key.
    """
    seat = seat_tokens().read(request.headers.get(TOKEN_HEADER, ""), sitting_id)
    standing = standing_of(reading().connection(), seat)
    if standing is None:
        raise NotFound
    return Response(receipts_json([], standing, now=clock.now()), content_type="application/json")


@bp.post("/sittings/<uuid:sitting_id>/events")
@requires(Permission.SITTING_SAVE)
def note_sighting(sitting_id: UUID) -> ResponseReturnValue:
    """Take down that the page is there, at which question, and that it was left; it is a hint and no more."""
    received_at = request_time()
    seat = seat_tokens().read(request.headers.get(TOKEN_HEADER, ""), sitting_id)
    position, events = parse_sighting(request.get_data())
    watcher = cast(SightingWriter, current_app.extensions["exams.sighting_writer"])
    watcher.note(db.engine, Sighting(seat, position, events, received_at))
    return "", HTTPStatus.NO_CONTENT


def seat_tokens() -> SeatTokens:
    """Return the maker and reader of this installation's seat tokens."""
    return cast(SeatTokens, current_app.extensions["exams.seat_tokens"])


def writer() -> AnswerWriter:
    """Return this process's writer."""
    return cast(AnswerWriter, current_app.extensions["exams.writer"])
