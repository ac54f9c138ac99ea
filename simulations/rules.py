"""What an assessor's word makes of a scored call: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from simulations.scoring.review import ScoredDimension
from simulations.script.vocabulary import Dimension

FINAL_OUTCOMES = ("met", "partly", "not_met", "not_applicable")


class ScoredCheckpoint(Protocol):
    """What this rule needs of an engine's checkpoint score. points, out_of: hundredths."""

    @property
    def id(self) -> str: ...
    @property
    def dimension(self) -> str: ...
    @property
    def critical(self) -> bool: ...
    @property
    def outcome(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def out_of(self) -> int: ...


@dataclass(frozen=True)
class Verdict:
    """A call's final mark.

    total          hundredths of 100
    undecided      checkpoints still in doubt; while there are any, there is no verdict to record
    """

    total: int
    passed: bool
    critical_failures: tuple[str, ...]
    low_dimensions: tuple[str, ...]
    undecided: tuple[str, ...]


@dataclass(frozen=True)
class CountedCheckpoint:
    """A checkpoint as it counts. points: hundredths; changed: people decided otherwise than the engine."""

    outcome: str
    points: int
    changed: bool


@dataclass(frozen=True)
class CountedDimension:
    """A dimension as it counts. points, found, out_of: hundredths; found: what the engine gave."""

    name: str
    points: int
    found: int
    out_of: int
    floor_percent: int
    floor_met: bool


@dataclass(frozen=True)
class Counted:
    """A call as it counts, item by item and dimension by dimension."""

    checkpoints: Mapping[str, CountedCheckpoint]
    dimensions: tuple[CountedDimension, ...]
    critical_failures: tuple[str, ...]

    @property
    def changed(self) -> tuple[str, ...]:
        """Return the checkpoints that people decided otherwise."""
        return tuple(name for name, it in self.checkpoints.items() if it.changed)


def points_for(checkpoint: ScoredCheckpoint, outcome: str) -> int:
    """Return the hundredths an outcome is worth: all, half (or the engine's own part), or none."""
    if outcome == checkpoint.outcome:
        return checkpoint.points
    if outcome == "met":
        return checkpoint.out_of
    return checkpoint.out_of // 2 if outcome == "partly" else 0


def decide(
    checkpoints: tuple[ScoredCheckpoint, ...],
    overrides: Mapping[str, str],
    *,
    pass_mark: int,
    floors: Mapping[str, int],
) -> Verdict:
    """Decide a call from the engine's score and an assessor's overrides.

    overrides   checkpoint id -> outcome, one of FINAL_OUTCOMES
    pass_mark   hundredths of 100; reaching it passes
    floors      dimension -> whole percent of its points that must be reached

    Raises ValueError for an unknown checkpoint or outcome.
    """
    known = {checkpoint.id for checkpoint in checkpoints}
    if overrides.keys() - known or set(overrides.values()) - set(FINAL_OUTCOMES):
        raise ValueError("unknown checkpoint or outcome")
    final = {checkpoint.id: overrides.get(checkpoint.id, str(checkpoint.outcome)) for checkpoint in checkpoints}
    earned = {checkpoint.id: points_for(checkpoint, final[checkpoint.id]) for checkpoint in checkpoints}
    total = sum(earned[c.id] for c in checkpoints if c.dimension != Dimension.PROFICIENCY.value)
    failed = tuple(c.id for c in checkpoints if c.critical and final[c.id] in ("not_met", "partly"))
    low = tuple(
        dimension for dimension, floor in floors.items()
        if 100 * sum(earned[c.id] for c in checkpoints if c.dimension == dimension)
        < floor * sum(c.out_of for c in checkpoints if c.dimension == dimension)
    )
    undecided = tuple(name for name, outcome in final.items() if outcome == "doubtful")
    return Verdict(total, total >= pass_mark and not failed and not low and not undecided, failed, low, undecided)


def counted(
    checkpoints: Sequence[ScoredCheckpoint], dimensions: Sequence[ScoredDimension], words: Mapping[str, str], *,
    critical_failures: Sequence[str],
) -> Counted:
    """Return what counts of a scored call: people's word where they spoke, else the engine's.

    words               checkpoint id -> outcome; names of other checkpoints are passed over
    critical_failures   the engine's; they stand where nobody spoke
    """
    said = {it.id: words.get(it.id, str(it.outcome)) for it in checkpoints}
    items = {it.id: CountedCheckpoint(said[it.id], points_for(it, said[it.id]), said[it.id] != str(it.outcome))
             for it in checkpoints}
    failed = tuple(
        it.id for it in checkpoints
        if it.critical and (said[it.id] in ("not_met", "partly") if it.id in words else it.id in critical_failures))
    rows = []
    for row in dimensions:
        points = sum(items[it.id].points for it in checkpoints if it.dimension == row.name)
        floor_met = points * 100 >= row.floor_percent * row.out_of
        rows.append(CountedDimension(row.name, points, row.points, row.out_of, row.floor_percent, floor_met))
    return Counted(items, tuple(rows), failed)
