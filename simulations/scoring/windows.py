"""Where in the call an atom looks: since a node or a fact, at a node, in the first words, within so many turns."""

from dataclasses import dataclass

from ..player.state import CallState, Turn
from ..script.tree import Atom
from .timing import Moment, heard


@dataclass(frozen=True, slots=True)
class Window:
    """The turns that count, and the moment from which deadlines run.

    reached      the place where it begins was reached
    avoidable    it was not reached because the path led elsewhere to a proper end, so the item doesn't apply
    """

    turns: tuple[Turn, ...]
    since: Moment
    since_seq: int
    reached: bool
    avoidable: bool


def window_of(atom: Atom, state: CallState) -> Window:
    """Return the window of an atom in this call."""
    anchor = atom.since_node or atom.at_node
    turns = state.turns
    since, seq, before = Moment(state.answered_ms or 0, None), 0, 0
    if anchor:
        visit = next((v for v in state.visits if v.node == anchor.key), None)
        if visit is None:
            return Window((), since, 0, reached=False, avoidable=_ended_well(state))
        since, seq, before = heard(state, visit.line), visit.seq, visit.turns
    elif atom.since_fact:
        told = next((d for d in state.disclosed if d.fact == atom.since_fact.key), None)
        if told is None:
            return Window((), since, 0, reached=False, avoidable=False)
        since, seq, before = heard(state, told.line), told.seq, told.turns
    turns = tuple(t for t in turns if t.number > before)
    if atom.at_node:
        turns = tuple(t for t in turns if t.node == atom.at_node.key)
    if atom.first:
        turns = tuple(t for t in turns if t.number == before + 1)
    if atom.limit and atom.limit.unit == "句":
        turns = tuple(t for t in turns if t.number <= before + atom.limit.amount)
    return Window(turns, since, seq, reached=True, avoidable=False)


def _ended_well(state: CallState) -> bool:
    return state.ended is not None and state.ended.reason in ("script", "trainer") and not state.ended.failed
