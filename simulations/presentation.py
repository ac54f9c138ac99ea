"""A finished call made ready for pages: what to change first, the headline, the engine's codes as sentences."""

from collections.abc import Callable
from typing import Any

from lms.kernel.db import reading
from lms.kernel.i18n import _, choose_locale, ngettext
from lms.knowledge.queries import about
from lms.web import charts
from simulations import CallScore, note_text
from simulations.queries import Report, Try, compiled

LEAST_FOR_A_CHART = 2


def localised() -> Callable[[object], str]:
    """Return a function that says any note, flag, review, adjustment or advice of the engine."""
    locale = "en" if choose_locale() == "en" else "zh_CN"
    return lambda note: note_text(note, locale)


def report_context(report: Report, *, locked: bool) -> dict[str, Any]:
    """Return what the report and the review page show of a call."""
    missed = [item for item in report.score.checkpoints if item.outcome in ("not_met", "partly", "doubtful")]
    missed.sort(key=lambda item: (not item.critical, item.points - item.out_of))
    return {
        "report": report,
        "say": localised(),
        "headline": _("The call is with the assessor") if locked else headline(report.score),
        "open_items": missed,
        "met_items": [item for item in report.score.checkpoints if item.outcome in ("met", "not_applicable")],
        "to_gain": sum(item.out_of - item.points for item in missed),
        "transcript": report.transcript,
        "pass_mark": compiled(report.result.rubric if report.result else report.call.edition).rubric.pass_mark,
        "articles": () if locked or not missed else about(
            reading(), [item.title for item in missed], queue=report.call.edition.queue),
        "chart": None if locked else marks_chart(report.history),
    }


def headline(score: CallScore) -> str:
    """Say the result of a call in one line, the way a coach would."""
    if score.critical_failures:
        return ngettext(
            "One thing must never go wrong, and it did", "%(num)d things must never go wrong, and did",
            len(score.critical_failures),
        )
    missed = sum(item.outcome in ("not_met", "partly") for item in score.checkpoints)
    if not missed:
        return _("Everything that counts was there")
    if score.passed:
        return ngettext("Well done, one thing to polish", "Well done, %(num)d things to polish", missed)
    return ngettext("Nearly: one thing is missing", "Not yet: %(num)d things are missing", missed)


def marks_chart(tries: list[Try]) -> charts.Chart | None:
    """Draw the marks of several tries, oldest first; None when there are too few to draw.

    What waits for an assessor isn't drawn.
    """
    shown = [tried for tried in tries if tried.open]
    if len(shown) < LEAST_FOR_A_CHART:
        return None
    points = [(str(number), tried.total / 100) for number, tried in enumerate(shown, 1)]
    return charts.line(_("Marks by try"), points, limit=80, low=0, high=100)
