"""Sums and moments of whole numbers, exact until the last division.

Marks are whole hundredths, so "no spread" is a comparison of integers and never a rounding error: a variance is
either exactly nothing or something. Each function returns None where the figure is undefined.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction


def mean(values: Sequence[int]) -> float | None:
    """Return the arithmetic mean; None of nothing.

    >>> mean([1, 2])
    1.5
    """
    return sum(values) / len(values) if values else None


def scatter(xs: Sequence[int], ys: Sequence[int]) -> int:
    """Return n sum(xy) - sum(x) sum(y), the covariance times n (n - 1), as a whole number."""
    return len(xs) * sum(map(int.__mul__, xs, ys)) - sum(xs) * sum(ys)


def covariance(xs: Sequence[int], ys: Sequence[int]) -> float | None:
    """Return the covariance with n - 1; None of fewer than two pairs.

    >>> covariance([1, 2, 3], [2, 4, 6])
    2.0
    """
    return scatter(xs, ys) / (len(xs) * (len(xs) - 1)) if len(xs) > 1 else None


def deviation(values: Sequence[int]) -> float | None:
    """Return the standard deviation with n - 1; None of fewer than two values."""
    variance = covariance(values, values)
    return None if variance is None else math.sqrt(variance)


def correlation(xs: Sequence[int], ys: Sequence[int]) -> float | None:
    """Return Pearson's correlation, -1..1; None where one of the two has no spread.

    >>> correlation([1, 2, 3], [6, 4, 2])
    -1.0
    """
    return _ratio(scatter(xs, ys), scatter(xs, xs), scatter(ys, ys))


def _ratio(both: int, one: int, other: int) -> float | None:
    if one <= 0 or other <= 0:
        return None
    return max(-1.0, min(1.0, both / math.sqrt(one) / math.sqrt(other)))  # rounding may step over the end


def skewness(values: Sequence[int]) -> float | None:
    """Return k3 / k2^1.5; None of fewer than three values or without spread.

    >>> skewness([1, 2, 3])
    0.0
    """
    n = len(values)
    if n < 3 or scatter(values, values) == 0:
        return None
    second, third, _fourth = _powers(values)
    k2, k3 = second / (n - 1), n * third / ((n - 1) * (n - 2))
    return float(k3) / math.sqrt(k2) ** 3


def kurtosis(values: Sequence[int]) -> float | None:
    """Return k4 / k2^2, 0 for a normal distribution; None of fewer than four values or without spread."""
    n = len(values)
    if n < 4 or scatter(values, values) == 0:
        return None
    second, _third, fourth = _powers(values)
    k4 = n * ((n + 1) * fourth - Fraction(3 * (n - 1), n) * second**2) / ((n - 1) * (n - 2) * (n - 3))
    variance = second / (n - 1)
    return float(k4 / (variance * variance))


def _powers(values: Sequence[int]) -> tuple[Fraction, Fraction, Fraction]:
    """Return the sums of the second, third and fourth powers of the differences from the mean."""
    n, total = len(values), sum(values)
    apart = [n * value - total for value in values]
    second, third, fourth = (sum(it**power for it in apart) for power in (2, 3, 4))
    return Fraction(second, n**2), Fraction(third, n**3), Fraction(fourth, n**4)
