"""Marks: points of items that don't apply are shared out within their dimension, in whole hundredths."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from ..script.tree import Check
from ..script.vocabulary import Dimension


def worth(checks: Sequence[Check], left_out: frozenset[str]) -> Mapping[str, int]:
    """Return what each checkpoint is worth on this path, in hundredths; the sum stays what it was.

    left_out   ids of checkpoints that don't apply
    """
    points = {c.id.key: c.points for c in checks}
    for dimension in dict.fromkeys(c.dimension for c in checks):
        spare = sum(c.points for c in checks if c.dimension is dimension and c.id.key in left_out)
        if not spare:
            continue
        heirs = [c for c in checks if c.dimension is dimension and c.id.key not in left_out and c.points]
        if not heirs:
            heirs = [
                c for c in checks if c.id.key not in left_out and c.points and c.dimension is not Dimension.PROFICIENCY
            ]
        for key, more in _shared(spare, heirs).items():
            points[key] += more
    return {key: 0 if key in left_out else value for key, value in points.items()}


def earned(share: Fraction, out_of: int) -> int:
    """Return the hundredths that a share earns, never rounded up."""
    return int(share * out_of)


def _shared(spare: int, heirs: Sequence[Check]) -> dict[str, int]:
    """Share out whole hundredths in proportion, the largest remainders first."""
    total = sum(c.points for c in heirs)
    if not total:
        return {}
    exact = {c.id.key: Fraction(spare * c.points, total) for c in heirs}
    given = {key: int(value) for key, value in exact.items()}
    order = sorted(exact, key=lambda key: (given[key] - exact[key], key))
    for key in order[: spare - sum(given.values())]:
        given[key] += 1
    return given
