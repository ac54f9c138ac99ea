"""How decisions are written down: the board's states, and reasons as JSON."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lms.certification.rules.floor import Basis, FloorDecision, Reason, ReasonCode


class FloorState(StrEnum):
    """One cell of the floor board."""

    YES = "yes"  # 可
    SOON = "soon"  # 近: allowed, ends within 30 days
    SUPERVISED = "supervised"  # 带
    WAIVER = "waiver"  # 临
    NO = "no"  # 未
    SUSPENDED = "suspended"  # 停: suspended or left
    NONE = "none"  # ·: not meant to serve this queue, and nothing to tell


STATES: Final[Mapping[Basis, FloorState]] = {
    Basis.CERTIFICATE: FloorState.YES, Basis.WAIVER: FloorState.WAIVER, Basis.SUPERVISED: FloorState.SUPERVISED,
}
SHUT: Final = frozenset({ReasonCode.SUSPENDED, ReasonCode.LEFT})


def state_of(decision: FloorDecision) -> FloorState:
    """Return the board's state for a decision; whether it ends soon is told when it is read."""
    if decision.allowed:
        return STATES[decision.basis]
    return FloorState.SUSPENDED if any(it.code in SHUT for it in decision.reasons) else FloorState.NO


def pack_reasons(reasons: Iterable[Reason]) -> list[list[str | None]]:
    """Return reasons as JSON holds them: [code, about, instant, detail]."""
    return [[it.code.value, it.about, it.at.isoformat() if it.at else None, it.detail] for it in reasons]


def unpack_reasons(packed: Iterable[Any]) -> tuple[Reason, ...]:
    """Return what `pack_reasons` was given."""
    return tuple(Reason(ReasonCode(code), about, datetime.fromisoformat(at) if at else None, detail)
                 for code, about, at, detail in packed)
