"""What this area adds to the application."""

from flask import Flask


def install(app: Flask) -> None:
    """Register tables, pages, and tasks of the question bank."""
