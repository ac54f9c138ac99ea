"""When a person must look: doubts, weak matches on critical items, marks near the line, clocks, and a fixed sample."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from ..player.events import AFTERWARDS
from ..player.state import CallState
from ..script.vocabulary import ACTION_LABELS
from .actions import claims, scored_actions
from .outcomes import Outcome

NEAR_THE_LINE: Final = 300
GRACE_MS: Final = 20_000
_SAMPLE_OF: Final = 20
_MOST_GAPS: Final = 20


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that happened and that people should see. code: false_promise, connection_gap, focus_lost."""

    code: str
    quote: str
    at_ms: int
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """One reason why a person must look."""

    code: str
    params: tuple[tuple[str, str], ...] = ()


class _Checkpoint(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def critical(self) -> bool: ...
    @property
    def human_only(self) -> bool: ...
    @property
    def outcome(self) -> Outcome: ...
    @property
    def weak(self) -> bool: ...
    @property
    def slots_by_sound(self) -> bool: ...
    @property
    def leans(self) -> bool: ...
    @property
    def untrusted(self) -> bool: ...


class ScoredDimension(Protocol):
    """What a rule needs of a dimension. points, out_of: hundredths; floor_percent: 0 without a floor."""

    @property
    def name(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def out_of(self) -> int: ...
    @property
    def floor_percent(self) -> int: ...


def reviews_of(
    checkpoints: Sequence[_Checkpoint],
    total: int,
    pass_mark: int,
    dimensions: Sequence[ScoredDimension],
    flags: Sequence[Flag],
    state: CallState,
    *,
    unfamiliar: int,
    calibrated: bool,
) -> tuple[Review, ...]:
    """Return every reason; none means the score may stand by itself.

    unfamiliar   sentences nobody has approved, in a call that passes critical checkpoints by its words
    """
    found: list[Review] = []
    for item in checkpoints:
        if item.human_only:
            found.append(_review("human_only", checkpoint=item.id))
        elif item.outcome is Outcome.DOUBTFUL:
            found.append(_review("doubtful", checkpoint=item.id))
        if item.weak and (item.critical or item.slots_by_sound):
            found.append(_review("leans_forbidden" if item.leans else "weak_match", checkpoint=item.id))
        if item.untrusted:
            found.append(_review("timing_untrusted", checkpoint=item.id))
    if abs(total - pass_mark) <= NEAR_THE_LINE:
        found.append(_review("near_line", points=f"{abs(total - pass_mark) / 100:g}"))
    for dimension in dimensions:
        line = dimension.floor_percent * dimension.out_of
        if dimension.floor_percent and abs(dimension.points * 100 - line) <= NEAR_THE_LINE * 100:
            found.append(_review("near_floor", dimension=dimension.name))
    promised = dict.fromkeys(flag.params for flag in flags if flag.code == "false_promise")
    found += [Review("false_promise", params) for params in promised]
    if unfamiliar:
        found.append(_review("unfamiliar", count=str(unfamiliar)))
    if state.setup.live:
        found.append(_review("live"))
    if not calibrated:
        found.append(_review("uncalibrated"))
    last = next((e for e in reversed(state.events) if e.kind not in AFTERWARDS), state.events[-1])
    if int(last.hash[:8], 16) % _SAMPLE_OF == 0:
        found.append(_review("audit_sample"))
    return tuple(found)


def flags_of(state: CallState) -> tuple[Flag, ...]:
    """Return claims of deeds not done, gaps in the connection, and looking elsewhere."""
    found: list[Flag] = []
    for action in sorted(scored_actions(state)):
        found += [
            Flag("false_promise", e.quote, e.at_ms, (("action", ACTION_LABELS[action]),)) for e in claims(state, action)
        ]
    found += _gaps(state)
    lost = [e for e in state.events if e.kind == "focus_lost"]
    if lost:
        found.append(Flag("focus_lost", "", lost[0].server_ms, (("count", str(len(lost))),)))
    return tuple(sorted(found, key=lambda f: (f.at_ms, f.code, f.quote)))


def _gaps(state: CallState) -> list[Flag]:
    """A dropped connection has 20 s of grace; a longer gap between signs of life is on the record."""
    if not any(e.kind == "heartbeat" for e in state.events):
        return []
    signs = [e.server_ms for e in state.events if e.client_seq is not None]
    gaps = [(a, b) for a, b in zip(signs, signs[1:], strict=False) if b - a > GRACE_MS]
    return [Flag("connection_gap", "", a, (("seconds", str((b - a) // 1000)),)) for a, b in gaps[:_MOST_GAPS]]


def _review(code: str, **params: str) -> Review:
    return Review(code, tuple(sorted(params.items())))
