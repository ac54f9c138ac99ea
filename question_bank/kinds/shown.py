"""What a page can show of an answer that was saved: a journal keeps anything, widgets show what their kind can mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from question_bank.kinds.base import KindCode

_LISTS: Final = frozenset({
    KindCode.MULTIPLE, KindCode.BLANK, KindCode.ORDERING, KindCode.MATCHING, KindCode.CLOZE, KindCode.DICTATION,
})
"""Kinds whose answer is a list of words or ids; the others' is one word, id, number or yes and no."""


def shown_answer(view: Mapping[str, Any], answer: Any) -> Any:
    """Return what the widget of a candidate's view can show of an answer; None where it can't show anything.

    An answer that the widget made comes back as it is.

    >>> shown_answer({"kind": "blank"}, ["阀", "窗"])
    ['阀', '窗']
    >>> shown_answer({"kind": "blank"}, True) is None
    True
    >>> shown_answer({"kind": "ordering"}, ["a", ["b"]])
    ['a', None]
    """
    parts = view.get("parts")
    if parts is not None:
        given = answer if isinstance(answer, list) else []
        shown = [shown_answer(part, one) for part, one in zip(parts, given, strict=False)]
        return shown if any(one is not None for one in shown) else None
    if view["kind"] in _LISTS:
        return [_one(each) for each in answer] if isinstance(answer, list) else None
    return _one(answer)


def _one(answer: Any) -> Any:
    return None if isinstance(answer, list | dict) else answer
