"""What this area adds to the application: tables, tasks, pages, and the links `kb:<code>` of texts."""

from flask import Flask

from lms.knowledge import models, tasks
from lms.knowledge.views import bp
from lms.web.richtext import register_link

__all__ = ["install", "models", "tasks"]


def install(app: Flask) -> None:
    """Add this area to the application."""
    register_link("kb", "/knowledge/")
    app.register_blueprint(bp)
