"""Marking calls blind: which call comes next, what the marker sees, and keeping their word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.people.models import Person, Unit
from lms.records.services import audit
from simulations import visible
from simulations.analytics.models import BlindMark, CallFigures
from simulations.analytics.services import settle_calibration
from simulations.console_view import ShownLine
from simulations.models import CallReview, CallState, Purpose, ScriptEdition, SimulatedCall
from simulations.queries import compiled, replayed
from simulations.rules import FINAL_OUTCOMES
from simulations.script.formatter import format_condition


def draw_key(call_id: UUID) -> str:
    """Return a call's place in the draw: calls come up in the order of the sha256 of their number.

    Nobody can choose whom they mark, and anybody can draw again and find the same order.
    """
    return sha256(call_id.bytes).hexdigest()


def next_blind(session: Session, code: str, scopes: tuple[str, ...], *, by: UUID | None) -> UUID | None:
    """Return the call of a script to mark blind next, None when none is left.

    Exam calls of its published editions within the unit paths that nobody marked blind, neither played nor reviewed by
    this person; of a calibrated edition only the audit sample. The sample comes first, then the draw decides.
    """
    reviewed_by_me = exists().where(CallReview.call_id == SimulatedCall.id, CallReview.assessor_id == by)
    rows = session.execute(
        select(SimulatedCall.id, CallFigures.sampled)
        .join(CallFigures, CallFigures.call_id == SimulatedCall.id)
        .join(ScriptEdition, ScriptEdition.id == SimulatedCall.edition_id)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(BlindMark, BlindMark.call_id == SimulatedCall.id)
        .where(
            ScriptEdition.code == code, SimulatedCall.purpose == Purpose.EXAM, SimulatedCall.state == CallState.ENDED,
            SimulatedCall.person_id != by, BlindMark.id.is_(None), ~reviewed_by_me,
            or_(CallFigures.sampled, ScriptEdition.calibrated.is_(False)),
            or_(*(Unit.path.startswith(scope) for scope in scopes)),
        )
    ).tuples()
    drawn = min(((not sampled, draw_key(call_id), call_id) for call_id, sampled in rows), default=None)
    return drawn[2] if drawn and scopes else None


@dataclass(frozen=True)
class Asked:
    """A checkpoint to mark; `rule` is its condition as the script has it."""

    id: str
    title: str
    critical: bool
    dimension: str
    rule: str


@dataclass(frozen=True)
class Heard:
    """A finished call as a blind marker sees it: what happened, never what the system made of it.

    answered_ms   on the call clock, None when nobody answered
    happened      lines of the caller and the learner, and what was pressed, as notes
    ticket        (field, what was written, what the script wants)
    """

    call: SimulatedCall
    answered_ms: int | None
    ended_by: str
    happened: tuple[ShownLine, ...]
    ticket: tuple[tuple[str, str, str], ...]
    checkpoints: tuple[Asked, ...]


def heard_of(session: Session, call: SimulatedCall) -> Heard:
    """Put together what a blind marker sees of a finished call."""
    script, state = compiled(call.edition), replayed(session, call)
    return Heard(
        call, state.answered_ms, state.ended.by if state.ended else "",
        visible(state, state.now_ms).transcript,
        tuple((f.name.text, state.fields.get(f.name.key, ""), script.answer(f)) for f in script.fields),
        tuple(Asked(c.id.text, c.title, c.critical, c.dimension.value, format_condition(c.condition))
              for c in script.checkpoints),
    )


def mark_blind(
    session: Session, call_id: UUID, outcomes: Mapping[str, str], *, remark: str, by: Identity, now: datetime
) -> BlindMark:
    """Keep a person's marks of a call, and decide anew whether its script is calibrated.

    outcomes   checkpoint id -> met, partly, not_met or not_applicable, every checkpoint of the script

    Raises NotFound unless the call is a finished exam call, Refused for the learner's own and for one whose outcomes
    this person has seen as its reviewer, Conflict when somebody marked it first, Invalid when a checkpoint is missing.
    """
    call = session.get(SimulatedCall, call_id)
    if call is None or call.state != CallState.ENDED or call.purpose != Purpose.EXAM:
        raise NotFound
    if by.person_id is None or call.person_id == by.person_id:
        raise Refused("call.own", _("Nobody reviews a call of their own."))
    if session.scalar(select(CallReview.id).where(CallReview.call_id == call_id,
                                                  CallReview.assessor_id == by.person_id)):
        raise Refused("call.not_blind", _("You have reviewed this call and know what the system made of it."))
    if session.scalar(select(BlindMark.id).where(BlindMark.call_id == call_id)):
        raise Conflict("call.marked_already", _("Somebody has marked this call already."))
    wanted = [check.id.text for check in compiled(call.edition).checkpoints]
    problems = [Problem(id_, _("Decide this checkpoint too.")) for id_ in wanted
                if outcomes.get(id_) not in FINAL_OUTCOMES]
    if problems:
        raise Invalid(problems)
    mark = BlindMark(call_id=call.id, assessor_id=by.person_id, marked_at=now, remark=remark.strip(),
                     outcomes={id_: outcomes[id_] for id_ in wanted})
    session.add(mark)
    audit(session, by=by, action="call.mark_blind", subject=f"call:{call.id}", now=now)
    settle_calibration(session, call.edition.code, by=by, now=now)
    return mark
