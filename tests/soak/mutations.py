"""Changes of a valid file: some know its form (cells, elements, lines, members of packages), some only its bytes."""

from __future__ import annotations

import copy
import csv
import io
import random
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Final
from xml.etree import ElementTree

from openpyxl import load_workbook

MOST_BYTES: Final = 4_000_000  # of a damaged file
_TOKENS: Final = (
    b"\x00",
    b"\xff\xfe",
    b"{",
    b"}",
    b"<",
    b">",
    b"&",
    b"<!DOCTYPE a>",
    b"&#0;",
    b"]]>",
    b'"',
    b"\\",
    b"=",
    b"~",
    b"#",
    b"1-9999 A",
    b"\n\n",
    b"\xef\xbf\xbf",
    b"\xed\xa0\x80",
    "＿＿＿＿".encode(),
    "（A）".encode(),
    "答案：".encode(),
    b"%-1e999%",
    b"9" * 40,
    b"A. ",
    b"/" + b"(a+)+" * 5 + b"$/",
    "小题·单选".encode(),
)
_WORDS: Final = (
    "",
    " ",
    "\u3000",
    "0",
    "-1",
    "1e999",
    "NaN",
    "９９",
    "９" * 40,
    "9" * 400,
    "=1+1",
    "'=cmd|' /C calc'!A1",
    "2026-02-30",
    "0000-00-00",
    "25:61",
    "A",
    "ABCDEFGHIJKL",
    "A;B;；C、A",
    "√",
    "对",
    "TRUE",
    "单选",
    "多选题",
    "案例",
    "小题·单选",
    "填空",
    "____",
    "____" * 300,
    "{=a ~b}",
    "{1:SHORTANSWER:=a}",
    "/(a+)+$/",
    "[[",
    "&nbsp;&#0;",
    "<b><i>x",
    "<img src=x onerror=1>",
    "(media:" + "0" * 64 + ")",
    "\u202e倒",
    "\U0001f600",
    "e\u0301",
    "龘䶮㛃",
    "\ufeff",
    "\u200b",
    "_x0000_",
    "_xD800_",
    "a\tb\r\nc\vd",
    "字" * 40_000,
    "\n".join("行" * 300),
    "gas/leak",
    "../..",
    "3001",
    "9001",
    "平安客服",
    "夜班",
    "离职",
)
_VALUES: Final[tuple[Any, ...]] = (
    *(word for word in _WORDS if word.isprintable()),
    None,
    True,
    0,
    -1,
    7,
    10**15,
    0.1,
    -1e300,
    45_000,
    45_000.75,
    date(1900, 1, 1),
    date(9999, 12, 31),
    datetime(2026, 2, 28, 23, 59, 59),  # noqa: DTZ001 - cells know no zone
    time(23, 59),
    "=1/0",
    "=A1",
)
_ENCODINGS: Final = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32", "latin-1")
Change = Callable[[bytes, random.Random], bytes]


def damaged(content: bytes, drawn: random.Random, *, most: int = 4) -> bytes:
    """Return a file with one to `most` things changed, most of them by changes that know the file's form."""
    for _time in range(drawn.randint(1, most)):
        knowing = _knowing(content)
        change = drawn.choice(knowing if knowing and drawn.random() < 0.7 else _BLIND)
        try:
            content = change(content, drawn)[:MOST_BYTES]
        except Exception:  # damaged before, it may not be of its form any more
            content = _flip(content, drawn)
    return content


def _knowing(content: bytes) -> tuple[Change, ...]:
    """Return the changes that know a file's form."""
    if content[:2] == b"PK":
        return (_cells, _cells, _member) if b"xl/worksheets/" in content else (_member,)
    if content.lstrip(b"\xef\xbb\xbf \r\n")[:1] == b"<":
        return (_tree,)
    first = content.partition(b"\n")[0]
    return (_table, _table, _words) if first.count(b",") > 2 else (_words, _blocks)


