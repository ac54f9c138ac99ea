"""What finished calls leave for authors: the ways they took, and the replies at which nothing was heard."""

from datetime import timedelta

from sqlalchemy.orm import Session

from simulations import CallState, EventRefused, new_call, step
from simulations.authoring.models import CallTrail, UnmatchedReply
from simulations.models import SimulatedCall
from simulations.player.state import BranchTaken


def keep_trail(session: Session, call: SimulatedCall, state: CallState) -> None:
    """Note which ways a finished call took, and the replies at which nothing was heard."""
    again, taken, unheard = new_call(state.script, state.setup), [], []
    for event in state.events[1:]:
        try:
            again, effects = step(again, event)
        except EventRefused:
            return
        branches = [effect for effect in effects if isinstance(effect, BranchTaken)]
        taken += [[branch.kind, branch.node, branch.index] for branch in branches]
        if event.kind == "utterance" and any(branch.kind == "other" for branch in branches):
            unheard.append((again.turns[-1], event.server_ms))
    session.add(CallTrail(call_id=call.id, edition_id=call.edition_id, branches=taken))
    for turn, at_ms in unheard:
        node = state.script.nodes[turn.node].name.text
        session.add(UnmatchedReply(call_id=call.id, code=state.script.code, node=node, text=turn.text,
                                   said_at=call.started_at + timedelta(milliseconds=at_ms)))
