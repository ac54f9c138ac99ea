"""Moodle's cloze notation: gaps such as {1:SHORTANSWER:=三声~%50%3声#remark} in a text, read and written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from question_bank.kinds.blank import MARKER, MARKERS
from question_bank.kinds.gaps import is_choice, key_of

_GAP = re.compile(r"\{(\d*):([A-Z_]+):((?:[^{}\\]|\\.)*)\}", re.DOTALL)
_TYPED = frozenset({"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"})
_CHOSEN = re.compile(r"(?:MULTICHOICE|MC)(?:_?[VHS]{0,2})")
_NUMBER = frozenset({"NUMERICAL", "NM"})
_WEIGHT = re.compile(r"%(-?\d+(?:\.\d+)?)%|=")


def read_cloze(text: str) -> tuple[str, list[dict[str, Any]], str]:
    """Return the text with its gaps marked, the gaps for `foreign.gaps`, and the first gap that can't be read."""
    gaps: list[dict[str, Any]] = []
    strange = ""
    for found in _GAP.finditer(text):
        gap = _gap(found[2], found[3])
        if gap is None:
            strange = strange or found[0]
            gap = {"accepted": []}
        gaps.append(gap)
    return _GAP.sub(MARKER, text), gaps, strange


def write_cloze(stem: str, gaps: Sequence[Mapping[str, Any]]) -> str:
    """Write a text with its gaps; text that looks like a gap of its own is escaped by a space after its brace."""
    held = iter(gaps)
    return MARKERS.sub(lambda _mark: _written(next(held, {})), stem.replace("{", "{ "))


def _written(gap: Mapping[str, Any]) -> str:
    if is_choice(gap):
        lines = [f"{'=' if one['id'] == key_of(gap) else '~'}{_escape(one['text'])}" for one in gap["options"]]
        return "{1:MULTICHOICE:" + "~".join(line.removeprefix("~") for line in lines) + "}"
    return "{1:SHORTANSWER:" + "~".join(f"={_escape(form)}" for form in gap.get("accepted") or ()) + "}"


def _gap(kind: str, body: str) -> dict[str, Any] | None:
    answers = [_answer(part) for part in re.split(r"(?<!\\)~", body) if part.strip()]
    right = [text for text, share in answers if share >= 100]
    weighted = any(0 < share < 100 for _text, share in answers)
    if kind in _TYPED or kind in _NUMBER:
        forms = [text.partition(":")[0] if kind in _NUMBER else text for text in right]
        return {"accepted": forms, "weighted": weighted} if forms else None
    if _CHOSEN.fullmatch(kind) and len(right) == 1:
        choices = [text for text, _share in answers]
        return {"choices": choices, "right": choices.index(right[0]), "weighted": weighted}
    return None


def _answer(part: str) -> tuple[str, float]:
    found = _WEIGHT.match(part.strip())
    share = 0.0 if found is None else float(found[1]) if found[1] else 100.0
    text = part.strip()[found.end() :] if found else part.strip()
    text = re.split(r"(?<!\\)#", text)[0]
    return re.sub(r"\\(.)", r"\1", text).strip(), share


def _escape(text: str) -> str:
    return re.sub(r"([\\~=#{}\"])", r"\\\1", text)
