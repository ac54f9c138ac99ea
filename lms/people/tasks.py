"""Housekeeping of sign-ins and imports."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import periodic
from lms.people.models import BrowserSession, ImportState, RosterImport, SignInFailure
from lms.people.services.importing.steps import OPEN_FOR
from lms.people.services.sign_in import KEPT


@periodic("people.tidy", every=timedelta(hours=1))
def tidy(now: datetime) -> None:
    """Delete sessions that have ended and old failed sign-ins; put aside imports nobody finished."""
    with unit_of_work() as session:
        session.execute(delete(BrowserSession).where(BrowserSession.expires_at <= now))
        session.execute(delete(SignInFailure).where(SignInFailure.at < now - KEPT))
        session.execute(
            update(RosterImport)
            .where(RosterImport.state == ImportState.OPEN, RosterImport.created_at < now - OPEN_FOR)
            .values(state=ImportState.DISCARDED)
        )
