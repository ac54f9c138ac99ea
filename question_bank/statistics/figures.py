"""Figures of items and papers from the marks of sittings.

Notation: s sittings, x a sitting's mark on an item, T its total, r = T - x the rest. Variances and covariances
divide by s - 1 unless said.

**Papers are drawn**, so that candidates answer different questions. An item's figures are over the sittings that had
it: x, T and r are those candidates' own. T is the total of what a candidate was asked.

**Marks on offer may differ** between sittings (an edition gave more for the question). Then every mark is scaled to the
highest on offer: x to the item's, T to the paper's. Where they agree, which is the rule, nothing is scaled.

Sums over items are sums over one candidate's paper, averaged over candidates; so is an item's intended weight. With one
paper for everybody each figure is exactly the textbook's. With drawn papers reliability is an estimate, as the papers'
different difficulty counts as spread.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from question_bank.statistics.moments import correlation, covariance, deviation, kurtosis, mean, scatter, skewness
from question_bank.statistics.reliability import Column, Spreads, alpha, kr20, right_or_wrong


class Cell(NamedTuple):
    """One sitting's mark on one item: hundredths earned and on offer. A sitting has an item once."""

    sitting: Hashable
    item: Hashable
    points: int
    out_of: int


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """What the marks say about one item; None where undefined.

    sittings         how many had it
    highest          hundredths of a mark, the most it was worth
    facility         mean mark / highest mark, 0..1
    deviation        standard deviation of the mark, hundredths
    discrimination   correlation of mark and rest in percent, -100..100; /100 it is the corrected item-total correlation
    efficiency       covariance of mark and rest in percent of the greatest these marks allow, up to 100
    intended         the item's share of the marks on offer, percent
    effective        its share of the spread of totals, percent; None where it covaries negatively with the total
    alpha_without    Cronbach's alpha of the paper without the item, 1 at most
    """

    sittings: int
    highest: int
    facility: float | None
    deviation: float | None
    discrimination: float | None
    efficiency: float | None
    intended: float | None = None
    effective: float | None = None
    alpha_without: float | None = None

    @property
    def item_total(self) -> float | None:
        """The corrected item-total correlation, -1..1."""
        return None if self.discrimination is None else self.discrimination / 100


@dataclass(frozen=True, slots=True)
class PaperFigures:
    """What the totals say about a paper; None where undefined.

    full_mark             hundredths on offer
    mean, median          of the totals, hundredths
    deviation             of the totals, hundredths
    consistency           coefficient of internal consistency: Cronbach's alpha in percent, 100 at most, may be negative
    error_ratio           percent of the spread that is chance: 100 sqrt(1 - consistency/100)
    standard_error        hundredths: how far a total may be off by chance
    kr20                  Kuder-Richardson 20, where every mark is nothing or all; 1 at most, may be negative
    questions_error       standard error of measurement by KR-20, in questions answered rightly
    """

    sittings: int
    full_mark: int
    items: float
    mean: float | None
    median: float | None
    deviation: float | None
    skewness: float | None
    kurtosis: float | None
    consistency: float | None
    error_ratio: float | None
    standard_error: float | None
    kr20: float | None
    questions_error: float | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """A paper's figures and its items', and each sitting's total scaled to the full mark (hundredths)."""

    paper: PaperFigures
    items: Mapping[Hashable, ItemFigures]
    totals: Sequence[float]


def analyse(cells: Iterable[Cell | tuple[Hashable, Hashable, int, int]]) -> Analysis:
    """Return every figure of the items and the paper that these marks belong to.

    Each sitting must be there with its whole paper. Raises ValueError when a mark isn't 0..out_of or nothing is on
    offer.
    """
    places: dict[Hashable, int] = {}
    by_item: dict[Hashable, list[tuple[int, int, int]]] = defaultdict(list)
    earned: list[int] = []
    offered: list[int] = []
    for sitting, item, points, out_of in cells:
        if not 0 <= points <= out_of or out_of == 0:
            raise ValueError("a mark is 0 to what is on offer, and something is on offer")
        place = places.get(sitting)
        if place is None:
            place = places[sitting] = len(earned)
            earned.append(0)
            offered.append(0)
        earned[place] += points
        offered[place] += out_of
        by_item[item].append((place, points, out_of))
    return _analysed(by_item, earned, offered)


def item_figures(marks: Sequence[tuple[int, int, int, int]]) -> ItemFigures:
    """Return the figures of one item alone: (mark, out of, total, out of) of every sitting that had it, hundredths.

    Weights and alpha need the whole papers and stay None. Raises ValueError as `analyse`.
    """
    if any(not 0 <= points <= out_of or out_of == 0 or total_of < out_of for points, out_of, _total, total_of in marks):
        raise ValueError("a mark is 0 to what is on offer, and something is on offer")
    own = [(place, points, out_of) for place, (points, out_of, _total, _of) in enumerate(marks)]
    column, unit = _columns({"": own}, [row[2] for row in marks], [row[3] for row in marks])
    return _item(column[""], unit) if own else ItemFigures(0, 0, None, None, None, None)


