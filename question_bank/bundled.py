"""The bundled questions: reading the files beside this module and proving each one before it is used.

Every bundled question must mark its own key right and its stated wrong answer wrong; a file that breaks this, repeats a
code, or names an unknown point is refused as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from question_bank.kinds import KINDS, KindCode, Row

LIBRARY = Path(__file__).parent / "library"
SETS = ("service", "phone", "gas", "problem-solving", "law")
DEFAULT_POINTS = {"single": 200, "multiple": 300, "true_false": 100, "blank": 300, "numeric": 300}
"""Hundredths of a mark that a question of each kind is worth unless a paper says otherwise."""


@dataclass(frozen=True, slots=True)
class BundledPoint:
    """A knowledge point: code, names, the subject above it ("" for a subject), a note for authors."""

    code: str
    name: str
    name_en: str
    parent: str
    note: str


@dataclass(frozen=True, slots=True)
class BundledQuestion:
    """A proven question of the library; `wrong` is an answer it marks wrong, `case` comes from operators' work."""

    code: str
    kind: KindCode
    point: str
    difficulty: str
    content: Mapping[str, Any]
    wrong: Any
    case: bool
    points: int


class LibraryError(ValueError):
    """A bundled file is not fit for use; the message names the file's question and what is wrong."""


@cache
def points() -> tuple[BundledPoint, ...]:
    """Return the knowledge points, each subject before its own."""
    found = []
    for subject in _load("points"):
        found.append(_point(subject, ""))
        found += [_point(point, subject["code"]) for point in subject["points"]]
    return tuple(found)


@cache
def questions() -> tuple[BundledQuestion, ...]:
    """Return all bundled questions, proven. Raises LibraryError."""
    found: dict[str, BundledQuestion] = {}
    for name in SETS:
        for entry in _load(name):
            question = read_question(entry)
            if question.code in found:
                raise LibraryError(f"{question.code}: the code appears twice")
            found[question.code] = question
    return tuple(found.values())


def read_question(entry: Mapping[str, Any]) -> BundledQuestion:
    """Read one entry of a library file and prove it. Raises LibraryError with its code and what is wrong."""
    code, kind = str(entry["code"]), KindCode(entry["kind"])
    content, flaws = KINDS[kind].from_row(_row(entry))
    flaws += KINDS[kind].validate(content)
    if flaws:
        raise LibraryError(f"{code}: " + ", ".join(f"{flaw.where} {flaw.code}" for flaw in flaws))
    if entry["point"] not in {point.code for point in points()}:
        raise LibraryError(f"{code}: unknown point {entry['point']}")
    wrong = _answer(kind, str(entry["wrong"]), entry)
    if not KINDS[kind].mark(content, KINDS[kind].key_answer(content), 100).fully:
        raise LibraryError(f"{code}: its own key is not marked right")
    if KINDS[kind].mark(content, wrong, 100).hundredths:
        raise LibraryError(f"{code}: its wrong answer earns marks")
    return BundledQuestion(
        code, kind, entry["point"], entry["level"], content, wrong, bool(entry.get("case")), DEFAULT_POINTS[kind]
    )


def _row(entry: Mapping[str, Any]) -> Row:
    units = [entry[name] for name in ("unit",) if name in entry] + list(entry.get("unit_also", ()))
    key = entry.get("key", entry.get("answer", ""))
    return Row(
        stem=str(entry["stem"]).strip(),
        options=tuple(str(option) for option in entry.get("options", ())),
        answer={True: "对", False: "错"}[key] if isinstance(key, bool) else str(key),
        explanation=str(entry["why"]).strip(),
        settings={"unit": ",".join(units)} if units else {},
    )


def _answer(kind: KindCode, written: str, entry: Mapping[str, Any]) -> Any:
    """Turn the written wrong answer into the answer a browser would send."""
    if kind in (KindCode.SINGLE, KindCode.MULTIPLE, KindCode.TRUE_FALSE):
        content, _flaws = KINDS[kind].from_row(Row("x", tuple(map(str, entry.get("options", ()))), written))
        return content["key"]
    return [part.strip() for part in written.split(";")] if kind is KindCode.BLANK else written


def _point(entry: Mapping[str, Any], parent: str) -> BundledPoint:
    return BundledPoint(entry["code"], entry["name"], entry["name_en"], parent, entry.get("note", ""))


def _load(name: str) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load((LIBRARY / f"{name}.yaml").read_text(encoding="utf-8"))
