"""What recordings need by themselves: closing what fell silent, erasing what was kept long enough, tidying up."""

from datetime import datetime, timedelta

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import periodic
from lms.kernel.settings import get_settings
from simulations.voice import services


@periodic("voice.close_silent", every=timedelta(minutes=10))
def close_silent(now: datetime) -> None:
    """Close tracks whose browser is gone."""
    with unit_of_work() as session:
        services.close_silent(session, now=now)


@periodic("voice.erase_outdated", every=timedelta(hours=6))
def erase_outdated(now: datetime) -> None:
    """Erase recordings whose time is over, and files that belong to nothing."""
    with unit_of_work() as session:
        services.erase_outdated(session, days=get_settings().voice_days, now=now)
        services.sweep(session, now=now)
