"""Play a script as a perfect, a silent, a rude and a novice learner, with the checkpoints after every turn."""

import random
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol

from ..console_view import Hint, visible
from ..scoring.conditions import judge
from ..scoring.outcomes import Outcome
from ..scoring.score import CallScore, score_state
from ..scoring.windows import window_of
from ..script.checks_names import action_of
from ..script.machine import CompiledScript
from ..script.tree import Atom, Check, Move, atoms
from ..script.vocabulary import FORBIDDEN_PHRASE, Action, AtomKind, name_key
from .driver import Learner
from .graph import branches_of, forbidden, is_bad, shortest_ways

_MOST_TURNS: Final = 40
_LATE_MS: Final = 22_000
_SPOKEN: Final = (AtomKind.SAY, AtomKind.DISSUADE)


class _Player(Protocol):
    def take(self, learner: Learner) -> None: ...


class Persona(StrEnum):
    """Who plays."""

    PERFECT = "perfect"
    NOVICE = "novice"
    RUDE = "rude"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Beat:
    """One line of the call, and the checkpoints as they stood after it (shown where they changed)."""

    who: str
    text: str
    at_ms: int
    hints: tuple[Hint, ...]


@dataclass(frozen=True)
class Performance:
    """A call played by a persona."""

    persona: Persona
    beats: tuple[Beat, ...]
    score: CallScore


def play_as(script: CompiledScript, persona: Persona) -> Performance:
    """Play a script to its end as one persona; the same script gives the same call."""
    learner = Learner(script, answer_ms=_LATE_MS if persona is Persona.RUDE else 5_000)
    beats: list[Beat] = []
    players: dict[Persona, _Player] = {
        Persona.PERFECT: Perfect(script),
        Persona.NOVICE: _Novice(script),
        Persona.RUDE: _Rude(script),
        Persona.SILENT: _Silent(),
    }
    _note(learner, beats)
    for _ in range(_MOST_TURNS):
        if not learner.talks:
            break
        players[persona].take(learner)
        _note(learner, beats)
    learner.let_end()
    _note(learner, beats)
    return Performance(persona, tuple(beats), score_state(learner.state))


def _note(learner: Learner, beats: list[Beat]) -> None:
    shown = visible(learner.state, learner.now).hints
    lines = learner.state.lines[len(beats) :]
    for i, line in enumerate(lines, start=1):
        beats.append(Beat(line.who, line.text, line.at_ms, shown if i == len(lines) else ()))


