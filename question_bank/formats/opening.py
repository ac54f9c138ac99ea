"""From a file to its records, whichever kind of file it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms.web.spreadsheets.guard import FILE_LIMIT, MEGABYTE, UnreadableFile
from lms.web.spreadsheets.text import decode
from question_bank.formats.aiken import looks_like_aiken, read_aiken
from question_bank.formats.columns import column_letter
from question_bank.formats.gift import looks_like_gift, read_gift
from question_bank.formats.markup import KeepPicture
from question_bank.formats.moodle import read_moodle
from question_bank.formats.paper import looks_like_paper, read_paper
from question_bank.formats.qti import read_qti
from question_bank.formats.records import Record
from question_bank.formats.spreadsheet import Layout, guess_layout, read_csv, read_workbook, records_of

MOST_NAMED = 200
"""Lines or files that are named as passed over."""
SAMPLES = 3
"""Cells shown beside each column so that a person can tell what it holds."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that could be read.

    records    its rows; none while `missing` names fields no column gives
    layout     how a spreadsheet was read, {} for text
    shape      what it holds: {"sheets": [[name, rows]], "headers": [...], "samples": [[...]], "encoding"}; others:
             {"form": gift, aiken, paper, moodle or qti, "passed_over": lines or files that hold no question}
    """

    records: list[Record]
    layout: dict[str, Any]
    shape: dict[str, Any]
    missing: tuple[str, ...] = ()


def open_file(
    path: Path, kind: str, wanted: Mapping[str, Any] | None = None, keep: KeepPicture = lambda _content, _was: ""
) -> Opened:
    """Read a file handed in.

    kind     xlsx, xls, csv, txt (GIFT, Aiken, or a paper), xml (Moodle), zip (QTI)
    wanted   {"sheet", "header", "columns"} chosen by a person; what is left out is guessed
    keep     keeps pictures that come with the file

    Raises UnreadableFile.
    """
    if kind == "zip":
        records, others = read_qti(path, keep)
        return Opened(records, {}, {"passed_over": others[:MOST_NAMED], "form": "qti"})
    if kind in ("txt", "xml"):
        if path.stat().st_size > FILE_LIMIT:
            raise UnreadableFile("file_too_large", limit_mb=FILE_LIMIT // MEGABYTE)
        text, encoding = decode(path.read_bytes())
        if kind == "xml":
            return Opened(read_moodle(text, keep), {}, {"encoding": encoding, "form": "moodle"})
        return _open_text(text, encoding)
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


def _open_text(text: str, encoding: str) -> Opened:
    """Tell the forms of text apart by what only they have."""
    if looks_like_aiken(text):
        return Opened(read_aiken(text), {}, {"encoding": encoding, "form": "aiken"})
    if looks_like_gift(text) or not looks_like_paper(text):
        return Opened(read_gift(text), {}, {"encoding": encoding, "form": "gift"})
    records, others = read_paper(text)
    return Opened(records, {}, {"encoding": encoding, "form": "paper", "passed_over": others[:MOST_NAMED]})
