"""What is fixed before the phone rings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ..script.machine import SAMPLE_STAFF_NUMBER

PURPOSES: Final = frozenset({"practice", "exam"})
MODES: Final = ("choose", "type", "voice")
_TIME_PERCENT: Final = range(100, 401)
_TYPED_PERCENT: Final = 150


@dataclass(frozen=True, slots=True)
class CallSetup:
    """How a call is played; it goes into the log with the first ring.

    purpose        "practice" (live hints) or "exam" (none)
    modes          ways to reply, some of "choose" (practice only), "type", "voice"
    seed           orders the options of choose mode
    staff_no       the learner's number, as it is said in greetings
    time_percent   a person's accommodation: 100 (none) to 400
    live           a trainer plays the caller: nothing is said and nothing runs out by itself; never with "choose"

    Raises ValueError for anything else.
    """

    purpose: str
    modes: tuple[str, ...]
    seed: int
    staff_no: str = SAMPLE_STAFF_NUMBER
    time_percent: int = 100
    live: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "modes", tuple(self.modes))
        if self.purpose not in PURPOSES:
            raise ValueError("purpose")
        if not self.modes or len(set(self.modes)) != len(self.modes) or set(self.modes) - set(MODES):
            raise ValueError("modes")
        if self.purpose == "exam" and "choose" in self.modes:
            raise ValueError("choose mode is for practice only")
        if self.live and "choose" in self.modes:
            raise ValueError("a trainer hears what is said, not what is chosen")
        if self.time_percent not in _TIME_PERCENT:
            raise ValueError("time_percent")

    @property
    def allowance_percent(self) -> int:
        """Deadlines and the caller's patience in percent: typing takes half as long again, accommodations multiply."""
        typed = _TYPED_PERCENT if set(self.modes) & {"type", "choose"} else 100
        return typed * self.time_percent // 100

    def allowed(self, ms: int) -> int:
        """Return a deadline with all allowances, in milliseconds."""
        return ms * self.allowance_percent // 100

    def as_json(self) -> dict[str, Any]:
        """Return plain data for the log. Calls that aren't live say nothing of it, as before there were any."""
        return {
            "purpose": self.purpose,
            "modes": list(self.modes),
            "seed": self.seed,
            "staff_no": self.staff_no,
            "time_percent": self.time_percent,
            **({"live": True} if self.live else {}),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "CallSetup":
        """Read what `as_json` wrote."""
        return cls(
            stored["purpose"], tuple(stored["modes"]), stored["seed"], stored["staff_no"], stored["time_percent"],
            stored.get("live", False),
        )
