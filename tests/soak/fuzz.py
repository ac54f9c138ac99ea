"""Damaged files, by the thousand: every importer must read or refuse them, soon, and write all of a file or nothing.

A valid file of each form is changed at random (`mutations.py`) and read, as far as it goes without a database. What
counts as wrong: any exception but the refusal of the formats, a file that takes more than `PATIENCE` of CPU or more
than `MEMORY`, a row without a verdict. `imports.py` and `rosters.py` send such files through the whole import.
"""

from __future__ import annotations

import random
import resource
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Final
from zoneinfo import ZoneInfo

from lms.people.rules import duty, roster
from lms.people.rules.columns import Field, guess_layout
from lms.people.rules.places import Places, UnitPlace
from lms.web.spreadsheets.guard import UnreadableFile
from lms.web.spreadsheets.reading import parse_spreadsheet
from question_bank import bundled
from question_bank.formats.checking import check_record
from question_bank.formats.entries import Entry
from question_bank.formats.opening import open_file
from question_bank.formats.outlets import OUTLETS, sort_out
from question_bank.formats.template import write_template
from tests.people.factories import workbook
from tests.question_bank.made import ONE_OF_EACH
from tests.soak.mutations import damaged

PATIENCE: Final = 10.0
"""CPU seconds that one damaged file may take: a machine that is busy with other things proves nothing."""
MEMORY: Final = 600 << 20
"""Bytes that one damaged file may take beyond what the process has."""
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
（ × ）2．可以边吃边接听。
3. 先报工号。 √
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
TODAY: Final = date(2026, 3, 2)
ROSTER: Final[list[list[object]]] = [
    ["工号", "姓名", "部门", "班组", "岗位", "状态", "入职日期", "离职日期", "手机", "队列", "邮箱"],
    *(
        [
            3100 + number,
            f"吕雨{sign}",
            "平安客服",
            "早一班" if number % 2 else "夜班",
            "话务员",
            "",
            TODAY,
            None,
            f"164000101{number:02}",
            "综合服务、燃气抢修",
            f"s{number}@example.test",
        ]
        for number, sign in enumerate("桐敏岚洁宁佳然琪")
    ),
    [3001, "陈雨桐", "平安客服", "早一班", "话务员", "离职", date(2025, 6, 2), date(2026, 2, 27), None, "", ""],
]
SHIFTS: Final[list[list[object]]] = [
    ["工号", "日期", "上班", "下班", "队列"],
    *(["3001", f"2026-03-{day:02}", "20:00", "8:00", "gas"] for day in range(1, 9)),
]
LEAVE: Final[list[list[object]]] = [
    ["工号", "开始", "结束", "事由"],
    *(["3001", f"2026-03-{day:02}", f"2026-03-{day + 1:02}", "年假"] for day in (2, 9, 20)),
]
HEADS: Final[list[list[object]]] = [
    ["队列", "星期", "时段", "结束", "人数"],
    *(["gas", sign, "8:00", "20:00", 12] for sign in "一二三四五六日"),
]
PLACES: Final = Places(
    [
        UnitPlace("pa", "/pa/", ("平安客服",)),
        UnitPlace("t1", "/pa/t1/", ("早一班",)),
        UnitPlace("t2", "/pa/t2/", ("夜班",)),
    ],
    {"话务员": "operator"},
    {"燃气抢修": "gas", "综合服务": "service", "gas": "gas"},
)
DUTY: Final = duty.DutyContext(frozenset({"3001"}), PLACES, lambda _staff_no: ZoneInfo("Asia/Shanghai"), TODAY)


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
            f"{self.importer}: {self.read + self.refused + len(self.wrong)} damaged files, {self.refused} refused, "
            f"slowest {self.slowest:.2f} s; {len(self.wrong)} wrong"
        )


