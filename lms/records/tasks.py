"""What the records do by themselves."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import periodic
from lms.kernel.settings import get_settings
from lms.records.services import seal_day


@periodic("records.seal_day", every=timedelta(hours=1))
def seal_yesterday(now: datetime) -> None:
    """Seal the day that ended at the last local midnight, unless that was done."""
    zone = ZoneInfo(get_settings().time_zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    with unit_of_work() as session:
        seal_day(session, now=now, today=midnight)
