"""What figures ask a trainer to look at. Every threshold stands here; the pages say the hints in plain words.

Rule of thumb for papers, from the usual handbooks: mean total 50-75 %, standard deviation 12-18 %, internal consistency
above 75 good and under 64 poor. For questions: discrimination under 20 weak, negative suspicious. A hint is a reason to
read the question again, never a verdict. Under `sample.FEWEST` sittings nothing is said.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from question_bank.statistics.drift import Z95
from question_bank.statistics.figures import ItemFigures, PaperFigures
from question_bank.statistics.options import Choice
from question_bank.statistics.sample import FEWEST, RELIABLE

WEAK_DISCRIMINATION: Final = 20.0  # percent
TOO_EASY: Final = 0.95  # facility
TOO_HARD: Final = 0.20  # facility
NEAR_GUESSING: Final = 0.05  # facility at most so much above the guess score
WEIGHT_APART: Final = 0.5  # effective weight off the intended by more than this part of it
MEAN_TOTAL: Final = (0.50, 0.75)
DEVIATION: Final = (0.12, 0.18)  # of the full mark
GOOD_CONSISTENCY: Final = 75.0
POOR_CONSISTENCY: Final = 64.0


class Flag(StrEnum):
    """What a question may have wrong with it, the gravest first."""

    KEY_SUSPECT = "key_suspect"
    NEGATIVE = "negative"
    GUESSED = "guessed"
    TOO_HARD = "too_hard"
    TOO_EASY = "too_easy"
    WEAK = "weak"
    DEAD_OPTION = "dead_option"
    WEIGHT_HIGH = "weight_high"
    WEIGHT_LOW = "weight_low"


URGENT: Final = frozenset({Flag.KEY_SUSPECT, Flag.NEGATIVE, Flag.GUESSED, Flag.TOO_HARD})


class PaperFlag(StrEnum):
    """What a paper's figures say."""

    INCONSISTENT = "inconsistent"
    CONSISTENT = "consistent"
    MEAN_LOW = "mean_low"
    MEAN_HIGH = "mean_high"
    NARROW = "narrow"
    WIDE = "wide"


@dataclass(frozen=True, slots=True)
class Hint:
    """One flag, and the answers it is about (option ids), if any.

    grave   marks may be wrong: look before results are used. The key is suspect, or discrimination is negative beyond
            what chance explains
    """

    flag: Flag
    answers: tuple[str, ...] = ()
    grave: bool = False

    @property
    def urgent(self) -> bool:
        """Whether it wants looking at soon; the others can wait for the next edition."""
        return self.flag in URGENT


def item_hints(figures: ItemFigures, choices: Sequence[Choice] = (), *, guess: float | None = None) -> tuple[Hint, ...]:
    """Return what to look at in a question, the gravest first; nothing from fewer than five sittings.

    choices   the options of a choice question; empty for others
    guess     the expected share of marks of a blind guess, 0..1
    """
    if figures.sittings < FEWEST:
        return ()
    hints = [
        *_key_suspect(choices),
        *_discriminating(figures),
        *_difficulty(figures, guess),
        *_dead(figures, choices),
        *_weight(figures),
    ]
    order = list(Flag)
    return tuple(sorted(hints, key=lambda it: order.index(it.flag)))


def _key_suspect(choices: Sequence[Choice]) -> list[Hint]:
    """The best prefer an option outside the key to one in it, and it draws the best more than the weakest."""
    keys = [it.top for it in choices if it.right and it.top is not None]
    if not keys:
        return []
    wrong = [
        it
        for it in choices
        if not it.right and it.top is not None and it.bottom is not None and it.top > min(keys) and it.top >= it.bottom
    ]
    return [Hint(Flag.KEY_SUSPECT, tuple(it.name for it in sorted(wrong, key=_by_top)), grave=True)] if wrong else []


def _by_top(choice: Choice) -> float:
    return -(choice.top or 0.0)


def _discriminating(figures: ItemFigures) -> list[Hint]:
    found = figures.discrimination
    if found is None or found >= WEAK_DISCRIMINATION:
        return []
    if found >= 0:
        return [Hint(Flag.WEAK)]
    return [Hint(Flag.NEGATIVE, grave=surely_negative(found / 100, figures.sittings))]


def surely_negative(correlation: float, sittings: int) -> bool:
    """Tell whether the whole 95 % interval of a correlation (Fisher's z) lies below 0; False under five sittings.

    >>> surely_negative(-0.2, 30), surely_negative(-0.2, 200)
    (False, True)
    """
    if sittings < FEWEST or correlation >= 0:
        return False
    return correlation <= -1 or math.atanh(correlation) + Z95 / math.sqrt(sittings - 3) < 0


def _difficulty(figures: ItemFigures, guess: float | None) -> list[Hint]:
    facility = figures.facility
    if facility is None:
        return []
    if guess is not None and facility <= guess + NEAR_GUESSING:
        return [Hint(Flag.GUESSED)]
    if facility < TOO_HARD:
        return [Hint(Flag.TOO_HARD)]
    return [Hint(Flag.TOO_EASY)] if facility >= TOO_EASY else []


def _dead(figures: ItemFigures, choices: Sequence[Choice]) -> list[Hint]:
    """Wrong options that nobody took, once enough people could have."""
    unused = tuple(it.name for it in choices if not it.right and it.count == 0)
    return [Hint(Flag.DEAD_OPTION, unused)] if unused and figures.sittings >= RELIABLE else []


def _weight(figures: ItemFigures) -> list[Hint]:
    if figures.effective is None or figures.intended is None or figures.sittings < RELIABLE:
        return []
    if figures.effective > figures.intended * (1 + WEIGHT_APART):
        return [Hint(Flag.WEIGHT_HIGH)]
    return [Hint(Flag.WEIGHT_LOW)] if figures.effective < figures.intended * (1 - WEIGHT_APART) else []


def paper_hints(figures: PaperFigures) -> tuple[PaperFlag, ...]:
    """Return what a paper's figures say; nothing from fewer than five sittings."""
    if figures.sittings < FEWEST or figures.mean is None:
        return ()
    share = figures.mean / figures.full_mark
    hints = [PaperFlag.MEAN_LOW] if share < MEAN_TOTAL[0] else [PaperFlag.MEAN_HIGH] if share > MEAN_TOTAL[1] else []
    if figures.deviation is not None:
        spread = figures.deviation / figures.full_mark
        hints += [PaperFlag.NARROW] if spread < DEVIATION[0] else [PaperFlag.WIDE] if spread > DEVIATION[1] else []
    if figures.consistency is not None:
        if figures.consistency < POOR_CONSISTENCY:
            hints.insert(0, PaperFlag.INCONSISTENT)
        elif figures.consistency > GOOD_CONSISTENCY:
            hints.insert(0, PaperFlag.CONSISTENT)
    return tuple(hints)
