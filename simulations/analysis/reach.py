"""The highest and lowest marks that were found for each ending, and the checkpoints that make 100 impossible.

The highest is that of a learner who does all that the checkpoints ask, on the way to that ending; the lowest that of
silence, of rudeness and of the worst of some random walks. Both are found by playing, so that each can be shown.
"""

import random
from dataclasses import dataclass
from typing import Final

from ..scoring.outcomes import Outcome
from ..scoring.score import CallScore, score_state
from ..script.machine import CompiledScript
from .driver import Learner
from .personas import Perfect, Persona, play_as

_WALKS: Final = 40
_STEPS: Final = 60
_FULL: Final = 10_000


@dataclass(frozen=True, slots=True)
class EndingMarks:
    """What an ending can be worth. highest, lowest: hundredths of 100, None when no try ended there.

    missed   titles of the checkpoints that even the best way there didn't meet
    """

    node: str
    failed: bool
    highest: int | None
    lowest: int | None
    missed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A checkpoint that the best of all ways doesn't meet, so that nobody can have 100. got, out_of: hundredths."""

    id: str
    title: str
    got: int
    out_of: int
    line: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a script can be worth. highest: the best of all, hundredths of 100."""

    endings: tuple[EndingMarks, ...]
    highest: int
    obstacles: tuple[Obstacle, ...]


def reachable_marks(script: CompiledScript) -> Reach:
    """Play towards every ending, well and badly, and say what came of it."""
    ends = {key: node for key, node in script.nodes.items() if node.hang_up}
    tries = [_score_of(script, Perfect(script, goal)) for goal in ends]
    best = max([play_as(script, Persona.PERFECT).score, *tries], key=lambda result: result.total)
    poor = [play_as(script, persona).score for persona in (Persona.NOVICE, Persona.RUDE, Persona.SILENT)]
    everything = [best, *tries, *poor, *_walks(script)]
    endings = []
    for node in ends.values():
        there = [s for s in everything if s.ended and s.ended.node == node.name.text and s.ended.reason == "script"]
        top = max(there, key=lambda result: result.total, default=None)
        endings.append(EndingMarks(
            node.name.text,
            bool(node.hang_up and node.hang_up.failed),
            top.total if top else None,
            min((s.total for s in there), default=None),
            _missed(top) if top else (),
        ))
    return Reach(tuple(endings), best.total, _obstacles(script, best))


def _score_of(script: CompiledScript, player: Perfect) -> CallScore:
    learner = Learner(script)
    for _ in range(_STEPS):
        if not learner.talks:
            break
        player.take(learner)
    learner.let_end()
    return score_state(learner.state)


def _walks(script: CompiledScript) -> list[CallScore]:
    """Score some random walks that stay on the line to the end."""
    found = []
    for number in range(_WALKS):
        dice = random.Random(number)  # noqa: S311 - a reproducible walk, no secret
        learner = Learner(script, seed=number)
        for _ in range(_STEPS):
            if not learner.talks:
                break
            learner.take(dice.choice([way for way in learner.ways() if way.kind not in ("hang_up", "fill")]))
        learner.let_end()
        found.append(score_state(learner.state))
    return found


def _missed(result: CallScore) -> tuple[str, ...]:
    return tuple(c.title for c in result.checkpoints if c.outcome in (Outcome.NOT_MET, Outcome.PARTLY) and c.out_of)


def _obstacles(script: CompiledScript, best: CallScore) -> tuple[Obstacle, ...]:
    """Name what stands between the best call and 100; checkpoints that people mark are no obstacle."""
    if best.total >= _FULL:
        return ()
    places = {check.id.text: check.place.line for check in script.checkpoints}
    return tuple(
        Obstacle(c.id, c.title, c.points, c.out_of, places[c.id])
        for c in best.checkpoints
        if not c.human_only and c.points < c.out_of
    )