@cache
def valid_files() -> Mapping[str, tuple[str, bytes]]:
    """Return one valid file of each form: name -> (kind of file, content). Every kind of question is in them."""
    made = [Entry(f"X-{kind}", kind, content, "接听", "medium", 200) for kind, content in ONE_OF_EACH.items()]
    chosen = [
        *made,
        *(
            Entry(one.code, one.kind, one.content, "接听", one.difficulty, one.points)
            for one in bundled.questions()[::40]
        ),
    ]
    files = {
        name: (
            {"xlsx": "xlsx", "xml": "xml", "zip": "zip"}.get(outlet.ending, "txt"),
            outlet.write(sort_out(outlet, chosen)[0], lambda _digest: b""),
        )
        for name, outlet in OUTLETS.items()
    }
    rows = "题型,题干,A,B,C,答案,解析\n" + "单选,几声？,一声,三声,五声,B,默认\n" * 30 + "填空,关____,,,,阀|阀门,\n"
    return {
        **files,
        "template": ("xlsx", write_template(("接听",))),
        "csv": ("csv", rows.encode()),
        "paper": ("txt", (_PAPER * 4).encode()),
        "roster": ("xlsx", workbook(ROSTER)),
        "roster-csv": ("csv", _as_text(ROSTER)),
        "shifts": ("xlsx", workbook(SHIFTS)),
        "leave": ("csv", _as_text(LEAVE)),
        "heads": ("xlsx", workbook(HEADS)),
    }


def _as_text(rows: list[list[object]]) -> bytes:
    return "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows).encode()


def fuzz(importer: str, folder: Path, drawn: random.Random, *, seconds: float = 0, files: int = 0) -> Fuzzed:
    """Damage the valid file of one form again and again, for so many seconds or files."""
    kind, content = valid_files()[importer]
    found, ends, path = Fuzzed(importer), monotonic() + seconds, folder / "damaged"
    read = READERS.get(importer, read_questions)
    while (found.read + found.refused + len(found.wrong) < files) if files else monotonic() < ends:
        bad = damaged(content, drawn)
        path.write_bytes(bad)
        began = monotonic()
        try:
            with patience(), memory():
                read(path, kind)
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


def read_questions(path: Path, kind: str) -> None:
    """Read a file of questions and judge its rows. AssertionError for a row that may be written with a trouble."""
    points = {point.code: point.name for point in bundled.points()}
    for record in open_file(path, kind, None, lambda _content, _was: "").records:
        checked = check_record(record, points)
        assert checked.fit or checked.troubles, f"row {record.number} is neither fit nor in trouble"


def read_roster(path: Path, kind: str) -> None:
    """Read a roster and plan what it would do, complete and not."""
    for complete in (False, True):
        options = roster.RosterOptions(TODAY, complete=complete, leave_out=complete)
        for sheet in parse_spreadsheet(path, kind):
            roster.plan_roster(sheet.rows, guess_layout(sheet.rows, roster.FIELDS), {}, PLACES, options)


def _read_duty(fields: tuple[Field, ...], plan: Callable[..., object]) -> Callable[[Path, str], None]:
    def read(path: Path, kind: str) -> None:
        for sheet in parse_spreadsheet(path, kind):
            plan(sheet.rows, guess_layout(sheet.rows, fields), {}, DUTY)

    return read


@contextmanager
def patience() -> Iterator[None]:
    """Raise TimeoutError in what takes more than `PATIENCE` of CPU."""

    def late(_signal: int, _frame: object) -> None:
        raise TimeoutError(f"took more than {PATIENCE} s of CPU")

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextmanager
def memory() -> Iterator[None]:
    """Raise MemoryError in what takes more than `MEMORY`."""
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (has + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


QUESTIONS: Final = ("spreadsheet", "template", "csv", "gift", "aiken", "paper", "moodle", "qti")
READERS: Final[Mapping[str, Callable[[Path, str], None]]] = {
    "roster": read_roster,
    "roster-csv": read_roster,
    "shifts": _read_duty(duty.SHIFT_FIELDS, duty.plan_shifts),
    "leave": _read_duty(duty.LEAVE_FIELDS, duty.plan_leave),
    "heads": _read_duty(duty.HEADS_FIELDS, duty.plan_heads),
}
IMPORTERS: Final = (*QUESTIONS, *READERS)
