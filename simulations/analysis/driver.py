"""A learner made of code: plays a script turn by turn on a clock of its own and notes every branch that was taken."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from ..player.options import is_open, options
from ..player.player import catch_up, client_event, new_call, step
from ..player.setup import CallSetup
from ..player.state import BranchTaken, CallState, Effect, Phase
from ..player.timers import next_timer
from ..script.checks_names import action_of, all_atoms
from ..script.machine import CompiledScript, mentions
from ..script.tree import Move
from ..script.vocabulary import Action, AtomKind
from .graph import BranchKey

THINKS_MS: Final = 3_000
_MUMBLES: Final = ("嗯，好的。", "嗯……", "哦。", "Hmm.", "Mm, well.")
_MOST_TIMERS: Final = 200


@dataclass(frozen=True, slots=True)
class Way:
    """What a walk may do next. kind: move (with its index), other, silence, act, fill, hang_up."""

    kind: str
    index: int = 0
    text: str = ""


class Learner:
    """One call, played by typing. `seen` counts the branches it took."""

    def __init__(self, script: CompiledScript, *, seed: int = 1, answer_ms: int = 5_000) -> None:
        self.script = script
        self.state: CallState = new_call(script, CallSetup("practice", ("type", "choose"), seed))
        self.now = 0
        self.seen: Counter[BranchKey] = Counter()
        self.wait(answer_ms)
        if self.talks:
            self.send("answered")

    @property
    def talks(self) -> bool:
        """Tell whether the call goes on."""
        return self.state.ended is None

    def wait(self, ms: int) -> None:
        """Let time pass; what is due happens."""
        self.now += ms
        self.state, _, effects = catch_up(self.state, self.now)
        self._note(effects)

    def send(self, kind: str, **data: object) -> None:
        """Send one event now. Raises EventRefused."""
        event = client_event(
            self.state, kind, data, server_ms=self.now, client_ms=self.now, client_seq=self.state.client_seq + 1
        )
        self.state, effects = step(self.state, event)
        self._note(effects)

    def say(self, text: str, *, after_ms: int = THINKS_MS) -> None:
        """Hear the caller out, think, and type a reply, unless the call ends meanwhile."""
        self.wait(max(self.state.speaking_until_ms - self.now, 0) + after_ms)
        if self.talks and self.state.phase is Phase.TALKING:
            self.send("utterance", mode="type", text=text)

    def choose(self, way: Way) -> None:
        """Take a model reply from those on offer: of two moves that hear the same words only this tells them apart."""
        self.wait(max(self.state.speaking_until_ms - self.now, 0) + THINKS_MS)
        offered = next((o for o in options(self.state) if o.move == way.index), None) if self.talks else None
        if offered:
            self.send("choice", option=offered.id)

    def _is_twin(self, way: Way) -> bool:
        mine = self.state.current.moves[way.index]
        return any(
            i < way.index and (move.phrase.key, move.negated) == (mine.phrase.key, mine.negated)
            for i, move in self.open_moves()
        )

    def act(self, action: Action) -> None:
        """Press a button; a transfer goes to the first target there is."""
        targets = self.script.transfer_targets
        more = {"target": targets[0]} if action is Action.TRANSFER and targets else {}
        self.wait(1_000)
        if self.talks:
            self.send("action", name=action.value, **more)

    def fill(self, *, everything: bool = False) -> None:
        """Write into the ticket, rightly, what the caller has told; with `everything` also what nobody tells."""
        for field in self.script.fields:
            told = everything or set(mentions(field.answer)) <= self.state.known_facts
            if told and self.state.fields.get(field.name.key) != self.script.answer(field):
                self.send("field_committed", name=field.name.text, value=self.script.answer(field))

    def let_happen(self) -> None:
        """Stay silent until the next thing happens by itself."""
        timer = next_timer(self.state)
        if timer is not None:
            self.wait(max(timer.due_ms - self.now, 0))

    def let_end(self) -> None:
        """Stay silent until the call is over."""
        for _ in range(_MOST_TIMERS):
            if not self.talks or next_timer(self.state) is None:
                return
            self.let_happen()

    def take(self, way: Way) -> None:
        """Go one way."""
        if way.kind == "move" and self._is_twin(way):
            self.choose(way)
        elif way.kind in ("move", "other"):
            self.say(way.text)
        elif way.kind == "silence":
            self.let_happen()
        elif way.kind == "act":
            self.act(Action(way.text))
        elif way.kind == "fill":
            self.fill()
        else:
            self.send("hangup")

    def ways(self) -> tuple[Way, ...]:
        """Return everything that can be done now, the same for the same state."""
        found = [Way("move", i, self.reply(move)) for i, move in self.open_moves()]
        found += [Way("other", 0, self.something_else()), Way("silence")]
        used = {taken.action for taken in self.state.actions}
        found += [Way("act", 0, action.value) for action in asked_actions(self.script) if action not in used]
        if self.script.fields and len(self.state.fields) < len(self.script.fields):
            found.append(Way("fill"))
        return (*found, Way("hang_up"))

    def open_moves(self) -> list[tuple[int, Move]]:
        """Return the moves that can be made here and now."""
        return [(i, move) for i, move in enumerate(self.state.current.moves) if is_open(self.state, i, move)]

    def reply(self, move: Move) -> str:
        """Return a move's model reply as this learner says it."""
        return self.script.filled(move.reply, self.state.setup.staff_no)

    def something_else(self) -> str:
        """Return words that make no move here."""
        moves = [(self.script.phrases[move.phrase.key], move.negated) for _, move in self.open_moves()]
        quiet = (
            text for text in _MUMBLES if not any(phrase.says(text, negated=negated) for phrase, negated in moves)
        )
        return next(quiet, "……")

    def _note(self, effects: tuple[Effect, ...]) -> None:
        self.seen.update((e.kind, e.node, e.index) for e in effects if isinstance(e, BranchTaken))


def asked_actions(script: CompiledScript) -> tuple[Action, ...]:
    """Return the buttons that some condition asks for, in order; holding is left out, it only lets time pass."""
    names = [name for atom in all_atoms(script.tree) if atom.kind is AtomKind.ACTION for name in atom.names]
    asked = dict.fromkeys(action_of(name)[0] for name in names)
    return tuple(action for action in asked if action and action not in (Action.HOLD, Action.RESUME))
