"""What flags are called, and what each asks a trainer to do, in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lms.kernel.i18n import _, _l
from lms.web.formatting import list_of
from question_bank.statistics.flags import Flag, Hint, PaperFlag

FLAG_NAMES: Final[Mapping[str, Any]] = {
    Flag.KEY_SUSPECT: _l("key in doubt"),
    Flag.NEGATIVE: _l("discriminates the wrong way"),
    Flag.GUESSED: _l("no better than guessing"),
    Flag.TOO_HARD: _l("too hard"),
    Flag.TOO_EASY: _l("too easy"),
    Flag.WEAK: _l("discriminates weakly"),
    Flag.DEAD_OPTION: _l("option nobody chooses"),
    Flag.WEIGHT_HIGH: _l("weighs more than meant"),
    Flag.WEIGHT_LOW: _l("weighs less than meant"),
}
_HINTS: Final[Mapping[str, Any]] = {
    Flag.NEGATIVE: _l("Those who do well otherwise lose marks here: is it misleading, or the key wrong?"),
    Flag.GUESSED: _l("Blind guessing would do as well: was this taught at all?"),
    Flag.TOO_HARD: _l("Fewer than one mark in five was earned: was it taught, and is it asked fairly?"),
    Flag.TOO_EASY: _l("Nearly everybody has it right: keep it if everybody must know it, it tells nobody apart."),
    Flag.WEAK: _l("It hardly tells strong candidates from weak ones: is the wording clear?"),
    Flag.WEIGHT_HIGH: _l("It sways the result more than its marks say."),
    Flag.WEIGHT_LOW: _l("It sways the result less than its marks say."),
}
PAPER_HINTS: Final[Mapping[str, Any]] = {
    PaperFlag.INCONSISTENT: _l(
        "Internal consistency is poor (under 64): chance decides about many near the pass mark. "
        "More questions, or better ones, help."
    ),
    PaperFlag.CONSISTENT: _l("Internal consistency is good (above 75)."),
    PaperFlag.MEAN_LOW: _l("The mean lies under 50 %: the paper is hard for those who sat it."),
    PaperFlag.MEAN_HIGH: _l(
        "The mean lies above 75 %. That is as it should be where everybody must know everything; "
        "such a paper ranks people badly."
    ),
    PaperFlag.NARROW: _l("Totals lie close together (standard deviation under 12 %)."),
    PaperFlag.WIDE: _l("Totals lie far apart (standard deviation above 18 %)."),
}


def say(hint: Hint) -> str:
    """Return a hint as a sentence."""
    letters = list_of([name.upper() for name in hint.answers])
    if hint.flag is Flag.KEY_SUSPECT:
        return str(_("The best candidates choose %(options)s: is the key wrong?", options=letters))
    if hint.flag is Flag.DEAD_OPTION:
        return str(_("Nobody chooses %(options)s: put a wrong answer there that tempts.", options=letters))
    return str(_HINTS[hint.flag])


def names_of(flags: Iterable[str]) -> str:
    """Return what flags are called, in one line; unknown words are left out."""
    return list_of([str(FLAG_NAMES[flag]) for flag in flags if flag in FLAG_NAMES])
