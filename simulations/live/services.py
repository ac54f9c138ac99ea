"""Use cases of live calls: invite, sit down, let it ring, play the caller, call off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.notifications.rules import Recipient
from lms.notifications.services import notify
from lms.people.models import Person, PersonState
from lms.people.queries.zones import zone_of_person
from lms.records.services import audit
from simulations import CallState, Event, EventRefused, server_event
from simulations.live.models import LiveCall
from simulations.live.rules import Stage, stage_of
from simulations.models import CallState as Kept
from simulations.models import Purpose
from simulations.player.leading import key_of
from simulations.services import advance, begin_call, published_edition

LEADS = frozenset({"cue", "ad_lib", "mood_changed", "hangup"})


@dataclass(frozen=True)
class Lead:
    """What the trainer's page sends: see `player/leading.py`; a mood is {key, mood}."""

    kind: str
    data: Mapping[str, Any]


def invite(
    session: Session, code: str, *, learner: Person, observer: Person | None, purpose: Purpose, by: Identity,
    now: datetime,
) -> LiveCall:
    """Invite somebody to a live call with a published script; both are told.

    Raises NotFound for a script that isn't published; Invalid when somebody would be two people, or has left.
    """
    edition = published_edition(session, code)
    if edition is None or by.person_id is None:
        raise NotFound
    problems = []
    if learner.id == by.person_id:
        problems.append(Problem("learner", _("You play the caller yourself: invite somebody else.")))
    if observer is not None and observer.id in (by.person_id, learner.id):
        problems.append(Problem("observer", _("Who plays can't read along as well.")))
    for where, person in (("learner", learner), ("observer", observer)):
        if person is not None and person.state == PersonState.LEFT:
            problems.append(Problem(where, _("This person has left.")))
    if problems:
        raise Invalid(problems)
    live = LiveCall(
        edition_id=edition.id, edition=edition, purpose=purpose, trainer_id=by.person_id, learner_id=learner.id,
        observer_id=observer.id if observer else None, invited_at=now,
    )
    session.add(live)
    session.flush()
    audit(session, by=by, action="live_call.plan", subject=f"live_call:{live.id}", now=now,
          changes={"script": [None, edition.code], "learner": [None, str(learner.id)]})
    _tell(session, live, learner, observer, by=by, now=now)
    return live


def _tell(
    session: Session, live: LiveCall, learner: Person, observer: Person | None, *, by: Identity, now: datetime
) -> None:
    for slug, person in (("live-call-invited", learner), ("live-call-observe", observer)):
        if person is None:
            continue
        zone = zone_of_person(session, person.id).key
        notify(
            session, to=[Recipient(person.id, person.name, person.email, person.locale, zone)], slug=slug,
            link=f"/calls/live/{live.id}", key=f"{slug}:{live.id}", now=now,
            params={"trainer": by.name, "learner": learner.name, "exam": live.purpose == Purpose.EXAM},
        )


def sit_down(session: Session, live_id: UUID, *, now: datetime) -> LiveCall:
    """Note that the learner is at the console; a second time changes nothing. Raises Conflict when it is over."""
    live = _locked(session, live_id)
    _refuse_unless(live, (Stage.INVITED, Stage.READY, Stage.RUNNING), now)
    live.ready_at = live.ready_at or now
    return live


def ring(session: Session, live_id: UUID, *, by: Identity, now: datetime) -> LiveCall:
    """Let the learner's phone ring; a second time changes nothing. Raises Conflict before the learner has sat down."""
    live = _locked(session, live_id)
    _refuse_unless(live, (Stage.READY, Stage.RUNNING), now)
    if live.call_id is None:
        learner = session.get_one(Person, live.learner_id)
        call = begin_call(
            session, live.edition, person_id=learner.id, staff_no=learner.staff_no, purpose=Purpose(live.purpose),
            modes=("type", "voice"), now=now, live=True,
        )
        live.call_id, live.call = call.id, call
        audit(session, by=by, action="live_call.start", subject=f"live_call:{live.id}", now=now)
    return live


def lead(session: Session, live_id: UUID, act: Lead, *, now: datetime) -> CallState:
    """Do one act of the trainer as the caller; the same key again is the same act. Return the state after it.

    Raises Conflict while nothing rings, EventRefused for what the call doesn't take, `sequence_conflict` when a key
    comes again with something else.
    """
    live = session.get(LiveCall, live_id)
    if live is None:
        raise NotFound
    if live.call_id is None:
        raise Conflict("live_call.not_ringing", _("The phone has not rung yet."))
    if act.kind not in LEADS:
        raise EventRefused("unknown_kind")
    if act.kind == "mood_changed" and set(act.data) != {"key", "mood"}:
        raise EventRefused("unknown_field")

    def made(state: CallState, server_ms: int) -> Event | None:
        return None if _is_repeat(state, act) else server_event(state, act.kind, act.data, server_ms=server_ms)

    return advance(session, live.call_id, made, now=now)


def _is_repeat(state: CallState, act: Lead) -> bool:
    key = key_of(act.data)
    for event in state.events:
        if event.kind in LEADS and event.client_seq is None and event.data.get("key") == key:
            if (event.kind, dict(event.data)) != (act.kind, dict(act.data)):
                raise EventRefused("sequence_conflict")
            return True
    return False


def call_off(session: Session, live_id: UUID, *, by: Identity, now: datetime) -> None:
    """Take an invitation back; a second time changes nothing. Raises Conflict once the phone has rung."""
    live = _locked(session, live_id)
    _refuse_unless(live, (Stage.INVITED, Stage.READY, Stage.CANCELLED), now)
    if live.cancelled_at is None:
        live.cancelled_at = now
        audit(session, by=by, action="live_call.cancel", subject=f"live_call:{live.id}", now=now)


def _locked(session: Session, live_id: UUID) -> LiveCall:
    live = session.scalars(
        select(LiveCall).where(LiveCall.id == live_id).with_for_update(of=LiveCall)
    ).unique().one_or_none()
    if live is None:
        raise NotFound
    return live


def stage(live: LiveCall, at: datetime) -> Stage:
    """Return where a live call is."""
    return stage_of(live, call_ended=live.call is not None and live.call.state == Kept.ENDED, at=at)


def _refuse_unless(live: LiveCall, stages: tuple[Stage, ...], now: datetime) -> None:
    here = stage(live, now)
    if here in stages:
        return
    if here is Stage.INVITED:
        raise Conflict("live_call.not_ready", _("The learner has not sat down at the console yet."))
    raise Conflict(f"live_call.{here}", _("This live call is over or was called off."))
