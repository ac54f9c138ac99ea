"""Work done by itself: owners are reminded of review dates."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import periodic
from lms.kernel.settings import get_settings
from lms.knowledge.services.listening import remind


@periodic("knowledge.remind", every=timedelta(hours=6))
def remind_of_reviews(now: datetime) -> None:
    """Tell owners whose articles have to be looked at again; each stage is told once."""
    with unit_of_work() as session:
        remind(session, today=now.astimezone(ZoneInfo(get_settings().time_zone)).date(), now=now)
