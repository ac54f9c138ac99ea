"""Static files under addresses that change with their content."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for

STATIC = Path(__file__).parent / "static"
A_YEAR = 365 * 24 * 3600


@lru_cache(maxsize=512)
def fingerprint(filename: str, changed: float) -> str:
    """Return eight hex digits of a static file's content; `changed` (its mtime) renews them after an edit."""
    return sha256((STATIC / filename).read_bytes()).hexdigest()[:8]


def asset(filename: str) -> str:
    """Return the address of one of our static files, with its fingerprint, so that browsers may keep it for a year.

    Raises FileNotFoundError for a file that isn't there: a misspelt name is found by the first test of the page.
    """
    changed = (STATIC / filename).stat().st_mtime
    return url_for("static", filename=filename, v=fingerprint(filename, changed))


def serve_static(filename: str) -> Response:
    """Send one of our static files; with a fingerprint it may be kept, without one it is asked for again each time."""
    response = send_from_directory(STATIC, filename, max_age=A_YEAR if "v" in request.args else None)
    if "v" in request.args:
        response.cache_control.immutable = True
    return response


def install(app: Flask) -> None:
    """Send static files our way and register the `asset` global."""
    app.view_functions["static"] = serve_static
    app.jinja_env.globals["asset"] = asset
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
