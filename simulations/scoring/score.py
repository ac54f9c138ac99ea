"""The score of a call: a pure function of its events, script, rubric, phrase libraries and this engine's version."""

import dataclasses
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low
from typing import Any, Final

from ..player.events import Event, canonical
from ..player.player import fold
from ..player.state import CallState
from ..script.machine import CompiledScript, Rubric
from ..script.tree import Check
from ..script.vocabulary import Dimension
from .conditions import judge
from .familiar import rests_on_words, unfamiliar_sentences
from .marks import earned, worth
from .outcomes import Adjustment, Advice, Evidence, Finding, Outcome, Part
from .review import Flag, Review, flags_of, reviews_of
from .timing import latency

ENGINE_VERSION: Final = "1.2.0"
_FULL: Final = 10_000


@dataclass(frozen=True, slots=True)
class CheckpointScore:
    """One checkpoint. points and out_of in hundredths.

    outcome        DOUBTFUL when a person must look
    provisional    what counts till then
    """

    id: str
    title: str
    dimension: str
    critical: bool
    human_only: bool
    outcome: Outcome
    provisional: Outcome
    points: int
    out_of: int
    evidence: tuple[Evidence, ...]
    near_misses: tuple[Evidence, ...]
    parts: tuple[Part, ...]
    would_score: tuple[Advice, ...]
    weak: bool
    untrusted: bool
    ahead: bool

    @property
    def slots_by_sound(self) -> bool:
        """Tell whether a fact was read back with the right sound alone."""
        return any(part.note.code == "right_by_sound" for part in self.parts)

    @property
    def leans(self) -> bool:
        """Tell whether something was said that resembles what the checkpoint forbids."""
        return any(miss.note.code == "leans" for miss in self.near_misses)


@dataclass(frozen=True, slots=True)
class DimensionScore:
    """A dimension's marks in hundredths against its floor in percent (0 without one)."""

    name: str
    points: int
    out_of: int
    floor_percent: int
    floor_met: bool


@dataclass(frozen=True, slots=True)
class Proficiency:
    """Reported beside the mark. turns_per_step in hundredths; median_latency_ms None when nothing could be measured."""

    turns: int
    steps: int
    turns_per_step: int
    median_latency_ms: int | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How the call ended; `node` is the name of the node, "" before any."""

    node: str
    by: str
    failed: bool
    reason: str


@dataclass(frozen=True, slots=True)
class CallScore:
    """A scored call.

    total, lowest, highest    hundredths of 100: what counts now, and the range that doubts leave open
    """

    engine_version: str
    script: str
    total: int
    lowest: int
    highest: int
    out_of: int
    pass_mark: int
    passed: bool
    critical_failures: tuple[str, ...]
    dimensions: tuple[DimensionScore, ...]
    checkpoints: tuple[CheckpointScore, ...]
    flags: tuple[Flag, ...]
    reviews: tuple[Review, ...]
    adjustments: tuple[Adjustment, ...]
    proficiency: Proficiency
    ended: Ending | None

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return dataclasses.asdict(self)

    @property
    def digest(self) -> str:
        """Return the sha256 of the score's canonical JSON: equal on every machine."""
        return hashlib.sha256(canonical(self.as_json()).encode()).hexdigest()

    def checkpoint(self, id_: str) -> CheckpointScore:
        """Return one checkpoint's score. Raises KeyError."""
        found = next((c for c in self.checkpoints if c.id == id_), None)
        if found is None:
            raise KeyError(id_)
        return found


def score(
    script: CompiledScript,
    events: Iterable[Event],
    rubric: Rubric | None = None,
    *,
    by: CompiledScript | None = None,
    calibrated: bool = False,
) -> CallScore:
    """Score a call from its log; one under way is scored as it stands.

    rubric       another pass mark and floors than the script's own
    by           another edition by whose checkpoints, phrases, answers and pass mark the call is scored; it was played
                 by `script` all the same, and went the way that one led
    calibrated   whether the script's agreement with people is proven; if not, a person looks at every score

    Raises EventRefused when the events are not the log of a call of this script.
    """
    played = fold(script, events)
    return score_state(dataclasses.replace(played, script=by) if by else played, rubric, calibrated=calibrated)


