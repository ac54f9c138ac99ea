"""The small numbers on the spine: what waits behind an entry. One cheap count each, only for entries that are shown."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.access.door import scopes_of
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.certification.models import Waiver, WaiverState
from lms.desk.queries.board import within
from lms.exams.models import StationAssignment, StationAssignmentState
from lms.exams.queries.mine import exams_to_do
from lms.people.models import Person, Unit
from simulations.waiting import for_assessor, for_trainer

Counter = Callable[[Identity], Select[Any]]


def counts_for(session: Session, identity: Identity, keys: Collection[str], at: datetime) -> dict[str, int]:
    """Return what waits behind the entries of a spine at `at`, by key; entries without a count are left out."""
    found = {key: session.scalar(COUNTERS[key](identity)) or 0 for key in keys if key in COUNTERS}
    if "reviews" in keys:
        found["reviews"] = for_assessor(session, identity).total
    if "scripts" in keys:
        found["scripts"] = for_trainer(session, identity).total
    if "exams" in keys and identity.person_id is not None:
        found["exams"] = exams_to_do(session, identity.person_id, at)
    return found


def _waivers(identity: Identity) -> Select[Any]:
    return (
        select(func.count()).select_from(Waiver).join(Person, Person.id == Waiver.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Waiver.state == WaiverState.REQUESTED, within(scopes_of(identity, Permission.WAIVER_APPROVE)))
    )


def _stations(_identity: Identity) -> Select[Any]:
    return select(func.count()).select_from(StationAssignment).where(
        StationAssignment.state == StationAssignmentState.WAITING)


COUNTERS: dict[str, Counter] = {"waivers": _waivers, "stations": _stations}
