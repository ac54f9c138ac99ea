"""Kinds of question, one file each behind `base.Kind`; callers use the functions here.

Everything in this package is pure: no database, no clock, no language. `docs/policy/questions.md` tells the rules to
people.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from question_bank.kinds.audio import Audio
from question_bank.kinds.base import (
    NOTHING_GIVEN,
    Content,
    Flaw,
    Form,
    Given,
    HandPart,
    Kind,
    KindCode,
    Mark,
    Row,
    Seed,
    Why,
)
from question_bank.kinds.case import Case
from question_bank.kinds.compound import SIMPLE, with_rich
from question_bank.kinds.dictation import Dictation
from question_bank.kinds.shown import shown_answer

__all__ = [
    "KINDS",
    "SIMPLE",
    "Content",
    "Flaw",
    "Form",
    "Given",
    "HandPart",
    "Kind",
    "KindCode",
    "Mark",
    "Row",
    "Seed",
    "Why",
    "answer_from_form",
    "answer_given",
    "by_hand",
    "candidate_view",
    "files_of",
    "guess_score",
    "key_answer",
    "mark",
    "response_of",
    "review_view",
    "shown_answer",
    "validate",
    "wrong_answer",
]

KINDS: Final[Mapping[KindCode, Kind]] = {**SIMPLE, **{kind.code: kind for kind in (Case(), Audio(), Dictation())}}
_MEDIA = re.compile(r"\(media:([0-9a-f]{64})[\s)]")


def mark(kind: str, content: Content, answer: Any, max_points: int, given: Given | None = None) -> Mark:
    """Mark an answer to a published question.

    content      valid content of that kind
    answer       any JSON value
    max_points   hundredths of a mark on offer, 0 or more
    given        what a person gave: path of a `by_hand` part -> hundredths; cut to what the part is worth

    Raises ValueError for a negative `max_points` or an unknown kind; never on account of the answer.

    >>> mark("true_false", {"stem": "铃响三声内接听。", "key": True}, True, 200).hundredths
    200
    >>> mark("short", {"stem": "为什么？", "model": "因为。"}, "因为。", 500).why
    <Why.TO_BE_MARKED: 'to_be_marked'>
    """
    if max_points < 0:
        raise ValueError("max_points is negative")
    return _kind(kind).mark(content, answer, max_points, given or NOTHING_GIVEN)


def by_hand(kind: str, content: Content, max_points: int) -> tuple[HandPart, ...]:
    """Return what a person must mark of a question; nothing for one that the system marks altogether."""
    return _kind(kind).by_hand(content, max_points)


def response_of(kind: str, content: Content, answer: Any) -> tuple[str, ...]:
    """Return the classes an answer falls into, for statistics.

    Ids of the options chosen for single and multiple choice; "given" for a short answer; "right" or "wrong" for the
    rest; "none" where nothing readable was answered. Parts of a case or an audio question: "0:b", "1:right".
    """
    return _kind(kind).response_of(content, answer)


def guess_score(kind: str, content: Content) -> float | None:
    """Return what a blind guess earns on average, 0..1 of the marks; None where nobody can guess."""
    return _kind(kind).guess_score(content)


def files_of(content: Content) -> frozenset[str]:
    """Return the digests of the pictures and recordings that content, its parts included, refers to."""
    found: set[str] = set()
    audio = content.get("audio")
    if isinstance(audio, Mapping) and isinstance(audio.get("sha256"), str):
        found.add(audio["sha256"])
    if content.get("rich"):
        for name in ("stem", "explanation"):
            found.update(_MEDIA.findall(str(content.get(name) or "")))
    parts = content.get("parts")
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, Mapping) and isinstance(part.get("content"), Mapping):
            found |= files_of(part["content"])
    return frozenset(found)


def candidate_view(kind: str, content: Content, seed: Seed) -> dict[str, Any]:
    """Show valid content without key and explanation; the same seed gives the same order everywhere.

    seed   text or number; None keeps the author's order
    """
    return with_rich(content, _kind(kind).candidate_view(content, seed))


def answer_given(kind: str, answer: Any) -> bool:
    """Tell whether an answer says anything at all (right or wrong)."""
    if isinstance(answer, list):
        return any(answer_given(kind, one) for one in answer)
    return bool(answer.strip()) if isinstance(answer, str) else answer is not None


def key_answer(kind: str, content: Content) -> Any:
    """Return an answer that earns full marks."""
    return _kind(kind).key_answer(content)


def wrong_answer(kind: str, content: Content) -> Any:
    """Return a readable answer that earns less than full marks."""
    return _kind(kind).wrong_answer(content)


def review_view(
    kind: str, content: Content, answer: Any, max_points: int, given: Given | None = None
) -> dict[str, Any]:
    """Show a marked answer beside the key and the explanation, for the result page.

    Parts of a case or an audio question stand in `parts`, each shown in the same way.
    """
    marked = mark(kind, content, answer, max_points, given)
    shown = {
        "kind": KindCode(kind).value,
        "stem": content["stem"],
        "explanation": content.get("explanation", ""),
        **_earned(marked),
        **_kind(kind).review_parts(content, answer),
    }
    for part, one in zip(shown.get("parts", ()), marked.part_marks, strict=False):
        part.update(_earned(one))
    return with_rich(content, shown)


def validate(kind: str, content: Content) -> list[Flaw]:
    """List everything that keeps content from being published; empty when it may be."""
    return _kind(kind).validate(content)


def answer_from_form(kind: str, form: Mapping[str, Sequence[str]], name: str) -> Any:
    """Read the answer that a plain HTML form sent under `name`."""
    return _kind(kind).answer_from_form(form, name)


def _earned(marked: Mark) -> dict[str, Any]:
    return {"hundredths": marked.hundredths, "out_of": marked.out_of, "why": marked.why.value}


def _kind(kind: str) -> Kind:
    return KINDS[KindCode(kind)]
