"""Shares of cases: their 95 % interval, and the difference of two with its interval.

The interval for a difference is Newcombe's, from Wilson's interval of each (Statistics in Medicine 17, 1998, method
10).
"""

import math
from dataclasses import dataclass
from typing import Final

Z95: Final = 1.959963984540054  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Change:
    """The difference of a share to the one before, -1..1, with its 95 % interval."""

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