def _analysed(
    by_item: Mapping[Hashable, list[tuple[int, int, int]]], earned: list[int], offered: list[int]
) -> Analysis:
    columns, unit = _columns(by_item, earned, offered)
    items = {key: _item(column, unit) for key, column in columns.items()}
    full = max(offered, default=0)
    totals = [points * full * unit // out_of for points, out_of in zip(earned, offered, strict=True)]
    spreads = Spreads.of(columns, len(earned), unit)
    rights = right_or_wrong(columns, len(earned))
    paper = _paper(totals, unit, full, spreads)
    if rights is not None:
        paper = _with_kr20(paper, kr20(columns, rights), deviation(rights))
    weighed = _weighed(items, columns, offered, unit)
    return Analysis(
        paper,
        {key: replace(it, alpha_without=spreads.alpha_without(columns[key], unit)) for key, it in weighed.items()},
        [total / unit for total in totals],
    )


def _columns(
    by_item: Mapping[Hashable, list[tuple[int, int, int]]], earned: list[int], offered: list[int]
) -> tuple[dict[Hashable, Column], int]:
    """Return the items' columns in whole units, and how many units a hundredth has."""
    full = max(offered, default=1)
    highest = {key: max(out_of for _place, _points, out_of in rows) for key, rows in by_item.items()}
    parts = {out_of // math.gcd(full, out_of) for out_of in set(offered)}
    for key, rows in by_item.items():
        parts |= {out_of // math.gcd(highest[key], out_of) for out_of in {row[2] for row in rows}}
    unit = math.lcm(*parts)
    totals = [points * full * unit // out_of for points, out_of in zip(earned, offered, strict=True)]
    return {
        key: Column(
            [place for place, _points, _out_of in rows],
            [points * highest[key] * unit // out_of for _place, points, out_of in rows],
            [totals[place] for place, _points, _out_of in rows],
            [points for _place, points, _out_of in rows],
            [out_of for _place, _points, out_of in rows],
            highest[key],
        )
        for key, rows in by_item.items()
    }, unit


def _item(column: Column, unit: int) -> ItemFigures:
    marks = column.marks
    rest = list(map(int.__sub__, column.totals, marks))
    found = correlation(marks, rest)
    most = scatter(sorted(marks), sorted(rest))
    spread = deviation(marks)
    return ItemFigures(
        sittings=len(marks),
        highest=column.highest,
        facility=sum(marks) / (len(marks) * unit * column.highest),
        deviation=None if spread is None else spread / unit,
        discrimination=None if found is None else 100 * found,
        efficiency=100 * scatter(marks, rest) / most if most else None,
    )


def _weighed(
    items: Mapping[Hashable, ItemFigures], columns: Mapping[Hashable, Column], offered: Sequence[int], unit: int
) -> dict[Hashable, ItemFigures]:
    """Return the items with their weights. A negative covariance has no root: it adds nothing to the others' sum."""
    roots = {}
    sums = [0.0] * len(offered)
    for key, column in columns.items():
        shared = covariance(column.marks, column.totals)
        if shared is not None and shared >= 0:
            roots[key] = math.sqrt(shared) / unit
            for place in column.places:
                sums[place] += roots[key]
    weighed = {}
    for key, column in columns.items():
        shares = [out_of / offered[place] for place, out_of in zip(column.places, column.offered, strict=True)]
        whole = math.fsum(sums[place] for place in column.places) / len(column.places)
        effective = 100 * roots[key] / whole if key in roots and whole > 0 else None
        weighed[key] = replace(items[key], intended=100 * math.fsum(shares) / len(shares), effective=effective)
    return weighed


def _paper(totals: list[int], unit: int, full: int, spreads: Spreads) -> PaperFigures:
    size = sum(spreads.sizes) / len(totals) if totals else 0.0
    variance = covariance(totals, totals)
    spread = None if variance is None else math.sqrt(variance) / unit
    found = None
    if variance is not None and spreads.usual is not None:
        found = alpha(size, math.fsum(spreads.of_paper) / len(totals), variance / unit**2)
    chance = None if found is None or found > 1 else math.sqrt(1 - found)
    average = mean(totals)
    return PaperFigures(
        sittings=len(totals),
        full_mark=full,
        items=size,
        mean=None if average is None else average / unit,
        median=float(statistics.median(totals)) / unit if totals else None,
        deviation=spread,
        skewness=skewness(totals),
        kurtosis=kurtosis(totals),
        consistency=None if found is None else 100 * found,
        error_ratio=None if chance is None else 100 * chance,
        standard_error=None if chance is None or spread is None else chance * spread,
        kr20=None,
        questions_error=None,
    )


def _with_kr20(paper: PaperFigures, found: float | None, spread: float | None) -> PaperFigures:
    error = None if found is None or spread is None or found > 1 else spread * math.sqrt(1 - found)
    return replace(paper, kr20=found, questions_error=error)
