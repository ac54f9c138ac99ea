"""What this area adds to the application: its tables and its daily seal."""

from flask import Flask

from lms.records import models, tasks  # noqa: F401 - its tables and tasks


def install(app: Flask) -> None:
    """Add this area to the application."""
