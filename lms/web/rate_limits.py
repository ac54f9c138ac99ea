"""How often an address may ask: for doors that strangers may knock at, such as sign-in and the certificate check.

Counts lie in Redis when there is one, else in each web process. The address is the client's as far as the trusted
proxies tell it.
"""

from typing import Final

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from lms.kernel.settings import Settings

limiter: Final = Limiter(get_remote_address, strategy="moving-window")


def install_rate_limits(app: Flask, settings: Settings) -> None:
    """Let `@limiter.limit("30 per minute")` work on the application's views."""
    app.config.update(
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_SWALLOW_ERRORS=True,  # a Redis that is away must not shut the door for everybody
        RATELIMIT_HEADERS_ENABLED=False,
    )
    limiter.init_app(app)
