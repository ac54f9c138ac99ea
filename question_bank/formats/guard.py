"""Before a spreadsheet is opened: is it one, and is it of a size that can do no harm?"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from question_bank.formats.records import UnreadableFile

FILE_LIMIT = 20 * 1024 * 1024
"""Bytes of an uploaded file."""
UNPACKED_LIMIT = 96 * 1024 * 1024
"""Bytes of all parts of an .xlsx, unpacked."""
MOST_PARTS = 1000
MOST_CELLS = 400_000
"""Cells of the rectangle a sheet spans, empty ones included."""
MOST_ROWS = 20_000

_CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br=["\']([A-Z]{1,3})(\d{1,7})["\']')
_CHUNK = 1 << 20
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


def check_workbook(data: bytes) -> None:
    """Refuse what is no workbook, what is too large, and what only pretends to be small.

    The list of parts is judged before anything is unpacked. Then each part is unpacked in pieces up to the size it
    declares, which a lying archive doesn't survive, and sheets are measured so that no reader has to build a table
    of a billion empty cells. Raises UnreadableFile.
    """
    if len(data) > FILE_LIMIT:
        raise UnreadableFile("file_too_large", limit_mb=FILE_LIMIT // 2**20)
    if data.startswith(_OLD_EXCEL):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive.infolist())
            for part in archive.infolist():
                _measure(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile("workbook_broken") from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise UnreadableFile("workbook_bomb", limit_mb=UNPACKED_LIMIT // 2**20)
    if not any(part.filename.startswith("xl/worksheets/") for part in parts):
        raise UnreadableFile("workbook_other_kind")


def _measure(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    is_sheet = part.filename.startswith("xl/worksheets/")
    widest, rows, tail = 0, 0, b""
    with archive.open(part) as stream:
        while piece := stream.read(_CHUNK):
            if not is_sheet:
                continue
            text = tail + piece
            for column, row in _CELL.findall(text):
                widest, rows = max(widest, _column_number(column)), max(rows, int(row))
            tail = text[-200:]
    if rows > MOST_ROWS:
        raise UnreadableFile("too_many_rows", limit=MOST_ROWS, rows=rows)
    if rows * widest > MOST_CELLS:
        raise UnreadableFile("too_many_cells", limit=MOST_CELLS)


def _column_number(letters: bytes) -> int:
    number = 0
    for sign in letters:
        number = number * 26 + sign - 64
    return number
