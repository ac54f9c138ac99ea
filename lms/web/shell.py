"""The shell's own route and globals: language switch, addresses with changed parameters, the bell's number."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict

from lms.access.permissions import Permission
from lms.kernel.i18n import COOKIE, LOCALES
from lms.web.guard import current_identity, requires

bp = Blueprint("web", __name__)
A_YEAR = 365 * 24 * 3600


def locale_code() -> str:
    """Return the language of this page as one of LOCALES."""
    chosen = get_locale()
    if chosen is None:
        return "zh_CN"
    if chosen.language == "en":
        return "en"
    return "zh_TW" if chosen.territory == "TW" or chosen.script == "Hant" else "zh_CN"


def query(**changes: Any) -> str:
    """Return this page's address with some query parameters changed; None takes one away."""
    values = MultiDict(request.args)
    for name, value in changes.items():
        values.poplist(name)
        if value is not None:
            values.setlist(name, list(value) if isinstance(value, list | tuple) else [value])
    named: dict[str, Any] = {**(request.view_args or {}), **values.to_dict(flat=False)}
    return url_for(request.endpoint or "", **named)


def unread_count() -> int:
    """Return how many notifications the reader has not opened."""
    count = current_app.extensions.get("unread_count")
    identity = current_identity()
    return int(count(identity)) if count and identity.is_signed_in else 0


def is_local(target: str) -> bool:
    """Tell whether an address stays on this site: a path, no host, no backslash that a browser reads as a slash."""
    parts = urlsplit(target)
    return target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and "\\" not in target


@bp.post("/language")
@requires(Permission.PUBLIC_READ)
def set_locale() -> ResponseReturnValue:
    """Change the language, for this browser and for the person who is signed in."""
    locale = request.form.get("locale", "")
    if locale not in LOCALES:
        abort(400)
    target = request.form.get("next", "/")
    response = redirect(target if is_local(target) else "/")
    response.set_cookie(COOKIE, locale, max_age=A_YEAR, samesite="Lax", httponly=True,
                        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]))
    remember = current_app.extensions.get("remember_locale")
    if remember and current_identity().is_signed_in:
        remember(current_identity(), locale)
    return response


def has_endpoint(name: str) -> bool:
    """Tell whether the application serves an endpoint; the shell leaves out links to areas that aren't installed."""
    return name in current_app.view_functions


def install(app: Flask) -> None:
    """Register the route and the globals."""
    app.register_blueprint(bp)
    app.jinja_env.globals.update(
        locale=locale_code, LOCALES=LOCALES, query=query, unread_count=unread_count, has_endpoint=has_endpoint
    )
