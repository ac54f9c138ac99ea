"""From the rows of a sheet to what each says, with every problem of every row, not only the first."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from lms.people.rules.cells import CellProblem
from lms.people.rules.columns import Layout
from lms.web.spreadsheets.reading import Cell, cell_text

Value = TypeVar("Value")


@dataclass(frozen=True)
class RowProblem:
    """Something to say about a row.

    row, column   counted from 0; column is None when the whole row is meant
    warning       True when the row can be written all the same
    """

    row: int
    column: int | None
    code: str
    detail: Mapping[str, str] = field(default_factory=dict)
    warning: bool = False


class RowReader:
    """One row, read field by field; what can't be read is noted down and comes out as None."""

    def __init__(self, number: int, cells: Sequence[Cell], layout: Layout) -> None:
        self.number, self.cells, self.layout = number, cells, layout
        self.problems: list[RowProblem] = []

    def cell(self, name: str) -> Cell:
        """Return the cell of a field; "" where the sheet has no column for it or the row ends before it."""
        column = self.layout.columns.get(name)
        return self.cells[column] if column is not None and column < len(self.cells) else ""

    def text(self, name: str) -> str:
        """Return the cell of a field as text."""
        return cell_text(self.cell(name))

    def read(self, name: str, reader: Callable[[Cell], Value], *, required: bool = False) -> Value | None:
        """Return what a field says; None when it is empty or unusable."""
        if not self.text(name):
            if required:
                self.note("missing", name)
            return None
        try:
            return reader(self.cell(name))
        except CellProblem as problem:
            self.note(problem.code, name, problem.detail)
            return None

    def note(
        self, code: str, name: str = "", detail: Mapping[str, str] | None = None, *, warning: bool = False
    ) -> None:
        """Note a problem at a field, or at the whole row."""
        column = self.layout.columns.get(name) if name else None
        self.problems.append(RowProblem(self.number, column, code, {"field": name, **(detail or {})}, warning))

    @property
    def is_bad(self) -> bool:
        """Tell whether anything keeps the row from being written."""
        return any(not problem.warning for problem in self.problems)


def rows_below(rows: Sequence[Sequence[Cell]], layout: Layout) -> Iterator[RowReader]:
    """Yield the rows below the headings that hold anything in a mapped column."""
    for number in range(layout.header_row + 1, len(rows)):
        reader = RowReader(number, rows[number], layout)
        if any(reader.text(name) for name in layout.columns):
            yield reader
