"""What this area adds to the application: tables, tasks, views, and its ear on the ledger."""

from flask import Flask

from lms.certification import models, tasks  # noqa: F401 - its tables and handlers
from lms.certification.services.issuing import react_to_fact
from lms.records.services import on_fact


def install(app: Flask) -> None:
    """Add this area to the application."""
    on_fact(react_to_fact)
