"""How a caller says what is written: digits as people on the telephone say them, 幺三八, 六零一, 十二号."""

import re
from typing import Final

_BY_ONE: Final = str.maketrans("0123456789", "零幺二三四五六七八九")
_NAMES: Final = "零一二三四五六七八九"
_LONG: Final = 5  # digits from which on a number is a telephone, meter or order number
_ROOM: Final = 3  # digits of a room number that are said one by one
_NUMBER: Final = re.compile(r"\d+(?:-\d+)+|\d+(?:\.\d+)?")
_GROUPED: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SAID_AS_ONE_BY_ONE: Final = re.compile(r"[室房]")
_YEAR: Final = re.compile(r"年")


def spoken(text: str) -> str:
    """Return a line with its digits spelt as a Mandarin speaker says them; all else stays.

    >>> spoken("电话13805716688，12号3幢601室")
    '电话幺三八零五七幺六六八八，十二号三幢六零一室'
    """
    return _NUMBER.sub(lambda found: _said(found[0], found.string[found.end() : found.end() + 1]),
                       _GROUPED.sub("", text))


def _said(digits: str, after: str) -> str:
    """Say one number. after: the character behind it, "" at the end."""
    if "-" in digits:
        return "杠".join(part.translate(_BY_ONE) for part in digits.split("-"))
    whole, _point, part = digits.partition(".")
    if part:
        return f"{cardinal(int(whole))}点{''.join(_NAMES[int(digit)] for digit in part)}"
    room = len(whole) >= _ROOM and _SAID_AS_ONE_BY_ONE.match(after)
    year = len(whole) == len("2026") and _YEAR.match(after)
    if year or room:
        return "".join(_NAMES[int(digit)] for digit in whole)
    if len(whole) >= _LONG or (whole.startswith("0") and len(whole) > 1):
        return whole.translate(_BY_ONE)
    return cardinal(int(whole), two="两" if after in _COUNTED else "二")


_COUNTED: Final = frozenset("个次位天户遍块元人通家条份")


def cardinal(number: int, *, two: str = "二") -> str:
    """Say a whole number, 0 to 9999; two: how a lone two is said.

    >>> [cardinal(n) for n in (0, 10, 12, 20, 105, 110, 2008)]
    ['零', '十', '十二', '二十', '一百零五', '一百一十', '二千零八']
    """
    if number == len("ab"):
        return two
    if number < len(_NAMES):
        return _NAMES[number]
    said, gap, rest = "", False, number
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, rest = divmod(rest, unit)
        if not digit:
            gap = gap or bool(said)
            continue
        said += ("零" if gap else "") + _NAMES[digit] + name
        gap = False
    return said.removeprefix("一") if said.startswith("一十") else said
