"""What this area adds to the application: tables, tasks, pages."""

from flask import Flask

from question_bank import models, tasks
from question_bank.showing import install_words
from question_bank.views import BLUEPRINTS

__all__ = ["install", "models", "tasks"]


def install(app: Flask) -> None:
    """Add this area to the application."""
    install_words(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
