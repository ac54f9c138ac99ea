"""How many questions every line of a blueprint gets, from numbers alone: no question is looked at.

Questions that the same lines may use are one class, so that a bank of any size is a handful of counts. The most that
can be given is found by augmenting paths, whole amounts at a time.
"""

from collections import deque
from collections.abc import Mapping, Sequence

Lines = frozenset[int]


def share(wanted: Sequence[int], classes: Mapping[Lines, int]) -> tuple[int, ...]:
    """Return how many questions each line gets when as many as possible are given, narrow lines served first.

    wanted    questions each line asks for, 0 or more
    classes   the lines (0..) that may use some questions -> how many such questions there are

    >>> share([2, 2], {frozenset({0, 1}): 3})
    (2, 1)
    >>> share([3, 2], {frozenset({0, 1}): 2, frozenset({0}): 3})
    (3, 2)
    """
    pools = {lines: count for lines, count in classes.items() if lines and count}
    usable: list[list[Lines]] = [[] for _line in wanted]
    for lines in sorted(pools, key=lambda it: (len(it), sorted(it))):
        for line in lines:
            usable[line].append(lines)
    reach = [sum(pools[lines] for lines in found) for found in usable]
    given: list[dict[Lines, int]] = [{} for _line in wanted]
    free = dict(pools)
    for line in sorted(range(len(wanted)), key=lambda it: (reach[it] - wanted[it], it)):
        missing = wanted[line]
        while missing:
            moved = _augment(line, missing, usable, given, free)
            if not moved:
                break
            missing -= moved
    return tuple(sum(amounts.values()) for amounts in given)


def _augment(
    start: int, most: int, usable: Sequence[Sequence[Lines]], given: Sequence[dict[Lines, int]], free: dict[Lines, int]
) -> int:
    """Give a line up to `most` questions more, other lines moving to other classes; return how many it got."""
    came: dict[int, tuple[int, Lines]] = {}  # line -> the line that takes its place, and in which class
    waiting = deque([start])
    seen = {start}
    while waiting:
        line = waiting.popleft()
        for lines in usable[line]:
            if free[lines]:
                return _move(start, line, lines, most, came, given, free)
        for lines in usable[line]:
            for other in lines:
                if other not in seen and given[other].get(lines):
                    seen.add(other)
                    came[other] = (line, lines)
                    waiting.append(other)
    return 0


def _move(
    start: int, last: int, lines: Lines, most: int, came: Mapping[int, tuple[int, Lines]],
    given: Sequence[dict[Lines, int]], free: dict[Lines, int],
) -> int:
    amount, line = min(most, free[lines]), last
    while line != start:
        before, shared = came[line]
        amount = min(amount, given[line][shared])
        line = before
    free[lines] -= amount
    line, taken = last, lines
    while True:
        given[line][taken] = given[line].get(taken, 0) + amount
        if line == start:
            return amount
        before, shared = came[line]
        given[line][shared] -= amount
        line, taken = before, shared
