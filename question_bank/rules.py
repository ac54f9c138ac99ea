"""What may be done with a question, and how questions are dealt out. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from question_bank.models import EditionState, ImportState, Verdict

KEEP_STAGED = timedelta(days=7)
UNDO_WITHIN = timedelta(hours=24)
PREFIXES = {"service": "SVC", "phone": "TEL", "gas": "GAS"}
OTHER_PREFIX = "Q"
Item = TypeVar("Item", bound=Hashable)


def why_not_publish(
    state: str, *, authors: Collection[UUID | None], publisher: UUID | None, by_system: bool, has_point: bool
) -> str | None:
    """Tell why an edition may not be published by this person, None when it may.

    authors   whoever wrote, last changed or submitted it; none of them may publish it
    Codes: not_in_review, own_work, no_point.
    """
    if not has_point:
        return "no_point"
    if by_system:
        return None
    if state != EditionState.REVIEW:
        return "not_in_review"
    return "own_work" if publisher is None or publisher in authors else None


def prefix_of(subject: str) -> str:
    """Return the prefix of codes for questions of a subject.

    >>> prefix_of("gas"), prefix_of("law")
    ('GAS', 'Q')
    """
    return PREFIXES.get(subject, OTHER_PREFIX)


def undo_until(written_at: datetime) -> datetime:
    """Return the instant up to which (inclusive) a written import can be undone."""
    return written_at + UNDO_WITHIN


def can_undo(state: str, written_at: datetime | None, now: datetime) -> bool:
    """Tell whether an import can still be undone at `now`."""
    return state == ImportState.WRITTEN and written_at is not None and now <= undo_until(written_at)


def verdict_of(*, fit: bool, troubled: bool, like_percent: int) -> Verdict:
    """Sum up one row: errors first, then likeness, then remarks."""
    if not fit:
        return Verdict.ERROR
    if like_percent:
        return Verdict.DUPLICATE
    return Verdict.NOTICE if troubled else Verdict.FIT


def deal_order(seed: str, code: str) -> bytes:
    """Return a question's place in the order that a seed deals; the same on every machine."""
    return hashlib.sha256(f"{seed}\x1f{code}".encode()).digest()


def allot(candidates: Sequence[Sequence[Item]], counts: Sequence[int]) -> list[list[Item]]:
    """Deal each pick as many of its candidates as asked, nothing twice, as many in all as can be.

    candidates   what each pick may use, in the order to prefer
    counts       how many each pick wants, 0 or more

    >>> allot([["a", "b"], ["a"]], [1, 1])
    [['b'], ['a']]
    """
    taker: dict[Item, int] = {}
    dealt: list[list[Item]] = [[] for _ in counts]

    def take(pick: int, item: Item) -> bool:
        if item in taker:
            dealt[taker[item]].remove(item)
        taker[item] = pick
        dealt[pick].append(item)
        return True

    def seat(pick: int, asked: set[int]) -> bool:
        for item in candidates[pick]:
            if item not in taker:
                return take(pick, item)
        for item in candidates[pick]:
            holder = taker[item]
            if holder not in asked:
                asked.add(holder)
                if seat(holder, asked):
                    return take(pick, item)
        return False

    for pick, count in enumerate(counts):
        for _ in range(count):
            if not seat(pick, {pick}):
                break
    order = [{item: place for place, item in enumerate(group)} for group in candidates]
    return [sorted(group, key=order[pick].__getitem__) for pick, group in enumerate(dealt)]
