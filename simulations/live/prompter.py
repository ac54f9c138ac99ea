"""What the trainer who plays the caller sees: the script at the place where the call is. Pure.

This holds future lines and answers: it goes to the trainer of the call alone.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Final

from simulations import CallSetup, CallState, CompiledScript, new_call
from simulations.player.options import is_open
from simulations.player.talk import next_wording
from simulations.player.timers import silence_of
from simulations.scoring.conditions import judge
from simulations.scoring.outcomes import Outcome
from simulations.script.tree import Effects, Move, Name, Node, wordings

MOODS: Final = frozenset({"情绪", "mood"})  # a fact that says how the caller begins, not what they tell


@dataclass(frozen=True, slots=True)
class Cue:
    """Something the script has for this place: what to send, and what happens then.

    kind, index   as in player/leading.py
    reply         what the learner may have said for it; empty for lines and fallbacks
    says          what the caller says then, in order, with the target's first words
    gives         the facts it tells
    mood          by how much the mood changes
    to            the place it leads to, empty when it stays
    heard         the learner's last words fit it
    used          it has been said, and can't be said again (a move) or was said before (a line)
    """

    kind: str
    index: int
    reply: str
    says: tuple[str, ...]
    gives: tuple[str, ...]
    mood: int
    to: str
    heard: bool
    used: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A node to jump to; `ends` tells that the caller hangs up there."""

    key: str
    name: str
    ends: bool
    visited: bool


@dataclass(frozen=True, slots=True)
class Secret:
    """A fact of the caller, told or not."""

    key: str
    name: str
    value: str
    told: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A ticket field: what stands in it and what should."""

    name: str
    value: str
    answer: str


@dataclass(frozen=True, slots=True)
class Prompter:
    """The trainer's page. ready: a way on whose condition holds, as the places it leads to."""

    node: str
    name: str
    ends: bool
    fails: bool
    cues: tuple[Cue, ...]
    places: tuple[Place, ...]
    ready: tuple[str, ...]
    facts: tuple[Secret, ...]
    ticket: tuple[Answer, ...]

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return dataclasses.asdict(self)


def prompter_before(script: CompiledScript) -> Prompter:
    """Return what the trainer reads before the phone rings: who they are, and how the call begins."""
    return prompter_of(new_call(script, CallSetup("practice", ("type",), 0, live=True)))


def prompter_of(state: CallState) -> Prompter:
    """Return what the trainer may say next."""
    script, here = state.script, state.current
    visited = {visit.node for visit in state.visits}
    return Prompter(
        here.name.key, here.name.text, here.hang_up is not None, here.hang_up is not None and here.hang_up.failed,
        (*_lines(state, here), *_moves(state, here), *_fallbacks(state, here)),
        tuple(Place(key, node.name.text, node.hang_up is not None, key in visited)
              for key, node in script.nodes.items()),
        tuple(exit_.target.key for exit_ in here.exits
              if judge(exit_.condition, state, explain=False).outcome is Outcome.MET),
        tuple(Secret(fact.name.key, fact.name.text, script.facts[fact.name.key], fact.name.key in state.known_facts)
              for fact in script.tree.facts if fact.name.key not in MOODS),
        tuple(Answer(field.name.text, state.fields.get(field.name.key, ""), script.answer(field))
              for field in script.fields),
    )


def _lines(state: CallState, here: Node) -> list[Cue]:
    said = {line.text for line in state.lines if line.who == "caller"}
    cues = []
    for index, line in enumerate(here.lines):
        texts = {state.script.filled(text, state.setup.staff_no) for text in wordings(line.text)}
        used = not texts.isdisjoint(said)
        if line.min_mood is None or line.min_mood <= state.mood or used:
            text = state.script.filled(next_wording(state, line.text), state.setup.staff_no)
            cues.append(Cue("line", index, "", (text,), (), 0, "", heard=False, used=used))
    return cues


def _moves(state: CallState, here: Node) -> list[Cue]:
    return [
        Cue("move", index, state.script.filled(move.reply, state.setup.staff_no), *_outcome(state, move.effects,
            move.target), heard=_fits(state, move), used=not is_open(state, index, move))
        for index, move in enumerate(here.moves)
    ]


def _fallbacks(state: CallState, here: Node) -> list[Cue]:
    found = []
    for kind, part in (("other", here.other), ("silence", silence_of(state))):
        if part is not None:
            found.append(Cue(kind, 0, "", *_outcome(state, part.effects, part.target), heard=False, used=False))
    return found


def _outcome(
    state: CallState, effects: Effects, target: Name | None
) -> tuple[tuple[str, ...], tuple[str, ...], int, str]:
    """Return says, gives, mood and to."""
    says = list(effects.says)
    if target is not None:
        mood = state.mood + effects.mood
        entry = [line.text for line in state.script.nodes[target.key].lines
                 if line.min_mood is None or line.min_mood <= mood]
        says += entry[:1]
    filled = tuple(state.script.filled(next_wording(state, text), state.setup.staff_no) for text in says)
    return filled, tuple(name.text for name in effects.gives), effects.mood, target.text if target else ""


def _fits(state: CallState, move: Move) -> bool:
    """Tell whether the learner's last words, said at this place, make the move."""
    if not state.turns or state.turns[-1].node != state.node:
        return False
    turn, phrase = state.turns[-1], state.script.phrases[move.phrase.key]
    return phrase.says(turn.text, negated=move.negated, opens_call=turn.opens_call, by_ear=turn.by_ear)
