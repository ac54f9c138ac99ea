"""What runs by itself: sittings past their deadline are closed, whether or not anybody looks."""

from datetime import datetime, timedelta

from lms.exams.services.figures import AT_ONCE, refresh_figures, stale_questions
from lms.exams.services.sitting import close_if_over, overdue_sittings
from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import periodic


@periodic("exams.close_overdue", every=timedelta(minutes=1))
def close_overdue(now: datetime) -> None:
    """Close every sitting that is over, as of its deadline; each in a transaction of its own."""
    for sitting_id in overdue_sittings(reading(), now=now):
        with unit_of_work() as session:
            close_if_over(session, sitting_id, now=now)


@periodic("exams.refresh_figures", every=timedelta(minutes=10))
def refresh_question_figures(now: datetime) -> None:
    """Work out the figures of questions whose marks changed, some at a time so that nobody waits for a transaction."""
    stale = stale_questions(reading())
    for start in range(0, len(stale), AT_ONCE):
        with unit_of_work() as session:
            refresh_figures(session, stale[start : start + AT_ONCE], now=now)
