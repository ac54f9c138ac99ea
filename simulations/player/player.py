"""`step`: the one function that changes a call. No clock, no randomness, no input or output."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from ..script.machine import CompiledScript
from ..script.vocabulary import ACTION_LABELS, Action, name_key
from .acceptance import body_of, check_event, is_repeat
from .events import RING_STARTED, Event, EventRefused, sealed
from .leading import ad_lib, cue, pick_up
from .options import options
from .setup import CallSetup
from .state import (
    CALM,
    HIGHEST_MOOD,
    LOWEST_MOOD,
    ActionTaken,
    CallState,
    Effect,
    Hold,
    Line,
    Phase,
    Prompt,
    Segment,
    Turn,
)
from .talk import Talk
from .timers import next_timer, silence_of

AHEAD_MS: Final = 5_000  # a console counts from the server's word, and anew when it is 1.5 s off
CERTAIN: Final = 0.9  # the least confidence, 0 to 1, at which a recogniser's words need no ear


def new_call(script: CompiledScript, setup: CallSetup) -> CallState:
    """Let the phone ring: a state whose log holds the first event, ring_started at 0 ms."""
    first = sealed(None, RING_STARTED, {"setup": setup.as_json(), "script": script.digest}, server_ms=0)
    return _ringing(script, setup, first)


def client_event(
    state: CallState, kind: str, data: Mapping[str, Any], *, server_ms: int, client_ms: int, client_seq: int
) -> Event:
    """Make the event a client sent, chained to the log and checked.

    Raises EventRefused, also for a client's clock that is ahead of the first ring as the server heard it.
    """
    if type(client_ms) is int and client_ms > server_ms + AHEAD_MS:
        raise EventRefused("time_ahead")
    try:
        event = sealed(state.events[-1], kind, data, server_ms=server_ms, client_ms=client_ms, client_seq=client_seq)
    except UnicodeEncodeError:  # half of a character
        raise EventRefused("bad_value") from None
    if not is_repeat(state, event):
        check_event(state, event)
    return event


def server_event(state: CallState, kind: str, data: Mapping[str, Any], *, server_ms: int) -> Event:
    """Make an event of the server's own, chained and checked. Raises EventRefused."""
    event = sealed(state.events[-1], kind, data, server_ms=server_ms)
    check_event(state, event)
    return event


def step(state: CallState, event: Event) -> tuple[CallState, tuple[Effect, ...]]:
    """Take one event. A client's repeat changes nothing. Raises EventRefused for what the call doesn't take."""
    if is_repeat(state, event):
        return state, ()
    check_event(state, event)
    talk = Talk(_logged(state, event), event)
    _HANDLERS[event.kind](talk)
    return talk.state, tuple(talk.effects)


def fold(script: CompiledScript, events: Iterable[Event]) -> CallState:
    """Rebuild a call from its log. Raises EventRefused when the log is not one of a call, ValueError when empty."""
    log = iter(events)
    first = next(log, None)
    if first is None:
        raise ValueError("a call begins with its first ring")
    if first.kind != RING_STARTED:
        raise EventRefused("unknown_kind")
    state = _ringing(script, CallSetup.from_json(first.data["setup"]), first)
    for event in log:
        state, _ = step(state, event)
    return state


def catch_up(state: CallState, now_ms: int) -> tuple[CallState, tuple[Event, ...], tuple[Effect, ...]]:
    """Let everything happen that is due up to `now_ms`, each at its own instant."""
    events: list[Event] = []
    effects: list[Effect] = []
    while (timer := next_timer(state)) and timer.due_ms <= now_ms:
        event = server_event(state, timer.kind, timer.data, server_ms=timer.due_ms)
        state, more = step(state, event)
        events.append(event)
        effects.extend(more)
    return state, tuple(events), tuple(effects)


def _ringing(script: CompiledScript, setup: CallSetup, first: Event) -> CallState:
    mood = script.facts.get("情绪", script.facts.get("mood", ""))
    start = min(max(int(mood), LOWEST_MOOD), HIGHEST_MOOD) if mood.isascii() and mood.isdigit() else CALM
    return CallState(script, setup, (first,), mood=start)


