"""A figure beside its floor, and how a list of them is printed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.load import Timing


@dataclass(frozen=True)
class Figure:
    """One measured value.

    floor    what the same machine does at best, in the same unit, measured in the same run; None where nothing compares
    p50..99  milliseconds of one operation
    cpu_ms   CPU milliseconds of the server's processes an operation; floor_cpu_ms the same of the floor: these two
             compare even where the load generator takes its share of the same cores
    """

    name: str
    value: float
    unit: str
    floor: float | None = None
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None
    cpu_ms: float | None = None
    floor_cpu_ms: float | None = None

    @property
    def ratio(self) -> float | None:
        """Our value as a share of the floor's."""
        return self.value / self.floor if self.floor else None


def rate_of(name: str, timing: Timing, *, floor: Timing | None = None, unit: str = "/s", factor: float = 1) -> Figure:
    """Return the rate of a timing. factor: 1 for operations a second, 60 for operations a minute."""
    return Figure(
        name, factor * timing.rate, unit, factor * floor.rate if floor else None, timing.percentile(50),
        timing.percentile(95), timing.percentile(99), timing.cpu_ms, floor.cpu_ms if floor else None,
    )


def table(figures: Sequence[Figure]) -> str:
    """Return the figures as lines of columns."""
    head = ("measure", "value", "unit", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "floor", "ratio", "its CPU")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join("  ".join(_aligned(cell, widths[n], n) for n, cell in enumerate(row)).rstrip() for row in rows)


def _aligned(cell: str, width: int, column: int) -> str:
    return cell.ljust(width) if column in (0, 2) else cell.rjust(width)


def _row(figure: Figure) -> tuple[str, ...]:
    ratio = "" if figure.ratio is None else f"{figure.ratio:.2f}"
    numbers = (figure.p50, figure.p95, figure.p99, figure.cpu_ms, figure.floor)
    *shown, floor, its_cpu = (
        "" if it is None else f"{it:,.2f}" if it < 1 else f"{it:,.1f}" for it in (*numbers, figure.floor_cpu_ms))
    return (figure.name, f"{figure.value:,.1f}", figure.unit, *shown, floor, ratio, its_cpu)


def as_json(figures: Sequence[Figure]) -> str:
    """Return the figures as one JSON object on one line."""
    return json.dumps({
        it.name: {"value": it.value, "unit": it.unit, "p50_ms": it.p50, "p95_ms": it.p95, "p99_ms": it.p99,
                  "cpu_ms": it.cpu_ms, "floor": it.floor, "ratio": it.ratio, "floor_cpu_ms": it.floor_cpu_ms}
        for it in figures
    })
