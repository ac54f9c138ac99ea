"""The invigilator's board: everybody of a session as they stand now, and one of them in detail."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import (
    ExamSession,
    IdentityCheck,
    SeatRequest,
    Sitting,
    SittingEvent,
    SittingGrant,
    SittingPresence,
    SittingSeat,
)
from lms.exams.queries.papers import Live, live_of_session
from lms.exams.rules.entry import photos_open
from lms.exams.rules.timing import remaining
from lms.exams.rules.watching import BY_THE_PAGE, OFTEN, Away, EventKind, Presence, away, presence
from lms.people.models import Person, PersonPhoto

LAST_EVENTS = 30


@dataclass(frozen=True)
class Place:
    """One person of a session. position: the question shown last, None before anything was heard."""

    live: Live
    presence: Presence
    away: Away
    position: int | None
    seen_at: datetime | None
    paused_at: datetime | None
    seconds_left: int | None
    checked_at: datetime | None

    @property
    def running(self) -> bool:
        """Whether the sitting is neither absent nor over."""
        return self.presence not in (Presence.ABSENT, Presence.DONE)

    @property
    def often_away(self) -> bool:
        """Whether the page was left so often that somebody might look."""
        return self.away.times >= OFTEN


@dataclass(frozen=True)
class Asking:
    """A candidate who asks to go on at another seat."""

    request_id: UUID
    name: str
    staff_no: str
    address: str
    asked_at: datetime


@dataclass(frozen=True)
class Noted:
    """A line of a sitting's log: what the page said, what somebody did. by: who, "" for the page or the system."""

    at: datetime
    kind: str
    note: str
    by: str


@dataclass(frozen=True)
class Detail:
    """One person of a session in detail. addresses: seat by seat, the first one first; photo: one may be looked at."""

    place: Place
    checked_by: str
    addresses: tuple[str, ...]
    log: tuple[Noted, ...]
    photo: bool = False


@dataclass(frozen=True)
class Board:
    """A session's board at one instant."""

    places: tuple[Place, ...]
    asking: tuple[Asking, ...]
    counts: Mapping[str, int]

    @property
    def attention(self) -> tuple[Place, ...]:
        """Who wants looking at: offline, paused, or away often."""
        wanted = (Presence.OFFLINE, Presence.PAUSED)
        return tuple(it for it in self.places if it.presence in wanted or (it.running and it.often_away))


def board_of(session: Session, planned: ExamSession, scopes: Sequence[str], at: datetime) -> Board:
    """Return a session's board, as far as its people lie within these parts of the organisation."""
    people = live_of_session(session, planned.id, scopes)
    ids = [it.sitting_id for it in people if it.sitting_id is not None]
    seen: dict[UUID | None, SittingPresence] = {
        row.sitting_id: row for row in session.scalars(
            select(SittingPresence).where(SittingPresence.sitting_id.in_(ids))
            .execution_options(populate_existing=True)
        )
    }
    stopped = select(Sitting.id, Sitting.paused_at).where(Sitting.id.in_(ids), Sitting.paused_at.is_not(None))
    paused: dict[UUID | None, datetime | None] = {}
    paused.update(session.execute(stopped).tuples().all())
    checked = {it.assignment_id: it.checked_at for it in session.scalars(
        select(IdentityCheck).where(IdentityCheck.session_id == planned.id)
    )}
    left = _aways(session, ids)
    places = tuple(
        _place(it, seen.get(it.sitting_id), paused.get(it.sitting_id), left.get(it.sitting_id, Away()),
               checked.get(it.assignment_id), at)
        for it in people
    )
    counts = Counter(it.presence.value for it in places)
    return Board(places, _asking(session, ids), counts)