def _logged(state: CallState, event: Event) -> CallState:
    """Append the event and what every event changes."""
    state = replace(state, events=(*state.events, event))
    if event.client_seq is None:
        return state
    return replace(
        state, client_seq=event.client_seq, client_bodies={**state.client_bodies, event.client_seq: body_of(event)}
    )


def _answered(talk: Talk) -> None:
    now = talk.event.server_ms
    talk.change(phase=Phase.TALKING, answered_ms=now, active_ms=now, speaking_until_ms=now)
    if talk.state.setup.live:
        pick_up(talk)
    else:
        talk.enter(talk.state.script.start)


def _prompt_started(talk: Talk) -> None:
    line = talk.event.data["line"]
    prompt = Prompt(talk.event.server_ms, talk.event.client_ms)
    talk.change(prompts={**talk.state.prompts, line: prompt})


def _prompt_ended(talk: Talk) -> None:
    state, line = talk.state, talk.event.data["line"]
    prompt = replace(state.prompts[line], ended_ms=talk.event.server_ms, ended_client=talk.event.client_ms)
    talk.change(prompts={**state.prompts, line: prompt})
    if line == max(i for i, spoken in enumerate(state.lines) if spoken.who == "caller"):
        earlier, hang_up = state.speaking_until_ms, state.hang_up_ms
        moved = None if hang_up is None else hang_up + talk.event.server_ms - earlier
        talk.change(
            speaking_until_ms=talk.event.server_ms,
            hang_up_ms=None if moved is None else max(moved, talk.event.server_ms),
        )


def _input_started(talk: Talk) -> None:
    talk.change(active_ms=talk.event.server_ms)
    if talk.state.input_started is None:
        talk.change(input_started=(talk.event.server_ms, talk.event.client_ms))


def _utterance(talk: Talk) -> None:
    data = talk.event.data
    start = sum(len(text) for text, _ in talk.state.pending)
    sure = data["mode"] != "voice" or is_certain(data)
    segment = _segment(start, talk, sure=sure)
    _note_interruption(talk)
    talk.change(pending=(*talk.state.pending, (data["text"], segment)), active_ms=talk.event.server_ms, silences=0)
    if talk.state.input_started is None:
        talk.change(input_started=(talk.event.server_ms, talk.event.client_ms))
    if not data.get("continues", False):
        talk.hear(_take_turn(talk, data["mode"]))


def _choice(talk: Talk) -> None:
    option = next(o for o in options(talk.state) if o.id == talk.event.data["option"])
    _note_interruption(talk)
    spoken = "track" in talk.event.data
    segment = _segment(0, talk, sure=not spoken)
    talk.change(pending=((option.text, segment),), active_ms=talk.event.server_ms, silences=0)
    _take_turn(talk, "voice" if spoken else "choose")
    move = talk.state.current.moves[option.move]
    if not talk.make(option.move, move):
        talk.follow_exits()


def is_certain(data: Mapping[str, Any]) -> bool:
    """Tell whether a recogniser's words stand without somebody listening."""
    return bool(data.get("recogniser")) and data.get("confidence", 0) >= CERTAIN


def _segment(start: int, talk: Talk, *, sure: bool) -> Segment:
    data = talk.event.data
    return Segment(
        start, talk.event.server_ms, data.get("audio_ms"), data.get("audio_to_ms"), data.get("track", ""), sure
    )


def _take_turn(talk: Talk, mode: str) -> Turn:
    """Close the learner's turn and put it on the transcript."""
    state = talk.state
    text = "".join(part for part, _ in state.pending)
    started = state.input_started or (talk.event.server_ms, talk.event.client_ms)
    turn = Turn(
        len(state.turns) + 1,
        text,
        mode,
        state.node,
        talk.event.server_ms,
        talk.event.seq,
        tuple(segment for _, segment in state.pending),
        *started,
        talk.event.client_ms,
        len(state.lines),
    )
    line = Line("me", text, talk.event.server_ms, talk.event.seq, state.node)
    talk.change(turns=(*state.turns, turn), lines=(*state.lines, line), pending=(), input_started=None)
    return turn


