"""The dialogue: what the caller says to what was said. Works on one state at a time and gathers effects."""

import hashlib
from dataclasses import replace
from typing import Any, Final

from ..scoring.conditions import holds
from ..script.machine import mentions
from ..script.tree import Effects, Move, Name, Node, Other, Silence, wordings
from .events import Event
from .options import is_open
from .state import (
    HIGHEST_MOOD,
    LOWEST_MOOD,
    BranchTaken,
    CallEnded,
    CallerSays,
    CallState,
    Disclosure,
    Effect,
    Ended,
    FactDisclosed,
    Line,
    MoodChanged,
    Phase,
    Turn,
    Visit,
    speaking_ms,
)

_MOST_NODES_AT_ONCE: Final = 25


class Talk:
    """One event's worth of dialogue."""

    def __init__(self, state: CallState, event: Event) -> None:
        self.state = state
        self.event = event
        self.effects: list[Effect] = []
        self._entered = 0

    def change(self, **parts: Any) -> None:
        """Replace parts of the state."""
        self.state = replace(self.state, **parts)

    def enter(self, node: Node) -> None:
        """Enter a node: the caller speaks, then exits that already hold lead on."""
        self._entered += 1
        self.change(node=node.name.key, hang_up_ms=None)
        for text in _entry_lines(node, self.state.mood):
            self.say(text)
        visit = Visit(
            node.name.key, self.event.server_ms, self.event.seq, len(self.state.lines) - 1, len(self.state.turns)
        )
        self.change(visits=(*self.state.visits, visit))
        if node.hang_up:
            wait = self.state.setup.allowed(node.hang_up.after_ms)
            self.change(hang_up_ms=max(self.state.speaking_until_ms, self.event.server_ms) + wait)
        self.follow_exits()

    def follow_exits(self) -> None:
        """Take the first exit whose condition holds; in a live call the trainer takes it."""
        if self.state.setup.live:
            return
        if self._entered > _MOST_NODES_AT_ONCE or self.state.ended:
            return
        for index, exit_ in enumerate(self.state.current.exits):
            if holds(exit_.condition, self.state):
                self.took("exit", index)
                self.enter(self.state.script.nodes[exit_.target.key])
                return

    def took(self, kind: str, index: int = 0) -> None:
        """Note by which line of the script the call goes on."""
        self.effects.append(BranchTaken(kind, self.state.node, index))

    def hear(self, turn: Turn) -> None:
        """Answer a turn: every staying move it makes, up to and with the first that leaves; else the other line.

        In a live call the trainer answers.
        """
        if self.state.setup.live:
            return
        made = False
        for index, move in enumerate(self.state.current.moves):
            if is_open(self.state, index, move) and _makes(self.state, move, turn):
                made = True
                if self.make(index, move):
                    return
        if made:
            self.follow_exits()
        else:
            self.otherwise(self.state.current.other)

    def make(self, index: int, move: Move) -> bool:
        """Make one move; True when it leaves the node."""
        self.change(used=self.state.used | {(self.state.node, index)})
        self.took("move", index)
        self.apply(move.effects)
        return self.go(move.target)

    def otherwise(self, part: Other | Silence | None) -> None:
        """Follow a fallback or a silence."""
        if part is None:
            self.follow_exits()
            return
        self.took("silence" if isinstance(part, Silence) else "other")
        self.apply(part.effects)
        if not self.go(part.target):
            self.follow_exits()

    def go(self, target: Name | None) -> bool:
        """Enter the target, if there is one."""
        if target is None:
            return False
        self.enter(self.state.script.nodes[target.key])
        return True

    def apply(self, effects: Effects) -> None:
        """Change the mood, disclose facts and speak."""
        if effects.mood:
            self.set_mood(self.state.mood + effects.mood)
        for text in effects.says:
            self.say(text)
        for name in effects.gives:
            self.disclose(name.key)

    def set_mood(self, mood: int) -> None:
        """Set the mood within its range."""
        mood = min(max(mood, LOWEST_MOOD), HIGHEST_MOOD)
        if mood != self.state.mood:
            self.change(mood=mood)
            self.effects.append(MoodChanged(mood))

    def say(self, text: str) -> None:
        """Let the caller say a line, in the wording whose turn it is; facts in it are disclosed."""
        text = next_wording(self.state, text)
        spoken = self.state.script.filled(text, self.state.setup.staff_no)
        took = speaking_ms(spoken)
        start = max(self.state.speaking_until_ms, self.event.server_ms)
        line = Line("caller", spoken, start, self.event.seq, self.state.node, took)
        self.change(lines=(*self.state.lines, line), speaking_until_ms=start + took)
        self.effects.append(CallerSays(spoken, took, hashlib.sha256(spoken.encode()).hexdigest()))
        for fact in mentions(text):
            if fact in self.state.script.facts:
                self.disclose(fact)

    def disclose(self, fact: str) -> None:
        """Note that a fact is known from here on."""
        if fact in self.state.known_facts:
            return
        known = Disclosure(fact, self.event.server_ms, self.event.seq, len(self.state.lines) - 1, len(self.state.turns))
        self.change(disclosed=(*self.state.disclosed, known))
        self.effects.append(FactDisclosed(fact))

    def end(self, by: str, reason: str, *, failed: bool) -> None:
        """End the call."""
        if reason == "script":
            self.took("hang_up")
        ended = Ended(by, self.state.node, failed, reason, self.event.server_ms)
        holds = tuple(replace(h, to_ms=self.event.server_ms) if h.to_ms is None else h for h in self.state.holds)
        self.change(ended=ended, phase=Phase.ENDED, hang_up_ms=None, holds=holds)
        self.effects.append(CallEnded(by, self.state.node, failed))


def next_wording(state: CallState, text: str) -> str:
    """Return the wording of a caller's line whose turn it is: each in order, then the first again."""
    choice = wordings(text)
    if len(choice) == 1:
        return choice[0]
    known = {state.script.filled(wording, state.setup.staff_no) for wording in choice}
    return choice[sum(line.who == "caller" and line.text in known for line in state.lines) % len(choice)]


def _makes(state: CallState, move: Move, turn: Turn) -> bool:
    phrase = state.script.phrases[move.phrase.key]
    return phrase.says(turn.text, negated=move.negated, opens_call=turn.opens_call, by_ear=turn.by_ear)


def _entry_lines(node: Node, mood: int) -> list[str]:
    """Return the lines to speak: a run of guarded lines and the next plain one are alternatives, first that holds."""
    spoken: list[str] = []
    in_choice = chosen = False
    for line in node.lines:
        if line.min_mood is not None:
            if not in_choice:
                in_choice, chosen = True, False
            if not chosen and mood >= line.min_mood:
                spoken.append(line.text)
                chosen = True
        else:
            if not (in_choice and chosen):
                spoken.append(line.text)
            in_choice = False
    return spoken
