"""The gate: the address that telephone systems ask before they put a call through."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Flask, Response, current_app, request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.api.queries import ask, identify
from lms.api.rules import InvalidInstantError, digest_of, key_in, read_instant
from lms.api.services import NOTED_EVERY, note_use
from lms.certification.queries.floor import Known, explain
from lms.certification.queries.words import reason_texts
from lms.certification.rules.floor import ReasonCode
from lms.certification.rules.projection import pack_reasons, unpack_reasons
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.i18n import _, choose_locale
from lms.web.guard import requires

bp = Blueprint("gate_api", __name__, url_prefix="/api/v1/gate")
JSON: Final = "application/json"
MAX_TEXTS: Final = 4096  # sets of reasons kept in words
_told: dict[tuple[str, str, int | None], str] = {}
UNKNOWN: Final = tuple(f'[{{"code": "{code}"' for code in (ReasonCode.UNKNOWN_PERSON, ReasonCode.UNKNOWN_QUEUE))


@bp.get("/people/<staff_no>/queues/<queue>")
@requires(Permission.GATE_ASK)
def answer(staff_no: str, queue: str) -> ResponseReturnValue:
    """May this person take live calls on this queue at an instant? Described in docs/api/gate.md."""
    now = clock.now()
    asked, known = request.args.get("at"), request.args.get("known", "now")
    strict = request.args.get("strict") == "1"
    try:
        at = read_instant(asked) if asked else now
    except InvalidInstantError:
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "at_invalid",
                        _("`at` is no instant: write it like 2026-03-02T09:00:00+08:00, with a time zone."))
    if known not in ("now", "then"):
        return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "known_invalid", _("`known` is `now` or `then`."))
    digest = digest_of(key_in(request.headers.get("Authorization"), request.headers.get("X-API-Key")))
    with db.engine.connect() as connection:
        row = ask(connection, digest=digest, staff_no=staff_no, queue=queue, at=at)
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return _problem(HTTPStatus.UNAUTHORIZED, "key_invalid", _("The API key is missing, unknown or over."))
    if row.queue_known and not row.in_scope:
        return _problem(HTTPStatus.FORBIDDEN, "key_scope", _("This API key may not ask about this queue."))
    known_then = known == "then" and at < now
    if row.allowed is None or row.version != row.rule_version or known_then or (row.allowed and row.has_left):
        allowed, until, reasons = _recompute(staff_no, queue, at, "then" if known_then else "now")
    else:  # the permit was written under the rules in force
        allowed, until, reasons = row.allowed, row.until, row.reasons
    response = _answer(staff_no, queue, at, allowed, until, _tell(reasons, choose_locale(), row.rule_version), strict)
    if row.last_used_at is None or row.last_used_at < now - NOTED_EVERY:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own
        response.call_on_close(lambda: _note(app, digest, now))
    return response


def _recompute(staff_no: str, queue: str, at: datetime, known: Known) -> tuple[bool, datetime | None, str]:
    """Decide from facts and acts: for people without permits, after a change of rules, and as known then."""
    decision = explain(reading(), *identify(reading(), staff_no, queue), at, known=known)
    return decision.allowed, decision.until, json.dumps(pack_reasons(decision.reasons))


def _answer(
    staff_no: str, queue: str, at: datetime, allowed: bool, until: datetime | None, reasons: str, strict: bool
) -> Response:
    if strict and allowed:
        return Response(status=HTTPStatus.NO_CONTENT)
    unknown = reasons.startswith(UNKNOWN)
    status = HTTPStatus.FORBIDDEN if strict else HTTPStatus.NOT_FOUND if unknown else HTTPStatus.OK
    return Response(body_of(staff_no, queue, at, allowed, until, reasons), status=status, mimetype=JSON)


def body_of(
    staff_no: str, queue: str, at: datetime, allowed: bool, until: datetime | None, reasons: str
) -> str:
    """Return the body of an answer. reasons: JSON already."""
    ends = f'"{until.isoformat()}"' if until else "null"
    return (
        f'{{"person": {_quoted(staff_no)}, "queue": {_quoted(queue)}, "at": "{at.isoformat()}", '
        f'"allowed": {"true" if allowed else "false"}, "until": {ends}, "reasons": {reasons}}}'
    )


def told_before(packed: str, locale: str, rule_version: int | None) -> str | None:
    """Return packed reasons as JSON with their words, if they were told in this language under these rules before."""
    return _told.get((packed, locale, rule_version))


def _tell(packed: str, locale: str, rule_version: int | None) -> str:
    """Return packed reasons as JSON with their words. Kept, since the same few are told again and again."""
    told = _told.get((packed, locale, rule_version))
    if told is None:
        reasons = unpack_reasons(json.loads(packed))
        texts = reason_texts(reading(), reasons)
        told = _quoted([{"code": it.code.value, "text": text} for it, text in zip(reasons, texts, strict=True)])
        if len(_told) >= MAX_TEXTS:
            _told.clear()
        _told[packed, locale, rule_version] = told
    return told


def _problem(status: HTTPStatus, code: str, message: str) -> Response:
    body = {"allowed": False, "error": {"code": code, "message": message}}
    response = Response(_quoted(body), status=status, mimetype=JSON)
    if status is HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _note(app: Flask, digest: str, now: datetime) -> None:
    """Note the use of a key, after the answer has gone out."""
    with app.app_context(), unit_of_work() as session:
        note_use(session, digest, now=now)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
