"""Errors as pages or JSON: what happened, what was kept, what to do next."""

import logging
from http import HTTPStatus
from secrets import token_hex
from typing import Any

from flask import Flask, current_app, jsonify, render_template
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from lms.kernel.db import is_away
from lms.kernel.errors import DomainError, Invalid
from lms.kernel.i18n import _
from lms.web.guard import wants_json

log = logging.getLogger(__name__)
# Statuses with a page of their own; every other one is shown by the nearest general page.
PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500})


def answer(status: int, code: str, message: str = "", **extra: Any) -> ResponseReturnValue:
    """Return the error as JSON for programs, as a page for people."""
    if wants_json():
        return jsonify({"error": {"code": code, "message": message, **extra}}), status
    name = status if status in PAGES else (500 if status >= 500 else 400)
    return render_template(f"errors/{name}.html", status=status, code=code, message=message, **extra), status


def on_domain_error(error: DomainError) -> ResponseReturnValue:
    """A use case refused: nothing was written."""
    if isinstance(error, Invalid):
        problems = [{"where": problem.where, "text": problem.text} for problem in error.problems]
        return answer(error.status, error.code, error.message, problems=problems)
    return answer(error.status, error.code, error.message)


def on_csrf_error(error: CSRFError) -> ResponseReturnValue:
    """The form's token has run out, mostly because the sign-in did."""
    sentence = _("This page had grown too old to be sent. Load it again and repeat.")
    return answer(HTTPStatus.BAD_REQUEST, "csrf", sentence)


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    """Anything the framework refuses: no such page, method or size."""
    if error.response is not None:
        return error.response
    fault = getattr(error, "original_exception", None)  # raised before a view was reached, or after it
    if fault is not None:
        return on_unexpected(fault)
    return answer(error.code or HTTPStatus.INTERNAL_SERVER_ERROR, (error.name or "error").lower().replace(" ", "_"))


def on_unexpected(error: Exception) -> ResponseReturnValue:
    """A fault of ours, or a database that is away: logged under a number that the page shows.

    The pages of both stand alone: they ask neither who reads them nor the database, so no context processor runs.
    """
    reference, away = token_hex(4).upper(), is_away(error)
    log.error("%s %s: %s", "away" if away else "fault", reference, error, exc_info=None if away else error)
    status = HTTPStatus.SERVICE_UNAVAILABLE if away else HTTPStatus.INTERNAL_SERVER_ERROR
    headers = {"Retry-After": "5"} if away else {}
    if wants_json():
        code = "database.away" if away else "internal"
        return jsonify({"error": {"code": code, "reference": reference}}), status, headers
    template = current_app.jinja_env.get_template(f"errors/{status.value}.html")
    return template.render(status=status.value, reference=reference), status, headers


def install(app: Flask) -> None:
    """Register the handlers. In tests, unexpected faults go on rising; a database that is away answers there too."""
    app.register_error_handler(DomainError, on_domain_error)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    if not app.testing:
        app.register_error_handler(Exception, on_unexpected)
