"""Which browser this is: a random secret in a cookie of its own, so that a reload is the same seat."""

import secrets

from flask import Response, current_app, request

COOKIE = "exam_seat"
LIFETIME = 24 * 3600  # seconds; longer than any sitting
MOST_CHARACTERS = 64


def seat_secret() -> str:
    """Return this browser's secret, or a fresh one that `keep_seat` must put into its response."""
    kept = request.cookies.get(COOKIE, "")
    return kept if 20 <= len(kept) <= MOST_CHARACTERS else secrets.token_urlsafe(24)


def keep_seat(response: Response, secret: str) -> Response:
    """Let the browser keep its secret."""
    response.set_cookie(
        COOKIE, secret, max_age=LIFETIME, httponly=True, samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    return response
