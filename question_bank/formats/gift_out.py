"""GIFT out: readable by Moodle and its relatives, and read back here without loss.

GIFT cannot say difficulty, marks, several blanks, patterns, units or pinned options, and orders only as pairs of place
and step. A comment before each question
says them in JSON, with a digest of the answers it belongs to: once somebody edits the answers, the comment no longer
speaks for them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable

from question_bank.formats.entries import KIND_WORDS, Entry
from question_bank.kinds import KindCode
from question_bank.kinds.numeric import read_amount
from question_bank.kinds.options import places_in
from question_bank.kinds.settings import write_settings

SAYS = "// floorready: "
HOLDS = frozenset(
    {
        KindCode.SINGLE,
        KindCode.MULTIPLE,
        KindCode.TRUE_FALSE,
        KindCode.BLANK,
        KindCode.NUMERIC,
        KindCode.ORDERING,
        KindCode.MATCHING,
        KindCode.SHORT,
    }
)
"""Kinds that GIFT can say."""


def write_gift(entries: Iterable[Entry]) -> bytes:
    """Write questions of the kinds it `HOLDS` as GIFT in UTF-8, under their knowledge points in the order given."""
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
    row, body = entry.row, _body(entry)
    if row.explanation:
        body += f"\n####{escape(row.explanation)}"
    says = {
        "kind": KIND_WORDS[entry.kind],
        "options": list(row.options),
        "answer": row.answer,
        "difficulty": entry.difficulty,
        "points": f"{entry.points / 100:g}",
        "settings": write_settings(row.settings),
        "of": digest(body + "\n"),
    }
    title = f"::{escape(entry.code)}:: " if entry.code else ""
    comment = SAYS + json.dumps(says, ensure_ascii=False).replace("\u2028", " ").replace("\u2029", " ")
    stem = escape(row.stem).removeprefix("[plain]")
    return f"{comment}\n{title}[{'markdown' if row.settings.get('rich') else 'plain'}]{stem} {{{body}\n}}"


def _body(entry: Entry) -> str:
    row = entry.row
    if entry.kind is KindCode.TRUE_FALSE:
        return "TRUE" if row.answer == "对" else "FALSE"
    if entry.kind is KindCode.NUMERIC:
        return _amount(row.answer)
    if entry.kind is KindCode.SHORT:
        return ""
    if entry.kind in (KindCode.ORDERING, KindCode.MATCHING):
        return _pairs(entry)
    if entry.kind is KindCode.BLANK:
        forms = [form.strip() for form in re.split(r"(?<!\\)\|", row.answer)]
        return (
            "".join(f"\n={escape(form)}" for form in forms) if ";" not in row.answer else (f"\n={escape(row.answer)}")
        )
    right = places_in(row.answer)[0]
    marks = []
    for place, text in enumerate(row.options):
        if entry.kind is KindCode.SINGLE:
            marks.append(f"{'=' if place in right else '~'}{escape(text)}")
        else:
            marks.append(f"~%{100 / len(right):.5f}%{escape(text)}" if place in right else f"~%-100%{escape(text)}")
    return "".join(f"\n{mark}" for mark in marks)


def _pairs(entry: Entry) -> str:
    """Write a matching question; an ordering one matches each step with its place."""
    content = entry.content
    text_of = {option["id"]: option["text"] for option in content["options"]}
    left = content.get("left") or [f"第 {place} 步" for place in range(1, len(content["key"]) + 1)]
    return "".join(
        f"\n={escape(side)} -> {escape(text_of[one])}" for side, one in zip(left, content["key"], strict=True)
    )


def _amount(answer: str) -> str:
    read = read_amount(answer)
    if read is None:
        return f"#{escape(answer)}"
    value, tolerance, kind, _unit = read
    reach = float(tolerance) * abs(float(value)) / 100 if kind == "percent" else float(tolerance)
    return f"#{value}:{reach:g}"
