"""GIFT out: readable by Moodle and its relatives, and read back here without loss.

GIFT cannot say difficulty, marks, several blanks, patterns, units or pinned options. A comment before each question
says them in JSON, with a digest of the answers it belongs to: once somebody edits the answers, the comment no longer
speaks for them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from question_bank.formats.workbook import KIND_WORDS, Entry
from question_bank.kinds import KindCode
from question_bank.kinds.numeric import read_amount
from question_bank.kinds.options import places_in
from question_bank.kinds.settings import write_settings

SAYS = "// floorready: "


def write_gift(entries: Iterable[Entry]) -> bytes:
    """Write questions as GIFT in UTF-8, grouped under their knowledge points in the order given."""
    lines, category = [], None
    for entry in entries:
        if entry.point != category:
            category = entry.point
            lines += [f"$CATEGORY: {category}", ""]
        lines += [_question(entry), ""]
    return "\n".join(lines).encode("utf-8")


def digest(body: str) -> str:
    """Return a short digest of the text between the braces, blind to its spacing."""
    return hashlib.sha256("".join(body.split()).encode("utf-8")).hexdigest()[:10]


def escape(text: str) -> str:
    r"""Escape what GIFT would read as its own signs; line ends become \n, text that looks like HTML says it is none.

    >>> print(escape("a=b"))
    a\=b
    """
    escaped = re.sub(r"([\\~=#{}:])", r"\\\1", text).replace("\n", "\\n")
    return f"[plain]{escaped}" if "<" in text or text.startswith("[") else escaped


def _question(entry: Entry) -> str:
    body = _body(entry)
    if entry.row.explanation:
        body += f"\n####{escape(entry.row.explanation)}"
    says = {
        "kind": KIND_WORDS[entry.kind],
        "answer": entry.row.answer,
        "difficulty": entry.difficulty,
        "points": f"{entry.points / 100:g}",
        "settings": write_settings(entry.row.settings),
        "of": digest(body + "\n"),
    }
    title = f"::{escape(entry.code)}:: " if entry.code else ""
    comment = SAYS + json.dumps(says, ensure_ascii=False).replace("\u2028", " ").replace("\u2029", " ")
    stem = escape(entry.row.stem).removeprefix("[plain]")
    return f"{comment}\n{title}[plain]{stem} {{{body}\n}}"


def _body(entry: Entry) -> str:
    if entry.kind is KindCode.TRUE_FALSE:
        return "TRUE" if entry.row.answer == "对" else "FALSE"
    if entry.kind is KindCode.NUMERIC:
        return _amount(entry.row.answer)
    if entry.kind is KindCode.BLANK:
        forms = [form.strip() for form in re.split(r"(?<!\\)\|", entry.row.answer)]
        return (
            "".join(f"\n={escape(form)}" for form in forms)
            if ";" not in entry.row.answer
            else (f"\n={escape(entry.row.answer)}")
        )
    right = places_in(entry.row.answer)[0]
    marks = []
    for place, text in enumerate(entry.row.options):
        if entry.kind is KindCode.SINGLE:
            marks.append(f"{'=' if place in right else '~'}{escape(text)}")
        else:
            marks.append(f"~%{100 / len(right):.5f}%{escape(text)}" if place in right else f"~%-100%{escape(text)}")
    return "".join(f"\n{mark}" for mark in marks)


def _amount(answer: str) -> str:
    read = read_amount(answer)
    if read is None:
        return f"#{escape(answer)}"
    value, tolerance, kind, _unit = read
    reach = float(tolerance) * abs(float(value)) / 100 if kind == "percent" else float(tolerance)
    return f"#{value}:{reach:g}"
