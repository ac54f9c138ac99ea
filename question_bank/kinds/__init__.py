"""Kinds of question, one file each behind `base.Kind`; callers use the functions here.

Everything in this package is pure: no database, no clock, no language. `docs/policy/questions.md` tells the rules to
people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from question_bank.kinds.base import Content, Flaw, Form, Kind, KindCode, Mark, Row, Seed, Why
from question_bank.kinds.blank import Blank
from question_bank.kinds.multiple import Multiple
from question_bank.kinds.numeric import Numeric
from question_bank.kinds.single import Single
from question_bank.kinds.true_false import TrueFalse

__all__ = [
    "KINDS",
    "Content",
    "Flaw",
    "Form",
    "Kind",
    "KindCode",
    "Mark",
    "Row",
    "Seed",
    "Why",
    "answer_from_form",
    "answer_given",
    "candidate_view",
    "key_answer",
    "mark",
    "review_view",
    "validate",
    "wrong_answer",
]

KINDS: Final[Mapping[KindCode, Kind]] = {
    kind.code: kind for kind in (Single(), Multiple(), TrueFalse(), Blank(), Numeric())
}


def mark(kind: str, content: Content, answer: Any, max_points: int) -> Mark:
    """Mark an answer to a published question.

    content      valid content of that kind
    answer       any JSON value
    max_points   hundredths of a mark on offer, 0 or more

    Raises ValueError for a negative `max_points` or an unknown kind; never on account of the answer.

    >>> mark("true_false", {"stem": "铃响三声内接听。", "key": True}, True, 200)
    Mark(hundredths=200, out_of=200, why=<Why.RIGHT: 'right'>, parts=())
    """
    if max_points < 0:
        raise ValueError("max_points is negative")
    return _kind(kind).mark(content, answer, max_points)


def candidate_view(kind: str, content: Content, seed: Seed) -> dict[str, Any]:
    """Show valid content without key and explanation; the same seed gives the same order everywhere.

    seed   text or number; None keeps the author's order
    """
    return _kind(kind).candidate_view(content, seed)


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


def review_view(kind: str, content: Content, answer: Any, max_points: int) -> dict[str, Any]:
    """Show a marked answer beside the key and the explanation, for the result page."""
    marked = mark(kind, content, answer, max_points)
    return {
        "kind": KindCode(kind).value,
        "stem": content["stem"],
        "explanation": content.get("explanation", ""),
        "hundredths": marked.hundredths,
        "out_of": marked.out_of,
        "why": marked.why.value,
        **_kind(kind).review_parts(content, answer),
    }


def validate(kind: str, content: Content) -> list[Flaw]:
    """List everything that keeps content from being published; empty when it may be."""
    return _kind(kind).validate(content)


def answer_from_form(kind: str, form: Mapping[str, Sequence[str]], name: str) -> Any:
    """Read the answer that a plain HTML form sent under `name`."""
    return _kind(kind).answer_from_form(form, name)


def _kind(kind: str) -> Kind:
    return KINDS[KindCode(kind)]