class Perfect:
    """Says what every checkpoint wants, where it wants it, and goes the shortest good way to an ending.

    goal   key of the node to end in; the nearest good ending when None
    """

    def __init__(self, script: CompiledScript, goal: str | None = None) -> None:
        self.script = script
        self.bad = forbidden(script.tree)
        self.branches = tuple(
            replace(branch, bad=True) if branch.kind == "move" and self.is_wrong(branch.text) else branch
            for branch in branches_of(script.tree, script.settings)
        )
        ends = {key: node.hang_up for key, node in script.nodes.items() if node.hang_up}
        good = [key for key, end in ends.items() if not end.failed] or list(ends)
        ways = {key: shortest_ways(script.nodes, self.branches, key) for key in ([goal] if goal else good)}
        start = script.start.name.key
        self.way = next((w for key, w in ways.items() if start in w or key == start), {})

    def is_wrong(self, reply: str) -> bool:
        """Tell whether a model reply says what some checkpoint forbids."""
        words = self.script.filled(reply)
        return any(self.script.phrases[key].says(words, opens_call=False) for key in self.bad)

    def take(self, learner: Learner) -> None:
        """Write down, press and say what is due here, then go on."""
        here = learner.state.current
        if here.hang_up:
            self.before_the_end(learner)
            return
        self.do(learner)
        if not learner.talks or learner.state.node != here.name.key:
            return
        onward = self.way.get(here.name.key)
        asks = self.asks(learner)
        if asks and not (onward and onward.kind == "move" and self.first_of(learner, asks) > onward.index):
            learner.say("".join(learner.reply(move) for move in asks))
        elif onward and onward.kind == "move":
            self.leave(learner, here.moves[onward.index])
        elif onward and onward.kind == "other":
            self.leave(learner, None)
        else:
            self.stay(learner)

    def leave(self, learner: Learner, move: Move | None) -> None:
        """Say everything this place is the place for, and the reply that leads on."""
        words = [text for text in self.wanted(learner, last=self.is_last(learner)) if text]
        if move:
            reply = learner.reply(move)
            words = [text for text in words if text not in reply]
            words.insert(0, reply) if not learner.state.turns else words.append(reply)
        learner.say("".join(words) if words else learner.something_else())

    def stay(self, learner: Learner) -> None:
        """Nothing leads on by itself: say what is wanted, or wait for what happens."""
        words, pressed = self.wanted(learner, last=True), len(learner.state.actions)
        if words:
            learner.say("".join(words))
            return
        self.do(learner, transfer=True)
        if len(learner.state.actions) == pressed and learner.talks:
            learner.let_happen()

    def before_the_end(self, learner: Learner) -> None:
        """The caller is about to hang up: finish the ticket and let them."""
        self.do(learner)
        if learner.talks:
            learner.fill(everything=True)
            learner.let_happen()

    def do(self, learner: Learner, *, transfer: bool = False) -> None:
        """Fill in what is known, and press what some checkpoint wants pressed now; a transfer comes last of all."""
        learner.fill()
        for check in self.script.checkpoints:
            for atom in atoms(check.condition):
                if atom.kind is AtomKind.ACTION and learner.talks:
                    self.press(learner, atom, transfer=transfer)

    def press(self, learner: Learner, atom: Atom, *, transfer: bool) -> None:
        """Press a button whose time has come, once."""
        if not window_of(atom, learner.state).reached:
            return
        for name in atom.names:
            action, target = action_of(name)
            if action is None or (action is Action.TRANSFER and not transfer):
                continue
            if any(taken.action is action for taken in learner.state.actions):
                continue
            targets = self.script.transfer_targets if action is Action.TRANSFER else ()
            goals = [t for t in targets if target in ("", name_key(t))]
            learner.wait(1_000)
            if learner.talks:
                learner.send("action", name=action.value, **({"target": goals[0]} if goals else {}))

    def asks(self, learner: Learner) -> list[Move]:
        """Return the staying moves that bring out facts, or that some open checkpoint wants said."""
        wanted = self.open_phrases(learner)
        return [
            move
            for _, move in learner.open_moves()
            if not is_bad(move, self.bad)
            and not self.is_wrong(move.reply)
            and (move.target is None or move.target.key == learner.state.node)
            and (
                any(name.key not in learner.state.known_facts for name in move.effects.gives)
                or (move.phrase.key, move.negated) in wanted
            )
        ]

    def first_of(self, learner: Learner, asks: list[Move]) -> int:
        """Return the place of the first of these moves in the node."""
        return learner.state.current.moves.index(asks[0])

    def open_phrases(self, learner: Learner) -> set[tuple[str, bool]]:
        """Return the phrases that some checkpoint still wants said, and whether negated."""
        return {
            (name.key, atom.kind is AtomKind.DISSUADE)
            for check in self.open_checks(learner)
            for atom in atoms(check.condition)
            if atom.kind in _SPOKEN and window_of(atom, learner.state).reached
            for name in atom.names
        }

    def open_checks(self, learner: Learner) -> list[Check]:
        """Return the checkpoints that are not met."""
        return [
            check
            for check in self.script.checkpoints
            if judge(check.condition, learner.state, explain=False).outcome is not Outcome.MET
        ]

    def wanted(self, learner: Learner, *, last: bool) -> list[str]:
        """Return the sentences that open checkpoints want here: those tied to this place, and read-backs.

        last   nothing more can be said later: every open checkpoint's sentence
        """
        here = learner.state.node
        offered = {(move.phrase.key, move.negated) for _, move in learner.open_moves()}
        said: list[str] = []
        for check in self.open_checks(learner):
            for atom in atoms(check.condition):
                if not self.due(atom, learner, here, offered, last=last):
                    continue
                finding = judge(atom, learner.state)
                said += [a.text for a in finding.advice if a.kind == "say" and not self.is_wrong(a.text)]
        return list(dict.fromkeys(text if text[-1] in "。？！?!." else text + "。" for text in said))

    def due(
        self, atom: Atom, learner: Learner, here: str, offered: set[tuple[str, bool]], *, last: bool
    ) -> bool:
        """Tell whether this is the place to satisfy an atom by speaking."""
        if not window_of(atom, learner.state).reached:
            return False
        if atom.kind is AtomKind.READ_BACK:
            return last and {name.key for name in atom.names} <= learner.state.known_facts
        if atom.kind not in _SPOKEN:
            return False
        tied = atom.first or here in {a.key for a in (atom.since_node, atom.at_node) if a}
        negated = atom.kind is AtomKind.DISSUADE
        return last or tied or any((name.key, negated) in offered for name in atom.names)

    def is_last(self, learner: Learner) -> bool:
        """Tell whether the way on leads straight to the ending."""
        onward = self.way.get(learner.state.node)
        return onward is None or onward.target is None or bool(self.script.nodes[onward.target].hang_up)


