"""What the trainer who plays the caller may do in a live call. Their acts are events of the server's own.

    cue      {key, kind: line|move|other|silence|node, node, index?}   say what the script has for this place
    ad_lib   {key, text, gives: [fact]}                                say something else, and what it tells
    hangup   {key, by: "caller", reason: "trainer", failed}            end the call as the caller

`key` is the page's own name of the act: the same key is the same act, so that a repeated request does nothing twice.
"""

from collections.abc import Mapping
from typing import Any, Final

from ..script.vocabulary import name_key
from .events import EventRefused
from .options import is_open
from .state import CallState, Phase, Visit
from .talk import Talk
from .timers import silence_of

LONGEST_AD_LIB: Final = 300
LONGEST_KEY: Final = 60
_CUE_KEYS: Final = frozenset({"key", "kind", "node", "index"})


def key_of(data: Mapping[str, Any]) -> str:
    """Return the page's name of an act. Raises EventRefused when it has none."""
    key = data.get("key")
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY:
        raise EventRefused("bad_value")
    return key


def check_cue(state: CallState, data: Mapping[str, Any]) -> None:
    """Raise EventRefused unless the script has that line, move or place, and the caller can be heard."""
    _check_lead(state, data, _CUE_KEYS)
    kind, node, index = data.get("kind"), data.get("node"), data.get("index", 0)
    if not isinstance(node, str) or node not in state.script.nodes or type(index) is not int:
        raise EventRefused("bad_value")
    if kind != "node" and node != state.node:
        raise EventRefused("too_late")  # the page shows a place that the call has left
    here = state.script.nodes[node]
    there = {
        "node": True,
        "line": 0 <= index < len(here.lines),
        "move": 0 <= index < len(here.moves) and is_open(state, index, here.moves[index]),
        "other": here.other is not None,
        "silence": silence_of(state) is not None,
    }
    if not there.get(str(kind), False):
        raise EventRefused("unknown_option")


def check_ad_lib(state: CallState, data: Mapping[str, Any]) -> None:
    """Raise EventRefused unless something is said, not too much, and every fact told is one of the script's."""
    _check_lead(state, data, frozenset({"key", "text", "gives"}))
    text, gives = data.get("text"), data.get("gives", [])
    if not isinstance(text, str) or not isinstance(gives, list):
        raise EventRefused("bad_value")
    if not text.strip():
        raise EventRefused("empty")
    if len(text) > LONGEST_AD_LIB:
        raise EventRefused("too_long")
    if not all(isinstance(name, str) and name_key(name) in state.script.facts for name in gives):
        raise EventRefused("unknown_field")


def check_lead_hangup(state: CallState, data: Mapping[str, Any]) -> None:
    """Raise EventRefused unless a trainer ends a live call that was answered."""
    if not state.setup.live:
        raise EventRefused("bad_value")
    key_of(data)
    if state.phase is Phase.RINGING:
        raise EventRefused("not_answered")
    if dict(data) != {"key": data["key"], "by": "caller", "reason": "trainer", "failed": data.get("failed")}:
        raise EventRefused("bad_value")
    if not isinstance(data["failed"], bool):
        raise EventRefused("bad_value")


def _check_lead(state: CallState, data: Mapping[str, Any], known: frozenset[str]) -> None:
    if not state.setup.live:
        raise EventRefused("unknown_kind")
    if set(data) - known:
        raise EventRefused("unknown_field")
    key_of(data)
    if state.phase is Phase.RINGING:
        raise EventRefused("not_answered")
    if state.phase is Phase.HELD:
        raise EventRefused("on_hold")


def pick_up(talk: Talk) -> None:
    """Be at the first place of the script without a word: the trainer speaks when they like."""
    start, event = talk.state.script.start.name.key, talk.event
    talk.change(node=start, visits=(Visit(start, event.server_ms, event.seq, len(talk.state.lines) - 1, 0),))


def _begin(talk: Talk) -> None:
    """A person speaks when they press: what they said before is over, however long it was thought to take."""
    talk.change(speaking_until_ms=talk.event.server_ms)


def cue(talk: Talk) -> None:
    """Say what the script has."""
    data, state = talk.event.data, talk.state
    kind, index = data["kind"], data.get("index", 0)
    here = state.script.nodes[data["node"]]
    _begin(talk)
    if kind == "node":
        talk.enter(here)
    elif kind == "line":
        talk.say(here.lines[index].text)
    elif kind == "move":
        talk.make(index, here.moves[index])
    else:
        talk.otherwise(here.other if kind == "other" else silence_of(state))


def ad_lib(talk: Talk) -> None:
    """Say something that the script hasn't; what it tells is known from here on."""
    _begin(talk)
    talk.say(talk.event.data["text"].replace("{", "（").replace("}", "）"))
    for name in talk.event.data.get("gives", []):
        talk.disclose(name_key(name))
