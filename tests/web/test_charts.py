"""Charts: colours by class alone, the same figures as a table."""

import re

import pytest

from lms.web import charts

SCORES = [("11-09", 58.0), ("", 64.0), ("11-12", 82.0)]


def every_chart() -> list[charts.Chart]:
    """Return one chart of each kind."""
    return [
        charts.line("Calls <b>", SCORES, limit=80, low=40),
        charts.bars("Points", [("服务规范", 96), ("a<b&c", 0)], limit=80, limit_label="及格线 80"),
        charts.stacked("Weeks", ["1", "2"], [("Ready", "in", [20, 23]), ("Ending", "soon", [2, 0])], limit=22,
                       limit_label="需 22 人"),
    ]


@pytest.mark.parametrize("chart", every_chart(), ids=["line", "bars", "stacked"])
def test_a_chart_carries_no_style_no_script_and_says_what_it_shows(chart: charts.Chart) -> None:
    assert not re.search(r"style=|<style|<script|<!--|on\w+=|xlink", chart.svg)
    assert 'role="img"' in chart.svg
    assert f'aria-label="{chart.title.replace("<", "&lt;").replace(">", "&gt;")}"' in chart.svg
    assert not re.search(r'="#[0-9a-f]{3,6}"', chart.svg)


def test_names_are_escaped() -> None:
    assert "a&lt;b&amp;c" in every_chart()[1].svg


def test_values_below_the_limit_are_another_shape_and_colour() -> None:
    line = every_chart()[0].svg
    assert (line.count('<rect class="f-bad"'), line.count('class="f-in"')) == (2, 1)


def test_a_value_at_the_limit_is_not_below_it() -> None:
    assert 'class="f-bad"' not in charts.bars("x", [("a", 80)], limit=80).svg


def test_columns_below_the_need_are_marked_in_the_first_layer_alone() -> None:
    stacked = every_chart()[2].svg
    assert (stacked.count('"f-bad"'), stacked.count('"f-in"'), stacked.count('"soon"')) == (1, 1, 2)


def test_the_table_behind_says_the_same() -> None:
    assert every_chart()[2].table_rows == (("1", "20", "2"), ("2", "23", "0"))
    assert charts.line("x", SCORES, unit=" %").table_rows[0] == ("11-09", "58 %")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 37, [0, 10, 20, 30, 40]), (40, 100, [40, 60, 80, 100]), (0, 100, [0, 25, 50, 75, 100]),
     (0, 5000, [0, 2000, 4000, 6000])],
)
def test_axes_have_round_values(low: float, high: float, expected: list[float]) -> None:
    assert charts.ticks(low, high) == expected


def test_a_chart_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one value"):
        charts.line("x", [])
    with pytest.raises(ValueError, match="every layer"):
        charts.stacked("x", ["1", "2"], [("a", "in", [1])])
    with pytest.raises(ValueError, match="every layer"):
        charts.stacked("x", ["1"], [("a", "pink", [1])])
