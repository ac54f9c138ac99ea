"""The classes that answers to a question fall into, and which of them belong to its key."""

from collections.abc import Mapping
from typing import Any, Final

from question_bank import kinds
from question_bank.kinds import KindCode

OUTCOMES: Final = ("right", "wrong")
GIVEN: Final = ("given",)  # a short answer: a person says what it is worth
UNANSWERED: Final = "none"


def known_classes(kind: str, content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the classes of answers worth a line even where nobody gave them; "0:b" is option b of the first part.

    >>> known_classes("true_false", {"stem": "铃响三声内接听。", "key": True})
    ('right', 'wrong')
    """
    if content.get("parts"):
        return tuple(
            f"{place}:{name}"
            for place, part in enumerate(content["parts"])
            for name in known_classes(part["kind"], part["content"])
        )
    if kind == KindCode.SHORT:
        return GIVEN
    options = content.get("options") if kind in (KindCode.SINGLE, KindCode.MULTIPLE) else None
    return tuple(str(option["id"]) for option in options) if options else OUTCOMES


def key_classes(kind: str, content: Mapping[str, Any]) -> frozenset[str]:
    """Return the classes a fully right answer falls into; what a person marks has none."""
    if kind == KindCode.SHORT:
        return frozenset()
    found = kinds.response_of(kind, content, kinds.key_answer(kind, content))
    return frozenset(name for name in found if name.split(":")[-1] not in GIVEN)


def has_options(kind: str) -> bool:
    """Tell whether answers are choices among options, so that single options can be judged."""
    return kind in (KindCode.SINGLE, KindCode.MULTIPLE)
