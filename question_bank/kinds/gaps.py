"""Gaps to fill in, each typed or chosen from a list: shared by cloze and dictation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from question_bank.kinds.base import Content, Flaw, Mark, Why, shares_mark, texts_given
from question_bank.kinds.blank import accepts, build_blank, flaws_of_blank, write_forms
from question_bank.kinds.folding import fold
from question_bank.kinds.options import IDS, flaws_of_options

STAR = "*"
MOST_CHOICES = 6


def is_choice(gap: Content) -> bool:
    """Tell whether a gap is chosen from a list rather than typed."""
    return "options" in gap


def flaws_of_gap(where: str, number: int, gap: Any) -> list[Flaw]:
    """Check one gap (number from 1); never raises."""
    if not isinstance(gap, dict) or not is_choice(gap):
        flaws = flaws_of_blank(where, number, gap)
        starred = not flaws and any(form.lstrip().startswith(STAR) for form in gap.get("accepted") or ())
        return [*flaws, Flaw(where, "gap_star", {"number": number})] if starred else flaws
    flaws = [Flaw(where, flaw.code, flaw.detail) for flaw in flaws_of_options(gap)]
    choices = gap.get("options")
    if isinstance(choices, list) and len(choices) > MOST_CHOICES:
        flaws.append(Flaw(where, "options_count", {"count": len(choices), "least": 2, "most": MOST_CHOICES}))
    if not flaws and any(choice["text"].lstrip().startswith(STAR) for choice in gap["options"]):
        flaws.append(Flaw(where, "gap_star", {"number": number}))
    if not flaws and gap.get("key") not in [choice["id"] for choice in gap["options"]]:
        flaws.append(Flaw(where, "gap_key_missing", {"number": number}))
    return flaws


def mark_gaps(gaps: Sequence[Content], answer: Any, max_points: int) -> Mark:
    """Mark one text or id a gap; every gap is worth the same."""
    texts = texts_given(answer, len(gaps))
    if texts is None:
        return Mark(0, max_points, Why.UNREADABLE)
    if not any(texts):
        return Mark(0, max_points, Why.UNANSWERED)
    return shares_mark([_fits(gap, text) for gap, text in zip(gaps, texts, strict=True)], max_points)


def key_of(gap: Content) -> str:
    """Return what fills a gap rightly; "" for a typed gap that has patterns alone."""
    return str(gap["key"]) if is_choice(gap) else str((gap.get("accepted") or [""])[0])


def wrong_of(gap: Content) -> str:
    """Return what fills a gap wrongly."""
    if is_choice(gap):
        return str(next(choice["id"] for choice in gap["options"] if choice["id"] != gap["key"]))
    return "不知道" if not accepts(gap, fold("不知道")) else "？"


def reviewed(gaps: Sequence[Content], answer: Any) -> list[dict[str, Any]]:
    """Return each gap with what was given, whether it was right, and what is accepted."""
    texts = texts_given(answer, len(gaps)) or [""] * len(gaps)
    return [
        {"given": _said(gap, text), "right": _fits(gap, text), "accepted": _accepted(gap)}
        for gap, text in zip(gaps, texts, strict=True)
    ]


def write_gap(gap: Content) -> str:
    """Write a gap in a line: `三声 | 3声` for typed ones, `一声 | *三声` for chosen ones, the right one starred."""
    if not is_choice(gap):
        return write_forms(gap)
    starred = [f"{STAR if choice['id'] == gap.get('key') else ''}{choice['text']}" for choice in gap["options"]]
    return write_forms({"accepted": starred})


def build_gap(forms: Sequence[tuple[bool, str]]) -> dict[str, Any]:
    """Make a gap out of its forms, each (is a pattern, text)."""
    texts = [text for is_pattern, text in forms if not is_pattern]
    starred = [place for place, text in enumerate(texts) if text.startswith(STAR)]
    if not starred or len(texts) < len(forms):
        return build_blank(list(forms))
    return {
        "options": [{"id": IDS[place], "text": text.removeprefix(STAR)} for place, text in enumerate(texts[:10])],
        "key": IDS[starred[0]] if len(starred) == 1 and starred[0] < len(IDS) else "",
    }


def _fits(gap: Content, text: str) -> bool:
    return text == gap["key"] if is_choice(gap) else bool(text) and accepts(gap, fold(text))


def _said(gap: Content, text: str) -> str:
    return {choice["id"]: choice["text"] for choice in gap["options"]}.get(text, "") if is_choice(gap) else text


def _accepted(gap: Content) -> list[str]:
    return [_said(gap, gap["key"])] if is_choice(gap) else list(gap.get("accepted") or ())
