"""Keep what a scored call shows, so that figures of hundreds of calls need no recount of their logs."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from simulations import ENGINE_VERSION, CallScore, score
from simulations import CallState as PlayState
from simulations.analytics.models import CallFigures
from simulations.analytics.reasons import codes_of, why_missed
from simulations.models import CallState, SimulatedCall
from simulations.queries import compiled, log_of, replayed
from simulations.scoring.score import CheckpointScore
from simulations.scoring.windows import window_of
from simulations.script.tree import Check, atoms
from simulations.script.vocabulary import AtomKind

AT_A_TIME: Final = 200


def keep_figures(session: Session, call: SimulatedCall, result: CallScore, state: PlayState) -> None:
    """Keep what a finished call showed, in the place of what was kept of it before."""
    session.execute(delete(CallFigures).where(CallFigures.call_id == call.id))
    session.add(CallFigures(
        call_id=call.id, edition_id=call.edition_id, engine_version=result.engine_version, total=result.total,
        passed=result.passed, sampled=any(why.code == "audit_sample" for why in result.reviews),
        items=items_of(result, state),
    ))


def gather(session: Session, *, limit: int = AT_A_TIME) -> int:
    """Keep the figures of finished calls that have none by this engine version; return how many calls, `limit` at most.

    These are calls from before an upgrade.
    """
    missing = session.scalars(
        select(SimulatedCall).outerjoin(CallFigures, CallFigures.call_id == SimulatedCall.id)
        .where(SimulatedCall.state == CallState.ENDED,
               or_(CallFigures.call_id.is_(None), CallFigures.engine_version != ENGINE_VERSION))
        .order_by(SimulatedCall.started_at).limit(limit)
    ).unique().all()
    for call in missing:
        keep_figures(session, call, score(compiled(call.edition), log_of(session, call.id)), replayed(session, call))
    session.flush()
    return len(missing)


def items_of(result: CallScore, state: PlayState) -> list[dict[str, Any]]:
    """Return a call's checkpoints as plain data; see `CallFigures`."""
    checks = {check.id.text: check for check in state.script.checkpoints}
    return [_item(item, checks[item.id], state) for item in result.checkpoints]


def _item(item: CheckpointScore, check: Check, state: PlayState) -> dict[str, Any]:
    missed = item.provisional.value in ("not_met", "partly") and not item.human_only
    return {
        "id": item.id, "title": item.title, "dimension": item.dimension, "critical": item.critical,
        "human_only": item.human_only, "outcome": item.outcome.value, "points": item.points, "out_of": item.out_of,
        "why": why_missed(codes_of(item)).value if missed else "", "delay_ms": _delay(item, check, state),
        "parts": _wrong_parts(item), "sure": not (item.weak and item.critical),
    }


def _delay(item: CheckpointScore, check: Check, state: PlayState) -> int | None:
    """Return the milliseconds from when a checkpoint could first be met until it was; of an answer, since the ring."""
    if item.outcome.value != "met" or not item.evidence:
        return None
    first = atoms(check.condition)[0]
    since = 0 if first.kind is AtomKind.ANSWERED else window_of(first, state).since.server_ms
    return max(0, min(proof.at_ms for proof in item.evidence) - since)


def _wrong_parts(item: CheckpointScore) -> Sequence[Sequence[str]]:
    return [[part.label, part.expected, part.got, part.note.code] for part in item.parts if not part.met]
