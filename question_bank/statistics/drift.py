"""Whether a question became easier or harder from one edition, or one session, to the next.

The interval for the difference of two facilities is Newcombe's, from Wilson's interval of each (Statistics in Medicine
17, 1998, method 10). A facility is a mean of marks between nothing and all; its variance is at most p (1 - p), with
equality when every mark is nothing or all. So the interval is right for right/wrong questions and on the safe side
for those that give part of the marks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.kernel.proportions import Z95, Change, change, wilson
from question_bank.statistics.sample import FEWEST

__all__ = ["Z95", "Change", "Stretch", "change", "drift", "wilson"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A question in one edition or session. facility 0..1, discrimination in percent; None where undefined."""

    name: str
    sittings: int
    facility: float | None
    discrimination: float | None


def drift(stretches: Sequence[Stretch]) -> tuple[Change | None, ...]:
    """Return for each stretch the change since the last one before it that has enough sittings; None without one."""
    changes: list[Change | None] = []
    last: tuple[float, int] | None = None
    for it in stretches:
        enough = it.facility is not None and it.sittings >= FEWEST
        if it.facility is None or not enough:
            changes.append(None)
            continue
        changes.append(change(*last, it.facility, it.sittings) if last else None)
        last = it.facility, it.sittings
    return tuple(changes)
