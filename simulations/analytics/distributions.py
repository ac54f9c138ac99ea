"""Snedecor's F: its quantiles, by the regularised incomplete beta function."""

import math
from typing import Final

_TINY: Final = 1e-300
_STEPS: Final = 500
_HALVINGS: Final = 200


def beta_share(x: float, a: float, b: float) -> float:
    """Return the regularised incomplete beta function I_x(a, b), 0..1; x 0..1, a and b above 0.

    By Lentz's continued fraction (Abramowitz & Stegun 26.5.8), accurate to about 1e-13.

    >>> round(beta_share(0.5, 2, 3), 4)
    0.6875
    """
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_share(1 - x, b, a)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, _STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d, c = 1 + term * d, 1 + term / c
            d, c = 1 / (d if abs(d) > _TINY else _TINY), c if abs(c) > _TINY else _TINY
            value *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * value


def f_quantile(share: float, above: float, below: float) -> float:
    """Return the value that an F variable with these degrees of freedom stays under with this probability.

    share          0..1, both excluded
    above, below   degrees of freedom of numerator and denominator, above 0, not only whole numbers

    >>> round(f_quantile(0.95, 5, 10), 3)      # the tables' 3.326
    3.326

    Raises ValueError outside these ranges.
    """
    if not 0 < share < 1 or above <= 0 or below <= 0:
        raise ValueError("a probability between 0 and 1, and degrees of freedom above 0")
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if beta_share(middle, above / 2, below / 2) < share else (low, middle)
    return below * low / (above * max(1 - low, _TINY))
