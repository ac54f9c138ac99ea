"""What this area adds to the application: its tables."""

from flask import Flask

from simulations import models  # noqa: F401 - its tables


def install(app: Flask) -> None:
    """Add this area to the application."""
