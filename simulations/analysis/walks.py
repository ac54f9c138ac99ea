"""The quick test (every branch once) and the random test (many walks from a logged seed) of a script."""

import random
from collections import Counter
from dataclasses import dataclass
from typing import Final

from ..script.machine import CompiledScript
from .driver import Learner, Way
from .graph import Branch, BranchKey, branches_of, shortest_ways

MOST_STEPS: Final = 80
MOST_WALKS: Final = 2_000
_TRIES: Final = 400
_FRUITLESS: Final = 60
_WEIGHTS: Final = {"move": 6, "other": 2, "silence": 2, "act": 2, "fill": 1, "hang_up": 0.15}


@dataclass(frozen=True, slots=True)
class Coverage:
    """What walks came to.

    seed       the walks are the same for the same seed and script
    hits       branch -> how often it was taken
    lines      1-based line of the script -> how often
    untaken    branches that no walk took
    endings    (node's name, by whom, reason) -> how many walks ended so
    unended    walks that did not end; a sound script has none
    """

    seed: int
    walks: int
    steps: int
    hits: dict[BranchKey, int]
    lines: dict[int, int]
    untaken: tuple[Branch, ...]
    endings: dict[tuple[str, str, str], int]
    unended: int

    @property
    def complete(self) -> bool:
        """Every branch was taken and every walk ended."""
        return not self.untaken and not self.unended


class _Tally:
    def __init__(self, script: CompiledScript, seed: int) -> None:
        self.script = script
        self.seed = seed
        self.branches = tuple(branches_of(script.tree, script.settings))
        self.hits: Counter[BranchKey] = Counter()
        self.endings: Counter[tuple[str, str, str]] = Counter()
        self.walks = self.steps = self.unended = 0

    def add(self, learner: Learner) -> None:
        """Count one finished walk."""
        self.walks += 1
        self.hits.update(learner.seen)
        ended = learner.state.ended
        if ended is None:
            self.unended += 1
            return
        node = self.script.nodes[ended.node].name.text if ended.node else ""
        self.endings[node, ended.by, ended.reason] += 1

    def result(self) -> Coverage:
        """Return the count."""
        lines: Counter[int] = Counter()
        for branch in self.branches:
            lines[branch.line] += self.hits[branch.key]
        untaken = tuple(b for b in self.branches if not self.hits[b.key])
        return Coverage(
            self.seed, self.walks, self.steps, dict(self.hits), dict(lines), untaken, dict(self.endings), self.unended
        )


def random_test(script: CompiledScript, *, walks: int, seed: int) -> Coverage:
    """Walk at random, `walks` times (1 to 2,000). Raises ValueError for another number."""
    if not 1 <= walks <= MOST_WALKS:
        raise ValueError("walks")
    tally = _Tally(script, seed)
    for number in range(walks):
        dice = random.Random(f"{seed}|{number}")  # noqa: S311 - a reproducible walk, no secret
        learner = Learner(script, seed=number, answer_ms=dice.choice((4_000, 9_000, 20_000)))
        for _ in range(MOST_STEPS):
            if not learner.talks:
                break
            ways = learner.ways()
            learner.take(dice.choices(ways, [_WEIGHTS[way.kind] for way in ways])[0])
            tally.steps += 1
        learner.let_end()
        tally.add(learner)
    return tally.result()


def quick_test(script: CompiledScript) -> Coverage:
    """Take every branch at least once, by as few walks as is found; what can't be taken stands in `untaken`."""
    tally = _Tally(script, 0)
    fruitless = 0
    for number in range(_TRIES):
        before = len(tally.hits)
        open_ = {b.key: b for b in tally.branches if not tally.hits[b.key]}
        if not open_ or fruitless >= _FRUITLESS:
            break
        tally.add(_hunt(script, tally, open_, number))
        fruitless = fruitless + 1 if len(tally.hits) == before else 0
    return tally.result()


def _hunt(script: CompiledScript, tally: _Tally, open_: dict[BranchKey, Branch], number: int) -> Learner:
    """Walk towards branches that nobody took, those near first; the number of the walk varies the choice."""
    dice = random.Random(number)  # noqa: S311 - a reproducible walk, no secret
    learner = Learner(script, seed=number)
    for _ in range(MOST_STEPS):
        if not learner.talks:
            break
        learner.take(_towards(learner, open_, tally, dice))
        tally.steps += 1
        for key in learner.seen:
            open_.pop(key, None)
    learner.let_end()
    return learner


def _towards(learner: Learner, open_: dict[BranchKey, Branch], tally: _Tally, dice: random.Random) -> Way:
    """Choose a branch here that nobody took, staying ones first; else the way to the nearest; else anything."""
    here = learner.state.current.name.key
    ways = [way for way in learner.ways() if way.kind != "hang_up"]
    if ("hang_up", here, 0) in open_:
        return Way("silence")
    fresh = [way for way in ways if (way.kind, here, way.index) in open_]
    if fresh:
        return min(fresh, key=lambda way: (open_[way.kind, here, way.index].target not in (None, here), dice.random()))
    onward = [b for b in tally.branches if b.node == here and b.target not in (None, here)]
    goals = sorted({b.node for b in open_.values()} - {here})
    dice.shuffle(goals)
    for goal in goals:
        by = shortest_ways(learner.script.nodes, tally.branches, goal).get(here)
        way = next((w for w in ways if by and w.kind == by.kind and w.index == by.index), None)
        if way:
            return way
    wanted = {(b.kind, b.index) for b in onward}
    leading = [way for way in ways if (way.kind, way.index) in wanted]
    return dice.choice(ways if dice.random() < 0.5 or not leading else leading)
