"""What simulated calls do by themselves."""

from datetime import datetime, timedelta

from lms.access.identity import SYSTEM
from lms.kernel.db import unit_of_work
from lms.kernel.jobs import periodic
from simulations import services
from simulations.analytics.gathering import gather
from simulations.analytics.services import settle_all


@periodic("simulations.close_abandoned", every=timedelta(minutes=10))
def close_abandoned(now: datetime) -> None:
    """End calls that nobody came back to, as of their own time limit."""
    with unit_of_work() as session:
        services.close_abandoned(session, now=now)


@periodic("simulations.gather_figures", every=timedelta(minutes=10))
def gather_figures(now: datetime) -> None:
    """Count calls of before an upgrade by the engine of today; then decide anew which scripts are calibrated."""
    with unit_of_work() as session:
        if gather(session) == 0:
            settle_all(session, by=SYSTEM, now=now)
