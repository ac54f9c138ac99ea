"""What simulated calls do by themselves."""

from datetime import datetime, timedelta

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import periodic
from simulations import services


@periodic("simulations.close_abandoned", every=timedelta(minutes=10))
def close_abandoned(now: datetime) -> None:
    """End calls that nobody came back to, as of their own time limit."""
    with unit_of_work() as session:
        services.close_abandoned(session, now=now)
