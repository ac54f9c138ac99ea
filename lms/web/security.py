"""Headers that keep a browser honest, above all a strict content policy: nothing inline, nothing from elsewhere."""

import json
import logging
from http import HTTPStatus
from secrets import token_urlsafe
from typing import Any, cast

from flask import Blueprint, Flask, Response, current_app, g, request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.web.guard import requires

log = logging.getLogger(__name__)
bp = Blueprint("security_reports", __name__)
REPORT_PATH = "/csp-report"
REPORT_LIMIT = 16 * 1024  # bytes of a report that are read
POLICY = (
    "default-src 'self'; script-src 'self'{nonce}; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'{connect}; font-src 'self'; frame-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; report-uri " + REPORT_PATH
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=()",
}


def csp_nonce() -> str:
    """Return this response's nonce, for the rare script that has to stand in the page itself."""
    if "csp_nonce" not in g:
        g.csp_nonce = token_urlsafe(16)
    return cast(str, g.csp_nonce)


def allow_connection(address: str) -> None:
    """Let this response's page talk to one more address of ours, such as the sockets': scheme, host and port."""
    g.csp_connect = address


def add_headers(response: Response) -> Response:
    """Set the fixed headers, and on pages the content policy and "ask again before you show it"."""
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    if current_app.config.get("SESSION_COOKIE_SECURE"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.mimetype in ("text/html", "image/svg+xml"):
        nonce = f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else ""
        connect = f" {g.csp_connect}" if "csp_connect" in g else ""
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce, connect=connect))
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


@bp.post(REPORT_PATH)
@requires(Permission.PUBLIC_READ)
def csp_report() -> ResponseReturnValue:
    """Take a browser's report of something the policy stopped: tests read them, operators find them in the log."""
    report = parse_report(request.get_data(cache=False)[:REPORT_LIMIT])
    log.warning("content policy stopped %s on %s", report.get("violated-directive"), report.get("document-uri"))
    if current_app.testing:
        current_app.extensions["csp_reports"].append(report)
    return "", HTTPStatus.NO_CONTENT


def parse_report(body: bytes) -> dict[str, Any]:
    """Return the report in a request's body, empty when it is none. Only short text is kept of each value."""
    try:
        sent = json.loads(body)
    except ValueError:
        return {}
    inner = sent.get("csp-report") if isinstance(sent, dict) else None
    if not isinstance(inner, dict):
        return {}
    return {str(name)[:40]: str(value)[:300] for name, value in list(inner.items())[:20]}


def install(app: Flask) -> None:
    """Set the headers on every response and take reports."""
    app.extensions["csp_reports"] = []
    app.jinja_env.globals["csp_nonce"] = csp_nonce
    app.register_blueprint(bp)
    if "csrf" in app.extensions:
        app.extensions["csrf"].exempt(csp_report)  # browsers send reports without our token
    app.after_request(add_headers)
