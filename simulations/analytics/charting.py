"""The figures of a script as charts and words; what the reader asked for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel.speaklater import LazyString

from lms.kernel.i18n import _, _l
from lms.web import charts
from simulations.analytics.figures import LATER, Group, ScriptFigures
from simulations.analytics.reasons import Missed
from simulations.models import Purpose

LEAST_ROWS: Final = 2
LONGEST_NUMBER: Final = 6
REASONS: Final[Mapping[Missed | None, LazyString]] = {
    Missed.FORBIDDEN: _l("said what must not be said"),
    Missed.NEGATED: _l("said the opposite"),
    Missed.CLAIMED: _l("said it was done, did not do it"),
    Missed.WRONG_DIGIT: _l("a wrong digit"),
    Missed.INTERRUPTED: _l("interrupted the caller"),
    Missed.LATE: _l("too late"),
    Missed.MISPLACED: _l("said or done at the wrong moment"),
    Missed.WRONG_ENTRY: _l("not what was wanted"),
    Missed.ENDED: _l("the call ended another way"),
    Missed.NEAR: _l("almost the words"),
    Missed.EMPTY: _l("left empty"),
    Missed.NEVER: _l("never came"),
    None: _l("other reasons, each of a few learners"),
}
CODES: Final[Mapping[str, LazyString]] = {
    "wrong_digit": _l("a wrong digit"), "wrong_length": _l("digits missing or too many"),
    "wrong_component": _l("a part wrong or missing"), "extra_component": _l("a part too many"),
    "wrong_words": _l("other words"), "wrong_value": _l("another choice"), "right_by_sound": _l("right by sound alone"),
    "before_told": _l("before the caller told it"),
}


@dataclass(frozen=True)
class Asked:
    """Which calls the reader wants. purpose None: all; edition None: all."""

    purpose: Purpose | None
    edition: int | None


def asked(args: Mapping[str, str]) -> Asked:
    """Read the address; anything else than what is offered is the default, calls for the record of every edition."""
    purposes = {"practice": Purpose.PRACTICE, "all": None}
    number = args.get("edition", "")
    known = number.isascii() and number.isdecimal() and len(number) < LONGEST_NUMBER
    return Asked(purposes.get(args.get("calls", ""), Purpose.EXAM), int(number) if known else None)


def charts_of(found: ScriptFigures, *, pass_mark: int) -> Mapping[str, charts.Chart]:
    """Return the charts there is something to draw in: rates, tries, editions. pass_mark: hundredths of 100."""
    rates = [(it.title, round(100 * it.rate, 1)) for it in found.checkpoints if it.rate is not None]
    drawn = {
        "rates": charts.bars(_("How often each checkpoint is met"), rates, limit=80, limit_label="80%", unit="%",
                             head=(_("Checkpoint"), _("Met"))) if rates else None,
        "attempts": _means(_("Mean mark by try"), found.attempts, _("Try"), pass_mark, _name_of_try),
        "editions": _means(_("Mean mark by edition"), found.editions, _("Edition"), pass_mark, _name_of_edition),
    }
    return {name: chart for name, chart in drawn.items() if chart is not None}


def _name_of_try(group: Group) -> str:
    return _("Try %(n)s and later", n=LATER) if group.name == str(LATER) else _("Try %(n)s", n=group.name)


def _name_of_edition(group: Group) -> str:
    return _("edition %(number)s", number=group.name)


def _means(
    title: str, groups: tuple[Group, ...], head: str, pass_mark: int, name: Callable[[Group], str]
) -> charts.Chart | None:
    rows = [(name(it), round(it.mean / 100, 1)) for it in groups if it.mean is not None]
    if len(rows) < LEAST_ROWS:
        return None
    return charts.bars(title, rows, head=(head, _("Mean mark")), limit=pass_mark / 100, limit_label=_("pass mark"))
