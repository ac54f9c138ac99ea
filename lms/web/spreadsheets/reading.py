"""Read an .xlsx or .csv as rows of cells, whatever it came from."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from python_calamine import CalamineError, PasswordError, SheetVisibleEnum, load_workbook

from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _
from lms.web.spreadsheets.guard import FILE_LIMIT, MEGABYTE, MOST_ROWS, UnreadableFile, check_workbook
from lms.web.spreadsheets.text import decode, rows_of_text

Cell = str | int | float | bool | date | datetime | time | timedelta
EMPTY: Final = ""


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    name       as on its tab; a text file's is empty
    rows       cells as they stand, the first row of the sheet first; empty cells are ""
    encoding   what a text file was read as; empty for a workbook
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    encoding: str = ""


def read_spreadsheet(path: Path, kind: str, *, most_rows: int = MOST_ROWS, where: str = "file") -> tuple[Sheet, ...]:
    """Return the visible sheets that hold something; a text file is one sheet.

    kind        "xlsx", "xls" (never read, but told why) or "csv", as `receive_upload` found it
    most_rows   rows a sheet may have
    where       the form field a problem is about

    Raises Invalid with one sentence that says what is wrong and what to do.
    """
    try:
        return parse_spreadsheet(path, kind, most_rows=most_rows)
    except UnreadableFile as error:
        raise Invalid([Problem(where, why_unreadable(error))], code=f"file.{error.code}") from error


def parse_spreadsheet(path: Path, kind: str, *, most_rows: int = MOST_ROWS) -> tuple[Sheet, ...]:
    """Do what `read_spreadsheet` does; raises UnreadableFile with a code instead of a sentence."""
    if kind in ("xlsx", "xls"):  # an old or locked workbook is told from a damaged one
        check_workbook(path, most_rows=most_rows)
        sheets = _read_workbook(path)
    else:
        if path.stat().st_size > FILE_LIMIT:
            raise UnreadableFile("file_too_large", limit_mb=FILE_LIMIT // MEGABYTE)
        text, encoding = decode(path.read_bytes())
        rows = rows_of_text(text, most_rows=most_rows)
        sheets = [Sheet("", tuple(tuple(row) for row in rows), encoding)]
    filled = tuple(sheet for sheet in sheets if any(any(_filled(cell) for cell in row) for row in sheet.rows))
    if not filled:
        raise UnreadableFile("nothing_in_it")
    return filled


def _read_workbook(path: Path) -> list[Sheet]:
    try:
        with load_workbook(str(path)) as book:
            names = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
            return [
                Sheet(name, tuple(tuple(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)))
                for name in names
            ]
    except PasswordError:
        raise UnreadableFile("workbook_old_or_locked") from None
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableFile("workbook_broken") from error


def _filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else True


def cell_text(cell: Cell) -> str:
    """Return a cell as a person reads it: width and spaces made plain, whole numbers without a point, ISO dates.

    >>> cell_text(3207.0), cell_text(" ３２０７\u3000"), cell_text(date(2026, 3, 2))
    ('3207', '3207', '2026-03-02')
    """
    if isinstance(cell, str):
        return " ".join(unicodedata.normalize("NFKC", cell).split()) if cell else EMPTY
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M")
    return cell.strftime("%H:%M") if isinstance(cell, time) else str(cell)


def column_letter(column: int) -> str:
    """Return the name of a column counted from 0.

    >>> column_letter(0), column_letter(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_name(row: int, column: int) -> str:
    """Return the name of a cell, row and column counted from 0.

    >>> cell_name(6, 1)
    'B7'
    """
    return f"{column_letter(column)}{row + 1}"


def why_unreadable(error: UnreadableFile) -> str:
    """Return the sentence for a file that can't be read."""
    sentences = {
        "file_too_large": lambda: _("The file is larger than %(limit_mb)s MB.", **error.detail),
        "workbook_old_or_locked": lambda: _(
            "This is an old .xls workbook, or one locked by a password. Open it, save it as .xlsx without a password, "
            "and choose it again."),
        "workbook_broken": lambda: _("The workbook is damaged. Open it in your spreadsheet program, save it again, "
                                     "and choose it again."),
        "workbook_other_kind": lambda: _("This is no spreadsheet, although its name says so."),
        "workbook_bomb": lambda: _("The workbook unpacks to more than %(limit_mb)s MB; it is not opened.",
                                   **error.detail),
        "too_many_rows": lambda: _("A sheet has more than %(limit)s rows. Cut the file into smaller ones.",
                                   **error.detail),
        "too_many_cells": lambda: _("A sheet spans more than %(limit)s cells. Delete the empty columns and rows "
                                    "beside the table, save, and choose the file again.", **error.detail),
        "encoding_unknown": lambda: _("The text is in an unknown encoding. Save it as UTF-8 or as .xlsx."),
        "not_a_text_file": lambda: _("This is no text file, although its name says so."),
        "text_broken": lambda: _("A quotation mark before row %(line)s is never closed.", **error.detail),
        "nothing_in_it": lambda: _("The file has no rows."),
    }
    sentence = sentences.get(error.code)
    return str(sentence()) if sentence else _("The file can't be read.")
