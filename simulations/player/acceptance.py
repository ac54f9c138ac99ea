"""Which events a call takes: client times, sequences, fields and facts that it never gave are refused."""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..script.vocabulary import Action, name_key
from .events import AFTERWARDS, CLIENT_KINDS, LEAD_KINDS, RING_STARTED, SERVER_KINDS, Event, EventRefused, canonical
from .leading import check_ad_lib, check_cue, check_lead_hangup
from .options import options
from .setup import MODES
from .state import HIGHEST_MOOD, LOWEST_MOOD, CallState, Phase
from .timers import next_timer

LONGEST_REPLY: Final = 500
LONGEST_VALUE: Final = 500
LONGEST_TRANSCRIPT: Final = 1_000
_AUDIO: Final = frozenset({"track", "audio_ms", "audio_to_ms"})
_MOST_EVENTS: Final = 5_000
_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "answered": frozenset(),
    "prompt_started": frozenset({"line"}),
    "prompt_ended": frozenset({"line"}),
    "input_started": frozenset({"mode"}),
    "utterance": frozenset({"mode", "text", "continues", "recogniser", "confidence"}) | _AUDIO,
    "choice": frozenset({"option"}) | _AUDIO,
    "field_changed": frozenset({"name", "value"}),
    "field_committed": frozenset({"name", "value"}),
    "action": frozenset({"name", "target", "query"}),
    "hangup": frozenset(),
    "heartbeat": frozenset(),
    "focus_lost": frozenset({"ms"}),
    "audio_chunk": frozenset({"sha256", "n"}),
    "interrupted": frozenset(),
}
_WHILE_RINGING: Final = frozenset({"answered", "heartbeat", "focus_lost"})
_DUE: Final = frozenset({"script", "unanswered", "silence", "time_limit"})


def body_of(event: Event) -> str:
    """Return the digest by which a repeated client event is known to be the same."""
    return hashlib.sha256(canonical([event.kind, event.client_ms, dict(event.data)]).encode()).hexdigest()


def is_repeat(state: CallState, event: Event) -> bool:
    """Tell whether a client event is one that was taken before. Raises EventRefused when it differs from it."""
    if event.client_seq is None or event.client_seq > state.client_seq:
        return False
    if state.client_bodies.get(event.client_seq) != body_of(event):
        raise EventRefused("sequence_conflict")
    return True


def check_event(state: CallState, event: Event) -> None:
    """Raise EventRefused unless the call takes this event now."""
    if state.ended and not (event.client_seq is None and event.kind in AFTERWARDS):
        raise EventRefused("ended")
    if event.server_ms < state.events[-1].server_ms:
        raise EventRefused("time_backwards")
    if len(state.events) >= _MOST_EVENTS:
        raise EventRefused("too_late")
    if event.client_seq is None:
        _check_server(state, event)
    else:
        _check_client(state, event)


def _check_server(state: CallState, event: Event) -> None:
    if event.kind not in SERVER_KINDS or event.client_ms is not None:
        raise EventRefused("unknown_kind")
    if event.kind == RING_STARTED:
        raise EventRefused("already_ringing")
    if event.kind == "mood_changed" and not LOWEST_MOOD <= _whole(event.data, "mood") <= HIGHEST_MOOD:
        raise EventRefused("bad_value")
    if (
        event.kind == "outage"
        and not 0 <= _whole(event.data, "from_ms") <= _whole(event.data, "to_ms") <= event.server_ms
    ):
        raise EventRefused("bad_value")
    if event.kind == "audio_track":
        _check_track(event.data)
    if event.kind == "transcribed":
        _check_transcript(state, event.data)
    if event.kind in ("silence_fired", "hangup") and (
        event.kind == "silence_fired" or event.data.get("reason") in _DUE
    ):
        timer = next_timer(state)
        if timer is None or timer.kind != event.kind or dict(timer.data) != dict(event.data):
            raise EventRefused("bad_value")
        if event.server_ms < timer.due_ms:
            raise EventRefused("too_early")
    elif event.kind == "hangup" and event.data.get("reason") == "trainer":
        check_lead_hangup(state, event.data)
    elif event.kind == "hangup" and dict(event.data) != {"by": "system", "reason": "closed"}:
        raise EventRefused("bad_value")
    if event.kind in LEAD_KINDS:
        (check_cue if event.kind == "cue" else check_ad_lib)(state, event.data)


def _check_client(state: CallState, event: Event) -> None:
    if event.kind in SERVER_KINDS - CLIENT_KINDS:
        raise EventRefused("server_only")
    if event.kind not in CLIENT_KINDS:
        raise EventRefused("unknown_kind")
    if type(event.client_ms) is not int or event.client_ms < 0 or type(event.client_seq) is not int:
        raise EventRefused("bad_value")
    if event.client_seq != state.client_seq + 1:
        raise EventRefused("bad_sequence")
    if set(event.data) - _KEYS[event.kind]:
        raise EventRefused("unknown_field")
    if state.phase is Phase.RINGING and event.kind not in _WHILE_RINGING:
        raise EventRefused("not_answered")
    if state.phase is not Phase.RINGING and event.kind == "answered":
        raise EventRefused("already_answered")
    check = _CHECKS.get(event.kind)
    if check:
        check(state, event.data)


