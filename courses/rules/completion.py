"""When a unit is done, which may be opened, what comes next, when the course is finished."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from courses.rules.progress import Progress
from courses.rules.units import UnitKind, UnitSpec


class Lack(StrEnum):
    """What is missing before a unit counts as done."""

    SECONDS = "seconds"
    FILM = "film"
    NO_FILM = "no_film"  # the film hasn't been uploaded
    TEST = "test"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a unit's conditions are met, and if not what is missing.

    left   seconds still to spend on the page, or whole percent of the film still to play; 0 otherwise
    """

    lack: Lack | None = None
    left: int = 0

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return self.lack is None


MET = Verdict()


def judge(unit: UnitSpec, progress: Progress) -> Verdict:
    """Tell whether a unit's conditions are met. Meeting a figure exactly meets it."""
    match unit.kind:
        case UnitKind.PAGE | UnitKind.DOCUMENT:
            left_ms = unit.seconds * 1000 - progress.seen_ms
            return Verdict(Lack.SECONDS, -(-left_ms // 1000)) if left_ms > 0 else MET
        case UnitKind.VIDEO:
            return _judge_film(unit, progress)
        case UnitKind.TEST:
            return MET if progress.passed else Verdict(Lack.TEST)
        case UnitKind.CALL:
            return MET if progress.passed else Verdict(Lack.CALL)


def _judge_film(unit: UnitSpec, progress: Progress) -> Verdict:
    if not unit.duration_ms:
        return Verdict(Lack.NO_FILM)
    if progress.played_ms * 100 >= unit.video_percent * unit.duration_ms:
        return MET
    return Verdict(Lack.FILM, unit.video_percent - played_percent(progress, unit.duration_ms))


def played_percent(progress: Progress, duration_ms: int | None) -> int:
    """Return the share of a film played, in whole percent, rounded down; 0 without a film."""
    return progress.played_ms * 100 // duration_ms if duration_ms else 0


def may_open(units: Sequence[UnitSpec], done: Collection[str], code: str, *, ordered: bool) -> bool:
    """Tell whether a learner may open a unit: done ones always; in an ordered course the first that isn't done yet.

    Units that aren't required hold nobody up. An unknown code is refused.
    """
    for unit in units:
        if unit.code == code:
            return True
        if ordered and unit.required and unit.code not in done and code not in done:
            return False
    return False


def next_unit(units: Sequence[UnitSpec], done: Collection[str], *, after: str = "") -> str | None:
    """Return the unit to go to: the first open one after `after`, else the first required open one, else None."""
    codes = [unit.code for unit in units]
    if after in codes:
        for unit in units[codes.index(after) + 1:]:
            if unit.code not in done:
                return unit.code
    return next((unit.code for unit in units if unit.required and unit.code not in done), None)


def is_finished(units: Sequence[UnitSpec], done: Collection[str]) -> bool:
    """Tell whether a course is finished: every required unit is done. A course without units never is."""
    return bool(units) and all(unit.code in done for unit in units if unit.required)


def percent_done(units: Sequence[UnitSpec], done: Collection[str]) -> int:
    """Return the share of required units done, in whole percent, rounded down; all units when none is required."""
    wanted = [unit.code for unit in units if unit.required] or [unit.code for unit in units]
    return 100 * sum(code in done for code in wanted) // len(wanted) if wanted else 0


def spread(questions: int, points: Sequence[str], supply: Mapping[str, int]) -> dict[str, int]:
    """Share a test's questions out over its knowledge points, evenly, as far as the bank can supply them.

    questions   how many are wanted in all
    supply      how many the bank has for each point; points it lacks count as 0

    Points named first get the remainder. The result may hold fewer than wanted when the bank runs dry.

    >>> spread(5, ["a", "b"], {"a": 9, "b": 1})
    {'a': 4, 'b': 1}
    """
    shares = dict.fromkeys(points, 0)
    left = questions
    while left:
        open_points = [point for point in shares if shares[point] < supply.get(point, 0)]
        if not open_points:
            break
        for point in open_points[:left]:
            shares[point] += 1
        left -= min(left, len(open_points))
    return {point: share for point, share in shares.items() if share}
