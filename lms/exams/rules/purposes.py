"""What an exam is for, and what follows from it: one table, asked by everybody who acts on a result.

Sources: requirements R5 (candidates are tested before they are hired), R15 (monthly, entrance, stage, final and
refresher exams, unannounced checks), R19 (what a failure leads to), R34 (monthly results count in the appraisal).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ExamPurpose(StrEnum):
    """What an exam is for (requirements R15)."""

    ENTRANCE = "entrance"
    STAGE = "stage"
    MONTHLY = "monthly"
    FINAL = "final"
    REFRESHER = "refresher"
    SPOT_CHECK = "spot_check"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from an exam of one purpose.

    certifies   a certificate, and so a permit, may ask for it; otherwise its result stands in the record alone
    resits      a failure begins the ladder of resits; otherwise the series ends with its first result
    relearning  what was not reached is assigned to be learnt again
    tells       a failure is told to the person's manager at once (on a ladder: when its last step is used up)
    states      states of employment in which somebody may be asked; `on_leave` where that is harmless
    """

    certifies: bool
    resits: bool
    relearning: bool
    tells: bool
    states: frozenset[str]


_STAFF: Final = frozenset({"probation", "active", "on_leave"})
_WORKING: Final = frozenset({"probation", "active"})
_COMING: Final = frozenset({"probation"})  # somebody who is to be hired is entered on probation, with a first day ahead

FOLLOWS: Final[Mapping[ExamPurpose, Consequences]] = {
    ExamPurpose.ENTRANCE: Consequences(certifies=False, resits=False, relearning=False, tells=True, states=_COMING),
    ExamPurpose.STAGE: Consequences(certifies=True, resits=True, relearning=True, tells=False, states=_STAFF),
    ExamPurpose.MONTHLY: Consequences(certifies=False, resits=False, relearning=True, tells=False, states=_WORKING),
    ExamPurpose.FINAL: Consequences(certifies=True, resits=True, relearning=True, tells=False, states=_STAFF),
    ExamPurpose.REFRESHER: Consequences(certifies=True, resits=True, relearning=True, tells=False, states=_STAFF),
    ExamPurpose.SPOT_CHECK: Consequences(certifies=False, resits=False, relearning=True, tells=True, states=_WORKING),
}


def follows(purpose: str) -> Consequences:
    """Return what follows from an exam of a purpose. Raises ValueError for an unknown one.

    >>> follows("monthly").resits, follows("final").certifies
    (False, True)
    """
    return FOLLOWS[ExamPurpose(purpose)]