def score_state(state: CallState, rubric: Rubric | None = None, *, calibrated: bool = False) -> CallScore:
    """Score a call from its state."""
    script, rubric = state.script, rubric or state.script.rubric
    findings = {check.id.key: judge(check.condition, state) for check in script.checkpoints}
    left_out = frozenset(key for key, f in findings.items() if f.outcome is Outcome.NOT_APPLICABLE)
    values = worth(script.checkpoints, left_out)
    scores = tuple(_checkpoint(check, findings[check.id.key], values[check.id.key]) for check in script.checkpoints)
    counted = [s for s in scores if s.dimension != Dimension.PROFICIENCY.value]
    total = sum(s.points for s in counted)
    open_ = [s for s in counted if s.outcome is Outcome.DOUBTFUL]
    failures = tuple(
        s.id for s in scores if s.critical and not s.human_only and s.provisional in (Outcome.NOT_MET, Outcome.PARTLY)
    )
    dimensions = _dimensions(counted, rubric)
    passed = total >= rubric.pass_mark and not failures and all(d.floor_met for d in dimensions)
    flags = flags_of(state)
    by_words = passed and any(check.critical and rests_on_words(check) for check in script.checkpoints)
    unfamiliar = unfamiliar_sentences(state) if by_words else 0
    return CallScore(
        ENGINE_VERSION,
        script.digest,
        total,
        total - sum(s.points for s in open_),
        total + sum(s.out_of - s.points for s in open_),
        _FULL,
        rubric.pass_mark,
        passed,
        failures,
        dimensions,
        scores,
        flags,
        reviews_of(
            scores,
            total,
            rubric.pass_mark,
            dimensions,
            flags,
            state,
            unfamiliar=unfamiliar,
            calibrated=calibrated,
        ),
        tuple(
            dataclasses.replace(a, checkpoint=check.id.text)
            for check in script.checkpoints
            for a in findings[check.id.key].adjustments
        ),
        _proficiency(state),
        _ending(state),
    )


def _checkpoint(check: Check, finding: Finding, out_of: int) -> CheckpointScore:
    provisional = finding.outcome
    points = earned(finding.share, out_of) if provisional is not Outcome.NOT_APPLICABLE else 0
    outcome = Outcome.DOUBTFUL if finding.doubtful else provisional
    if check.human_only:
        outcome, provisional, points = Outcome.DOUBTFUL, Outcome.NOT_MET, 0
    return CheckpointScore(
        check.id.text,
        check.title,
        check.dimension.value,
        check.critical,
        check.human_only,
        outcome,
        provisional,
        points,
        out_of,
        finding.evidence,
        finding.near_misses,
        finding.parts,
        finding.advice,
        finding.weak,
        finding.untrusted,
        finding.ahead,
    )


def _dimensions(scores: list[CheckpointScore], rubric: Rubric) -> tuple[DimensionScore, ...]:
    floors = {d.value: percent for d, percent in rubric.floors}
    made = []
    for name in dict.fromkeys(s.dimension for s in scores):
        mine = [s for s in scores if s.dimension == name]
        points, out_of, floor = sum(s.points for s in mine), sum(s.out_of for s in mine), floors.get(name, 0)
        made.append(DimensionScore(name, points, out_of, floor, points * 100 >= floor * out_of))
    return tuple(made)


def _proficiency(state: CallState) -> Proficiency:
    waits = [w for w in (latency(state, turn) for turn in state.turns) if w is not None]
    steps = max(len(state.visits), 1)
    return Proficiency(
        len(state.turns), len(state.visits), len(state.turns) * 100 // steps, median_low(waits) if waits else None
    )


def _ending(state: CallState) -> Ending | None:
    ended = state.ended
    if ended is None:
        return None
    node = state.script.nodes[ended.node].name.text if ended.node else ""
    return Ending(node, ended.by, ended.failed, ended.reason)
