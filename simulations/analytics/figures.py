"""Figures of one script from its scored calls: pure. docs/policy/calls.md says what each tells a trainer.

A cell stands on so many different learners. Under five it is hidden from everybody but assessors: it would tell about
single people. What is hidden or undefined is None, never 0.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean, median_low
from typing import Any, Final
from uuid import UUID

from lms.kernel.proportions import Change, change
from simulations.analytics.reasons import Missed

FEWEST_LEARNERS: Final = 5
LATER: Final = 3  # third and later tries are one row
MOST_EXAMPLES: Final = 3
Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Played:
    """One scored call. total: hundredths of 100; items: as `CallFigures` keeps them; attempt counts from 1."""

    person_id: UUID
    edition: int
    attempt: int
    total: int
    passed: bool
    items: Sequence[Item]


@dataclass(frozen=True, slots=True)
class Group:
    """Calls together: of a try, or of an edition. mean: hundredths; pass_rate 0..1; both None while hidden."""

    name: str
    calls: int
    learners: int
    mean: float | None
    pass_rate: float | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a checkpoint was missed, and how often; `reason` None gathers those of too few learners."""

    reason: Missed | None
    calls: int


@dataclass(frozen=True, slots=True)
class CheckpointFigures:
    """What all calls show of one checkpoint; None while hidden or undefined.

    calls            where it applied
    rate             share of them that met it, 0..1
    discrimination   correlation of its points with the rest of the mark, -100..100
    delay_ms         median of how long it took from when it could first be met
    drift            change of the rate from the edition before to the newest
    """

    id: str
    title: str
    dimension: str
    critical: bool
    calls: int
    learners: int
    rate: float | None
    discrimination: float | None
    delay_ms: int | None
    missed: tuple[Reason, ...]
    drift: Change | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """A field or fact that came out wrong in one way. examples: (what was wanted, what it became instead)."""

    label: str
    code: str
    calls: int
    learners: int
    examples: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ScriptFigures:
    """Everything about one script. shown: False when too few learners played it for this reader."""

    calls: int
    learners: int
    shown: bool
    whole: Group
    checkpoints: tuple[CheckpointFigures, ...]
    attempts: tuple[Group, ...]
    editions: tuple[Group, ...]
    confusions: tuple[Confusion, ...]

    @property
    def weakest(self) -> CheckpointFigures | None:
        """The checkpoint that is missed most, None when none is or nothing is shown."""
        known = [it for it in self.checkpoints if it.rate is not None and it.rate < 1]
        return min(known, key=lambda it: it.rate or 0, default=None)


def enough(learners: int, *, whole: bool) -> bool:
    """Tell whether a cell may be shown. whole: the reader is an assessor of everybody in it."""
    return whole or learners >= FEWEST_LEARNERS


def figures_of(played: Sequence[Played], *, whole: bool) -> ScriptFigures:
    """Return the figures of a script's calls, oldest first, for a reader who may see every cell or only larger ones."""
    learners = len({call.person_id for call in played})
    shown = bool(played) and enough(learners, whole=whole)
    seen = played if shown else ()
    return ScriptFigures(
        len(played), learners, shown, _group("", seen, whole=whole), tuple(_checkpoints(seen, whole=whole)),
        _groups(seen, lambda call: str(min(call.attempt, LATER)), whole=whole),
        _groups(seen, lambda call: str(call.edition), whole=whole), _confusions(seen, whole=whole),
    )


def _groups(played: Sequence[Played], name: Callable[[Played], str], *, whole: bool) -> tuple[Group, ...]:
    found: dict[str, list[Played]] = defaultdict(list)
    for call in played:
        found[name(call)].append(call)
    return tuple(_group(key, found[key], whole=whole) for key in sorted(found, key=int))


def _group(name: str, calls: Sequence[Played], *, whole: bool) -> Group:
    learners = len({call.person_id for call in calls})
    if not calls or not enough(learners, whole=whole):
        return Group(name, len(calls), learners, None, None)
    return Group(name, len(calls), learners, fmean(c.total for c in calls), sum(c.passed for c in calls) / len(calls))


def _checkpoints(played: Sequence[Played], *, whole: bool) -> Iterable[CheckpointFigures]:
    found: dict[str, list[tuple[Played, Item]]] = defaultdict(list)
    for call in played:
        for item in call.items:
            if not item["human_only"]:
                found[item["id"]].append((call, item))
    newest = {item["id"] for item in played[-1].items} if played else set()
    for id_, rows in found.items():
        if id_ in newest:
            yield _checkpoint([row for row in rows if row[1]["outcome"] != "not_applicable"], rows[-1][1], whole=whole)


def _checkpoint(rows: Sequence[tuple[Played, Item]], item: Item, *, whole: bool) -> CheckpointFigures:
    learners = len({call.person_id for call, _item in rows})
    if not rows or not enough(learners, whole=whole):
        return CheckpointFigures(item["id"], item["title"], item["dimension"], item["critical"], len(rows), learners,
                                 None, None, None, (), None)
    delays = [it["delay_ms"] for _call, it in rows if it["delay_ms"] is not None]
    return CheckpointFigures(
        item["id"], item["title"], item["dimension"], item["critical"], len(rows), learners,
        rate_of(it for _call, it in rows), discrimination([(it["points"], call.total) for call, it in rows]),
        median_low(delays) if delays else None, _reasons(rows, whole=whole), _drift(rows, whole=whole),
    )


