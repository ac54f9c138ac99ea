"""Text files as they come: in which encoding, cut at which sign?"""

import codecs
import csv
import io
from typing import Final

from lms.web.spreadsheets.guard import MOST_CELLS, UnreadableFile

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_ALLOWED_CONTROLS: Final = frozenset("\n\r\t\f\u2028\u2029\ufeff")
_SEPARATORS: Final = ",\t;|\uff0c"
_LONGEST_CELL: Final = 200_000


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a file and the name of the encoding it was read as.

    Byte-order marks decide; then UTF-16 without a mark (many zero bytes), UTF-8, GB18030 (and with it GBK and
    GB2312). Raises UnreadableFile for anything else: it says so rather than guess.

    >>> decode("您好".encode("gbk"))
    ('您好', 'GB18030')
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return _read(data[len(mark):], codec, name), name
    if b"\x00" in data[:4096]:
        codec = "utf-16-le" if data[1::2].count(0) >= data[0::2].count(0) else "utf-16-be"
        return _read(data, codec, "UTF-16"), "UTF-16"
    try:
        return _read(data, "utf-8", "UTF-8"), "UTF-8"
    except UnreadableFile:
        return _read(data, "gb18030", "GB18030"), "GB18030"


def _read(data: bytes, codec: str, name: str) -> str:
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        raise UnreadableFile("encoding_unknown", tried=name) from None
    if any(sign < " " and sign not in _ALLOWED_CONTROLS for sign in text) or "\ufffd" in text:
        raise UnreadableFile("not_a_text_file")
    return text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")


def rows_of_text(text: str, *, most_rows: int) -> list[list[str]]:
    """Return the cells of separated text. The separator is the one that cuts the first lines most evenly.

    Raises UnreadableFile when a quote is never closed, a cell is absurdly long or there are too many rows or cells.
    """
    csv.field_size_limit(_LONGEST_CELL)
    rows: list[list[str]] = []
    widest = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True):
            rows.append(row)
            if len(rows) > most_rows:
                raise UnreadableFile("too_many_rows", limit=most_rows)
            widest = max(widest, len(row))
            if len(rows) * widest > MOST_CELLS:
                raise UnreadableFile("too_many_cells", limit=MOST_CELLS)
    except csv.Error:
        raise UnreadableFile("text_broken", line=len(rows) + 1) from None
    return rows


def _separator(text: str) -> str:
    lines = [line for line in text.split("\n", 25)[:25] if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) == len("sep=") + 1:
        return lines[0][-1]

    def evenness(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines]
        most = max(set(counts), key=lambda count: (counts.count(count), count), default=0)
        return (counts.count(most) if most else 0, most)

    return max(_SEPARATORS, key=evenness)
