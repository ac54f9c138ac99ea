"""What kinds of units there are and what each asks of a learner."""

from dataclasses import dataclass
from enum import StrEnum


class UnitKind(StrEnum):
    """What a unit is."""

    PAGE = "page"
    DOCUMENT = "document"
    VIDEO = "video"
    TEST = "test"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class UnitSpec:
    """What a unit asks before it counts as done.

    seconds         seconds on a page or document, visible and in focus, 0..3600
    video_percent   whole percent of the film that must have been played, 1..100
    duration_ms     length of the film, milliseconds; None while there is no film
    required        whether the course can be finished without it
    """

    code: str
    kind: UnitKind
    seconds: int = 0
    video_percent: int = 90
    duration_ms: int | None = None
    required: bool = True
