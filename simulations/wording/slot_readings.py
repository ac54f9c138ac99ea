"""What reading a slot gives: kinds, outcomes and the reading itself."""

from dataclasses import dataclass
from enum import StrEnum


class SlotKind(StrEnum):
    """What a value is, and so how it is compared."""

    DIGITS = "digits"
    ADDRESS = "address"
    NAME = "name"
    TEXT = "text"


class Found(StrEnum):
    """How a slot came out."""

    RIGHT = "right"
    BY_SOUND = "by_sound"
    WRONG = "wrong"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class SlotReading:
    """What was heard of one slot.

    wrong_at    for digits: 1-based place of the first wrong digit, or 0 when the length differs
    heard       the wrong or right words as they were said
    start, end  offsets in the reply that holds `sentence`
    component   for addresses: the expected component that is wrong or missing
    """

    found: Found
    heard: str = ""
    wrong_at: int = 0
    component: str = ""
    sentence: int = -1
    start: int = 0
    end: int = 0
