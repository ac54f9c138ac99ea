"""What the console may show: the only part of a call that ever leaves for a browser.

No future line, no phrase, no answer: facts appear once the caller has told them, hints in practice only.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any, Final

from .player.options import options
from .player.state import CallState, Phase
from .scoring.conditions import judge
from .scoring.outcomes import Outcome
from .scoring.timing import Moment, action_mode, allowance, limit_of, measure
from .scoring.windows import window_of
from .script.tree import Atom, atoms
from .script.vocabulary import ACTION_LABELS, Action

_TIMED_NOWHERE: Final = frozenset({"接听", "保持", "打断"})


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line of the transcript. who: caller, me or note."""

    who: str
    text: str
    at_ms: int
    until_ms: int
    index: int


@dataclass(frozen=True, slots=True)
class ShownOption:
    """A reply on offer."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field of the ticket form with what stands in it; never its answer."""

    name: str
    kind: str
    options: tuple[str, ...]
    value: str


@dataclass(frozen=True, slots=True)
class ShownAction:
    """A button. targets: where a transfer may go; done: pressed already."""

    code: str
    label: str
    targets: tuple[str, ...]
    done: bool


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact the caller has told."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A checkpoint in practice. state: met, open, late or failed."""

    id: str
    title: str
    critical: bool
    state: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A running deadline in practice, milliseconds; left_ms is negative when it is past."""

    title: str
    left_ms: int
    limit_ms: int


@dataclass(frozen=True, slots=True)
class ShownEnd:
    """How the call ended."""

    by: str
    reason: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Visible:
    """Everything that a console shows at one instant."""

    phase: str
    purpose: str
    modes: tuple[str, ...]
    ring_count: int
    max_rings: int
    caller_number: str
    elapsed_ms: int
    time_left_ms: int | None
    mood: int
    speaking_until_ms: int
    transcript: tuple[ShownLine, ...]
    options: tuple[ShownOption, ...]
    fields: tuple[ShownField, ...]
    actions: tuple[ShownAction, ...]
    facts: tuple[ShownFact, ...]
    hints: tuple[Hint, ...]
    deadlines: tuple[Deadline, ...]
    ended: ShownEnd | None
    next_client_seq: int

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return dataclasses.asdict(self)


def visible(state: CallState, now_ms: int) -> Visible:
    """Return what may be shown at `now_ms` on the call clock; call `catch_up` first."""
    script, practice = state.script, state.setup.purpose == "practice"
    ringing_for = state.answered_ms if state.answered_ms is not None else state.ended.at_ms if state.ended else now_ms
    until = state.ended.at_ms if state.ended else now_ms
    elapsed = until - state.answered_ms if state.answered_ms is not None else 0
    limit = state.setup.allowed(script.time_limit_ms) if script.time_limit_ms is not None else None
    ended = ShownEnd(state.ended.by, state.ended.reason, state.ended.failed) if state.ended else None
    return Visible(
        phase=state.phase.value,
        purpose=state.setup.purpose,
        modes=state.setup.modes,
        ring_count=min(ringing_for // script.ring_ms + 1, script.max_rings),
        max_rings=script.max_rings,
        caller_number=script.settings.caller_number,
        elapsed_ms=max(elapsed, 0),
        time_left_ms=None if limit is None else max(limit - elapsed, 0),
        mood=state.mood,
        speaking_until_ms=state.speaking_until_ms,
        transcript=tuple(
            ShownLine(line.who, line.text, line.at_ms, line.at_ms + line.speaking_ms, i)
            for i, line in enumerate(state.lines)
        ),
        options=tuple(ShownOption(o.id, o.text) for o in options(state)),
        fields=tuple(
            ShownField(
                f.name.text,
                f.kind.value,
                f.options if f.kind.value == "one_of" else (),
                state.fields.get(f.name.key, ""),
            )
            for f in script.fields
        ),
        actions=_actions(state),
        facts=tuple(ShownFact(_fact_name(state, d.fact), script.facts[d.fact]) for d in state.disclosed),
        hints=_hints(state) if practice else (),
        deadlines=_deadlines(state, now_ms) if practice else (),
        ended=ended,
        next_client_seq=state.client_seq + 1,
    )


def _actions(state: CallState) -> tuple[ShownAction, ...]:
    held = state.phase is Phase.HELD
    hidden = Action.HOLD if held else Action.RESUME
    taken = {a.action for a in state.actions}
    return tuple(
        ShownAction(
            action.value, label, state.script.transfer_targets if action is Action.TRANSFER else (), action in taken
        )
        for action, label in ACTION_LABELS.items()
        if action is not hidden
    )


def _fact_name(state: CallState, key: str) -> str:
    return next(f.name.text for f in state.script.tree.facts if f.name.key == key)


def _hints(state: CallState) -> tuple[Hint, ...]:
    hints = []
    unwritten = any(not turn.text for turn in state.turns)  # what was spoken may have been the right thing
    for check in state.script.checkpoints:
        finding = judge(check.condition, state, explain=False)
        if finding.outcome is Outcome.MET:
            shown = "met"
        elif unwritten or (finding.ahead and state.ended is None):
            shown = "open"
        else:
            shown = "late" if any(e.note.code in ("late", "answered_late") for e in finding.near_misses) else "failed"
        hints.append(Hint(check.id.text, check.title, check.critical, shown))
    return tuple(hints)


def _deadlines(state: CallState, now_ms: int) -> tuple[Deadline, ...]:
    """Return the deadlines that run now: their anchor is reached and the checkpoint isn't met."""
    if state.phase not in (Phase.TALKING, Phase.HELD):
        return ()
    found = []
    for check in state.script.checkpoints:
        for atom in atoms(check.condition):
            limit = limit_of(atom)
            if (
                limit is None
                or atom.kind.value in _TIMED_NOWHERE
                or judge(atom, state, explain=False).outcome is Outcome.MET
            ):
                continue
            window = window_of(atom, state)
            if window.reached:
                found.append(Deadline(check.title, *_left(atom, state, window.since, now_ms, limit)))
    return tuple(found)


def _left(atom: Atom, state: CallState, since: Moment, now_ms: int, limit: int) -> tuple[int, int]:
    mode = action_mode(state) if atom.kind.value == "动作" else state.setup.modes[0]
    spent = measure(state, since, Moment(max(now_ms, since.server_ms), None), limit, mode=mode).ms
    allowed = allowance(state, limit, mode)
    return allowed - spent, allowed
