"""What this area adds to the application: tables, tasks, views, and its ears on the ledger and on who leaves."""

from datetime import datetime
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification import models, tasks  # noqa: F401 - its tables and handlers
from lms.certification.queries.corrections import of_facts
from lms.certification.services.departures import close_for_leaver, reopen_for_return
from lms.certification.services.history import hear_of_fact
from lms.certification.views import certificates, floor, grants, kinds, public, waivers  # noqa: F401 - routes
from lms.certification.views.blueprint import bp
from lms.people.services.leaving import on_leaving, on_returning
from lms.records.corrections import on_preview
from lms.records.services import on_fact


def install(app: Flask) -> None:
    """Add this area to the application."""
    app.register_blueprint(bp)
    on_fact(hear_of_fact)
    on_preview(of_facts)
    on_leaving(_shut)
    on_returning(_reopen)


def _shut(session: Session, person_id: UUID, left_at: datetime, by: Identity, now: datetime) -> None:
    close_for_leaver(session, person_id, left_at=left_at, by=by, now=now)


def _reopen(session: Session, person_id: UUID, by: Identity, now: datetime) -> None:
    reopen_for_return(session, person_id, by=by, now=now)
