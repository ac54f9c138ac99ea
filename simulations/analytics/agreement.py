"""How far two markers agree: percent and Gwet's AC1 on outcomes, ICC(2,1) on totals.

AC1 and not kappa: nearly every call meets nearly every critical item, and kappa is near 0 for markers who agree on
124 of 125 such calls (Gwet, British Journal of Mathematical and Statistical Psychology 61, 2008). ICC(2,1) is the
two-way random, single measure, absolute agreement coefficient of Shrout & Fleiss (Psychological Bulletin 86, 1979):
a marker who is always three points milder doesn't agree.
"""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from simulations.analytics.distributions import f_quantile

_TAIL: Final = 0.975
_MARKERS: Final = 2


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two markers agree on one item.

    calls     both marked
    percent   share of equal marks, 0..1
    ac1       Gwet's AC1, -1..1
    """

    calls: int
    percent: float
    ac1: float


@dataclass(frozen=True, slots=True)
class Correlation:
    """An intraclass correlation, 1 at most, with its 95 % interval."""

    value: float
    low: float
    high: float


def agreement(pairs: Sequence[tuple[Hashable, Hashable]]) -> Agreement | None:
    """Return percent agreement and AC1 of (first marker's, second marker's) categories; None without pairs.

    The categories are those that occur, two at least: with fewer, chance would look smaller than it is.

    >>> found = agreement([("+", "+")] * 118 + [("+", "-")] * 5 + [("-", "+")] * 2)   # Gwet's example
    >>> round(found.percent, 3), round(found.ac1, 3)
    (0.944, 0.941)
    """
    if not pairs:
        return None
    number = len(pairs)
    share = Fraction(sum(first == second for first, second in pairs), number)
    used = Counter(mark for pair in pairs for mark in pair)
    categories = max(len(used), 2)
    spread = sum((Fraction(n, 2 * number) * (1 - Fraction(n, 2 * number)) for n in used.values()), Fraction(0))
    chance = spread / (categories - 1)
    return Agreement(number, float(share), float((share - chance) / (1 - chance)))


def icc_2_1(rows: Sequence[Sequence[int]]) -> Correlation | None:
    """Return ICC(2,1) of whole marks, one row a call and one column a marker, with its 95 % interval.

    None where it is undefined: fewer than two calls, or no spread at all between them and between the markers.
    Raises ValueError when rows differ in length or have fewer than two marks.

    >>> found = icc_2_1([(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)])
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2)   # Shrout & Fleiss, table 2
    (0.29, 0.02, 0.76)
    """
    n = len(rows)
    k = len(rows[0]) if rows else _MARKERS
    if k < _MARKERS or any(len(row) != k for row in rows):
        raise ValueError("every call has a mark of every marker, and there are two markers or more")
    if n < 2:
        return None
    between, markers, rest = _mean_squares(rows, n, k)
    whole = between + (k - 1) * rest + k * (markers - rest) / n
    if not whole:
        return None
    value = (between - rest) / whole
    if not rest and not markers:
        return Correlation(1.0, 1.0, 1.0)
    return Correlation(float(value), *_interval(float(value), float(between), float(markers), float(rest), n, k))


def _mean_squares(rows: Sequence[Sequence[int]], n: int, k: int) -> tuple[Fraction, Fraction, Fraction]:
    """Return the mean squares between calls, between markers, and of the rest, exactly."""
    total = sum(map(sum, rows))
    middle = Fraction(total * total, n * k)
    calls = Fraction(sum(sum(row) ** 2 for row in rows), k) - middle
    markers = Fraction(sum(sum(column) ** 2 for column in zip(*rows, strict=True)), n) - middle
    rest = sum(mark * mark for row in rows for mark in row) - middle - calls - markers
    return calls / (n - 1), markers / (k - 1), rest / ((n - 1) * (k - 1))


def _interval(value: float, between: float, markers: float, rest: float, n: int, k: int) -> tuple[float, float]:
    """Return Shrout & Fleiss's interval; both sides of their degrees of freedom are multiplied by rest squared."""
    weight = n * (1 + (k - 1) * value) - k * value
    above = (k - 1) * (n - 1) * (k * value * markers + weight * rest) ** 2
    below = (n - 1) * (k * value * markers) ** 2 + (weight * rest) ** 2
    if not above or not below:
        return min(value, 0.0), max(value, 0.0)
    freedom = above / below
    upper, lower = f_quantile(_TAIL, n - 1, freedom), f_quantile(_TAIL, freedom, n - 1)
    noise = k * markers + (k * n - k - n) * rest
    low = n * (between - upper * rest) / (upper * noise + n * between)
    high = n * (lower * between - rest) / (noise + n * lower * between)
    return low, high
