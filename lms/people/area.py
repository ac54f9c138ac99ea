"""What this area adds to the application: tables, sign-in, tasks, views."""

from flask import Flask

from lms.people import models  # noqa: F401 - its tables
from lms.people.sign_in import install_sign_in


def install(app: Flask) -> None:
    """Add this area to the application."""
    install_sign_in(app, app.extensions["settings"])
