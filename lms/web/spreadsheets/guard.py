"""Before a workbook is opened: is it one, and can it do no harm?

An .xlsx is a zip of XML. A few kilobytes of it can unpack to gigabytes, span a rectangle of a billion empty cells, or
repeat one long text a million times. So every part is unpacked here once, in pieces, and thrown away: what counts is
what really comes out, not what the archive says about itself. Sheets are measured by an XML parser on the way.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

MEGABYTE: Final = 1 << 20
FILE_LIMIT: Final = 20 * MEGABYTE  # bytes of the file itself
UNPACKED_LIMIT: Final = 96 * MEGABYTE  # bytes of all parts, unpacked
TEXT_LIMIT: Final = 64_000_000  # characters of all cells together, repeated texts counted each time
MOST_PARTS: Final = 1000
MOST_CELLS: Final = 600_000  # cells of the rectangle a sheet spans, empty ones included
MOST_ROWS: Final = 20_000
_CHUNK: Final = 1 << 18
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_OLD_WORKBOOK: Final = b"\xd0\xcf\x11\xe0"  # .xls, and every workbook locked by a password
_ENCRYPTED: Final = 0x1


class UnreadableFile(ValueError):
    """A file that can't be read at all. `code` is stable, `detail` holds the values its sentence needs."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def check_workbook(path: Path, *, most_rows: int = MOST_ROWS) -> None:
    """Pass an .xlsx that is safe to open; raise UnreadableFile for anything else.

    most_rows   rows that may hold something
    """
    if path.stat().st_size > FILE_LIMIT:
        raise UnreadableFile("file_too_large", limit_mb=FILE_LIMIT // MEGABYTE)
    with path.open("rb") as file:
        if file.read(len(_OLD_WORKBOOK)) == _OLD_WORKBOOK:
            raise UnreadableFile("workbook_old_or_locked")
        try:
            with ZipFile(file) as archive:
                _check_parts(file, archive.infolist(), most_rows)
        except (
            BadZipFile, struct.error, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, LookupError,
            NotImplementedError,
        ) as error:
            if isinstance(error, UnreadableFile):
                raise
            raise UnreadableFile("workbook_broken") from error


def _check_parts(file: BinaryIO, parts: list[ZipInfo], most_rows: int) -> None:
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED_LIMIT:
        raise UnreadableFile("workbook_bomb", limit_mb=UNPACKED_LIMIT // MEGABYTE)
    if not any(part.filename.startswith("xl/worksheets/") for part in parts):
        raise UnreadableFile("workbook_other_kind")
    texts: list[int] = []
    left = UNPACKED_LIMIT
    for part in sorted(parts, key=lambda part: part.filename != "xl/sharedStrings.xml"):  # texts first
        measure: _SharedTexts | _SheetSize | None = None
        if part.filename == "xl/sharedStrings.xml":
            measure = _SharedTexts(texts)
        elif part.filename.endswith(".xml"):  # a workbook may keep its sheets anywhere
            measure = _SheetSize(texts, most_rows)
        for piece in _unpack(file, part):
            left -= len(piece)
            if left < 0:
                raise UnreadableFile("workbook_bomb", limit_mb=UNPACKED_LIMIT // MEGABYTE)
            if measure:
                measure.parser.Parse(piece, False)
        if measure:
            measure.parser.Parse(b"", True)


def _unpack(file: BinaryIO, part: ZipInfo) -> Iterator[bytes]:
    """Yield what really comes out of a part, in pieces, whatever size it declares."""
    if part.flag_bits & _ENCRYPTED or part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise UnreadableFile("workbook_old_or_locked")
    file.seek(part.header_offset)
    _mark, name_length, extra_length = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    file.seek(name_length + extra_length, 1)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == ZIP_DEFLATED else None
    left = part.compress_size
    while left > 0 and (piece := file.read(min(_CHUNK, left))):
        left -= len(piece)
        if unpacker is None:
            yield piece
            continue
        while piece:
            yield unpacker.decompress(piece, _CHUNK)
            piece = unpacker.unconsumed_tail


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_args: object) -> None:
        raise UnreadableFile("workbook_broken")  # no workbook program declares entities

    parser.StartDoctypeDeclHandler = refuse
    return parser


class _SharedTexts:
    """Lengths of the texts that cells refer to by number."""

    def __init__(self, lengths: list[int]) -> None:
        self.lengths, self.parser = lengths, _parser()
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._text

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        if name.endswith(" si"):
            self.lengths.append(0)

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class _SheetSize:
    """The rectangle a sheet spans and the text it holds; raises UnreadableFile as soon as it is too much."""

    def __init__(self, lengths: list[int], most_rows: int) -> None:
        self.lengths, self.most_rows, self.parser = lengths, most_rows, _parser()
        self.rows = self.columns = self.row = self.column = self.characters = 0
        self.shared = self.in_value = False
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.number = ""

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = name.rpartition(" ")[2]
        if kind == "row":
            self.row = int(attributes.get("r", self.row + 1))
            self.column = 0
        elif kind == "c":
            self.column += 1
            if reference := attributes.get("r"):
                self.row, self.column = _position(reference)
            self.shared = attributes.get("t") == "s"
        elif kind in ("v", "is"):
            self.in_value, self.number = True, ""
            self._grow()

    def _end(self, name: str) -> None:
        if name.endswith((" v", " is")):
            self.in_value = False
            if self.shared and self.number.isdecimal() and int(self.number) < len(self.lengths):
                self._count(self.lengths[int(self.number)])

    def _text(self, text: str) -> None:
        if self.in_value and self.shared:
            self.number += text
        elif self.in_value:
            self._count(len(text))

    def _count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > TEXT_LIMIT:
            raise UnreadableFile("workbook_bomb", limit_mb=UNPACKED_LIMIT // MEGABYTE)

    def _grow(self) -> None:
        self.rows, self.columns = max(self.rows, self.row), max(self.columns, self.column)
        if self.rows > self.most_rows:
            raise UnreadableFile("too_many_rows", limit=self.most_rows)
        if self.rows * self.columns > MOST_CELLS:
            raise UnreadableFile("too_many_cells", limit=MOST_CELLS)


def _position(reference: str) -> tuple[int, int]:
    """Return row and column, from 1, of a reference such as `B7`. Raises ValueError."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(reference[len(letters):]), column
