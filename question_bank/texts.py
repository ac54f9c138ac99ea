"""What the bank keeps of a question beside its content: the stem in one line, and every text of it to search in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lms.kernel.searching import folded
from question_bank import kinds
from question_bank.alike import compared_text, text_hash
from question_bank.kinds import KindCode
from question_bank.showing import plain_words

SEARCHED_LIMIT = 8000
_PERHAPS_BY_HAND = frozenset({KindCode.SHORT, KindCode.CASE, KindCode.AUDIO})
_NOT_WORDS = frozenset({"id", "key", "kind", "rule", "sha256", "unit_rule", "tolerance_kind"})


def kept_beside(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of an edition that its content settles."""
    return {
        "stem": plain_words(str(content["stem"]), rich=bool(content.get("rich"))),
        "compared": compared_text(content),
        "text_hash": text_hash(content),
        "searched": searched_text(content),
        "by_hand": needs_a_person(kind, content),
    }


def needs_a_person(kind: str, content: Mapping[str, Any]) -> bool:
    """Tell whether a person must mark the question or a part of it; False while it is too flawed to say."""
    if kind not in _PERHAPS_BY_HAND:
        return False
    return not kinds.validate(kind, content) and bool(kinds.by_hand(kind, content, 100))


def searched_text(content: Mapping[str, Any]) -> str:
    """Return every text of a question, folded, up to 8000 characters.

    >>> searched_text({"stem": "ＣＯ 浓度", "options": [{"id": "a", "text": "Ａ 级"}]})
    'co浓度 a级'
    """
    return " ".join(folded(text) for text in _texts(content) if text.strip())[:SEARCHED_LIMIT]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name not in _NOT_WORDS:
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
