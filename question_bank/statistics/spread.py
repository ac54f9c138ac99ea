"""How totals are spread over the scale, for drawing: how many sittings lie in each twentieth of the full mark."""

from collections.abc import Sequence
from typing import Final

STEPS: Final = 20  # five per cent each


def spread_of(shares: Sequence[float], steps: int = STEPS) -> tuple[int, ...]:
    """Return how many shares (0..1) lie in each step of equal width; the highest step holds its upper end too.

    >>> spread_of([0.0, 0.5, 0.99, 1.0], 2)
    (1, 3)
    """
    counts = [0] * steps
    for share in shares:
        counts[min(int(share * steps + 1e-9), steps - 1)] += 1
    return tuple(counts)
