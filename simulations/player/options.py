"""The replies on offer in choose mode: the node's model replies, in an order made of the logged seed."""

import hashlib
from dataclasses import dataclass

from ..script.tree import Move
from ..wording.characters import plain
from .state import CallState, Phase


@dataclass(frozen=True, slots=True)
class Option:
    """One reply. `id` tells nothing about its place in the script and holds for this turn only."""

    id: str
    text: str
    move: int


def options(state: CallState) -> tuple[Option, ...]:
    """Return what may be chosen now; replies that would give away what the caller hasn't told are left out."""
    if "choose" not in state.setup.modes or state.phase is not Phase.TALKING:
        return ()
    offered = [
        (i, state.script.filled(move.reply, state.setup.staff_no))
        for i, move in enumerate(state.current.moves)
        if is_open(state, i, move)
    ]
    secret = [
        plain(value) for key, value in state.script.facts.items() if key not in state.known_facts and len(value) > 1
    ]
    shown = [(i, text) for i, text in offered if not any(value in plain(text) for value in secret)]
    ordered = sorted(shown, key=lambda it: _rank(state, it[0]))
    return tuple(Option(f"{len(state.turns)}-{place}", text, i) for place, (i, text) in enumerate(ordered, start=1))


def is_open(state: CallState, index: int, move: Move) -> bool:
    """Tell whether a move of the current node can still be made."""
    return not (move.once and (state.current.name.key, index) in state.used)


def _rank(state: CallState, index: int) -> str:
    key = f"{state.setup.seed}|{state.current.name.key}|{len(state.visits)}|{index}"
    return hashlib.sha256(key.encode()).hexdigest()
