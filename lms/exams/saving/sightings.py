"""What a page in the exam room says about itself: that it is there, at which question, that it was left.

It goes to the disk beside the answers, in batches of its own: nothing here may ever hold an answer up.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from lms.exams.models import Sitting, SittingEvent, SittingPresence
from lms.exams.rules.watching import BY_THE_PAGE, EventKind
from lms.exams.saving.tokens import Seat
from lms.exams.saving.writer import GroupWriter, Posted
from lms.kernel.db import new_id
from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _

MOST_EVENTS = 50
HIGHEST_SEQUENCE = 10_000  # of one seat; what a page says beyond is not kept
LONGEST_AGO = timedelta(hours=12)
MOST_BYTES = 16 * 1024

_sitting = Sitting.__table__.c
_READ = select(_sitting.id, _sitting.person_id, _sitting.epoch, _sitting.questions, _sitting.closed_at).where(
    _sitting.id.in_(bindparam("ids", expanding=True))
)
_lite, _post = sqlite.insert(SittingPresence), postgresql.insert(SittingPresence)
_SEEN = {
    "sqlite": _lite.on_conflict_do_update(
        index_elements=["sitting_id"], set_={"seen_at": _lite.excluded.seen_at, "position": _lite.excluded.position}
    ),
    "postgresql": _post.on_conflict_do_update(
        index_elements=["sitting_id"], set_={"seen_at": _post.excluded.seen_at, "position": _post.excluded.position}
    ),
}
_HAPPENED = {
    "sqlite": sqlite.insert(SittingEvent).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(SittingEvent).on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as a page tells it: its sequence (1..10,000 of a seat), and how long ago it was."""

    sequence: int
    kind: EventKind
    ago: timedelta


@dataclass(slots=True)
class Sighting(Posted):
    """One request: the page is there, shows `position`, and tells what happened since."""

    seat: Seat
    position: int
    events: Sequence[Happened]
    received_at: datetime


class SightingWriter(GroupWriter[Sighting]):
    """Writes sightings."""

    name = "sighting-writer"

    def note(self, engine: Engine, sighting: Sighting) -> None:
        """Put a sighting on disk. Raises Busy when that took too long or failed; it may be told again."""
        self._deliver(engine, sighting)

    def _write(self, connection: Connection, batch: Sequence[Sighting]) -> None:
        write_sightings(connection, batch)


def parse_sighting(raw: bytes) -> tuple[int, list[Happened]]:
    """Read `{"position", "events": [{"seq", "kind", "ago"}]}`, `ago` in seconds; at most 50 events.

    Raises Invalid on anything else.
    """
    try:
        if len(raw) > MOST_BYTES:
            raise ValueError("too long")
        told = json.loads(raw)
        events = [_happened(it) for it in told["events"]]
        position = told["position"]
        if len(events) > MOST_EVENTS or type(position) is not int or not 1 <= position <= HIGHEST_SEQUENCE:
            raise ValueError("out of range")
    except (ValueError, KeyError, TypeError, RecursionError):
        raise Invalid([Problem("events", _("This is nothing a page in the exam room says."))],
                      "sitting.bad_events") from None
    return position, events


def _happened(told: Any) -> Happened:
    sequence, kind, ago = told["seq"], EventKind(told["kind"]), told["ago"]
    if type(sequence) is not int or not 1 <= sequence <= HIGHEST_SEQUENCE or kind not in BY_THE_PAGE:
        raise ValueError("no event of a page")
    if type(ago) not in (int, float) or not 0 <= ago <= LONGEST_AGO.total_seconds():
        raise ValueError("no time ago")
    return Happened(sequence, kind, timedelta(seconds=ago))


def write_sightings(connection: Connection, batch: Sequence[Sighting]) -> None:
    """Write sightings in the open transaction; those of other people's or closed sittings are dropped."""
    sittings = {row.id: row for row in connection.execute(_READ, {"ids": list({it.seat.sitting_id for it in batch})})}
    seen: dict[Any, dict[str, Any]] = {}
    events: dict[Any, dict[str, Any]] = {}
    for it in batch:
        row = sittings.get(it.seat.sitting_id)
        if row is None or row.person_id != it.seat.person_id or row.closed_at is not None:
            continue
        if it.seat.epoch == row.epoch:  # the page of a seat given up tells nothing about where the candidate is
            seen[row.id] = {"sitting_id": row.id, "seen_at": it.received_at,
                            "position": min(it.position, row.questions)}
        for event in it.events:
            events[row.id, it.seat.epoch, event.sequence] = _event_row(it, event)
    dialect = connection.dialect.name
    if seen:
        connection.execute(_SEEN[dialect], [seen[key] for key in sorted(seen)])
    if events:
        connection.execute(_HAPPENED[dialect], list(events.values()))


def _event_row(sighting: Sighting, event: Happened) -> dict[str, Any]:
    return {
        "id": new_id(), "sitting_id": sighting.seat.sitting_id, "epoch": sighting.seat.epoch,
        "sequence": event.sequence, "kind": event.kind.value, "happened_at": sighting.received_at - event.ago,
        "received_at": sighting.received_at, "note": "", "by_id": None,
    }
