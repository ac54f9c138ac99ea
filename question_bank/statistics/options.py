"""What was answered, and by whom: every answer's share among all, the best and the weakest, and its choosers' mean.

The best and the weakest are the upper and the lower 27 % by the *rest* of the paper (without this question), so that
the question doesn't judge itself. Whoever stands level with the last of a group is in it too; where everybody would
stand in both, there are no groups.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

GROUP: Final = Fraction(27, 100)  # of the sittings, at either end


class Response(NamedTuple):
    """One sitting's answer: its classes, and the hundredths of this question and of the whole paper."""

    classes: tuple[str, ...]
    points: int
    out_of: int
    total: int
    total_out_of: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One class of answer.

    share          of all sittings that gave it, 0..1; with several answers to one question shares may sum to more
    top, bottom    the same among the best and the weakest; None without groups
    mean_total     mean score of those who gave it, 0..1 of the paper; None when nobody did
    right          whether it belongs to the key
    """

    name: str
    right: bool
    count: int
    share: float
    top: float | None
    bottom: float | None
    mean_total: float | None


def choices(responses: Sequence[Response], *, known: Sequence[str], key: Collection[str]) -> tuple[Choice, ...]:
    """Return every class of answer, those `known` first and in their order, also those that nobody gave."""
    if not responses:
        return ()
    names = [*known, *sorted({name for it in responses for name in it.classes} - set(known))]
    top, bottom = groups(responses)
    return tuple(_choice(name, responses, top, bottom, right=name in key) for name in names)


def groups(responses: Sequence[Response]) -> tuple[frozenset[int], frozenset[int]]:
    """Return the places of the best and of the weakest, both empty where they can't be told apart."""
    rests = [_rest(it) for it in responses]
    size = int(len(rests) * GROUP + Fraction(1, 2))
    if size < 1:
        return frozenset(), frozenset()
    ordered = sorted(rests)
    low, high = ordered[size - 1], ordered[-size]
    if low >= high:
        return frozenset(), frozenset()
    return (
        frozenset(place for place, rest in enumerate(rests) if rest >= high),
        frozenset(place for place, rest in enumerate(rests) if rest <= low),
    )


def _rest(it: Response) -> float:
    left = it.total_out_of - it.out_of
    return (it.total - it.points) / left if left else 0.0


def _choice(
    name: str, responses: Sequence[Response], top: frozenset[int], bottom: frozenset[int], *, right: bool
) -> Choice:
    givers = [place for place, it in enumerate(responses) if name in it.classes]
    scores = [responses[place].total / responses[place].total_out_of for place in givers]
    return Choice(
        name,
        right,
        len(givers),
        len(givers) / len(responses),
        _share(givers, top),
        _share(givers, bottom),
        sum(scores) / len(scores) if scores else None,
    )


def _share(givers: Collection[int], group: frozenset[int]) -> float | None:
    return sum(place in group for place in givers) / len(group) if group else None
