"""Spreadsheets in: .xlsx and .csv, with the columns and the headings that teams really have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

from lms.web.spreadsheets.guard import FILE_LIMIT, MEGABYTE, MOST_ROWS, UnreadableFile, check_workbook
from lms.web.spreadsheets.text import decode, rows_of_text
from question_bank.formats.columns import column_letter, guess_columns, guess_header, missing_fields
from question_bank.formats.kind_words import kind_in, part_word
from question_bank.formats.options_text import split_options, strip_labels
from question_bank.formats.records import Record, Trouble

CELL_LIMIT = 8000
"""Characters of one cell; more is cut and said."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as text.

    rows     cells as text, from the sheet's first row and column on
    merged   row spans (first, last) by column of cells merged downwards
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    merged: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How a sheet is read: which sheet, which row heads it (-1: none), what each column is used for."""

    sheet: str
    header: int
    columns: tuple[str, ...]

    @property
    def missing(self) -> list[str]:
        """Fields that no column gives and no row can do without."""
        return missing_fields(self.columns)


def read_workbook(path: Path) -> list[Sheet]:
    """Read every visible sheet of a workbook that has anything in it. Raises UnreadableFile."""
    check_workbook(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        names = [meta.name for meta in workbook.sheets_metadata if meta.visible is SheetVisibleEnum.Visible]
        sheets = [_sheet(workbook, name) for name in names]
    except PasswordError:
        raise UnreadableFile("workbook_old_or_locked") from None
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile("workbook_broken") from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # the reader's own collapse; it is no Exception
            raise UnreadableFile("workbook_broken") from error
        raise
    return _with_content(sheets)


def read_csv(path: Path) -> list[Sheet]:
    """Read a .csv in any usual encoding and with any usual separator. Raises UnreadableFile."""
    if path.stat().st_size > FILE_LIMIT:
        raise UnreadableFile("file_too_large", limit_mb=FILE_LIMIT // MEGABYTE)
    text, encoding = decode(path.read_bytes())
    rows = rows_of_text(text, most_rows=MOST_ROWS)
    return _with_content([Sheet(encoding, tuple(tuple(cell.strip() for cell in row) for row in rows))])


def guess_layout(sheets: Sequence[Sheet], name: str = "", header: int | None = None) -> Layout:
    """Guess how to read: the first sheet with a header, or the one named; `header` overrides the header's row."""
    chosen = next((sheet for sheet in sheets if sheet.name == name), None)
    if chosen is None:
        chosen = next((sheet for sheet in sheets if guess_header(sheet.rows) >= 0), sheets[0])
    at = guess_header(chosen.rows) if header is None or not -1 <= header < len(chosen.rows) else header
    width = max(map(len, chosen.rows), default=0)
    top = list(chosen.rows[at]) if at >= 0 else []
    return Layout(chosen.name, at, tuple(guess_columns(top + [""] * (width - len(top)))))


def records_of(sheet: Sheet, layout: Layout) -> list[Record]:
    """Read every row below the header that has anything in it.

    A row that is a heading ("二、多项选择题") names the kind of the rows below it. Cells merged downwards count for
    every row they cover. Rows whose kind begins with "小题" are parts of the case or audio question above them.
    """
    filled = _fill_merged(sheet, layout)
    kind = kind_in(sheet.name)
    found: list[Record] = []
    for index in range(layout.header + 1, len(filled)):
        row = filled[index]
        said = [cell for cell in row if cell]
        if len(said) == 1 and (heading := kind_in(said[0])):
            kind = heading
        elif said:
            _add(found, _record(index + 1, row, layout.columns, kind))
    return found


def _add(found: list[Record], record: Record) -> None:
    """Add a record, or put it under the question it is a part of."""
    word = part_word(record.text("kind"))
    if word is None:
        found.append(record)
        return
    if not found:
        found.append(replace(record, troubles=(*record.troubles, Trouble(record.cell("kind"), "part_without_case"))))
        return
    above, fields = found[-1], {**record.fields, "kind": word}
    part = {"number": record.number, "fields": fields, "cells": dict(record.cells)}
    parts = [*above.fields.get("parts", ()), part]
    found[-1] = replace(above, fields={**above.fields, "parts": parts}, troubles=above.troubles + record.troubles)


def _record(number: int, row: Sequence[str], columns: Sequence[str], kind: str) -> Record:
    fields: dict[str, Any] = {}
    cells: dict[str, str] = {}
    troubles = []
    separate: dict[int, str] = {}
    for index, name in enumerate(columns):
        value = row[index] if index < len(row) else ""
        if not name:
            continue
        cells[name.replace("option.", "options.")] = place = f"{column_letter(index)}{number}"
        if len(value) > CELL_LIMIT:
            troubles.append(Trouble(place, "cell_too_long", {"length": len(value), "limit": CELL_LIMIT}))
            value = value[:CELL_LIMIT]
        if name.startswith("option."):
            separate[int(name[7:])] = value
        elif value:
            fields[name] = value
    fields["options"] = _separate_options(separate) or split_options(str(fields.get("options", "")))
    cells.setdefault("options", next((cells[f"options.{place}"] for place in separate), cells.get("options", "")))
    if kind and not fields.get("kind"):
        fields["kind"] = kind
    return Record(number, fields, {name: cell for name, cell in cells.items() if cell}, tuple(troubles))


def _separate_options(separate: dict[int, str]) -> list[str]:
    """Put options from columns of their own in order; a gap stays an empty option, so that letters keep their sense."""
    last = max((place for place, value in separate.items() if value), default=-1)
    return strip_labels([separate.get(place, "") for place in range(last + 1)])


def _fill_merged(sheet: Sheet, layout: Layout) -> list[list[str]]:
    rows = [list(row) for row in sheet.rows]
    shared = {index for index, name in enumerate(layout.columns) if name in ("kind", "point", "difficulty", "points")}
    for first, last, column in sheet.merged:
        if column in shared and first > layout.header and first < len(rows) and column < len(rows[first]):
            for index in range(first + 1, min(last + 1, len(rows))):
                if column < len(rows[index]) and any(rows[index]):
                    rows[index][column] = rows[first][column]
    return rows


def _sheet(workbook: CalamineWorkbook, name: str) -> Sheet:
    sheet = workbook.get_sheet_by_name(name)
    rows = tuple(tuple(_text(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False))
    spans = sheet.merged_cell_ranges or []
    merged = tuple((top, bottom, left) for (top, left), (bottom, right) in spans if left == right and bottom > top)
    return Sheet(name, rows, merged)


def _with_content(sheets: list[Sheet]) -> list[Sheet]:
    filled = [sheet for sheet in sheets if any(any(row) for row in sheet.rows)]
    if not filled:
        raise UnreadableFile("nothing_in_it")
    return filled


def _text(cell: object) -> str:
    """Return a cell's value as a person reads it: 15.0 as 15, no date as a float."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date | time | timedelta):
        return str(cell)
    return str(cell).replace("\r\n", "\n").replace("_x000D_", "").strip()
