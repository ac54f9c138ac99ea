"""The busiest address of all: an answer arrives, and is acknowledged once it is on disk.

It runs without a session cookie: the seat token in the header says who writes into which sitting from which seat.
"""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.exams.rules.journal import Arrival
from lms.exams.saving.messages import parse_saves, receipts_json
from lms.exams.saving.tokens import SeatTokens
from lms.exams.saving.writer import AnswerWriter
from lms.exams.views import bp
from lms.kernel import clock
from lms.kernel.db import db
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


def seat_tokens() -> SeatTokens:
    """Return the maker and reader of this installation's seat tokens."""
    return cast(SeatTokens, current_app.extensions["exams.seat_tokens"])


def writer() -> AnswerWriter:
    """Return this process's writer."""
    return cast(AnswerWriter, current_app.extensions["exams.writer"])
