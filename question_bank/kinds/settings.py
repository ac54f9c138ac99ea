"""The settings cell of a question row: short words that hold what the other columns cannot."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, ...]] = {
    "shuffle": ("打乱", "shuffle"),
    "pinned": ("固定", "pinned"),
    "rule": ("少选", "partial"),
    "any_order": ("任意顺序", "any_order"),
    "unit": ("单位", "unit"),
    "unit_rule": ("单位要求", "unit_rule"),
    "most": ("字数", "most"),
    "rich": ("富文本", "rich"),
    "audio": ("录音", "audio"),
    "plays": ("播放次数", "plays"),
    "transcript": ("文字稿", "transcript"),
}
"""Setting -> the word written in the cell, then other words understood."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "yes": ("是", "yes", "true", "1"),
    "no": ("否", "no", "false", "0"),
    "none": ("不得分", "none"),
    "half": ("得一半", "half"),
    "share": ("按比例", "share"),
    "penalty": ("错选倒扣", "penalty"),
    "ignored": ("不看", "ignored"),
    "checked": ("写了要对", "checked"),
    "required": ("必须写", "required"),
}
_NAME_OF = {word: name for name, words in NAMES.items() for word in words}
_VALUE_OF = {word: value for value, words in WORDS.items() for word in words}
_FREE = frozenset({"pinned", "unit", "most", "audio", "plays", "transcript"})
_QUOTED = frozenset({"transcript"})
_PARTS = re.compile(r'\s*(?:([^;；=＝"]*)[=＝]\s*"((?:[^"]|"")*)"\s*|([^;；]*))(?:[;；]|$)')


def write_settings(settings: Mapping[str, str]) -> str:
    """Write settings into one cell.

    >>> write_settings({"rule": "none", "pinned": "D"})
    '少选=不得分; 固定=D'
    """
    return "; ".join(f"{NAMES[name][0]}={_written(name, value)}" for name, value in settings.items())


def read_settings(cell: str) -> tuple[dict[str, str], list[str]]:
    """Read a settings cell into settings and the words that mean nothing here.

    >>> read_settings("固定＝D；颜色=红")
    ({'pinned': 'D'}, ['颜色=红'])
    """
    settings: dict[str, str] = {}
    unknown = []
    for quoted_name, quoted, plain in _PARTS.findall(cell):
        name, _, value = (side.strip() for side in plain.replace("＝", "=").partition("="))
        if quoted_name:
            name, value = quoted_name.strip(), quoted.replace('""', '"')
        code = _NAME_OF.get(unicodedata.normalize("NFKC", name).casefold())
        known = value if code in _FREE else _VALUE_OF.get(value.casefold())
        if code and known:
            settings[code] = known
        elif (plain or quoted_name).strip():
            unknown.append((plain or quoted_name).strip())
    return settings, unknown


def _written(name: str, value: str) -> str:
    if name in _QUOTED:
        return '"' + value.replace('"', '""') + '"'
    return value if name in _FREE else WORDS[value][0]
