"""Markers' pages: what waits, question by question; one question with the answers in hand; a mark arrives."""

import json
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import jsonify, make_response, request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.exams.models import MarkingLease
from lms.exams.queries import marking as queries
from lms.exams.services import marking as services
from lms.exams.views import bp
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _
from lms.web.formatting import display_zone
from lms.web.guard import current_identity, page, request_time, requires

MOST_BYTES = 32 * 1024
MOST_REVISIONS = 1000


@bp.get("/marking")
@requires(Permission.SITTING_MARK)
def marking() -> ResponseReturnValue:
    """List the questions whose answers wait for a person's marks."""
    me, session = current_identity(), reading()
    refusal = services.refusal_to_mark(session, me, now=request_time())
    return page("exams/marking.html", queues=queries.marking_queue(session, me, at=request_time()),
                refusal=services.REFUSALS[refusal]() if refusal else "")


@bp.get("/marking/<uuid:edition_id>")
@requires(Permission.SITTING_MARK)
def mark_question(edition_id: UUID) -> ResponseReturnValue:
    """Show answers to one question, held for this marker, without whose they are."""
    me = current_identity()
    with unit_of_work() as work:
        ids = [(it.sitting_id, it.position) for it in services.take_answers(
            work, edition_id, by=me, now=request_time())]
    session = reading()
    leases = [session.get_one(MarkingLease, key, populate_existing=True) for key in ids]
    waiting = queries.waiting_answers(session, me, edition_id=edition_id, at=request_time())
    if not waiting:
        return page("exams/marking_done.html")
    shown = queries.marking_page(session, edition_id, leases, waiting=len(waiting))
    response = make_response(page("exams/mark.html", marking=shown, edition_id=edition_id, zone=display_zone().key))
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/marking/answers/<uuid:lease_id>")
@requires(Permission.SITTING_MARK)
def save_mark(lease_id: UUID) -> ResponseReturnValue:
    """Keep one mark; answered once it is on disk."""
    sent = _sent()
    points, remark, revision = sent.get("points"), sent.get("remark", ""), sent.get("revision")
    if not isinstance(points, dict) or not isinstance(remark, str) or type(revision) is not int:
        raise _refusal()
    if not 1 <= revision < MOST_REVISIONS or any(type(value) is not int for value in points.values()):
        raise _refusal()
    with unit_of_work() as session:
        receipt = services.save_mark(
            session, lease_id, points=points, remark=remark, revision=revision, by=current_identity(),
            now=request_time(),
        )
    return jsonify(revision=receipt.revision, at=receipt.marked_at.isoformat(), repeated=receipt.repeated,
                   now=clock.now().isoformat())


@bp.post("/marking/answers/<uuid:lease_id>/skip")
@requires(Permission.SITTING_MARK)
def skip_answer(lease_id: UUID) -> ResponseReturnValue:
    """Pass an answer over; with a note it is flagged."""
    note = _sent().get("note", "")
    if not isinstance(note, str):
        raise _refusal()
    with unit_of_work() as session:
        services.skip_answer(session, lease_id, note=note, by=current_identity(), now=request_time())
    return "", HTTPStatus.NO_CONTENT


def _sent() -> dict[str, Any]:
    raw = request.get_data()
    try:
        sent = json.loads(raw) if len(raw) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise _refusal()
    return sent


def _refusal() -> Invalid:
    return Invalid([Problem("", _("This is no mark this page can save."))], "marking.bad_mark")
