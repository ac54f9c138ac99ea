"""Judging a record: which question is it, and what keeps it out of the bank?

Everything found is said, with the cell it stands in and, where one is known, the value that would settle it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from rapidfuzz import fuzz, process

from question_bank.bundled import DEFAULT_POINTS
from question_bank.formats.entries import KIND_WORDS, WITH_PARTS
from question_bank.formats.kind_words import KINDS_BY_WORD, OTHER_KINDS, plain_word
from question_bank.formats.records import Record, Trouble
from question_bank.kinds import KINDS, SIMPLE, Flaw, KindCode, Row
from question_bank.kinds.base import MOST_OPTIONS
from question_bank.kinds.compound import MOST_WEIGHT
from question_bank.kinds.folding import fold
from question_bank.kinds.listening import flaws_of_audio
from question_bank.kinds.options import letter, places_in
from question_bank.kinds.settings import read_settings
from question_bank.kinds.true_false import NO, YES

MOST_POINTS = 100_00
"""Hundredths of a mark that one question may be worth."""

_LEVELS: Mapping[str, str] = {
    word: level
    for level, words in {
        "easy": "易 容易 简单 较易 低 初级 easy 1 ★",
        "medium": "中 中等 一般 普通 适中 中级 medium 2 3 ★★ ★★★",
        "hard": "难 困难 较难 高 高级 很难 hard 4 5 ★★★★ ★★★★★",
    }.items()
    for word in words.split()
}
_REAL_PHONE = re.compile(r"(?<!\d)(?!164)(1[3-9]\d)(\d{4})(\d{4})(?!\d)")
_CELL_OF = {
    "key": "answer",
    "blanks": "answer",
    "value": "answer",
    "tolerance": "answer",
    "unit": "settings",
    "rule": "settings",
    "most": "settings",
    "audio": "settings",
    "gaps": "answer",
    "model": "answer",
    "left": "answer",
    "fields": "answer",
    "rubric": "options",
    "parts": "kind",
}
_WITH_OPTIONS = frozenset(
    {
        KindCode.SINGLE,
        KindCode.MULTIPLE,
        KindCode.ORDERING,
        KindCode.MATCHING,
        KindCode.SHORT,
        KindCode.DICTATION,
    }
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A judged record; `kind` is None and `content` empty where not even the kind is known.

    point    code of a known knowledge point, "" where none is named or known
    points   hundredths of a mark
    """

    kind: KindCode | None
    content: Mapping[str, Any]
    point: str
    difficulty: str
    points: int
    troubles: tuple[Trouble, ...]

    @property
    def fit(self) -> bool:
        """Tell whether the question can be written as it is."""
        return self.kind is not None and all(trouble.notice for trouble in self.troubles)


Kept = Callable[[str], bool]


def check_record(record: Record, points: Mapping[str, str], kept: Kept = lambda _digest: True) -> Checked:
    """Judge one record.

    kept     tells whether a recording with this digest is in the store
    points   the bank's knowledge points, code -> name; either may stand in the file
    """
    troubles = list(record.troubles)
    kind = _kind(record, troubles)
    difficulty = _difficulty(record, troubles)
    worth = _points(record, kind, troubles)
    point = _point(record, points, troubles)
    content: dict[str, Any] = {}
    if kind is not None and not _blocked(record):
        content = _content(record, kind, troubles)
        troubles += _absent_recording(record, content, kept)
    if record.parts and kind not in WITH_PARTS:
        troubles.append(Trouble(record.parts[0].cell("kind"), "part_without_case"))
    if record.text("picture"):
        troubles.append(Trouble(record.cell("picture"), "picture_left_out", notice=True))
    for name in ("stem", "explanation"):
        if found := _REAL_PHONE.search(record.text(name)):
            shown = f"{found[1]}****{found[3]}"
            troubles.append(Trouble(record.cell(name), "phone_looks_real", {"phone": shown}, notice=True))
    return Checked(kind, content, point, difficulty, worth, _once(troubles))


