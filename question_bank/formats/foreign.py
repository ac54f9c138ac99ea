"""What other systems say, as fields of a record: written the way people write rows here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from question_bank.kinds.blank import write_forms
from question_bank.kinds.options import letter

_MEANING = re.compile(r"([;；=＝\\])")


def choice(options: Sequence[str], right: Sequence[int], *, many: bool) -> dict[str, Any]:
    """Return the fields of a choice question; `right` are places from 0."""
    answer = "".join(letter(place) for place in sorted(right))
    return {"kind": "多选" if many else "单选", "options": list(options), "answer": answer}


def pairs(matches: Sequence[tuple[str, str]], others: Sequence[str] = ()) -> dict[str, Any]:
    """Return the fields of a matching question; `others` are options that fit nothing."""
    options = list(dict.fromkeys([*(right for _left, right in matches), *others]))
    sides = [f"{_escaped(left)}={letter(options.index(right))}" for left, right in matches]
    return {"kind": "匹配", "options": options, "answer": "; ".join(sides)}


def order(steps: Sequence[str]) -> dict[str, Any]:
    """Return the fields of an ordering question from its steps in the right order."""
    return {"kind": "排序", "options": list(steps), "answer": "".join(letter(place) for place in range(len(steps)))}


def truth(right: bool) -> dict[str, Any]:
    """Return the fields of a statement."""
    return {"kind": "判断", "answer": "对" if right else "错"}


def blanks(forms: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Return the fields of blanks, each with the forms it accepts."""
    return {"kind": "填空", "answer": "; ".join(write_forms({"accepted": list(one)}) for one in forms)}


def gaps(found: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields of a cloze; each gap {"accepted": [...]} or {"choices": [...], "right": place}."""
    lines = []
    for gap in found:
        starred = [
            f"{'*' if place == gap.get('right') else ''}{one}" for place, one in enumerate(gap.get("choices", ()))
        ]
        lines.append(write_forms({"accepted": starred or list(gap.get("accepted", ()))}))
    return {"kind": "选词填空", "answer": "; ".join(lines)}


def _escaped(left: str) -> str:
    return _MEANING.sub(r"\\\1", left)
