"""Lists as files: a real spreadsheet, or CSV with a mark that tells Excel it is UTF-8."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from io import BytesIO, StringIO
from typing import Any, Final

from flask import Response

from lms.web.cells import harmless
from lms.web.formatting import local
from lms.web.responses import download

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV: Final = "text/csv; charset=utf-8"
BOM: Final = "\ufeff"
CELL_LIMIT: Final = 32_767  # characters a spreadsheet cell can hold
WIDEST: Final = 60
FORBIDDEN: Final = dict.fromkeys((*range(9), 11, 12, *range(14, 32)))  # control characters no sheet may hold


def export_rows(head: Sequence[str], rows: Iterable[Sequence[Any]], *, kind: str, filename: str) -> Response:
    """Return a download `filename.kind`; kind is xlsx or csv. Raises ValueError for any other."""
    if kind == "xlsx":
        return download(to_xlsx(head, rows), f"{filename}.xlsx", XLSX)
    if kind == "csv":
        return download(to_csv(head, rows), f"{filename}.csv", CSV)
    raise ValueError(f"no export as {kind!r}")


def to_csv(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return CSV in UTF-8 with its mark, CRLF between lines; text that looks like a formula is made harmless."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in head])
    for row in rows:
        writer.writerow([_plain(value) for value in row])
    return (BOM + out.getvalue()).encode()


def to_xlsx(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return a workbook of one sheet: bold frozen head with filters, real numbers and dates, text never a formula.

    Instants are written in the reader's zone, for a spreadsheet knows none.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - large, and only exports need it

    out = BytesIO()
    book = Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
                                     "strings_to_numbers": False, "remove_timezone": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = {"day": book.add_format({"num_format": "yyyy-mm-dd"}),
               "instant": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})}
    widths = [_width(name) for name in head]
    for column, name in enumerate(head):
        sheet.write_string(0, column, name, bold)
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            widths[column] = max(widths[column], _write(sheet, last, column, value, formats))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width + 2, WIDEST))
    sheet.freeze_panes(1, 0)
    if head:
        sheet.autofilter(0, 0, max(last, 1), len(head) - 1)
    book.close()
    return out.getvalue()


def _write(sheet: Any, row: int, column: int, value: Any, formats: dict[str, Any]) -> int:
    """Write one cell by its type; return about how wide it is, in letters."""
    if value is None or value == "":
        return 0
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
        return 6
    if isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value)
        return 10
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, local(value).replace(tzinfo=None), formats["instant"])
        return 19
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, formats["day"])
        return 11
    text = _words(value).translate(FORBIDDEN)[:CELL_LIMIT]
    sheet.write_string(row, column, text)
    return _width(text)


def _plain(value: Any) -> str:
    """Return a cell of CSV: numbers without grouping, days and instants as ISO, text made harmless."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, datetime):
        return local(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return harmless(_words(value).translate(FORBIDDEN))


def _words(value: Any) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_words(item) for item in value)
    return str(value.value if isinstance(value, Enum) else value)


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text[:WIDEST])
