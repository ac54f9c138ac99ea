"""Load the sample call centre into an empty database."""

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM
from lms.desk.bundled import load_bundled_content
from lms.desk.sample.history import write_history
from lms.desk.sample.people import ZONE, make_people
from lms.desk.sample.sign_ins import make_accounts
from lms.exams.services.figures import refresh_figures, stale_questions
from lms.kernel.db import unit_of_work
from lms.kernel.errors import Conflict
from lms.people.models import Person
from lms.records.models import AuditEntry
from lms.records.services import audit

SEED = 20240311
MARK = ("sample.load", "installation:sample")
YEARS = timedelta(days=2 * 365 + 30)


def load_sample(now: datetime) -> None:
    """Fill an empty database: organisation, people, bundled content and two years of history up to `now`.

    The same day gives the same sample. Raises Conflict when there are people already.
    """
    random, today = Random(SEED), now.astimezone(ZONE).date()
    began = now - YEARS
    with unit_of_work() as session:
        if session.scalar(select(Person.id).limit(1)):
            raise Conflict("sample.not_empty", "the sample is for an empty database")
        staff = make_people(session, random, today=today, now=began)
        make_accounts(session, staff, now=began)
        load_bundled_content(session, now=began)
        write_history(session, staff, random, today=today, now=now)
        refresh_figures(session, stale_questions(session), now=now)
        audit(session, by=SYSTEM, action=MARK[0], subject=MARK[1], now=now)


def is_sample(session: Session) -> bool:
    """Tell whether this database was filled with the sample."""
    entry = select(AuditEntry.id).where(AuditEntry.action == MARK[0], AuditEntry.subject == MARK[1])
    return session.scalar(entry.limit(1)) is not None
