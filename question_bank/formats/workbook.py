"""Spreadsheets out: the bank, the template, and rejected rows with their reasons.

Texts are written as texts, never as formulas, and those that begin like one carry Excel's quote mark, so that they
stay texts when somebody edits the cell or saves the sheet in another form. A case or an audio question is a row of its
own, followed by a row for each part; the kind of such a row begins with "小题·", its marks are the part's weight.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from question_bank.formats.entries import DIFFICULTY_WORDS, KIND_WORDS, PART_MARK, Entry, marks_text
from question_bank.kinds import Row
from question_bank.kinds.settings import write_settings

MOST_COLUMNS = 12
"""Option columns; a dictation may have as many labels."""
HEADER = (
    "题号",
    "题型",
    "题干",
    *(f"选项{letter}" for letter in "ABCDEFGHIJKL"),
    "答案",
    "解析",
    "知识点",
    "难度",
    "分值",
    "设置",
)
WIDTHS = (10, 12, 48, *(18,) * 4, *(8,) * 8, 18, 40, 14, 6, 6, 20)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "|", "%")


def write_bank(entries: Iterable[Entry]) -> bytes:
    """Write questions into an .xlsx that the import reads back unchanged."""
    return _workbook("题库", HEADER, WIDTHS, [line for entry in entries for line in lines_of(entry)])


def write_rejected(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows that could not be taken, as they came, with the reasons in front."""
    return _workbook("未导入", header, (24, 48, *(18,) * len(header)), rows)


def lines_of(entry: Entry) -> list[list[str]]:
    """Return one question as lines of cells under `HEADER`: its own, then one a part."""
    own = _line(KIND_WORDS[entry.kind], entry.row, marks_text(entry.points))
    own[0], own[-4], own[-3] = entry.code, entry.point, DIFFICULTY_WORDS[entry.difficulty]
    return [own, *(_line(PART_MARK + KIND_WORDS[kind], row, str(weight)) for kind, row, weight in entry.parts)]


def _line(kind: str, row: Row, marks: str) -> list[str]:
    options = [*row.options, *[""] * MOST_COLUMNS][:MOST_COLUMNS]
    return ["", kind, row.stem, *options, row.answer, row.explanation, "", "", marks, write_settings(row.settings)]


def _workbook(name: str, header: Sequence[str], widths: Sequence[int], lines: Iterable[Sequence[str]]) -> bytes:
    stream = io.BytesIO()
    workbook = new_workbook(stream)
    write_sheet(workbook, name, header, widths, lines)
    workbook.close()
    return stream.getvalue()


def new_workbook(stream: io.BytesIO) -> Any:
    """Return a workbook in which no text becomes a formula or a link."""
    from xlsxwriter import Workbook  # noqa: PLC0415 - large, and only exports need it

    return Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


def write_sheet(
    workbook: Any, name: str, header: Sequence[str], widths: Sequence[int], lines: Iterable[Sequence[str]]
) -> Any:
    """Add a sheet with a header that stays in view; return it."""
    sheet = workbook.add_worksheet(name)
    plain, bold = workbook.add_format({"text_wrap": True, "valign": "top"}), workbook.add_format({"bold": True})
    quoted = workbook.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
    for column, width in enumerate(widths[: len(header)]):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)
    for row, line in enumerate([header, *lines]):
        for column, value in enumerate(line):
            if value:
                style = bold if row == 0 else quoted if value.startswith(_DANGEROUS) else plain
                sheet.write_string(row, column, value, style)
    return sheet
