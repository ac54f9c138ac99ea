"""The nearest name: by edit distance, where characters of equal pinyin count as equal."""

from collections.abc import Iterable, Sequence

from ..wording.sounds import spelt
from .vocabulary import name_key


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that the author most likely meant, or None when nothing is near.

    >>> nearest("问讯", ["报险", "询问"])
    '询问'
    """
    wanted = name_key(name)
    ranked = sorted((*_distance(wanted, name_key(k)), k) for k in set(known)) if wanted else []
    if not ranked:
        return None
    by_sound, _, _, best = ranked[0]
    close = by_sound <= (max(len(wanted), len(best)) + 1) // 2 and by_sound < len(wanted)
    # Half of it sounding alike is chance where no character is the same: 安抚 isn't meant by 答复.
    if close and (by_sound == 0 or set(wanted) & set(name_key(best))):
        return best
    return _longer_or_shorter(wanted, ranked)


def _longer_or_shorter(wanted: str, ranked: Sequence[tuple[int, int, int, str]]) -> str | None:
    """Return the one name that the wanted one is a part of (上门 for 上门时间), or that is a part of it."""
    kin = [k for *_, k in ranked if len(wanted) > 1 < len(name_key(k)) and _one_holds_the_other(wanted, name_key(k))]
    return kin[0] if len(kin) == 1 else None


def _one_holds_the_other(one: str, other: str) -> bool:
    return one in other or other in one


def _distance(one: str, other: str) -> tuple[int, int, int]:
    """Rank a candidate: edits by sound, edits by writing, and minus the length of the common beginning."""
    heard = _edits([spelt(c) for c in one], [spelt(c) for c in other])
    shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return heard, _edits(one, other), -shared


def _edits(one: Sequence[str], other: Sequence[str]) -> int:
    """Edit distance where swapping two neighbours costs one."""
    two_back: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        above, row = row, [i] + [0] * len(other)
        for j, b in enumerate(other, start=1):
            row[j] = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], two_back[j - 2] + 1)
        two_back = above
    return row[-1]