def _aways(session: Session, ids: Collection[UUID]) -> dict[UUID | None, Away]:
    said: dict[UUID | None, list[EventKind]] = defaultdict(list)
    rows = session.execute(
        select(SittingEvent.sitting_id, SittingEvent.kind)
        .where(SittingEvent.sitting_id.in_(ids), SittingEvent.kind.in_(BY_THE_PAGE))
        .order_by(SittingEvent.epoch, SittingEvent.sequence)
    )
    for sitting_id, kind in rows:
        said[sitting_id].append(EventKind(kind))
    return {sitting_id: away(kinds) for sitting_id, kinds in said.items()}


def _place(
    live: Live, seen: SittingPresence | None, paused_at: datetime | None, left: Away, checked_at: datetime | None,
    at: datetime,
) -> Place:
    seen_at = max((it for it in (seen.seen_at if seen else None, live.last_saved_at) if it), default=None)
    state = presence(
        begun=live.sitting_id is not None, closed=live.closed_at is not None, paused=paused_at is not None,
        seen_at=seen_at or live.started_at, left=left.now, at=at,
    )
    seconds = None
    if live.deadline_at is not None and live.closed_at is None:
        seconds = int(remaining(at, live.deadline_at, paused_at=paused_at).total_seconds())
    return Place(live, state, left, seen.position if seen else None, seen_at, paused_at, seconds, checked_at)


def _asking(session: Session, ids: Collection[UUID]) -> tuple[Asking, ...]:
    rows = session.execute(
        select(SeatRequest, Person.name, Person.staff_no).join(Sitting, Sitting.id == SeatRequest.sitting_id)
        .join(Person, Person.id == Sitting.person_id)
        .where(SeatRequest.sitting_id.in_(ids), SeatRequest.decided_at.is_(None), Sitting.closed_at.is_(None))
        .order_by(SeatRequest.asked_at).execution_options(populate_existing=True)
    )
    return tuple(Asking(it.id, name, staff_no, it.address, it.asked_at) for it, name, staff_no in rows)


def detail_of(
    session: Session, planned: ExamSession, board: Board, assignment_id: UUID, at: datetime
) -> Detail | None:
    """Return one person of a board in detail, None when they don't stand on it."""
    place = next((it for it in board.places if it.live.assignment_id == assignment_id), None)
    if place is None:
        return None
    checked_by = session.scalar(
        select(Person.name).join(IdentityCheck, IdentityCheck.checked_by == Person.id)
        .where(IdentityCheck.session_id == planned.id, IdentityCheck.assignment_id == assignment_id)
    )
    kept = select(PersonPhoto.person_id).where(PersonPhoto.person_id == place.live.person_id)
    photo = photos_open(planned.opens_at, planned.closes_at, at) and session.scalar(kept) is not None
    sitting_id = place.live.sitting_id
    if sitting_id is None:
        return Detail(place, checked_by or "", (), (), photo)
    addresses = session.scalars(
        select(SittingSeat.address).where(SittingSeat.sitting_id == sitting_id).order_by(SittingSeat.epoch)
    ).all()
    return Detail(place, checked_by or "", tuple(addresses), _log(session, sitting_id), photo)


def _log(session: Session, sitting_id: UUID) -> tuple[Noted, ...]:
    events = session.execute(
        select(SittingEvent.happened_at, SittingEvent.kind, SittingEvent.note, Person.name)
        .outerjoin(Person, Person.id == SittingEvent.by_id).where(SittingEvent.sitting_id == sitting_id)
        .order_by(SittingEvent.happened_at.desc()).limit(LAST_EVENTS)
    )
    grants = session.execute(
        select(SittingGrant.granted_at, SittingGrant.kind, SittingGrant.seconds, SittingGrant.reason, Person.name)
        .outerjoin(Person, Person.id == SittingGrant.granted_by).where(SittingGrant.sitting_id == sitting_id)
    )
    lines = [Noted(at, kind, note, name or "") for at, kind, note, name in events]
    lines += [
        Noted(at, f"added_{kind}", f"+{seconds // 60}:{seconds % 60:02} {reason}", name or "")
        for at, kind, seconds, reason, name in grants
    ]
    return tuple(sorted(lines, key=lambda it: it.at, reverse=True)[:LAST_EVENTS])
