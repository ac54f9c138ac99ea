"""Reliability: how far a paper's items pull the same way.

Drawn papers have different items. Sums over items are then sums over one candidate's paper, averaged over candidates.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from question_bank.statistics.moments import covariance, scatter


@dataclass(frozen=True, slots=True)
class Column:
    """An item over the sittings that had it: their places, marks and totals in whole units, marks on offer."""

    places: list[int]
    marks: list[int]
    totals: list[int]
    points: list[int]
    offered: list[int]
    highest: int


@dataclass(frozen=True, slots=True)
class Spreads:
    """Item variances: of each item, and their sum over each sitting's paper.

    An item that a single sitting had has no variance; it is taken to vary as the average item does.
    """

    own: Mapping[int, float]
    usual: float | None
    of_paper: list[float]
    sizes: list[int]

    @classmethod
    def of(cls, columns: Mapping[Hashable, Column], sittings: int, unit: int) -> Spreads:
        """Return the variances of these items; `unit` is how many whole units a hundredth has."""
        known = {id(it): covariance(it.marks, it.marks) for it in columns.values()}
        own = {key: value / unit**2 for key, value in known.items() if value is not None}
        cells = sum(len(it.places) for it in columns.values() if id(it) in own)
        usual = math.fsum(len(it.places) * own[id(it)] for it in columns.values() if id(it) in own)
        average = usual / cells if cells else None
        of_paper, sizes = [0.0] * sittings, [0] * sittings
        for column in columns.values():
            spread = own.get(id(column), average or 0.0)
            for place in column.places:
                of_paper[place] += spread
                sizes[place] += 1
        return cls(own, average, of_paper, sizes)

    def alpha_without(self, column: Column, unit: int) -> float | None:
        """Return alpha of the rest of the paper, over the sittings that had this item."""
        own = self.own.get(id(column))
        if own is None:
            return None
        rest = list(map(int.__sub__, column.totals, column.marks))
        spread = covariance(rest, rest)
        size = sum(self.sizes[place] for place in column.places) / len(column.places) - 1
        others = math.fsum(self.of_paper[place] for place in column.places) / len(column.places) - own
        return None if spread is None else alpha(size, others, spread / unit**2)


def alpha(items: float, sum_of_variances: float, variance_of_total: float) -> float | None:
    """Return k/(k-1) (1 - sum of variances / variance of the total); None for one item or without spread.

    >>> alpha(2, 2.0, 4.0)
    1.0
    """
    if items <= 1 or variance_of_total <= 0:
        return None
    return items / (items - 1) * (1 - sum_of_variances / variance_of_total)


def right_or_wrong(columns: Mapping[Hashable, Column], sittings: int) -> list[int] | None:
    """Return how many items each sitting got right; None where a mark is neither nothing nor all."""
    rights = [0] * sittings
    for column in columns.values():
        for place, points, out_of in zip(column.places, column.points, column.offered, strict=True):
            if points == out_of:
                rights[place] += 1
            elif points:
                return None
    return rights


def kr20(columns: Mapping[Hashable, Column], rights: list[int]) -> float | None:
    """Return Kuder-Richardson 20 over right/wrong items, with the population variance of the number right.

    None for one item or without spread; 1 at most, and negative where the items pull against each other.
    """
    sittings = len(rights)
    if sittings == 0:
        return None
    spread = scatter(rights, rights) / sittings**2
    size = sum(len(it.places) for it in columns.values()) / sittings
    chances = 0.0
    for column in columns.values():
        share = sum(map(int.__eq__, column.points, column.offered)) / len(column.places)
        chances += len(column.places) * share * (1 - share)
    return alpha(size, chances / sittings, spread)
