"""The nearest name: by edit distance, then by equal pinyin."""

from collections.abc import Iterable

from ..wording.sounds import spelt
from .vocabulary import name_key


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that the author most likely meant, or None when nothing is near.

    >>> nearest("问讯", ["询问", "报险"])
    '询问'
    """
    wanted = name_key(name)
    if not wanted:
        return None
    ranked = sorted((_distance(wanted, name_key(k)), k) for k in set(known))
    limit = max(1, len(wanted) // 2) if len(wanted) < 3 else len(wanted) // 2
    if ranked and ranked[0][0] <= limit:
        return ranked[0][1]
    alike = sorted(k for k in set(known) if spelt(name_key(k)) == spelt(wanted))
    return alike[0] if alike else None


def _distance(one: str, other: str) -> int:
    """Edit distance where swapping two neighbours costs one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        last, row = (before, row), [i] + [0] * len(other)
        two_back, above = last
        for j, b in enumerate(other, start=1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], two_back[j - 2] + 1)
        before = above
    return row[-1]
