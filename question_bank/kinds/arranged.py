"""Ids that must not tell the right order: shared by ordering and matching.

Options carry the ids a, b, c ... in the order in which the author's lines are kept, and a candidate's page holds these
ids. Were the lines kept in the right order, the ids would give the answer away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from question_bank.kinds.base import Content, Flaw
from question_bank.kinds.options import IDS, ids_of


def kept_order(texts: Sequence[str]) -> list[int]:
    """Return the order in which lines are kept: settled by their words, never the order they came in.

    >>> kept_order(["关阀", "开窗", "报警"])
    [2, 1, 0]
    """
    order = sorted(
        range(len(texts)), key=lambda place: hashlib.sha256(texts[place].encode("utf-8", "replace")).digest()
    )
    return order[1:] + order[:1] if order == sorted(order) else order


def told(key: Sequence[Any]) -> bool:
    """Tell whether ids of options run like the answer itself."""
    return len(key) > 1 and list(key) == list(IDS[: len(key)])


def keep(texts: Sequence[str], key: Sequence[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """Return options and key in the kept order, where the order given would tell the answer.

    texts   option texts in the order of their ids
    key     ids in the order of the answer
    """
    order = kept_order(texts) if told(key) else list(range(len(texts)))
    new_id = {IDS[place]: IDS[at] for at, place in enumerate(order)}
    return [{"id": IDS[at], "text": texts[place]} for at, place in enumerate(order)], [
        new_id.get(one, "") for one in key
    ]


def flaws_of_key(content: Content, count: int, *, each_once: bool) -> list[Flaw]:
    """Check a key of `count` ids; with `each_once` no id may stand twice. Never raises."""
    key, ids = content.get("key"), ids_of(content)
    if not isinstance(key, list) or not key or any(one == "" or one is None for one in key):
        return [Flaw("key", "key_missing")]
    if any(not isinstance(one, str) or one not in ids for one in key):
        return [Flaw("key", "key_beyond")]
    if len(key) != count or (each_once and len(set(key)) != len(key)):
        return [Flaw("key", "key_incomplete")]
    return [Flaw("key", "key_in_order")] if told(key) else []
