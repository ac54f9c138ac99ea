"""Home: one page a role, each answering that role's first question."""

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.certification.queries.words import reason_texts
from lms.desk.navigation import keys_for
from lms.desk.panels import Reader, may_see_board, panels_for, title_of
from lms.desk.queries.home import LearnerHome, learner_home
from lms.desk.views.blueprint import bp
from lms.desk.views.board import LOOKS
from lms.kernel.db import reading
from lms.kernel.i18n import _, ngettext
from lms.web import charts
from lms.web.formatting import display_zone, local
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.shell import locale_code

PASS_MARK = 80  # per cent; the usual line of the bundled certifications, drawn as a guide
SHORTEST_CHART = 2


@bp.get("/")
@requires(Permission.HOME_READ)
def home() -> ResponseReturnValue:
    """Show the first page of whoever asks: the board, what waits, or what to learn next."""
    identity = current_identity()
    if may_see_board(identity):
        return redirect(url_for(".board"))
    if "learning" in keys_for(identity.roles):
        return my_learning()
    return desk()


@bp.get("/today")
@requires(Permission.HOME_READ)
def desk() -> ResponseReturnValue:
    """Show what waits for somebody who works here."""
    now = request_time()
    panels = panels_for(reading(), Reader(current_identity(), now, local(now), display_zone()))
    return page("desk/staff.html", panels=panels, title=title_of(panels))


@bp.get("/learning")
@requires(Permission.COURSE_STUDY)
def my_learning() -> ResponseReturnValue:
    """Show a learner's home: next step, permits, courses, what is due, scores."""
    now, identity, session = request_time(), current_identity(), reading()
    assert identity.person_id is not None  # noqa: S101 - the policy grants it to nobody else
    shown = learner_home(session, identity.person_id, now, local(now), english=locale_code() == "en")
    return page(
        "desk/home.html", home=shown, title=learner_title(shown), looks=LOOKS, charts=score_charts(shown),
        reason_of=lambda cell: " ".join(reason_texts(session, cell.reasons)),
    )


def learner_title(shown: LearnerHome) -> str:
    """Return the answer to "what do I do next": late work, what is missing from the nearest permit, or nothing."""
    if shown.step is not None and shown.step.why == "overdue":
        return str(_("Something is overdue"))
    if shown.closest is not None:
        number = len(shown.closest.needs)
        return str(ngettext("%(num)d step to go for %(name)s", "%(num)d steps to go for %(name)s", number,
                            name=shown.closest.name))
    if shown.step is not None:
        return str(_("One thing to do today"))
    if any(not permit.held for permit in shown.permits):
        return str(_("No permit yet, and nothing is assigned"))
    return str(_("All done: nothing waits for you"))


def score_charts(shown: LearnerHome) -> dict[str, Any]:
    """Return the two charts of a learner's home; None where there is too little to draw."""
    calls = scores = None
    if len(shown.calls) >= SHORTEST_CHART:
        values = [(local(it.started_at).strftime("%m-%d"), it.total / 100) for it in shown.calls]
        days = [day if index == 0 or day != values[index - 1][0] else "" for index, (day, _value) in enumerate(values)]
        calls = charts.line(
            _("Simulated calls, the last %(n)s", n=len(values)),
            [(day, value) for day, (_day, value) in zip(days, values, strict=True)], limit=PASS_MARK,
            low=min(40, int(min(value for _day, value in values) // 20 * 20)), head=(_("Day"), _("Score")),
            legend=[("bad", _("Below %(mark)s", mark=PASS_MARK))],
        )
    if shown.results:
        scores = charts.bars(_("Best scores"), list(shown.results), limit=PASS_MARK,
                             limit_label=_("Pass mark %(mark)s", mark=PASS_MARK), head=(_("Requirement"), _("Score")))
    return {"calls": calls, "scores": scores}
