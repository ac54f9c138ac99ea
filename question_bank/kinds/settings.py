"""The settings cell of a question row: short words that hold what the other columns cannot."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

NAMES: Mapping[str, tuple[str, ...]] = {
    "shuffle": ("打乱", "shuffle"),
    "pinned": ("固定", "pinned"),
    "rule": ("少选", "partial"),
    "any_order": ("任意顺序", "any_order"),
    "unit": ("单位", "unit"),
    "unit_rule": ("单位要求", "unit_rule"),
}
"""Setting -> the word written in the cell, then other words understood."""

WORDS: Mapping[str, tuple[str, ...]] = {
    "yes": ("是", "yes", "true", "1"),
    "no": ("否", "no", "false", "0"),
    "none": ("不得分", "none"),
    "half": ("得一半", "half"),
    "share": ("按比例", "share"),
    "ignored": ("不看", "ignored"),
    "checked": ("写了要对", "checked"),
    "required": ("必须写", "required"),
}
_NAME_OF = {word: name for name, words in NAMES.items() for word in words}
_VALUE_OF = {word: value for value, words in WORDS.items() for word in words}
_FREE = frozenset({"pinned", "unit"})


def write_settings(settings: Mapping[str, str]) -> str:
    """Write settings into one cell.

    >>> write_settings({"rule": "none", "pinned": "D"})
    '少选=不得分; 固定=D'
    """
    return "; ".join(
        f"{NAMES[name][0]}={value if name in _FREE else WORDS[value][0]}" for name, value in settings.items()
    )


def read_settings(cell: str) -> tuple[dict[str, str], list[str]]:
    """Read a settings cell into settings and the words that mean nothing here.

    >>> read_settings("固定＝D；颜色=红")
    ({'pinned': 'D'}, ['颜色=红'])
    """
    settings: dict[str, str] = {}
    unknown = []
    for part in cell.replace("；", ";").replace("＝", "=").split(";"):
        name, _, value = (side.strip() for side in part.partition("="))
        code = _NAME_OF.get(unicodedata.normalize("NFKC", name).casefold())
        known = value if code in _FREE else _VALUE_OF.get(value.casefold())
        if code and known:
            settings[code] = known
        elif part.strip():
            unknown.append(part.strip())
    return settings, unknown
