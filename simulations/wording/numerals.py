"""Chinese numerals as digits: 幺三八, 十二号, 六零一, 二十四小时.

Only runs that are surely numbers change: 十分, 千万, 一定, 两三天 stay words. The same function reads patterns and
replies, so that a number written either way meets itself.
"""

import re
from typing import Final

from .characters import Char

DIGITS: Final = {**{c: str(i) for i, c in enumerate("零一二三四五六七八九")}, "〇": "0", "幺": "1", "两": "2"}
_UNITS: Final = {"十": 10, "百": 100, "千": 1000}
_MEASURES: Final = (
    "号楼|号|幢|栋|座|单元|室|楼|层|弄|门|小时|分钟|分|秒|天|日|个|次|位|点|元|块|月|年|期|级|档|组|户|遍|声|倍|折"
)
_COMPOUND: Final = re.compile(
    r"(?:[一二三四五六七八九两][百千]零?)*(?:[一二三四五六七八九两]?十[一二三四五六七八九]?|[一二三四五六七八九](?<=[百千零].))"
)
_HUNDREDS: Final = re.compile(r"(?:[一二三四五六七八九两][百千]零?)+")
_RUN: Final = re.compile(r"[零〇幺一二三四五六七八九两]{2,}")
_SINGLE: Final = re.compile(rf"[零一二三四五六七八九两](?={_MEASURES})")
_MEASURE: Final = re.compile(_MEASURES)
_ABOUT: Final = frozenset(
    ["一一", "一二", "一两", "两三", "三两", "三四", "三五", "四五", "五六", "六七", "七八", "八九"]
)
_NOT_NUMBERS: Final = re.compile(
    r"十分(?!钟)|十足|十全|千万|万一|百分之?|统一|唯一|星期[一二三四五六日]|周[一二三四五六日]|第三方|三方"
)
_NUMERIC: Final = re.compile(r"[0-9零〇幺一二三四五六七八九]")


def as_digits(chars: list[Char]) -> list[Char]:
    """Return the characters with numbers written in digits; spans keep pointing at the original text."""
    text = "".join(c.text for c in chars)
    if not any(c in DIGITS or c in _UNITS for c in text):
        return chars
    kept = [False] * len(text)
    for word in _NOT_NUMBERS.finditer(text):
        kept[word.start() : word.end()] = [True] * (word.end() - word.start())
    out: list[Char] = []
    at = 0
    while at < len(text):
        taken = None if kept[at] else _number_at(text, at, kept)
        if taken is None:
            out.append(chars[at])
            at += 1
            continue
        end, digits = taken
        if len(digits) == end - at:
            out.extend(Char(d, chars[at + i].start, chars[at + i].end) for i, d in enumerate(digits))
        else:
            out.extend(Char(d, chars[at].start, chars[end - 1].end) for d in digits)
        at = end
    return out


def _number_at(text: str, at: int, kept: list[bool]) -> tuple[int, str] | None:
    """Find the number that starts exactly here: (end, digits)."""
    if at and text[at - 1] in _UNITS and not kept[at - 1]:
        return None
    compound = _compound_at(text, at)
    if compound and not any(kept[at : compound[0]]):
        return compound
    run = _RUN.match(text, at)
    if run and not any(kept[at : run.end()]) and _is_number_run(text, run):
        return run.end(), "".join(DIGITS[c] for c in run[0])
    if _SINGLE.match(text, at) and not (run and run.end() - at > 1):
        return at + 1, DIGITS[text[at]]
    if text[at] in "零〇幺一二三四五六七八九" and _beside_digits(text, at, at + 1):
        return at + 1, DIGITS[text[at]]
    return None


def _compound_at(text: str, at: int) -> tuple[int, str] | None:
    """Read 十二, 二十四, 一百零五, 三百; a lone 十 needs a measure word behind it."""
    best = max((m.end() for m in (_COMPOUND.match(text, at), _HUNDREDS.match(text, at)) if m and m[0]), default=at)
    word = text[at:best]
    if not any(c in _UNITS for c in word) or word[0] in "百千":
        return None
    if word == "十" and not _MEASURE.match(text, best):
        return None
    total, digit = 0, 0
    for c in word:
        if c in _UNITS:
            total += (digit or 1) * _UNITS[c]
            digit = 0
        else:
            digit = int(DIGITS[c])
    return best, str(total + digit)


def _is_number_run(text: str, run: re.Match[str]) -> bool:
    """Tell 六零一 (a number) from 两三 (about two or three)."""
    if len(run[0]) > 2 or run[0] not in _ABOUT:
        return True
    beside_unit = _MEASURE.match(text, run.end())
    return bool(beside_unit and beside_unit[0] in {"号", "号楼", "幢", "栋", "座", "单元", "室"}) or _beside_digits(
        text, run.start(), run.end()
    )


def _beside_digits(text: str, start: int, end: int) -> bool:
    """A digit group stands right before or behind, perhaps after a space or a comma."""
    before, after = text[:start].rstrip(" ,，-"), text[end:].lstrip(" ,，-")
    return bool(
        (before and before[-1] in "0123456789幺零〇") or (after and _NUMERIC.match(after) and after[:2].isdigit())
    )
