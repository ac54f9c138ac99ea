"""Agreement of two markers, against published tables and against counting it another way."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulations.analytics.agreement import agreement, icc_2_1
from simulations.analytics.distributions import beta_share, f_quantile

JUDGES = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]  # Shrout & Fleiss 1979
PUBLISHED_AC1 = {
    "Gwet 2002: 118 5 2 0": ({"++": 118, "+-": 5, "-+": 2}, 0.944, 0.941),
    "Gwet, three abstractors' categories": (
        {"EE": 13, "AA": 20, "AN": 7, "NA": 4, "NN": 56}, 0.89, 0.8493305),
    "every mark the same": ({"++": 60}, 1.0, 1.0),
    "never the same": ({"+-": 5, "-+": 5}, 0.0, -1.0),
}


@pytest.mark.parametrize(("cells", "percent", "ac1"), PUBLISHED_AC1.values(), ids=PUBLISHED_AC1)
def test_ac1_is_what_was_published(cells, percent, ac1):
    found = agreement([tuple(pair) for pair, times in cells.items() for _ in range(times)])
    assert (found.percent, found.ac1) == (pytest.approx(percent, abs=5e-4), pytest.approx(ac1, abs=5e-4))


def test_without_calls_there_is_no_agreement():
    assert agreement([]) is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=40))
@settings(max_examples=60, deadline=None)
def test_ac1_counted_another_way_is_the_same(pairs):
    marks = [mark for pair in pairs for mark in pair]
    q = max(len(set(marks)), 2)
    same_by_chance = sum(Fraction(marks.count(c), len(marks)) ** 2 for c in set(marks))
    chance = (1 - same_by_chance) / (q - 1)
    equal = Fraction([a == b for a, b in pairs].count(True), len(pairs))
    found = agreement(pairs)
    assert found.ac1 == pytest.approx(float((equal - chance) / (1 - chance)))
    assert found == agreement([(b, a) for a, b in pairs])


def test_icc_is_what_shrout_and_fleiss_published():
    found = icc_2_1(JUDGES)
    assert (round(found.value, 2), round(found.low, 3), round(found.high, 2)) == (0.29, 0.019, 0.76)


@pytest.mark.parametrize(("share", "above", "below", "value"), [
    (0.95, 1, 1, 161.448), (0.95, 5, 10, 3.3258), (0.975, 5, 15, 3.5764), (0.975, 10, 10, 3.7168),
    (0.05, 10, 5, 1 / 3.3258), (0.99, 60, 120, 1.6557), (0.5, 7, 7, 1.0),
], ids=str)
def test_quantiles_of_f_are_those_of_the_tables(share, above, below, value):
    assert f_quantile(share, above, below) == pytest.approx(value, rel=1e-4)


def test_the_beta_function_has_its_closed_forms():
    for x in (0.0, 0.01, 0.3, 0.5, 0.77, 1.0):
        assert beta_share(x, 1, 1) == pytest.approx(x)
        assert beta_share(x, 3, 1) == pytest.approx(x**3)
        assert beta_share(x, 0.5, 0.5) == pytest.approx(2 / math.pi * math.asin(math.sqrt(x)))


marks = st.integers(0, 100)


@given(st.lists(st.tuples(marks, marks), min_size=2, max_size=25))
@settings(max_examples=80, deadline=None)
def test_icc_counted_from_deviations_is_the_same(rows):
    n, k = len(rows), 2
    grand = sum(map(sum, rows)) / (n * k)
    by_call = [sum(row) / k for row in rows]
    by_marker = [sum(column) / n for column in zip(*rows, strict=True)]
    between = k * sum((m - grand) ** 2 for m in by_call) / (n - 1)
    markers = n * sum((m - grand) ** 2 for m in by_marker) / (k - 1)
    rest = sum(
        (x - by_call[i] - by_marker[j] + grand) ** 2 for i, row in enumerate(rows) for j, x in enumerate(row)
    ) / ((n - 1) * (k - 1))
    found = icc_2_1(rows)
    if found is None:
        assert between + rest + k * (markers - rest) / n == pytest.approx(0, abs=1e-9)
    else:
        assert found.value == pytest.approx((between - rest) / (between + rest + k * (markers - rest) / n), abs=1e-7)
        if found.value >= 0:  # below, the interval's formula has no meaning, and none is drawn from it
            assert found.low <= found.value + 1e-9
            assert found.high >= found.value - 1e-9


@pytest.mark.parametrize(("rows", "found"), [
    ([(50, 50), (80, 80), (90, 90)], (1.0, 1.0, 1.0)), ([(50, 50)], None), ([(70, 70), (70, 70)], None), ([], None),
], ids=["all the same marks", "one call", "no spread", "none"])
def test_icc_at_its_edges(rows, found):
    result = icc_2_1(rows)
    assert (result and (result.value, result.low, result.high)) == found


def test_a_marker_who_is_always_milder_does_not_agree():
    strict = [(mark, mark + 20) for mark in range(40, 80, 4)]
    assert icc_2_1(strict).value < 0.6
