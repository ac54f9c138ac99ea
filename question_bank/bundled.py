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
from question_bank.kinds.options import letters_in

LIBRARY = Path(__file__).parent / "library"
SETS = (
    "service",
    "phone",
    "gas",
    "problem-solving",
    "law",
    "standards",
    "emergency",
    "teamwork",
    "resilience",
    "company",
    "ethics",
    "product",
    "process",
    "systems",
    "communication",
)
DEFAULT_POINTS = {
    "single": 200,
    "multiple": 300,
    "true_false": 100,
    "blank": 300,
    "numeric": 300,
    "ordering": 300,
    "matching": 300,
    "cloze": 300,
    "short": 500,
    "case": 1000,
    "audio": 500,
    "dictation": 500,
}
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
    """Read one entry of a library file and prove it. Raises LibraryError with its code and what is wrong.

    Every entry has code, kind, point, level, stem, why (the explanation) and wrong (an answer that earns nothing, or,
    for what a person marks, any answer). Beside them:

    single, multiple     options, key: letters
    true_false           answer: true or false
    blank, numeric       answer as in a spreadsheet; numeric also unit, unit_also
    ordering             options, key: letters in the right order; wrong likewise
    matching             options, key: "left=C; left=A"; wrong: letters, one a left side
    cloze                answer: gaps as in a spreadsheet; wrong: texts with ; between
    short                answer: the model answer; rubric: lines "text（40%）"; most: characters
    case                 parts: entries with kind, stem, words of their kind, wrong, and if wanted why, weight (1)
    """
    code, kind = str(entry["code"]), KindCode(entry["kind"])
    content, wrong = _content(code, kind, entry)
    flaws = KINDS[kind].validate(content)
    if flaws:
        raise LibraryError(f"{code}: " + ", ".join(f"{flaw.where} {flaw.code}" for flaw in flaws))
    if entry["point"] not in {point.code for point in points()}:
        raise LibraryError(f"{code}: unknown point {entry['point']}")
    full = {part.path: part.out_of for part in KINDS[kind].by_hand(content, 100)}
    if not KINDS[kind].mark(content, KINDS[kind].key_answer(content), 100, full).fully:
        raise LibraryError(f"{code}: its own key is not marked right")
    if KINDS[kind].mark(content, wrong, 100).hundredths:
        raise LibraryError(f"{code}: its wrong answer earns marks")
    return BundledQuestion(
        code, kind, entry["point"], entry["level"], content, wrong, bool(entry.get("case")), DEFAULT_POINTS[kind]
    )


def _content(code: str, kind: KindCode, entry: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """Return content and wrong answer of an entry, or of a part of one."""
    content, flaws = KINDS[kind].from_row(_row(entry))
    if flaws:
        raise LibraryError(f"{code}: " + ", ".join(f"{flaw.where} {flaw.code}" for flaw in flaws))
    if kind is not KindCode.CASE:
        return content, _wrong(kind, content, entry)
    read = [_content(code, KindCode(part["kind"]), part) for part in entry["parts"]]
    content["parts"] = [
        {"kind": part["kind"], "content": inner, "weight": int(part.get("weight", 1))}
        for part, (inner, _wrong_of_part) in zip(entry["parts"], read, strict=True)
    ]
    return content, [wrong for _inner, wrong in read]


def _row(entry: Mapping[str, Any]) -> Row:
    units = [entry[name] for name in ("unit",) if name in entry] + list(entry.get("unit_also", ()))
    key = entry.get("key", entry.get("answer", ""))
    settings = {"unit": ",".join(units)} if units else {}
    for name in ("rule", "most"):
        if name in entry:
            settings[name] = str(entry[name])
    return Row(
        stem=str(entry["stem"]).strip(),
        options=tuple(str(option) for option in entry.get("options", entry.get("rubric", ()))),
        answer={True: "对", False: "错"}[key] if isinstance(key, bool) else str(key).strip(),
        explanation=str(entry.get("why", "")).strip(),
        settings=settings,
    )


def _wrong(kind: KindCode, content: Mapping[str, Any], entry: Mapping[str, Any]) -> Any:
    """Turn the written wrong answer into the answer a browser would send; its letters are the entry's own."""
    written = str(entry["wrong"])
    if kind is KindCode.TRUE_FALSE:
        return KINDS[kind].from_row(Row("x", (), written))[0]["key"]
    if kind in (KindCode.SINGLE, KindCode.MULTIPLE, KindCode.ORDERING, KindCode.MATCHING):
        id_of = {option["text"]: option["id"] for option in content["options"]}
        ids = [id_of[str(text)] for place in letters_in(written)[0] for text in entry["options"][place : place + 1]]
        return (ids[0] if len(ids) == 1 else "") if kind is KindCode.SINGLE else ids
    texts = [part.strip() for part in written.split(";")]
    if kind is KindCode.CLOZE:
        return [_choice(gap, text) for gap, text in zip(content["gaps"], texts, strict=False)]
    return texts if kind is KindCode.BLANK else written


def _choice(gap: Mapping[str, Any], text: str) -> str:
    """Return the id of a gap's choice by its text, the text itself for a typed gap."""
    return next((str(one["id"]) for one in gap.get("options", ()) if one["text"] == text), text)


def _point(entry: Mapping[str, Any], parent: str) -> BundledPoint:
    return BundledPoint(entry["code"], entry["name"], entry["name_en"], parent, entry.get("note", ""))


def _load(name: str) -> Iterator[dict[str, Any]]:
    yield from yaml.safe_load((LIBRARY / f"{name}.yaml").read_text(encoding="utf-8"))
