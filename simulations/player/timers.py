"""What is due without anybody doing anything: the caller gives up, speaks into silence, hangs up, time runs out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..script.tree import Silence
from .state import CallState, Phase

MOST_SILENCES: Final = 3
_PLAYBACK_GRACE_MS: Final = 20_000
_LONGEST_LIVE_MS: Final = 30 * 60_000


@dataclass(frozen=True, slots=True)
class Timer:
    """The server event to log, and the instant on the call clock at which it happens."""

    kind: str
    due_ms: int
    data: Mapping[str, Any]


def next_timer(state: CallState) -> Timer | None:
    """Return what happens next by itself, None when nothing will."""
    if state.phase is Phase.ENDED:
        return None
    if state.phase is Phase.RINGING:
        due = state.events[0].server_ms + state.script.ring_ms * state.script.max_rings
        return Timer("hangup", due, {"by": "caller", "reason": "unanswered"})
    if state.setup.live:
        return _forgotten(state)
    timers = [timer for timer in (_hang_up(state), _silence(state), _time_limit(state)) if timer]
    return min(timers, key=lambda t: t.due_ms, default=None)


def silence_of(state: CallState) -> Silence | None:
    """Return the silence handling in force: the node's, else the script's; a node that hangs up has none."""
    node = state.current
    return node.silence or (None if node.hang_up else state.script.settings.silence)


def quiet_since(state: CallState) -> int:
    """Return since when neither side has made a sound; a line still being played counts until its end is overdue."""
    return max(state.speaking_until_ms, state.active_ms, _playing_until(state))


def _playing_until(state: CallState) -> int:
    spoken = max((i for i, line in enumerate(state.lines) if line.who == "caller"), default=None)
    prompt = state.prompts.get(spoken) if spoken is not None else None
    if spoken is None or prompt is None or prompt.ended_ms is not None:
        return 0
    return prompt.started_ms + 2 * state.lines[spoken].speaking_ms + _PLAYBACK_GRACE_MS


def _hang_up(state: CallState) -> Timer | None:
    hang_up = state.current.hang_up
    if hang_up is None or state.hang_up_ms is None:
        return None
    return Timer(
        "hangup", max(state.hang_up_ms, _playing_until(state), state.now_ms), {"by": hang_up.by, "reason": "script"}
    )


def _silence(state: CallState) -> Timer | None:
    silence = silence_of(state)
    if silence is None or state.phase is Phase.HELD:
        return None
    due = max(quiet_since(state) + state.setup.allowed(silence.after_ms), state.now_ms)
    if state.silences >= MOST_SILENCES:
        return Timer("hangup", due, {"by": "caller", "reason": "silence"})
    return Timer("silence_fired", due, {})


def _forgotten(state: CallState) -> Timer:
    """A trainer who plays the caller waits, speaks into silence and ends the call; half an hour ends it for them."""
    due = (state.answered_ms or 0) + _LONGEST_LIVE_MS
    return Timer("hangup", max(due, state.now_ms), {"by": "system", "reason": "time_limit"})


def _time_limit(state: CallState) -> Timer | None:
    if state.script.time_limit_ms is None or state.answered_ms is None:
        return None
    due = state.answered_ms + state.setup.allowed(state.script.time_limit_ms)
    return Timer("hangup", max(due, state.now_ms), {"by": "system", "reason": "time_limit"})
