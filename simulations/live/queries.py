"""Reads of live calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from lms.people.models import Person
from simulations import CallState, next_timer
from simulations.live.models import LiveCall
from simulations.live.rules import INVITED_FOR, Stage
from simulations.live.services import stage
from simulations.models import CallState as Kept
from simulations.models import EditionState, ScriptEdition, SimulatedCall
from simulations.services import since_ring

LATEST = 50


@dataclass(frozen=True)
class LiveLine:
    """One live call in a list."""

    id: UUID
    title: str
    purpose: str
    trainer: str
    learner: str
    learner_no: str
    observer: str
    invited_at: datetime
    stage: Stage
    call_id: UUID | None


def live_calls_of(session: Session, person_id: UUID, *, at: datetime) -> list[LiveLine]:
    """Return the latest live calls that a person leads or reads along in, newest first."""
    return _lines(session, or_(LiveCall.trainer_id == person_id, LiveCall.observer_id == person_id), at=at)


def invitations_of(session: Session, person_id: UUID, *, at: datetime) -> list[LiveLine]:
    """Return the live calls that a person is invited to or is in the middle of, newest first."""
    found = _lines(session, (LiveCall.learner_id == person_id) & (LiveCall.invited_at > at - 2 * INVITED_FOR), at=at)
    return [line for line in found if line.stage in (Stage.INVITED, Stage.READY, Stage.RUNNING)]


def _lines(session: Session, where: object, *, at: datetime) -> list[LiveLine]:
    trainer, learner, observer = aliased(Person), aliased(Person), aliased(Person)
    rows = session.execute(
        select(LiveCall, trainer.name, learner.name, learner.staff_no, observer.name)
        .join(trainer, trainer.id == LiveCall.trainer_id).join(learner, learner.id == LiveCall.learner_id)
        .outerjoin(observer, observer.id == LiveCall.observer_id)
        .where(where)  # type: ignore[arg-type]  # a condition of columns
        .order_by(LiveCall.invited_at.desc()).limit(LATEST)
    ).unique()
    return [
        LiveLine(live.id, live.edition.title, live.purpose, caller, name, number, reader or "", live.invited_at,
                 stage(live, at), live.call_id)
        for live, caller, name, number, reader in rows.tuples()
    ]


def playable(session: Session) -> Sequence[tuple[str, str]]:
    """Return (code, title) of every published script, as its newest edition has it."""
    rows = session.execute(
        select(ScriptEdition.code, ScriptEdition.title).where(ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.code, ScriptEdition.number)
    )
    return sorted(dict(rows.tuples().all()).items())


def is_due(state: CallState, call: SimulatedCall, now: datetime) -> bool:
    """Tell whether something has happened by itself that isn't in the log yet."""
    timer = next_timer(state)
    return call.state == Kept.OPEN and timer is not None and timer.due_ms <= since_ring(call, now)


def played_by_trainer(session: Session, call_id: UUID) -> LiveCall | None:
    """Return the live call that a call came of, None for a call with the machine."""
    return session.scalars(select(LiveCall).where(LiveCall.call_id == call_id)).unique().one_or_none()
