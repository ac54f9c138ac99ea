"""What this area adds to the application: tables, tasks, views and the bell's number."""

from flask import Flask

from lms.access.identity import Identity
from lms.kernel.db import reading
from lms.notifications import models, queries, tasks, views  # noqa: F401 - tables and tasks register themselves


def install(app: Flask) -> None:
    """Add this area to the application."""
    app.register_blueprint(views.bp)
    app.extensions["unread_count"] = unread_count


def unread_count(identity: Identity) -> int:
    """Return how many notifications the reader hasn't opened."""
    return queries.unread_count(reading(), identity.person_id) if identity.person_id else 0
