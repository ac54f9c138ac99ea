"""The guard at the door of every view: who is asking, when, and whether the route's permission is theirs.

Closed by default: a view without `@requires` is refused, whoever asks.
"""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, has_request_context, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows
from lms.access.identity import ANONYMOUS, Identity
from lms.access.permissions import Permission
from lms.kernel import clock

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
IdentityLoader = Callable[[], Identity]
_ATTRIBUTE = "required_permission"

# Views that libraries bring, each under the permission we put it under.
LIBRARY_ENDPOINTS: dict[str, Permission] = {
    "static": Permission.PUBLIC_READ,
    "bootstrap.static": Permission.PUBLIC_READ,
}

# Spared the look-up of who asks: files, the gate (an API key) and answers of an exam (a seat token) are the busiest
# addresses, open to all by the policy page, and their views check what is shown to them.
SELF_PROVING = frozenset({Permission.PUBLIC_READ, Permission.GATE_ASK, Permission.SITTING_SAVE})


def requires(permission: Permission) -> Callable[[View], View]:
    """Name the permission a view asks for. It is checked before the view runs."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """Return the permission a route names, None when it names none and is therefore shut."""
    if endpoint in LIBRARY_ENDPOINTS:
        return LIBRARY_ENDPOINTS[endpoint]
    return cast("Permission | None", getattr(app.view_functions.get(endpoint), _ATTRIBUTE, None))


def request_time() -> datetime:
    """Return the one instant this request happens at: aware, UTC."""
    if "request_time" not in g:
        g.request_time = clock.now()
    return cast(datetime, g.request_time)


def current_identity() -> Identity:
    """Return who asks; a visitor when nobody has signed in. Loaded once a request."""
    if not has_request_context():
        return ANONYMOUS
    if "actor" not in g:
        loader: IdentityLoader | None = current_app.extensions.get("identity_loader")
        g.actor = loader() if loader else ANONYMOUS
    return cast(Identity, g.actor)


def page(template: str, **context: Any) -> str:
    """Render a template."""
    return render_template(template, **context)


def wants_json() -> bool:
    """Tell whether the caller is a program: the API, or a script of ours asking for JSON."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return request.path.startswith("/api/") or best == "application/json"


def check_door() -> ResponseReturnValue | None:
    """Refuse the request unless the route names a permission and the policy grants it to who asks."""
    if request.endpoint is None:
        return None  # no such address: Flask answers 404
    permission = permission_of(current_app, request.endpoint)
    if permission is None:
        abort(HTTPStatus.FORBIDDEN)
    if permission in SELF_PROVING:
        return None
    identity = current_identity()
    if allows(identity, permission):
        return None
    if identity.is_signed_in or wants_json():
        abort(HTTPStatus.FORBIDDEN if identity.is_signed_in else HTTPStatus.UNAUTHORIZED)
    return redirect(url_for("security.login", next=request.full_path.rstrip("?")))


def init_guard(app: Flask) -> None:
    """Put the guard in front of every view of `app`."""
    app.before_request(check_door)
