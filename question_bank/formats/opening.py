"""From a file to its records, whichever kind of file it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.web.spreadsheets.guard import FILE_LIMIT, MEGABYTE, UnreadableFile
from lms.web.spreadsheets.text import decode
from question_bank.formats.columns import column_letter
from question_bank.formats.gift import read_gift
from question_bank.formats.records import Record
from question_bank.formats.spreadsheet import Layout, guess_layout, read_csv, read_workbook, records_of

SAMPLES = 3
"""Cells shown beside each column so that a person can tell what it holds."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that could be read.

    records    its rows; none while `missing` names fields no column gives
    layout     how a spreadsheet was read, {} for text
    shape      what it holds: {"sheets": [[name, rows]], "headers": [...], "samples": [[...]], "encoding"}
    """

    records: list[Record]
    layout: dict[str, Any]
    shape: dict[str, Any]
    missing: tuple[str, ...] = ()


def open_file(path: Path, kind: str, wanted: Mapping[str, Any] | None = None) -> Opened:
    """Read a file handed in.

    kind     xlsx, xls, csv, or txt (GIFT)
    wanted   {"sheet", "header", "columns"} chosen by a person; what is left out is guessed

    Raises UnreadableFile.
    """
    if kind == "txt":
        if path.stat().st_size > FILE_LIMIT:
            raise UnreadableFile("file_too_large", limit_mb=FILE_LIMIT // MEGABYTE)
        text, encoding = decode(path.read_bytes())
        return Opened(read_gift(text), {}, {"encoding": encoding})
    sheets = read_csv(path) if kind == "csv" else read_workbook(path)
    wanted = wanted or {}
    layout = guess_layout(sheets, str(wanted.get("sheet", "")), wanted.get("header"))
    sheet = next(sheet for sheet in sheets if sheet.name == layout.sheet)
    if len(wanted.get("columns") or ()) == len(layout.columns):
        layout = Layout(layout.sheet, layout.header, tuple(wanted["columns"]))
    below = [row for row in sheet.rows[layout.header + 1 :] if any(row)]
    top = sheet.rows[layout.header] if layout.header >= 0 else ()
    shape = {
        "sheets": [[one.name, len(one.rows)] for one in sheets],
        "headers": [top[place] if place < len(top) else "" for place in range(len(layout.columns))],
        "samples": [
            [row[place][:40] if place < len(row) else "" for row in below[:SAMPLES]]
            for place in range(len(layout.columns))
        ],
        "letters": [column_letter(place) for place in range(len(layout.columns))],
        "encoding": sheet.name if kind == "csv" else "",
    }
    stored = {"sheet": layout.sheet, "header": layout.header, "columns": list(layout.columns)}
    if layout.missing:
        return Opened([], stored, shape, tuple(layout.missing))
    records = records_of(sheet, layout)
    if not records:
        raise UnreadableFile("no_rows")
    return Opened(records, stored, shape)