def _flip(content: bytes, drawn: random.Random) -> bytes:
    made = bytearray(content or b" ")
    for _time in range(drawn.choice((1, 3, 20))):
        made[drawn.randrange(len(made))] = drawn.randrange(256)
    return bytes(made)


def _cut(content: bytes, drawn: random.Random) -> bytes:
    first, last = sorted(drawn.randrange(len(content) + 1) for _side in "ab")
    return content[:first] + content[last:]


def _repeat(content: bytes, drawn: random.Random) -> bytes:
    start = drawn.randrange(len(content) + 1)
    piece = content[start : start + drawn.choice((1, 10, 300))]
    return content[:start] + piece * drawn.choice((2, 50, 2000)) + content[start:]


def _insert(content: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(len(content) + 1)
    return content[:at] + drawn.choice(_TOKENS) * drawn.choice((1, 1, 40, 3000)) + content[at:]


def _lines(content: bytes, drawn: random.Random) -> bytes:
    lines = content.split(b"\n")
    drawn.shuffle(lines)
    return b"\n".join(lines)


def _encode(content: bytes, drawn: random.Random) -> bytes:
    return content.decode("utf-8", "replace").encode(drawn.choice(_ENCODINGS), "replace")


def _words(content: bytes, drawn: random.Random) -> bytes:
    """Put another word in the place of one line, of what follows its mark, or behind it."""
    lines = content.decode("utf-8", "replace").split("\n")
    place, word = drawn.randrange(len(lines)), drawn.choice(_WORDS)
    line = lines[place]
    marks = [at for at, sign in enumerate(line) if sign in "：:.、=~#%{(（"]
    if marks and drawn.random() < 0.6:
        lines[place] = line[: drawn.choice(marks) + 1] + word
    else:
        lines[place] = drawn.choice((word, line + word, word + line))
    return "\n".join(lines).encode("utf-8", "replace")


def _blocks(content: bytes, drawn: random.Random) -> bytes:
    """Leave a question out, swap two, or repeat one; questions stand between empty lines."""
    blocks = content.split(b"\n\n")
    first, second = (drawn.randrange(len(blocks)) for _side in "ab")
    what = drawn.randrange(3)
    if what == 0:
        del blocks[first]
    elif what == 1:
        blocks[first], blocks[second] = blocks[second], blocks[first]
    else:
        blocks[first:first] = [blocks[second]] * drawn.choice((1, 3, 500))
    return b"\n\n".join(blocks)


def _table(content: bytes, drawn: random.Random) -> bytes:
    """Change cells, rows and columns of a text of cells."""
    rows = [list(row) for row in csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))]
    rows = [row for row in rows if row] or [[""]]
    row = drawn.choice(rows)
    what = drawn.randrange(6)
    if what <= 1:
        row[drawn.randrange(len(row))] = drawn.choice(_WORDS)
    elif what == 2:
        row[:] = row * drawn.choice((0, 2, 300))
    elif what == 3:
        rows[:] = [each[1:] for each in rows]
    elif what == 4:
        rows[0:0] = [row] * drawn.choice((1, 40))
    else:
        rows += [list(row)] * drawn.choice((1, 1, 3, 3, 3, 40, 40, 300, 25_000))
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=drawn.choice(",,,;\t")).writerows(rows)
    return stream.getvalue().encode("utf-8", "replace")


