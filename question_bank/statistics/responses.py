"""Answers as classes to count: the options chosen, or whether an answer was right, wrong or not given."""

from collections.abc import Mapping
from typing import Any, Final

from question_bank import kinds

RIGHT: Final = "right"
OUTCOMES: Final = (RIGHT, "wrong", "none")


def known_classes(content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the classes that answers to a question may fall into: its option ids, or right, wrong, none."""
    options = content.get("options")
    return tuple(str(option["id"]) for option in options) if options else OUTCOMES


def key_classes(content: Mapping[str, Any]) -> frozenset[str]:
    """Return the classes that belong to the key."""
    key = content.get("key")
    if not content.get("options"):
        return frozenset({RIGHT})
    return frozenset(key) if isinstance(key, list) else frozenset({str(key)})


def response_of(kind: str, content: Mapping[str, Any], answer: Any) -> tuple[str, ...]:
    """Return the classes of an answer to valid content; ("none",) where nothing was answered, never empty."""
    if content.get("options"):
        chosen = [answer] if isinstance(answer, str) else answer if isinstance(answer, list) else []
        ids = known_classes(content)
        return tuple(name for name in ids if name in chosen) or ("none",)
    if not kinds.answer_given(kind, answer):
        return ("none",)
    return (RIGHT,) if kinds.mark(kind, content, answer, 100).fully else ("wrong",)


def guess_score(kind: str, content: Mapping[str, Any]) -> float | None:
    """Return the expected share of marks of a blind guess, 0..1; None where guessing makes no sense.

    For a question with several answers a blind guess ticks any of the sets of two or more options, each as likely.
    """
    if kind == "single":
        return 1 / len(content["options"])
    if kind == "true_false":
        return 0.5
    if kind != "multiple":
        return None
    ids = known_classes(content)
    guesses = [
        [name for place, name in enumerate(ids) if number >> place & 1]
        for number in range(2 ** len(ids)) if number.bit_count() > 1
    ]
    return sum(kinds.mark(kind, content, guess, 10_000).hundredths for guess in guesses) / (10_000 * len(guesses))