def _absent_recording(record: Record, content: Mapping[str, Any], kept: Kept) -> list[Trouble]:
    """Say when a question is to be listened to, and what it names is no recording of this system."""
    digest = str((content.get("audio") or {}).get("sha256") or "")
    if flaws_of_audio(content) or "audio" not in content or kept(digest):
        return []
    return [Trouble(record.cell("settings"), "recording_not_here", {"recording": digest[:12]})]


def _blocked(record: Record) -> bool:
    """Tell whether the reader of the file has already said that there is no question here."""
    return any(trouble.code.startswith(("gift_", "foreign_")) and not trouble.notice for trouble in record.troubles)


def _content(record: Record, kind: KindCode, troubles: list[Trouble]) -> dict[str, Any]:
    settings, strange = read_settings(record.text("settings"))
    if strange:
        detail = {"words": "；".join(strange)[:60]}
        troubles.append(Trouble(record.cell("settings"), "settings_unknown", detail, notice=True))
    options = record.options if kind in _WITH_OPTIONS else ()
    answer = record.text("answer")
    if kind is KindCode.TRUE_FALSE:
        answer = _truth_letter(record, answer)
    row = Row(record.text("stem"), options, answer, record.text("explanation"), settings)
    content, flaws = KINDS[kind].from_row(row)
    if kind in WITH_PARTS:
        content["parts"] = [_part(part, troubles) for part in record.parts]
    elif kind is KindCode.MATCHING and len(options) > MOST_OPTIONS:
        flaws.append(Flaw("options", "options_count", {"count": len(options), "least": 2, "most": MOST_OPTIONS}))
    said = {flaw.where for flaw in flaws}
    found = KINDS[kind].validate(content)
    flaws += [flaw for flaw in found if _CELL_OF.get(flaw.where.split(".")[0]) not in said and not _of_part(flaw)]
    troubles += [_trouble(record, kind, flaw) for flaw in flaws]
    return content


def _part(part: Record, troubles: list[Trouble]) -> dict[str, Any]:
    """Judge one part of a case as a question of its own; its marks are its weight."""
    found: list[Trouble] = []
    kind = _kind(part, found)
    if kind is not None and kind not in SIMPLE:
        found.append(Trouble(part.cell("kind"), "part_kind"))
        kind = None
    content = _content(part, kind, found) if kind else {}
    weight = part.text("points") or "1"
    if not re.fullmatch(r"[1-9]\d?|100", weight, re.ASCII):
        found.append(Trouble(part.cell("points"), "part_weight", {"most": MOST_WEIGHT}))
        weight = "1"
    troubles += [replace(trouble, fix=None) for trouble in found]
    return {"kind": kind.value if kind else "", "content": content, "weight": int(weight)}


def _of_part(flaw: Flaw) -> bool:
    """Tell whether a flaw of a case is one of its parts', which have been judged with their own cells."""
    return flaw.where.startswith("parts.")


def _trouble(record: Record, kind: KindCode, flaw: Flaw) -> Trouble:
    head = flaw.where.split(".")[0]
    place = record.cell(_CELL_OF.get(head, flaw.where))
    return Trouble(place, flaw.code, flaw.detail, fix=_fix(record, kind, flaw))


def _fix(record: Record, kind: KindCode, flaw: Flaw) -> tuple[str, str] | None:
    """Return what would settle a flaw beyond doubt for most people, to be offered, never done unasked."""
    if flaw.code == "single_with_many":
        return "kind", KIND_WORDS[KindCode.MULTIPLE]
    if flaw.code == "key_of_one":
        return "kind", KIND_WORDS[KindCode.SINGLE]
    if flaw.code == "answer_beyond" and kind is KindCode.SINGLE and len(record.options) > 1:
        return "answer", letter(len(record.options) - 1)
    return None


