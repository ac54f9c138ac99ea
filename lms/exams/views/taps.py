"""An assessor's taps arrive: kept in the visit's journal, acknowledged after the commit."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.exams.models import VisitState
from lms.exams.services.stations import LONGEST_NOTE, Tap, record_taps
from lms.exams.views.stations import practical
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _
from lms.web.guard import current_identity, request_time, requires

MOST_TAPS = 200
HIGHEST = 2**31 - 1


@practical.post("/visits/<uuid:visit_id>/taps")
@requires(Permission.STATION_MARK)
def keep_taps(visit_id: UUID) -> ResponseReturnValue:
    """Keep taps; 200 when all stand as sent, 409 when one of the keys is taken by another value."""
    epoch, taps = parse_taps(request.get_data())
    with unit_of_work() as session:
        visit, receipts = record_taps(session, visit_id, taps, epoch=epoch, by=current_identity(), now=request_time())
        standing = {"epoch": visit.epoch, "closed": visit.state != VisitState.RUNNING}
    saved = [
        {"target": it.target, "seq": it.sequence, "verdict": it.verdict, "conflict": it.conflict} for it in receipts
    ]
    status = HTTPStatus.CONFLICT if any(it.conflict for it in receipts) else HTTPStatus.OK
    return jsonify(now=clock.now().isoformat(), saved=saved, **standing), status


def parse_taps(raw: bytes) -> tuple[int, list[Tap]]:
    """Read `{"epoch", "taps": [{"target", "seq", "value", "at"}]}`: 1 to 200 taps.

    Raises Invalid on anything else, naming the first tap that is wrong.
    """
    try:
        message = json.loads(raw)
        epoch, taps = message["epoch"], message["taps"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _refusal("taps") from None
    if not _whole(epoch) or not isinstance(taps, list) or not 1 <= len(taps) <= MOST_TAPS:
        raise _refusal("taps")
    return epoch, [_parse_tap(index, it) for index, it in enumerate(taps)]


def _parse_tap(index: int, tap: Any) -> Tap:
    if not isinstance(tap, dict) or not _whole(tap.get("seq")):
        raise _refusal(f"taps-{index}")
    target, value, at = (tap.get(name) for name in ("target", "value", "at"))
    if not isinstance(target, str) or not isinstance(value, str) or len(value) > LONGEST_NOTE or "\0" in value:
        raise _refusal(f"taps-{index}")
    return Tap(target, tap["seq"], value, _instant(at) or request_time())


def _whole(value: Any) -> bool:
    return type(value) is int and 1 <= value <= HIGHEST


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo is not None else None


def _refusal(where: str) -> Invalid:
    return Invalid([Problem(where, _("These are no marks this page can save."))], "station.bad_taps")
