"""What this area adds to the application: tables, tasks, views."""

from flask import Flask


def install(app: Flask) -> None:
    """Add this area to the application."""
