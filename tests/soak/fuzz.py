"""Damaged files, by the thousand: every importer must read or refuse them, soon, and write all of a file or nothing.

A valid file of each form is changed at random (bytes, lines, encodings, members of packages) and read. What counts as
wrong: any exception but the refusal of the formats, a file that takes longer than `PATIENCE`, a staged import that
wrote only some of its rows.
"""

from __future__ import annotations

import io
import random
import signal
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from lms.web.spreadsheets.guard import UnreadableFile
from question_bank import bundled
from question_bank.formats.checking import check_record
from question_bank.formats.entries import Entry
from question_bank.formats.opening import open_file
from question_bank.formats.outlets import OUTLETS, sort_out
from question_bank.formats.template import write_template

PATIENCE: Final = 10.0
"""Seconds that one damaged file may take."""
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
_ENCODINGS: Final = ("utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-32", "latin-1")
_PAPER: Final = """一、单选题（每题2分）
1. 铃响几声之内接听？（B）
A. 一声  B. 三声
2. 客户闻到臭味，先做什么？
A、关阀
B、点火
答案：A
解析：先断气源。
二、判断题
1．由客户先挂机。（√）
三、案例分析题
1. 老人来电。
（1）说什么？
A. 开窗
B. 报户号
答案：A
参考答案
一、单选题
1-2 BA
"""


@dataclass
class Fuzzed:
    """What came of one importer's files: how many were read, how many refused, and what is wrong."""

    importer: str
    read: int = 0
    refused: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def told(self) -> str:
        """Say it in one line."""
        return (
            f"{self.importer}: {self.read + self.refused} damaged files, {self.refused} refused, slowest "
            f"{self.slowest:.2f} s; {len(self.wrong)} wrong"
        )


def valid_files() -> Mapping[str, tuple[str, bytes]]:
    """Return one valid file of each form: name -> (kind of file, content)."""
    chosen = bundled.questions()[::23]
    entries = [Entry(one.code, one.kind, one.content, "接听", one.difficulty, one.points) for one in chosen]
    files = {
        name: (
            {"xlsx": "xlsx", "xml": "xml", "zip": "zip"}.get(outlet.ending, "txt"),
            outlet.write(sort_out(outlet, entries)[0], lambda _digest: b""),
        )
        for name, outlet in OUTLETS.items()
    }
    rows = "题型,题干,A,B,C,答案,解析\n" + "单选,几声？,一声,三声,五声,B,默认\n" * 30 + "填空,关____,,,,阀|阀门,\n"
    return {
        **files,
        "template": ("xlsx", write_template(("接听",))),
        "csv": ("csv", rows.encode()),
        "paper": ("txt", (_PAPER * 4).encode()),
    }


def damaged(content: bytes, drawn: random.Random) -> bytes:
    """Return a file with one to four things changed."""
    for _time in range(drawn.randint(1, 4)):
        change = drawn.choice(_IN_PACKAGES if content[:2] == b"PK" and drawn.random() < 0.8 else _CHANGES)
        content = change(content, drawn)[:4_000_000]
    return content


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


def _member(content: bytes, drawn: random.Random) -> bytes:
    """Change a member of a package: its content, its name, whether it is there."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            members = [(info.filename, old.read(info)) for info in old.infolist()]
    except Exception:
        return _flip(content, drawn)
    place = drawn.randrange(len(members)) if members else 0
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for number, (name, inner) in enumerate(members):
            if number != place:
                new.writestr(name, inner)
                continue
            what = drawn.randrange(5)
            if what == 1:
                new.writestr(drawn.choice(("../", "/", "C:\\", "x" * 200)) + name, inner)
            elif what:
                new.writestr(name, drawn.choice(_CHANGES)(inner or b" ", drawn))
    return stream.getvalue()


_CHANGES: Final = (_flip, _cut, _repeat, _insert, _lines, _encode)
_IN_PACKAGES: Final = (_member, _member, _member, _flip, _cut)


def fuzz(importer: str, folder: Path, drawn: random.Random, *, seconds: float = 0, files: int = 0) -> Fuzzed:
    """Damage the valid file of one form again and again, for so many seconds or files."""
    kind, content = valid_files()[importer]
    found, ends, path = Fuzzed(importer), monotonic() + seconds, folder / "damaged"
    points = {point.code: point.name for point in bundled.points()}
    while (found.read + found.refused + len(found.wrong) < files) if files else monotonic() < ends:
        bad = damaged(content, drawn)
        path.write_bytes(bad)
        began = monotonic()
        try:
            with patience():
                for record in open_file(path, kind, None, lambda _content, _was: "").records:
                    check_record(record, points)
            found.read += 1
        except UnreadableFile:
            found.refused += 1
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            kept = folder / f"{importer}-{len(found.wrong)}"
            kept.write_bytes(bad)
            found.wrong.append(f"{importer}: {type(error).__name__}: {error} ({kept})"[:300])
        found.slowest = max(found.slowest, monotonic() - began)
    return found


@contextmanager
def patience() -> Iterator[None]:
    """Raise TimeoutError in what takes longer than `PATIENCE`."""

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"took longer than {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


IMPORTERS: Final = ("spreadsheet", "template", "csv", "gift", "aiken", "paper", "moodle", "qti")
Change = Callable[[bytes, random.Random], bytes]
