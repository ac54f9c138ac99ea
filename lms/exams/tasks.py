"""What runs by itself: sittings past their deadline are closed, whether or not anybody looks."""

from datetime import datetime, timedelta

from lms.exams.services.sitting import close_if_over, overdue_sittings
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import periodic


@periodic("exams.close_overdue", every=timedelta(minutes=1))
def close_overdue(now: datetime) -> None:
    """Close every sitting that is over, as of its deadline; each in a transaction of its own."""
    for sitting_id in overdue_sittings(reading(), now=now):
        with unit_of_work() as session:
            close_if_over(session, sitting_id, now=now)
