"""The two pictures of an exam's statistics: how totals are spread, and the map of its questions."""

from collections.abc import Sequence
from dataclasses import replace

from flask import url_for

from lms.exams.queries.statistics import ExamStatistics, Item
from lms.kernel.i18n import _
from lms.web import charts
from lms.web.charts import Chart
from lms.web.scatter import Dot, Scale, scatter
from question_bank.statistics.flags import WEAK_DISCRIMINATION
from question_bank.statistics.sample import FEWEST
from question_bank.statistics.spread import STEPS, spread_of

NAMED = 4  # every so manieth step has its number below it
FACILITIES = (0, 0.25, 0.5, 0.75, 1)
DISCRIMINATIONS = (-50, -25, 0, 25, 50, 75, 100)


def totals_chart(found: ExamStatistics) -> Chart:
    """Draw how many sittings lie in each twentieth of the full mark, those below the pass mark in red."""
    full, mark = found.analysis.paper.full_mark, (found.pass_percent or 0) / 100
    shares = [total / full for total in found.analysis.totals]
    failed = spread_of([it for it in shares if it < mark - 1e-9])
    passed = spread_of([it for it in shares if it >= mark - 1e-9])
    starts = [round(100 / STEPS * step) for step in range(STEPS)]
    drawn = charts.stacked(
        _("Distribution of totals"), [str(it) if place % NAMED == 0 else "" for place, it in enumerate(starts)],
        [(_("Below the pass mark of %(n)s%%", n=found.pass_percent), "bad", failed),
         (_("Passed"), "in", passed)], head=_("Percent of the full mark"),
    )
    rows = [
        (f"{low}–{low + 100 // STEPS}", str(bad), str(good))
        for low, bad, good in zip(starts, failed, passed, strict=True) if bad or good
    ]
    return replace(drawn, table_rows=tuple(rows))


def items_chart(items: Sequence[Item]) -> Chart | None:
    """Draw each question by facility and discrimination; None where no question has both."""
    dots = [
        Dot(it.figures.facility, it.figures.discrimination, it.edition.code, _look(it),
            url_for("exams.question_statistics_page", code=it.edition.code))
        for it in items
        if it.figures.facility is not None and it.figures.discrimination is not None and it.figures.sittings >= FEWEST
    ]
    if not dots:
        return None
    return scatter(
        _("Questions by facility and discrimination"), dots, Scale(_("Facility"), FACILITIES),
        Scale(_("Discrimination index"), DISCRIMINATIONS), limits=(None, WEAK_DISCRIMINATION),
        head=(_("Question"), _("Facility"), _("Discrimination index")),
        legend=[
            ("bad", _("look at it before using results")), ("warn", _("worth a look")), ("in", _("nothing urgent")),
        ],
    )


def _look(item: Item) -> str:
    if any(hint.grave for hint in item.hints):
        return "bad"
    return "warn" if any(hint.urgent for hint in item.hints) else "in"