def _check_utterance(state: CallState, data: Mapping[str, Any]) -> None:
    _check_mode(state, data)
    if data.get("mode") == "choose":
        raise EventRefused("mode_not_allowed")
    if state.phase is Phase.HELD:
        raise EventRefused("on_hold")
    text = _text(data, "text", LONGEST_REPLY)
    if not text.strip() and not (data["mode"] == "voice" and "track" in data):
        raise EventRefused("empty")
    _check_span(data)
    if not isinstance(data.get("continues", False), bool):
        raise EventRefused("bad_value")
    confidence = data.get("confidence", 0)
    if not isinstance(confidence, int | float) or not 0 <= confidence <= 1 or len(str(data.get("recogniser", ""))) > 80:
        raise EventRefused("bad_value")


def _check_choice(state: CallState, data: Mapping[str, Any]) -> None:
    if "choose" not in state.setup.modes or ("track" in data and "voice" not in state.setup.modes):
        raise EventRefused("mode_not_allowed")
    _check_span(data)
    if state.phase is Phase.HELD:
        raise EventRefused("on_hold")
    if data.get("option") not in [option.id for option in options(state)]:
        raise EventRefused("unknown_option")


def _check_field(state: CallState, data: Mapping[str, Any]) -> None:
    if name_key(_text(data, "name", 100)) not in [f.name.key for f in state.script.fields]:
        raise EventRefused("unknown_field")
    _text(data, "value", LONGEST_VALUE)


def _check_action(state: CallState, data: Mapping[str, Any]) -> None:
    try:
        action = Action(_text(data, "name", 40))
    except ValueError:
        raise EventRefused("unknown_action") from None
    _text({"query": data.get("query", "")}, "query", 200)
    target = _text({"target": data.get("target", "")}, "target", 100)
    if target and (action is not Action.TRANSFER or target not in state.script.transfer_targets):
        raise EventRefused("unknown_target")
    if action is Action.TRANSFER and state.script.transfer_targets and not target:
        raise EventRefused("unknown_target")
    if action is Action.HOLD and state.phase is Phase.HELD:
        raise EventRefused("on_hold")
    if action is Action.RESUME and state.phase is not Phase.HELD:
        raise EventRefused("not_on_hold")


def _check_mode(state: CallState, data: Mapping[str, Any]) -> None:
    if data.get("mode") not in MODES or data["mode"] not in state.setup.modes:
        raise EventRefused("mode_not_allowed")


def _check_prompt(state: CallState, data: Mapping[str, Any]) -> None:
    line = _whole(data, "line")
    if not 0 <= line < len(state.lines) or state.lines[line].who != "caller":
        raise EventRefused("bad_value")


def _check_prompt_ended(state: CallState, data: Mapping[str, Any]) -> None:
    _check_prompt(state, data)
    prompt = state.prompts.get(data["line"])
    if prompt is None or prompt.ended_ms is not None:
        raise EventRefused("bad_value")


def _check_audio(_state: CallState, data: Mapping[str, Any]) -> None:
    if not re.fullmatch("[0-9a-f]{64}", _text(data, "sha256", 64)) or _whole(data, "n") < 0:
        raise EventRefused("bad_value")


def _check_span(data: Mapping[str, Any]) -> None:
    """Words that were spoken say which stretch of a recording they are; `audio_ms` may stand alone."""
    start = _whole(data, "audio_ms") if "audio_ms" in data else 0
    if start < 0:
        raise EventRefused("bad_value")
    if "track" in data and not (_text(data, "track", 40) and start <= _whole(data, "audio_to_ms")):
        raise EventRefused("bad_value")


def _check_track(data: Mapping[str, Any]) -> None:
    if set(data) != {"track", "side", "chunks", "sha256"} or _whole(data, "chunks") < 0:
        raise EventRefused("bad_value")
    _text(data, "track", 40)
    _text(data, "side", 40)
    if not re.fullmatch("[0-9a-f]{64}", _text(data, "sha256", 64)):
        raise EventRefused("bad_value")


def _check_transcript(state: CallState, data: Mapping[str, Any]) -> None:
    if set(data) != {"turn", "text", "by"} or not _text(data, "by", 80):
        raise EventRefused("bad_value")
    if not _text(data, "text", LONGEST_TRANSCRIPT).strip():
        raise EventRefused("empty")
    if _whole(data, "turn") not in [turn.number for turn in state.unheard]:
        raise EventRefused("bad_value")


def _check_focus(_state: CallState, data: Mapping[str, Any]) -> None:
    if "ms" in data and _whole(data, "ms") < 0:
        raise EventRefused("bad_value")


def _text(data: Mapping[str, Any], key: str, longest: int) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise EventRefused("bad_value")
    if len(value) > longest:
        raise EventRefused("too_long")
    return value


def _whole(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if type(value) is not int:
        raise EventRefused("bad_value")
    return value


_CHECKS: Final[Mapping[str, Callable[[CallState, Mapping[str, Any]], None]]] = {
    "utterance": _check_utterance,
    "choice": _check_choice,
    "field_changed": _check_field,
    "field_committed": _check_field,
    "action": _check_action,
    "input_started": _check_mode,
    "prompt_started": _check_prompt,
    "prompt_ended": _check_prompt_ended,
    "audio_chunk": _check_audio,
    "focus_lost": _check_focus,
}
