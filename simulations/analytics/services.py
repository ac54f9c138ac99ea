"""Use cases of calibration: the only place where a script becomes calibrated, or ceases to be."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.records.services import audit
from simulations import ENGINE_VERSION
from simulations.analytics.calibration import Standing, standing_of
from simulations.analytics.queries import alike, double_marked
from simulations.models import ScriptEdition


def settle_calibration(session: Session, code: str, *, by: Identity, now: datetime) -> None:
    """Decide anew which editions of a script are calibrated, and put every change on the record.

    Called whenever an edition is published, a call is marked blind, or another engine version marks.
    """
    session.flush()
    for editions in alike(session, code):
        standing = standing_of(double_marked(session, [edition.id for edition in editions]))
        for edition in editions:
            _settle(session, edition, standing, by=by, now=now)
    session.flush()


def settle_all(session: Session, *, by: Identity, now: datetime) -> None:
    """Decide anew about every script whose marks people agreed with when another engine version gave them."""
    stale = session.scalars(
        select(ScriptEdition.code).where(ScriptEdition.calibrated, ScriptEdition.calibrated_engine != ENGINE_VERSION)
        .distinct())
    for code in sorted(stale):
        settle_calibration(session, code, by=by, now=now)


def _settle(session: Session, edition: ScriptEdition, standing: Standing, *, by: Identity, now: datetime) -> None:
    was = edition.is_calibrated
    edition.calibrated = standing.calibrated
    edition.calibrated_engine = ENGINE_VERSION if standing.calibrated else ""
    if was is standing.calibrated:
        return
    audit(session, by=by, action="script.calibrate", subject=f"script:{edition.code}@{edition.number}", now=now,
          changes={"calibrated": [was, standing.calibrated], "calls": standing.calls,
                   "lacks": lacks_as_text(standing), "engine": ENGINE_VERSION})


def lacks_as_text(standing: Standing) -> Sequence[str]:
    """Return what is missing as `code` or `code:checkpoint`, for the record."""
    return [f"{lack.value}:{item}" if item else lack.value for lack, item in standing.lacks]