class _Novice:
    """Means well: greets half, takes the first good reply, forgets to read back, and mistypes a digit."""

    def __init__(self, script: CompiledScript) -> None:
        self.script = script
        self.bad = forbidden(script.tree)
        self.dice = random.Random(script.digest)  # noqa: S311 - the same novice for the same script

    def take(self, learner: Learner) -> None:
        if learner.state.current.hang_up:
            self.write(learner)
            learner.let_happen()
            return
        good = [move for _, move in learner.open_moves() if not is_bad(move, self.bad)]
        fresh = [m for m in good if m.once or any(n.key not in learner.state.known_facts for n in m.effects.gives)]
        if not learner.state.turns:
            learner.say("您好，请讲。")
        elif fresh and self.dice.random() < 0.8:
            learner.say(learner.reply(fresh[0]), after_ms=6_000)
        else:
            learner.say(learner.something_else(), after_ms=6_000)

    def write(self, learner: Learner) -> None:
        """Fill the ticket with one digit wrong."""
        for field in self.script.fields:
            answer = self.script.answer(field)
            wrong = field.kind.value == "phone"
            value = answer[:-1] + str((int(answer[-1]) + 1) % 10) if wrong and answer[-1:].isdigit() else answer
            if learner.state.fields.get(field.name.key) != value:
                learner.send("field_committed", name=field.name.text, value=value)


class _Rude:
    """Lets it ring, snaps, says what is forbidden, and hangs up."""

    _TURNS = 3

    def __init__(self, script: CompiledScript) -> None:
        self.bad = forbidden(script.tree)
        phrase = script.phrases.get(FORBIDDEN_PHRASE)
        self.words = phrase.positive if phrase and phrase.positive else ("急什么，慢慢说。",)

    def take(self, learner: Learner) -> None:
        bad = [move for _, move in learner.open_moves() if is_bad(move, self.bad)]
        if len(learner.state.turns) >= self._TURNS:
            learner.wait(2_000)
            if learner.talks:
                learner.send("hangup")
        elif bad:
            learner.say(learner.reply(bad[0]))
        else:
            learner.say(self.words[len(learner.state.turns) % len(self.words)])


class _Silent:
    """Answers and never says a word."""

    def take(self, learner: Learner) -> None:
        learner.let_happen()
