"""A finished call made ready for pages: what to change first, the headline, the engine's codes as sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from lms.kernel.db import reading
from lms.kernel.i18n import _, choose_locale, ngettext
from lms.knowledge.queries import about
from lms.web import charts
from simulations import note_text, unfamiliar
from simulations.queries import Report, Try, compiled
from simulations.rules import Counted

LEAST_FOR_A_CHART = 2
FIRST = 3  # what one can keep in mind until the next call


def localised() -> Callable[[object], str]:
    """Return a function that says any note, flag, review, adjustment or advice of the engine."""
    locale = "en" if choose_locale() == "en" else "zh_CN"
    return lambda note: note_text(note, locale)


def report_context(report: Report, *, locked: bool, words: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Return what the report and the review page show of a call: what counts, with the engine's value beside it.

    words   what an assessor is about to decide; what was decided without
    """
    counted = report.counted if words is None else report.counted_with(words)
    counts = report.result or report.review or report.score
    said = {name: it.outcome for name, it in counted.checkpoints.items()}
    missed = [item for item in report.score.checkpoints if said[item.id] in ("not_met", "partly", "doubtful")]
    missed.sort(key=lambda item: (not item.critical, counted.checkpoints[item.id].points - item.out_of))
    return {
        "report": report,
        "counted": counted,
        "say": localised(),
        "headline": _("The call is with the assessor") if locked else headline(
            counted, passed=counts.passed, doubts=len(report.doubts)),
        "doubts": report.doubts,
        "open_items": missed,
        "first_items": missed[:FIRST],
        "later_items": missed[FIRST:],
        "met_items": [item for item in report.score.checkpoints if said[item.id] in ("met", "not_applicable")],
        "to_gain": sum(item.out_of - counted.checkpoints[item.id].points for item in missed[:FIRST]),
        "transcript": report.transcript,
        "pass_mark": compiled(report.result.rubric if report.result else report.call.edition).rubric.pass_mark,
        "articles": () if locked or not missed else about(
            reading(), [item.title for item in missed], queue=report.call.edition.queue),
        "chart": None if locked else marks_chart(report.history),
    }


def said_anew(report: Report) -> list[list[tuple[str, bool]]]:
    """Return each line of the transcript in pieces, with whether one is a sentence that nobody has approved."""
    script, staff_no = compiled(report.call.edition), report.call.setup["staff_no"]
    lines = []
    for line in report.transcript:
        text, pieces, at = line["text"], [], 0
        for start, end in unfamiliar(script, text, staff_no) if line["who"] == "me" else ():
            pieces += [(text[at:start], False), (text[start:end], True)]
            at = end
        lines.append([piece for piece in (*pieces, (text[at:], False)) if piece[0]])
    return lines


def headline(counted: Counted, *, passed: bool, doubts: int = 0) -> str:
    """Say the result of a call in one line, the way a coach would. doubts: sentences to think over."""
    if counted.critical_failures:
        return ngettext(
            "One thing must never go wrong, and it did", "%(num)d things must never go wrong, and did",
            len(counted.critical_failures),
        )
    missed = sum(item.outcome in ("not_met", "partly") for item in counted.checkpoints.values())
    if not missed and doubts:
        return ngettext(
            "Everything that counts was there; one sentence to think over",
            "Everything that counts was there; %(num)d sentences to think over", doubts)
    if not missed:
        return _("Everything that counts was there")
    if passed:
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
