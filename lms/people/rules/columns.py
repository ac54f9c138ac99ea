"""Which column is which: guessed by the headings people really use, adjustable by hand."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from lms.web.spreadsheets.reading import Cell, cell_text

SEARCHED_ROWS: Final = 20  # a title and notes may stand above the headings
SEARCHED_COLUMNS: Final = 300  # what stands further right is no heading of a roster
_SOMEBODY_ELSES: Final = re.compile(
    "紧急|家庭|家属|配偶|负责人|领导|主管|介绍人|原|前单位|上家|身份证|合同|emergency|manager|previous"
)
_EXACT, _WITHIN = 3, 1


@dataclass(frozen=True)
class Field:
    """Something a column may hold.

    headings   how its heading may read; longer ones that contain one of them count too, but less
    required   without a column for it nothing can be imported
    """

    name: str
    headings: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Layout:
    """Where the headings stand (-1: there are none) and which column holds which field, counted from 0."""

    header_row: int
    columns: Mapping[str, int]


def guess_layout(rows: Sequence[Sequence[Cell]], fields: Sequence[Field]) -> Layout:
    """Return the likeliest layout: the row that reads most like headings, each column used once at most."""
    best = Layout(-1, {})
    for number, row in enumerate(rows[:SEARCHED_ROWS]):
        columns = match_columns([cell_text(cell) for cell in row[:SEARCHED_COLUMNS]], fields)
        if len(columns) > len(best.columns):
            best = Layout(number, columns)
    return best


def match_columns(headings: Sequence[str], fields: Sequence[Field]) -> dict[str, int]:
    """Return the column of each field that a heading names; the closest heading wins, then the leftmost.

    >>> fields = (Field("staff_no", ("工号",)), Field("phone", ("电话",)))
    >>> match_columns(["序号", "员工工号", "姓名", "紧急联系电话"], fields)
    {'staff_no': 1}
    """
    bids = sorted(
        (-closeness, order, column, field.name)
        for column, heading in enumerate(map(_plain, headings))
        for order, field in enumerate(fields) if (closeness := _closeness(heading, field))
    )
    columns: dict[str, int] = {}
    for _bid, _order, column, name in bids:
        if name not in columns and column not in columns.values():
            columns[name] = column
    return {field.name: columns[field.name] for field in fields if field.name in columns}


def _closeness(heading: str, field: Field) -> int:
    if not heading:
        return 0
    names = _names(field)
    if heading in names:
        return _EXACT
    if len(heading) > 16 or _SOMEBODY_ELSES.search(heading):
        return 0
    return _WITHIN if any(name in heading for name in names if len(name) > 1) else 0


@cache
def _names(field: Field) -> tuple[str, ...]:
    return tuple(_plain(name) for name in field.headings)


def _plain(heading: str) -> str:
    text = unicodedata.normalize("NFKC", heading).lower()
    text = re.sub(r"[(\[【].*?[)\]】]", "", text)  # 姓名（必填）
    return re.sub(r"[\s*:_\-./、·]+", "", text)