def _note_interruption(talk: Talk) -> None:
    """Speaking while a caller line is being played interrupts it, once a line."""
    playing = [line for line, prompt in talk.state.prompts.items() if prompt.ended_ms is None]
    spoken = [i for i, line in enumerate(talk.state.lines) if line.who == "caller"]
    if playing and spoken and spoken[-1] in playing and spoken[-1] not in talk.state.interruptions:
        talk.change(interruptions=(*talk.state.interruptions, spoken[-1]))


def _interrupted(talk: Talk) -> None:
    spoken = [i for i, line in enumerate(talk.state.lines) if line.who == "caller"]
    if spoken and spoken[-1] not in talk.state.interruptions:
        talk.change(interruptions=(*talk.state.interruptions, spoken[-1]))


def _field(talk: Talk) -> None:
    name = name_key(talk.event.data["name"])
    talk.change(fields={**talk.state.fields, name: talk.event.data["value"]}, active_ms=talk.event.server_ms)
    talk.follow_exits()


def _action(talk: Talk) -> None:
    state, event = talk.state, talk.event
    action, target = Action(event.data["name"]), event.data.get("target", "")
    taken = ActionTaken(action, target, event.server_ms, event.seq, event.client_ms, len(state.turns))
    note = Line(
        "note", f"{ACTION_LABELS[action]}{'：' + target if target else ''}", event.server_ms, event.seq, state.node
    )
    talk.change(actions=(*state.actions, taken), active_ms=event.server_ms)
    if action is not Action.KNOWLEDGE:
        talk.change(lines=(*talk.state.lines, note))
    if action is Action.HOLD:
        talk.change(phase=Phase.HELD, holds=(*talk.state.holds, Hold(event.server_ms, None)))
    elif action is Action.RESUME:
        talk.change(
            phase=Phase.TALKING, holds=(*talk.state.holds[:-1], replace(talk.state.holds[-1], to_ms=event.server_ms))
        )
    talk.follow_exits()


def _silence_fired(talk: Talk) -> None:
    talk.change(silences=talk.state.silences + 1, active_ms=talk.event.server_ms)
    talk.otherwise(silence_of(talk.state))


def _hangup(talk: Talk) -> None:
    hang_up = talk.state.current.hang_up
    if talk.event.client_seq is not None:
        talk.end("learner", "learner", failed=hang_up is None or hang_up.failed)
        return
    reason = talk.event.data["reason"]
    failed = reason != "script" or hang_up is None or hang_up.failed
    talk.end(talk.event.data["by"], reason, failed=talk.event.data["failed"] if reason == "trainer" else failed)


def _mood_changed(talk: Talk) -> None:
    talk.set_mood(talk.event.data["mood"])


def _outage(talk: Talk) -> None:
    talk.change(outages=(*talk.state.outages, (talk.event.data["from_ms"], talk.event.data["to_ms"])))


def _transcribed(talk: Talk) -> None:
    """Put the words that were heard in the place of those the call went on by; its way stays what it was."""
    data = talk.event.data
    turn = talk.state.turns[data["turn"] - 1]
    first, last = turn.segments[0], turn.segments[-1]
    whole = replace(first, audio_to_ms=last.audio_to_ms, sure=True)
    turns, lines = list(talk.state.turns), list(talk.state.lines)
    turns[turn.number - 1] = replace(turn, text=data["text"], segments=(whole,))
    lines[turn.line] = replace(lines[turn.line], text=data["text"])
    talk.change(turns=tuple(turns), lines=tuple(lines))


def _nothing(_talk: Talk) -> None:
    """Some events matter only because they are on the record."""


_HANDLERS: Final[Mapping[str, Callable[[Talk], None]]] = {
    "answered": _answered,
    "prompt_started": _prompt_started,
    "prompt_ended": _prompt_ended,
    "input_started": _input_started,
    "utterance": _utterance,
    "choice": _choice,
    "field_changed": _field,
    "field_committed": _field,
    "action": _action,
    "silence_fired": _silence_fired,
    "hangup": _hangup,
    "mood_changed": _mood_changed,
    "outage": _outage,
    "transcribed": _transcribed,
    "audio_track": _nothing,
    "cue": cue,
    "ad_lib": ad_lib,
    "interrupted": _interrupted,
    "heartbeat": _nothing,
    "focus_lost": _nothing,
    "audio_chunk": _nothing,
}
