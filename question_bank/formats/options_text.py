"""Options written into one cell, the ways people do it."""

from __future__ import annotations

import re

_LABEL = re.compile(
    r"(?:(?<=^)|(?<=[\s;；|｜,，。]))[(（]?([A-Ja-jＡ-Ｊ])[)）]?\s*[.．、:：)）]\s*|(?:(?<=^)|(?<=\n))([A-Ja-j])\s+"
)
_SEPARATORS = ("\n", "|", "｜", "$;$", ";", "；", "\t")


def split_options(cell: str) -> list[str]:
    r"""Cut one cell into options: by A. B. C. labels, else by lines, bars or semicolons.

    >>> split_options("A.关阀 B.开窗  C、断电")
    ['关阀', '开窗', '断电']
    >>> split_options("A．关阀　　B．开窗　；　C．断电")
    ['关阀', '开窗', '断电']
    >>> split_options("关阀|开窗|断电")
    ['关阀', '开窗', '断电']
    >>> split_options("关阀\n开窗")
    ['关阀', '开窗']
    """
    labelled = _by_labels(cell)
    if labelled:
        return labelled
    for separator in _SEPARATORS:
        if separator in cell.strip():
            return [part.strip() for part in cell.split(separator) if part.strip()]
    return [cell.strip()] if cell.strip() else []


def strip_labels(options: list[str]) -> list[str]:
    """Take "A." from the first option, "B." from the second ... when every option carries its own letter."""
    stripped = []
    for place, option in enumerate(options):
        found = re.match(r"\s*[(（]?([A-Ja-j])[)）]?\s*[.．、:：)）]\s*", option)
        if not found or ord(found[1].upper()) - 65 != place:
            return options
        stripped.append(option[found.end() :])
    return stripped


def _by_labels(cell: str) -> list[str]:
    marks: list[re.Match[str]] = []
    for found in _LABEL.finditer(cell):
        sign = (found[1] or found[2]).upper()
        place = ord(sign) - (65 if sign.isascii() else 0xFF21)
        if place == len(marks):
            marks.append(found)
    if len(marks) < 2 or cell[: marks[0].start()].strip():
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(cell)]
    return [cell[mark.end() : end].strip().strip(";；|｜,，").strip() for mark, end in zip(marks, ends, strict=True)]