def _cells(content: bytes, drawn: random.Random) -> bytes:
    """Change cells, rows, columns and sheets of a workbook; it stays one that opens."""
    book = load_workbook(io.BytesIO(content))
    sheet = drawn.choice(book.worksheets)
    rows, columns = max(1, min(sheet.max_row, 500)), max(1, min(sheet.max_column, 60))
    row, column = drawn.randint(1, rows), drawn.randint(1, columns)
    what = drawn.randrange(9 if sheet.max_row * sheet.max_column < 20_000 else 4)  # moving millions of cells takes long
    if what <= 3:
        _put(sheet, row, column, drawn.choice(_VALUES))
    elif what == 4:
        for each in range(1, rows + 1):
            _put(sheet, each, column, drawn.choice(_VALUES))
    elif what == 5:
        drawn.choice((sheet.delete_rows, sheet.insert_rows))(drawn.choice((1, row)))
    elif what == 6:
        drawn.choice((sheet.delete_cols, sheet.insert_cols))(drawn.choice((1, column)))
    elif what == 7:
        sheet.merge_cells(start_row=row, end_row=row + 2, start_column=column, end_column=column + 2)
    else:
        _put(book.copy_worksheet(sheet), *drawn.choice(((1, 1), (30, 30), (19_000, 1), (1, 700), (19_000, 700))), "x")
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _put(sheet: Any, row: int, column: int, value: Any) -> None:
    cell = sheet.cell(row, column)
    if type(cell).__name__ != "MergedCell":  # only the first cell of a merged range takes a value
        cell.value = value


def _tree(content: bytes, drawn: random.Random) -> bytes:
    """Take elements of an XML document out, repeat, move, rename or nest them; change texts and attributes."""
    root = ElementTree.fromstring(content)  # noqa: S314 - our own file
    if drawn.random() < 0.05:
        return _nested(content, drawn)
    for _time in range(drawn.choice((1, 2, 6))):
        _change_element(root, drawn)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=drawn.random() < 0.8)


def _nested(content: bytes, drawn: random.Random) -> bytes:
    """Put the text of one element deep into elements of the same name."""
    flat = list(re.finditer(rb"<([\w:]+)(?: [^<>]*)?>([^<>]*)</\1>", content))
    if not flat:
        return _flip(content, drawn)
    chosen, deep = drawn.choice(flat), drawn.choice((20, 300, 20_000))
    name = chosen[1]
    inside = b"<%s>" % name * deep + chosen[2] + b"</%s>" % name * deep
    return content[: chosen.start(2)] + inside + content[chosen.end(2) :]


def _change_element(root: ElementTree.Element, drawn: random.Random) -> None:
    parents = [each for each in root.iter() if len(each)]
    parent = drawn.choice(parents or [root])
    one = drawn.choice(list(parent)) if len(parent) else parent
    what = drawn.randrange(8)
    if what == 0 and one is not parent:
        parent.remove(one)
    elif what == 1 and one is not parent:
        parent.extend([copy.deepcopy(one) for _copy in range(drawn.choice((1, 3, 200)))])
    elif what == 2:
        drawn.choice(parents or [root]).append(copy.deepcopy(one))
    elif what == 3:
        one.tag = drawn.choice([each.tag for each in root.iter()] + ["x"])
    elif what == 4:
        one[:] = [copy.copy(one)]
    elif what == 5 and one.attrib:
        one.set(drawn.choice(list(one.attrib)), _in_xml(drawn.choice(_WORDS)))
    elif what == 6 and one.attrib:
        del one.attrib[drawn.choice(list(one.attrib))]
    else:
        one.text = _in_xml(drawn.choice(_WORDS))


def _in_xml(word: str) -> str:
    return "".join(sign for sign in word if sign >= " " or sign in "\t\r\n")


def _member(content: bytes, drawn: random.Random) -> bytes:
    """Change a member of a package: its content, its name, whether it is there."""
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        members = [(info.filename, old.read(info)) for info in old.infolist() if info.file_size <= MOST_BYTES]
    place = drawn.randrange(len(members)) if members else 0
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for number, (name, inner) in enumerate(members):
            if number != place:
                new.writestr(name, inner)
                continue
            what = drawn.randrange(9)
            if what == 1:
                new.writestr(drawn.choice(("../", "/", "C:\\", "x" * 200)) + name, inner)
            elif what >= 5:
                new.writestr(name, _tree(inner, drawn)[:MOST_BYTES])
            elif what:
                new.writestr(name, drawn.choice(_BLIND)(inner or b" ", drawn)[:MOST_BYTES])
    return stream.getvalue()


_BLIND: Final = (_flip, _cut, _repeat, _insert, _lines, _encode)
