"""Whether a question became easier or harder from one edition, or one session, to the next.

The interval for the difference of two facilities is Newcombe's, from Wilson's interval of each (Statistics in Medicine
17, 1998, method 10). A facility is a mean of marks between nothing and all; its variance is at most p (1 - p), with
equality when every mark is nothing or all. So the interval is right for right/wrong questions and on the safe side
for those that give part of the marks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from question_bank.statistics.sample import FEWEST

Z95: Final = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Stretch:
    """A question in one edition or session. facility 0..1, discrimination in percent; None where undefined."""

    name: str
    sittings: int
    facility: float | None
    discrimination: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of facility to the stretch before, -1..1, with its 95 % interval."""

    difference: float
    low: float
    high: float

    @property
    def certain(self) -> bool:
        """Whether chance alone is no good explanation: the interval leaves out "no change"."""
        return self.low > 0 or self.high < 0


def wilson(share: float, number: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share of `number` cases, 1 or more.

    >>> [round(it, 3) for it in wilson(0.0, 10)]
    [0.0, 0.278]
    """
    middle = share + Z95**2 / (2 * number)
    reach = Z95 * math.sqrt(share * (1 - share) / number + Z95**2 / (4 * number**2))
    scale = 1 + Z95**2 / number
    return max((middle - reach) / scale, 0.0), min((middle + reach) / scale, 1.0)


def change(before: float, number_before: int, after: float, number_after: int) -> Change:
    """Return after - before with its 95 % interval; shares 0..1, numbers 1 or more.

    >>> found = change(48 / 80, 80, 56 / 70, 70)   # Newcombe's example (a), turned round
    >>> [round(it, 4) for it in (found.difference, found.low, found.high)]
    [0.2, 0.0524, 0.3339]
    """
    low_before, high_before = wilson(before, number_before)
    low_after, high_after = wilson(after, number_after)
    difference = after - before
    return Change(
        difference,
        difference - math.hypot(after - low_after, high_before - before),
        difference + math.hypot(high_after - after, before - low_before),
    )


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
