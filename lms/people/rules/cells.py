"""What one cell says: dates, times, phones, e-mails and words as people really type them."""

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from lms.people.models.person import Employment, PersonState
from lms.web.spreadsheets.reading import Cell, cell_text

EARLIEST: Final = date(1940, 1, 1)
LATEST: Final = date(2100, 12, 31)
_SERIAL_ZERO: Final = date(1899, 12, 30)  # day 0 of spreadsheet programs
_SERIAL_RANGE: Final = range(14_600, 73_400)  # 1939 .. 2100
_DATE: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_COMPACT_DATE: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_DAY_FIRST: Final = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_TIME: Final = re.compile(r"(\d{1,2})[:时点](\d{2})?分?(?::00)?")
_PHONE_SIGNS: Final = re.compile(r"[\s\-()]+")
_EMAIL: Final = re.compile(r"[^@\s,;<>\"]+@[A-Za-z0-9](?:[A-Za-z0-9-]*\.)+[A-Za-z]{2,}")
_STAFF_NO: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
MIDNIGHT: Final = time()


class CellProblem(ValueError):
    """A cell that says nothing usable. `code` is stable; `detail` holds the values its sentence needs."""

    def __init__(self, code: str, detail: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail or {}


STATE_WORDS: Final[Mapping[str, PersonState]] = {
    **dict.fromkeys(("试用", "试用期", "见习", "实习", "probation", "probationary", "trial"), PersonState.PROBATION),
    **dict.fromkeys(("在职", "正式", "正式员工", "转正", "已转正", "在岗", "active", "employed"), PersonState.ACTIVE),
    **dict.fromkeys(("休假", "长假", "病假", "产假", "停薪留职", "on_leave", "on leave", "leave"),
                    PersonState.ON_LEAVE),
    **dict.fromkeys(("离职", "已离职", "辞职", "退休", "离岗", "left", "resigned", "retired"), PersonState.LEFT),
}
EMPLOYMENT_WORDS: Final[Mapping[str, Employment]] = {
    **dict.fromkeys(("全职", "全日制", "正式工", "合同制", "合同工", "正式", "full_time", "full time", "full-time"),
                    Employment.FULL_TIME),
    **dict.fromkeys(("兼职", "小时工", "非全日制", "part_time", "part time", "part-time"), Employment.PART_TIME),
    **dict.fromkeys(("临时", "临时工", "派遣", "劳务派遣", "劳务", "外包", "实习生", "temporary", "temp", "contract"),
                    Employment.TEMPORARY),
}
WEEKDAY_SIGNS: Final = "一二三四五六日"
WEEKDAY_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_A_WEEK: Final = 7


def read_staff_no(cell: Cell) -> str:
    """Return a staff number: letters, digits, `.`, `_`, `-`, 1..40 signs. Raises CellProblem."""
    text = cell_text(cell)
    if not _STAFF_NO.fullmatch(text):
        raise CellProblem("staff_no_malformed", {"value": text})
    return text


def read_name(cell: Cell) -> str:
    """Return a name of 1..80 signs; spaces between Chinese signs are taken out. Raises CellProblem."""
    text = cell_text(cell)
    if text and all(part and ord(part[0]) > 0x2E80 for part in text.split(" ")):  # 张 三 -> 张三
        text = text.replace(" ", "")
    if len(text) > 80 or not text.isprintable() or any(sign.isdigit() for sign in text):
        raise CellProblem("name_malformed", {"value": text[:40]})
    return text


def read_date(cell: Cell) -> date:
    """Return a day: a date cell, a spreadsheet's serial number, or text with the year first. Raises CellProblem.

    >>> read_date("2026年3月2日"), read_date(46083.0) == read_date("20260302")
    (datetime.date(2026, 3, 2), True)
    """
    if isinstance(cell, datetime):
        return _in_range(cell.date(), cell_text(cell))
    if isinstance(cell, date):
        return _in_range(cell, cell_text(cell))
    text = cell_text(cell)
    if text.isdecimal() and int(text) in _SERIAL_RANGE:
        return _SERIAL_ZERO + timedelta(days=int(text))
    match = _DATE.fullmatch(text.removesuffix(" 00:00").removesuffix(" 0:00")) or _COMPACT_DATE.fullmatch(text)
    if not match:
        raise CellProblem("date_order" if _DAY_FIRST.fullmatch(text) else "date_malformed", {"value": text})
    try:
        return _in_range(date(int(match[1]), int(match[2]), int(match[3])), text)
    except ValueError:
        raise CellProblem("date_impossible", {"value": text}) from None


def _in_range(day: date, text: str) -> date:
    if not EARLIEST <= day <= LATEST:
        raise CellProblem("date_impossible", {"value": text})
    return day


def read_time(cell: Cell) -> timedelta:
    """Return a time of day, 0:00..24:00, since midnight: a time cell, a fraction of a day, or text. Raises CellProblem.

    >>> read_time("8:30"), read_time("24:00") == timedelta(days=1)
    (datetime.timedelta(seconds=30600), True)
    """
    if isinstance(cell, datetime):
        cell = cell.time()
    if isinstance(cell, time):
        return timedelta(hours=cell.hour, minutes=cell.minute)
    if isinstance(cell, timedelta) and timedelta() <= cell <= timedelta(days=1):
        return cell
    if isinstance(cell, float) and 0 <= cell <= 1:
        return timedelta(minutes=round(cell * 24 * 60))
    text = cell_text(cell)
    match = _TIME.fullmatch(f"{text}:00" if text.isdecimal() else text)
    minutes = int(match[1]) * 60 + int(match[2] or 0) if match else -1
    if not match or not 0 <= minutes <= 24 * 60 or int(match[2] or 0) > 59:
        raise CellProblem("time_malformed", {"value": text})
    return timedelta(minutes=minutes)


def read_moment(cell: Cell) -> tuple[date, timedelta | None]:
    """Return the day and, where the cell has one, the time of day. Raises CellProblem."""
    if isinstance(cell, datetime):
        return _in_range(cell.date(), cell_text(cell)), read_time(cell.time())
    text = cell_text(cell)
    day, _space, clock = text.partition(" ") if ":" in text else (text, "", "")
    return (read_date(day), read_time(clock)) if clock else (read_date(cell), None)


def read_phone(cell: Cell) -> str:
    """Return a phone number as digits, with a leading + where it has one. Raises CellProblem."""
    text = cell_text(cell)
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", text):
        raise CellProblem("phone_shortened", {"value": text})
    digits = _PHONE_SIGNS.sub("", text)
    if not re.fullmatch(r"\+?\d{5,20}", digits):
        raise CellProblem("phone_malformed", {"value": text})
    return digits


def read_email(cell: Cell) -> str:
    """Return an e-mail address, its domain in small letters. Raises CellProblem."""
    text = cell_text(cell)
    if not _EMAIL.fullmatch(text) or len(text) > 200:
        raise CellProblem("email_malformed", {"value": text})
    name, _at, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


def read_state(cell: Cell) -> PersonState:
    """Return the employment state a word stands for. Raises CellProblem."""
    state = STATE_WORDS.get(cell_text(cell).lower())
    if state is None:
        raise CellProblem("state_unknown", {"value": cell_text(cell)})
    return state


def read_employment(cell: Cell) -> Employment:
    """Return the employment type a word stands for. Raises CellProblem."""
    employment = EMPLOYMENT_WORDS.get(cell_text(cell).lower())
    if employment is None:
        raise CellProblem("employment_unknown", {"value": cell_text(cell)})
    return employment


def read_heads(cell: Cell) -> int:
    """Return a number of heads, 0..10000. Raises CellProblem."""
    text = cell_text(cell)
    if not text.isdecimal() or int(text) > 10_000:
        raise CellProblem("heads_malformed", {"value": text})
    return int(text)


def read_weekdays(cell: Cell) -> tuple[int, ...]:
    """Return weekdays, 0 Monday .. 6 Sunday: 周一, 星期日, 1..7, Mon, 周一至周五, 工作日, 周末, 每天.

    Raises CellProblem.

    >>> read_weekdays("周一至周三、周日")
    (0, 1, 2, 6)
    """
    text = cell_text(cell).lower()
    found: set[int] = set()
    for part in re.split(r"[、,;/\s]+", text):
        whole = {"工作日": range(5), "weekdays": range(5), "周末": range(5, 7), "weekend": range(5, 7),
                 "每天": range(7), "每日": range(7), "全周": range(7), "daily": range(7)}.get(part)
        if whole is not None:
            found.update(whole)
            continue
        first, last = _weekday_range(part, text)
        found.update((first + step) % DAYS_A_WEEK for step in range((last - first) % DAYS_A_WEEK + 1))
    return tuple(sorted(found))


def _weekday_range(part: str, text: str) -> tuple[int, int]:
    ends = [_weekday(end) for end in re.split(r"至|到|~|-|—", part)]
    if len(ends) > 2 or None in ends:
        raise CellProblem("weekday_unknown", {"value": text})
    return ends[0] or 0, ends[-1] or 0


def _weekday(word: str) -> int | None:
    sign = re.sub(r"^(周|星期|礼拜)", "", word).replace("天", "日")
    if len(sign) == 1 and sign in WEEKDAY_SIGNS:
        return WEEKDAY_SIGNS.index(sign)
    if sign in {"1", "2", "3", "4", "5", "6", "7"}:
        return int(sign) - 1
    return WEEKDAY_NAMES.index(word[:3]) if word[:3] in WEEKDAY_NAMES and word.isalpha() else None
