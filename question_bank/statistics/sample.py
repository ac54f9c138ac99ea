"""How far figures from few sittings may be believed, and who may see them."""

from enum import StrEnum
from typing import Final

FEWEST: Final = 5  # below it a figure tells about single people: only the author sees it
RELIABLE: Final = 30  # below it every figure carries a warning


class Grade(StrEnum):
    """What the number of sittings allows."""

    NONE = "none"  # nobody has sat it
    HIDDEN = "hidden"  # shown to the author alone
    WARNED = "warned"  # shown with a warning
    FULL = "full"


def grade_of(sittings: int) -> Grade:
    """Return what a number of sittings allows.

    >>> [grade_of(n).value for n in (0, 4, 5, 29, 30)]
    ['none', 'hidden', 'warned', 'warned', 'full']
    """
    if sittings < 1:
        return Grade.NONE
    if sittings < FEWEST:
        return Grade.HIDDEN
    return Grade.WARNED if sittings < RELIABLE else Grade.FULL


def may_see(sittings: int, *, author: bool) -> bool:
    """Tell whether figures over so many sittings are shown: to the author from one sitting on, to others from five."""
    return grade_of(sittings) in (Grade.WARNED, Grade.FULL) or (author and sittings > 0)