def _kind(record: Record, troubles: list[Trouble]) -> KindCode | None:
    word = plain_word(record.text("kind"))
    if word in KINDS_BY_WORD:
        kind = KINDS_BY_WORD[word]
        return (
            KindCode.MULTIPLE if word in ("选择", "选择题") and len(places_in(record.text("answer"))[0]) > 1 else kind
        )
    if not word:
        guessed = _guess_kind(record)
        detail = {"kind": guessed.value} if guessed else {}
        if not _blocked(record):
            code = "kind_guessed" if guessed else "kind_missing"
            troubles.append(Trouble(record.cell("kind"), code, detail, notice=bool(guessed)))
        return guessed
    if word in OTHER_KINDS:
        troubles.append(Trouble(record.cell("kind"), "kind_not_supported", {"kind": record.text("kind")}))
        return None
    near = process.extractOne(word, list(KINDS_BY_WORD), scorer=fuzz.ratio, score_cutoff=50)
    fix = ("kind", KIND_WORDS[KINDS_BY_WORD[near[0]]]) if near else None
    detail = {"kind": record.text("kind")[:20], "near": fix[1] if fix else ""}
    troubles.append(Trouble(record.cell("kind"), "kind_unknown", detail, fix=fix))
    return None


def _guess_kind(record: Record) -> KindCode | None:
    answer = unicodedata.normalize("NFKC", record.text("answer")).casefold()
    places, strange = places_in(answer)
    options = [option for option in record.options if option]
    if len(options) >= 2:
        if strange or not places:
            return None
        return KindCode.MULTIPLE if len(places) > 1 else KindCode.SINGLE
    if answer in (YES | NO) - {"a", "b", "0", "1", "t", "f"}:
        return KindCode.TRUE_FALSE
    return KindCode.BLANK if re.search(r"[_＿]{3,}", record.text("stem")) and answer else None


def _truth_letter(record: Record, answer: str) -> str:
    """Read A or B through the options of a true/false question written as a choice."""
    places = places_in(answer)[0]
    if len(record.options) == 2 and len(places) == 1 and answer.strip().upper() in ("A", "B"):
        return fold(record.options[places[0]])
    return answer


def _difficulty(record: Record, troubles: list[Trouble]) -> str:
    word = unicodedata.normalize("NFKC", record.text("difficulty")).casefold()
    if not word:
        return "medium"
    if word in _LEVELS:
        return _LEVELS[word]
    detail = {"difficulty": record.text("difficulty")[:20]}
    troubles.append(Trouble(record.cell("difficulty"), "difficulty_unknown", detail, fix=("difficulty", "中")))
    return "medium"


def _points(record: Record, kind: KindCode | None, troubles: list[Trouble]) -> int:
    usual = DEFAULT_POINTS[kind.value] if kind else 100
    word = unicodedata.normalize("NFKC", record.text("points"))
    if not word:
        return usual
    if not re.fullmatch(r"-?\d{1,9}(?:\.\d{1,4})?", word, re.ASCII):
        found = re.search(r"\d+(?:\.\d{1,2})?", word, re.ASCII)
        fix = ("points", found[0][:6] if found else f"{usual / 100:g}")
        troubles.append(Trouble(record.cell("points"), "points_not_number", {"points": word[:20]}, fix=fix))
        return usual
    hundredths = Decimal(word) * 100
    if not 1 <= hundredths <= MOST_POINTS or hundredths != int(hundredths):
        detail = {"points": word[:20], "most": MOST_POINTS // 100}
        troubles.append(
            Trouble(record.cell("points"), "points_out_of_range", detail, fix=("points", f"{usual / 100:g}"))
        )
        return usual
    return int(hundredths)


def _point(record: Record, points: Mapping[str, str], troubles: list[Trouble]) -> str:
    word = record.text("point")
    if not word:
        return ""
    if word in points:
        return word
    by_name = {fold(name): code for code, name in points.items()}
    if fold(word) in by_name:
        return by_name[fold(word)]
    near = process.extractOne(fold(word), list(by_name), scorer=fuzz.ratio, score_cutoff=45)
    name = points[by_name[near[0]]] if near else ""
    code = "point_near" if near else "point_unknown"
    fix = ("point", name) if near else None
    troubles.append(Trouble(record.cell("point"), code, {"point": word[:40], "near": name}, notice=True, fix=fix))
    return ""


def _once(troubles: list[Trouble]) -> tuple[Trouble, ...]:
    seen: dict[tuple[str, str], Trouble] = {}
    for trouble in troubles:
        seen.setdefault((trouble.cell, trouble.code), trouble)
    return tuple(seen.values())
