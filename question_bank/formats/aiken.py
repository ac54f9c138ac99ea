"""Aiken in and out: a question, options A. B. C., a line ANSWER: B. One right answer, one line each.

What else others write below the answer is named with its line and left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from question_bank.formats.entries import Entry
from question_bank.formats.foreign import choice
from question_bank.formats.records import Record, Trouble
from question_bank.kinds import KindCode

HOLDS = frozenset({KindCode.SINGLE})
_LONGEST = 20_000
"""Signs from which on an option is refused as too long whatever follows."""
_OPTION = re.compile(r"\s*([A-Ja-j])\s*[.)．）、]\s*(.*)")
_ANSWER = re.compile(r"\s*ANSWER\s*[:：]\s*(.*)", re.IGNORECASE)


def looks_like_aiken(text: str) -> bool:
    """Tell whether a text has an option A followed somewhere by a line ANSWER: A."""
    return (
        re.search(r"(?im)^[ \t]{0,20}answer[ \t]{0,9}[:：][ \t]{0,9}[a-j][ \t]{0,20}$", text) is not None
        and "{" not in text
    )


def read_aiken(text: str) -> list[Record]:
    """Read every question; what is incomplete is read as far as it goes and judged later."""
    found: list[Record] = []
    stem: list[str] = []
    options: list[str] = []
    first = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if answer := _ANSWER.fullmatch(line):
            found.append(_record(first or number, stem, options, answer[1].strip(), number))
            stem, options, first = [], [], 0
            continue
        option = _OPTION.fullmatch(line)
        if option and stem and ord(option[1].upper()) - 65 == len(options):
            options.append(option[2].strip())
        elif options:
            options[-1] += f" {line.strip()}" if len(options[-1]) < _LONGEST else ""
        else:
            first = first or number
            stem.append(line.strip())
    if stem:
        cells = {"stem": str(first)}
        left = Trouble(str(first), "aiken_without_answer")
        found.append(Record(first, {"stem": "\n".join(stem), "options": options}, cells, (left,)))
    return found


def write_aiken(entries: Iterable[Entry]) -> bytes:
    """Write single choice questions of one line each, in UTF-8."""
    lines = []
    for entry in entries:
        lines.append(entry.row.stem)
        lines += [f"{'ABCDEFGHIJ'[place]}. {option}" for place, option in enumerate(entry.row.options)]
        lines += [f"ANSWER: {entry.row.answer}", ""]
    return "\n".join(lines).encode("utf-8")


def _record(first: int, stem: list[str], options: list[str], answer: str, line: int) -> Record:
    fields = {**choice(options, (), many=False), "stem": "\n".join(stem), "answer": answer}
    cells = {"stem": str(first), "answer": str(line), "options": str(first)}
    return Record(first, fields, cells)
