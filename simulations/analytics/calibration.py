"""Whether an automatic score may stand by itself: pure. docs/policy/calls.md, "Calibration".

A script is *practice only* until people who marked its calls blind agree with the system about them; then it is
*calibrated*. The agreement is counted over the calls of every edition that marks alike: a new edition whose changes no
score can notice keeps what was proven, any other begins anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from simulations.analysis.changes import Change
from simulations.analytics.agreement import Agreement, Correlation, agreement, icc_2_1
from simulations.script.machine import mentions

CALLS_NEEDED: Final = 50
LEAST_AC1: Final = 0.80
LEAST_ICC: Final = 0.75
NO_MATTER: Final = frozenset({"coach", "example"})  # subjects of changes that no score notices
QUIET_SETTINGS: Final = frozenset({"title", "difficulty", "queue"})


class Lack(StrEnum):
    """What is missing for calibration."""

    CALLS = "calls"
    FALSE_PASS = "false_pass"  # noqa: S105 - a mark, no password
    ITEM_CALLS = "item_calls"
    ITEM_AGREEMENT = "item_agreement"
    NO_SPREAD = "no_spread"
    TOTALS = "totals"


@dataclass(frozen=True, slots=True)
class Marked:
    """One checkpoint of a call as the system and as a person marked it.

    outcome   of the system: met, partly, not_met, doubtful, not_applicable;  by_person: the same without doubtful
    points    hundredths: the system's and the person's
    sure      the outcome needed no person: neither in doubt nor resting on a weak match
    """

    id: str
    critical: bool
    outcome: str
    by_person: str
    points: int
    points_by_person: int
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Item:
    """One critical checkpoint over all double-marked calls.

    doubtful       calls where the system left it to a person: they say nothing about agreement
    false_passes   the system let it pass, the person didn't
    """

    id: str
    agreement: Agreement | None
    doubtful: int
    false_passes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a script's double-marked calls prove. totals: None where no correlation is defined.

    lacks   what is missing, with the checkpoint's id or "": none means calibrated
    """

    calls: int
    items: tuple[Item, ...]
    totals: Correlation | None
    lacks: tuple[tuple[Lack, str], ...]

    @property
    def calibrated(self) -> bool:
        """Tell whether an automatic score may stand by itself."""
        return not self.lacks


def standing_of(calls: Sequence[Sequence[Marked]]) -> Standing:
    """Decide about a script from its double-marked calls, each with every checkpoint that the system can mark.

    Calibrated asks for 50 calls or more; for each critical checkpoint 50 on which the system was sure, AC1 of 0.80 or
    more and not one false pass; and for the totals a 95 % interval of ICC(2,1) that lies at 0.75 or above.
    """
    by_item: dict[str, list[Marked]] = {}
    for call in calls:
        for mark in call:
            if mark.critical:
                by_item.setdefault(mark.id, []).append(mark)
    items = tuple(_item(id_, marks) for id_, marks in by_item.items())
    totals = icc_2_1([(sum(m.points for m in call), sum(m.points_by_person for m in call)) for call in calls])
    return Standing(len(calls), items, totals, tuple(_lacks(len(calls), items, totals)))


def is_false_pass(mark: Marked) -> bool:
    """Tell whether the system let a critical checkpoint pass, or left it out, that a person found not done."""
    let_pass = mark.sure and mark.outcome in ("met", "not_applicable")
    return mark.critical and let_pass and mark.by_person in ("not_met", "partly")


def _item(id_: str, marks: Sequence[Marked]) -> Item:
    sure = [mark for mark in marks if mark.sure and mark.outcome != "doubtful"]
    return Item(
        id_, agreement([(_side(m.outcome), _side(m.by_person)) for m in sure]), len(marks) - len(sure),
        sum(map(is_false_pass, marks)),
    )


def _side(outcome: str) -> str:
    """Return what a critical checkpoint's outcome decides: half of it is not enough."""
    return "not_met" if outcome == "partly" else outcome


def _lacks(calls: int, items: Sequence[Item], totals: Correlation | None) -> list[tuple[Lack, str]]:
    found: list[tuple[Lack, str]] = []
    if calls < CALLS_NEEDED:
        found.append((Lack.CALLS, ""))
    for item in items:
        if item.false_passes:
            found.append((Lack.FALSE_PASS, item.id))
        sure = item.agreement.calls if item.agreement else 0
        if calls >= CALLS_NEEDED and sure < CALLS_NEEDED:
            found.append((Lack.ITEM_CALLS, item.id))
        if item.agreement and item.agreement.ac1 < LEAST_AC1:
            found.append((Lack.ITEM_AGREEMENT, item.id))
    if totals is None:
        found.append((Lack.NO_SPREAD, ""))
    elif totals.low < LEAST_ICC:
        found.append((Lack.TOTALS, ""))
    return found


def marks_alike(differences: Sequence[Change], before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Tell whether a new edition marks as the one before, so that what was proven of it holds.

    The words of caller lines (but not the facts they tell), coach's notes, examples, title, difficulty and queue may
    change. Anything else may not: phrases, checkpoints, the ticket, facts, replies and ways through the call, timing,
    pass mark.

    before, after   the phrase libraries each edition carries, name -> text
    """
    cited = before.keys() & after.keys()
    return all(_unnoticed(change) for change in differences) and all(before[name] == after[name] for name in cited)


def _unnoticed(change: Change) -> bool:
    if change.subject == "caller":
        return sorted(mentions(change.before)) == sorted(mentions(change.after))  # the same facts are told
    return change.subject in NO_MATTER or (change.subject == "setting" and change.name in QUIET_SETTINGS)


class _Reason(Protocol):
    @property
    def code(self) -> str: ...


def stands_by_itself(
    *, calibrated: bool, purpose: str, passed: bool, reviews: Sequence[_Reason]
) -> bool:
    """Tell whether a call's automatic score makes its training fact without a person.

    Only a pass ever does, of a call for the record, on a calibrated script, with no reason for a person to look.
    """
    return calibrated and purpose == "exam" and passed and not reviews
