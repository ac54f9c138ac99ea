"""Imports read and written by a worker; housekeeping of sign-ins and imports."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, update

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import RunningJob, periodic, task
from lms.people.models import BrowserSession, ImportState, RosterImport, SignInFailure
from lms.people.services.importing import later
from lms.people.services.importing.steps import OPEN_FOR
from lms.people.services.photos import erase_outdated
from lms.people.services.sign_in import KEPT


@task(later.CHECK)
def check_import(payload: dict[str, Any], job: RunningJob) -> Mapping[str, Any] | None:
    """Read a file and judge its rows."""
    return later.check(UUID(payload["import_id"]), job)


@task(later.WRITE)
def write_import(payload: dict[str, Any], job: RunningJob) -> Mapping[str, Any] | None:
    """Write an import that was confirmed, or undo one."""
    return later.write(payload, job)


@periodic("people.tidy", every=timedelta(hours=1))
def tidy(now: datetime) -> None:
    """Delete ended sessions, old failed sign-ins and photos kept long enough; put aside imports nobody finished."""
    with unit_of_work() as session:
        session.execute(delete(BrowserSession).where(BrowserSession.expires_at <= now))
        session.execute(delete(SignInFailure).where(SignInFailure.at < now - KEPT))
        session.execute(
            update(RosterImport)
            .where(RosterImport.state == ImportState.OPEN, RosterImport.created_at < now - OPEN_FOR)
            .values(state=ImportState.DISCARDED)
        )
        erase_outdated(session, now=now)