def rate_of(items: Iterable[Item]) -> float:
    """Return the share of calls that met a checkpoint, one at least."""
    return fmean(item["outcome"] == "met" for item in items)


def discrimination(marks: Sequence[tuple[int, int]]) -> float | None:
    """Return the correlation in percent of (points, total of the call) with the points taken out of the total.

    None where it is undefined: no spread, or a single call.
    """
    try:
        return 100 * correlation([points for points, _total in marks], [total - points for points, total in marks])
    except StatisticsError:
        return None


def _reasons(rows: Sequence[tuple[Played, Item]], *, whole: bool) -> tuple[Reason, ...]:
    people: dict[str, list[UUID]] = defaultdict(list)
    for call, item in rows:
        if item["why"]:
            people[item["why"]].append(call.person_id)
    kept = [Reason(Missed(why), len(who)) for why, who in people.items() if enough(len(set(who)), whole=whole)]
    kept.sort(key=lambda it: -it.calls)
    few = [person for who in people.values() if not enough(len(set(who)), whole=whole) for person in who]
    return (*kept, Reason(None, len(few))) if few and enough(len(set(few)), whole=whole) else tuple(kept)


def _drift(rows: Sequence[tuple[Played, Item]], *, whole: bool) -> Change | None:
    """Return the change of a checkpoint's rate to the newest edition, from the last before it of enough learners."""
    by_edition: dict[int, list[tuple[Played, Item]]] = defaultdict(list)
    for call, item in rows:
        by_edition[call.edition].append((call, item))
    known = [it for _number, it in sorted(by_edition.items())
             if enough(len({call.person_id for call, _item in it}), whole=whole)]
    if len(known) < 2 or known[-1] is not by_edition[max(by_edition)]:
        return None
    before, after = ([item for _call, item in it] for it in known[-2:])
    return change(rate_of(before), len(before), rate_of(after), len(after))


def _confusions(played: Sequence[Played], *, whole: bool) -> tuple[Confusion, ...]:
    """Return what came out wrong in tickets and read-backs, the most frequent first; left out is not confused."""
    found: dict[tuple[str, str], list[tuple[UUID, str, str]]] = defaultdict(list)
    for call in played:
        for item in call.items:
            for label, wanted, got, code in item["parts"]:
                if got:
                    found[label, code].append((call.person_id, wanted, got))
    rows = [_confusion(label, code, cases, whole=whole) for (label, code), cases in found.items()
            if enough(len({person for person, _wanted, _got in cases}), whole=whole)]
    return tuple(sorted(rows, key=lambda it: -it.calls))


def _confusion(label: str, code: str, cases: Sequence[tuple[UUID, str, str]], *, whole: bool) -> Confusion:
    people: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    times: Counter[tuple[str, str]] = Counter()
    for person, wanted, got in cases:
        people[wanted, got].add(person)
        times[wanted, got] += 1
    telling = [pair for pair, _times in times.most_common() if enough(len(people[pair]), whole=whole)]
    return Confusion(label, code, len(cases), len({person for person, _w, _g in cases}), tuple(telling[:MOST_EXAMPLES]))


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One assessor's review. overrides: checkpoint id -> (the engine's outcome, the assessor's)."""

    assessor: str
    learner_id: UUID
    ids: Sequence[str]
    overrides: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Overridden:
    """How often people decided otherwise than the system, of a checkpoint or by an assessor; None while hidden.

    reviews   checkpoint: reviews of calls that had it; assessor: their reviews
    doubts    decided where the system left it to them: no disagreement
    """

    name: str
    reviews: int
    learners: int
    overrides: int | None
    milder: int | None
    harsher: int | None
    doubts: int | None

    @property
    def rate(self) -> float | None:
        """Overrides a review, 0 and more."""
        return None if self.overrides is None else self.overrides / self.reviews


_WORTH: Final = {"not_met": 0, "not_applicable": 1, "partly": 1, "met": 2}


def overridden(
    reviews: Sequence[Reviewed], *, by_assessor: bool, whole: bool
) -> tuple[Overridden, ...]:
    """Count overrides by checkpoint id or by assessor, the highest rate first."""
    found: dict[str, list[tuple[UUID, Sequence[Sequence[str]]]]] = defaultdict(list)
    for review in reviews:
        if by_assessor:
            found[review.assessor].append((review.learner_id, list(review.overrides.values())))
        else:
            for id_ in review.ids:
                pairs = [review.overrides[id_]] if id_ in review.overrides else []
                found[id_].append((review.learner_id, pairs))
    rows = [_overridden(name, cases, whole=whole) for name, cases in found.items()]
    return tuple(sorted(rows, key=lambda it: (-(it.rate or 0), it.name)))


def _overridden(name: str, cases: Sequence[tuple[UUID, Sequence[Sequence[str]]]], *, whole: bool) -> Overridden:
    learners = len({person for person, _pairs in cases})
    if not enough(learners, whole=whole):
        return Overridden(name, len(cases), learners, None, None, None, None)
    pairs = [pair for _person, changed in cases for pair in changed]
    against = [(was, now) for was, now in pairs if was != "doubtful"]
    milder = sum(_WORTH[now] > _WORTH[was] for was, now in against)
    harsher = sum(_WORTH[now] < _WORTH[was] for was, now in against)
    return Overridden(name, len(cases), learners, len(against), milder, harsher, len(pairs) - len(against))
