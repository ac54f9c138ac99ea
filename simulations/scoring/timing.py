"""Fair time: from the end of what was heard to the first key, click or sound.

The client's monotonic clock counts when it agrees with what the server saw within 250 ms, else the server's does;
playback and logged outages are taken out, typing and accommodations lengthen deadlines. Everything that was adjusted
is reported.
"""

from dataclasses import dataclass
from typing import Final

from ..player.state import CallState, Turn
from ..script.tree import Atom
from .outcomes import Adjustment

TOLERANCE_MS: Final = 250
_TYPED_PERCENT: Final = 150


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant on both clocks; the client's may be unknown."""

    server_ms: int
    client_ms: int | None


@dataclass(frozen=True, slots=True)
class Timed:
    """How long something took against its limit.

    ms, limit_ms   after all adjustments
    untrusted      the clocks disagree by more than the tolerance and the verdict depends on which is right
    """

    ms: int
    limit_ms: int
    within: bool
    untrusted: bool
    adjustments: tuple[Adjustment, ...]


def heard(state: CallState, line: int) -> Moment:
    """Return when a caller line had been heard to its end."""
    if not 0 <= line < len(state.lines):
        return Moment(state.answered_ms or 0, None)
    prompt = state.prompts.get(line)
    if prompt and prompt.ended_ms is not None:
        return Moment(prompt.ended_ms, prompt.ended_client)
    spoken = state.lines[line]
    return Moment(spoken.at_ms + spoken.speaking_ms, None)


def begun(turn: Turn) -> Moment:
    """Return when the learner began a turn."""
    if turn.started_ms is None:
        return Moment(turn.at_ms, turn.client_ms)
    return Moment(turn.started_ms, turn.started_client)


def measure(state: CallState, since: Moment, until: Moment, limit_ms: int, *, mode: str) -> Timed:
    """Measure one latency against a limit in milliseconds; mode "voice" gets no typing allowance."""
    raw = max(0, until.server_ms - since.server_ms)
    pauses = _playback(state, since.server_ms, until.server_ms)
    outages = sum(_overlap(since.server_ms, until.server_ms, a, b) for a, b in state.outages)
    fair = max(0, raw - pauses - outages)
    allowed = allowance(state, limit_ms, mode)
    untrusted = False
    if since.client_ms is not None and until.client_ms is not None:
        claimed = max(0, until.client_ms - since.client_ms)
        if abs(claimed - raw) <= TOLERANCE_MS:
            fair = max(0, claimed - pauses - outages)
        else:
            untrusted = (max(0, claimed - pauses - outages) <= allowed) != (fair <= allowed)
    notes = _notes(state, limit_ms, allowed, mode, pauses, outages)
    return Timed(fair, allowed, fair <= allowed, untrusted, notes)


def allowance(state: CallState, limit_ms: int, mode: str) -> int:
    """Return a limit with its allowances."""
    typed = 100 if mode == "voice" else _TYPED_PERCENT
    return limit_ms * typed * state.setup.time_percent // 10_000


def action_mode(state: CallState) -> str:
    """Return the mode by which actions are timed: spoken calls alone leave the hands free."""
    return "voice" if state.setup.modes == ("voice",) else "type"


def latency(state: CallState, turn: Turn) -> int | None:
    """Return milliseconds from the end of the caller's last words to the begin of a turn; None when it overlapped."""
    before = [i for i, line in enumerate(state.lines[: turn.line]) if line.who == "caller"]
    if not before:
        return None
    waited = begun(turn).server_ms - heard(state, before[-1]).server_ms
    return waited if waited >= 0 else None


def limit_of(atom: Atom) -> int | None:
    """Return the limit in milliseconds, None when the atom has no deadline in seconds."""
    return atom.limit.amount if atom.limit and atom.limit.unit == "秒" else None


def _playback(state: CallState, start: int, end: int) -> int:
    """Return how long the caller was speaking between two instants."""
    total = 0
    for i, line in enumerate(state.lines):
        if line.who != "caller":
            continue
        prompt = state.prompts.get(i)
        first = prompt.started_ms if prompt else line.at_ms
        last = prompt.ended_ms if prompt and prompt.ended_ms is not None else line.at_ms + line.speaking_ms
        total += _overlap(start, end, first, last)
    return total


def _overlap(a: int, b: int, c: int, d: int) -> int:
    return max(0, min(b, d) - max(a, c))


def _notes(state: CallState, limit: int, allowed: int, mode: str, pauses: int, outages: int) -> tuple[Adjustment, ...]:
    notes: list[Adjustment] = []
    if mode != "voice":
        notes.append(_adjusted("typed_time", limit=seconds(limit), allowed=seconds(allowed)))
    if state.setup.time_percent != 100:
        notes.append(_adjusted("accommodation", percent=state.setup.time_percent))
    if pauses:
        notes.append(_adjusted("playback_excluded", seconds=seconds(pauses)))
    if outages:
        notes.append(_adjusted("outage_excluded", seconds=seconds(outages)))
    return tuple(notes)


def _adjusted(code: str, **params: object) -> Adjustment:
    return Adjustment("", code, tuple(sorted((key, str(value)) for key, value in params.items())))


def seconds(ms: int) -> str:
    """Write milliseconds as seconds with at most one decimal."""
    return f"{ms / 1000:.1f}".removesuffix(".0")
