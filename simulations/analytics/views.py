"""Pages of figures: what scored calls show of each script, calibration, and marking calls blind."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.web.guard import current_identity, page, request_time, requires
from simulations.analysis import drawing
from simulations.analysis.graph import graph_of
from simulations.analytics import blind, charting, queries
from simulations.analytics import reading as figures
from simulations.analytics.calibration import CALLS_NEEDED, LEAST_AC1, LEAST_ICC
from simulations.analytics.forms import BlindForm
from simulations.models import CallState, Purpose, SimulatedCall
from simulations.queries import compiled, is_reviewed
from simulations.services import published_edition

bp = Blueprint("call_figures", __name__, url_prefix="/calls/figures")


@bp.get("/")
@requires(Permission.SCRIPT_READ)
def index() -> ResponseReturnValue:
    """Every script: how often it was played, and whether its automatic score may stand by itself."""
    return page("calls/figures/index.html", scripts=queries.standings(reading()), needed=CALLS_NEEDED)


@bp.get("/<code>")
@requires(Permission.SCRIPT_READ)
def show(code: str) -> ResponseReturnValue:
    """What the calls of one script show: checkpoints, why they are missed, tries, editions, overrides, ways taken."""
    edition = published_edition(reading(), code)
    if edition is None:
        raise NotFound
    asked = charting.asked(request.args)
    audience = figures.audience_of(current_identity())
    found = figures.script_figures(reading(), code, audience, purpose=asked.purpose, edition=asked.edition)
    heat = figures.heat_of(reading(), edition, audience, purpose=asked.purpose)
    script = compiled(edition)
    graph = drawing.draw(graph_of(script.tree, script.settings), traffic=heat.branches, heat=heat.nodes,
                         label=_("Where calls went"))
    return page("calls/figures/show.html", edition=edition, found=found, asked=asked, audience=audience, heat=heat,
                graph=graph, overrides=figures.overrides_of(reading(), code, audience),
                titles={check.id.text: check.title for check in script.checkpoints},
                charts=charting.charts_of(found, pass_mark=script.rubric.pass_mark), reasons=charting.REASONS,
                codes=charting.CODES)


@bp.get("/<code>/calibration")
@requires(Permission.SCRIPT_READ)
def calibration(code: str) -> ResponseReturnValue:
    """How far the system agrees with people about one script, and what is missing."""
    edition = published_edition(reading(), code)
    if edition is None:
        raise NotFound
    editions, standing = queries.standing_now(reading(), code)
    titles = {check.id.text: check.title for check in compiled(edition).checkpoints}
    return page("calls/figures/calibration.html", edition=edition, editions=editions, standing=standing, titles=titles,
                needed=CALLS_NEEDED, least_ac1=LEAST_AC1, least_icc=LEAST_ICC)


@bp.get("/<code>/blind")
@requires(Permission.CALL_CONFIRM)
def draw(code: str) -> ResponseReturnValue:
    """Draw the next call of a script to be marked blind."""
    identity = current_identity()
    drawn = blind.next_blind(
        reading(), code, scopes_of(identity, Permission.CALL_CONFIRM), by=identity.person_id)
    if drawn is None:
        flash(_("No call of this script is left for you to mark."), "info")
        return redirect(url_for(".calibration", code=code))
    return redirect(url_for(".mark", call_id=drawn))


@bp.get("/runs/<uuid:call_id>/blind")
@requires(Permission.CALL_CONFIRM)
def mark(call_id: UUID) -> ResponseReturnValue:
    """One call to be marked without the system's word."""
    call = _markable(call_id)
    if queries.comparison_of(reading(), call_id):
        return redirect(url_for(".compare", call_id=call_id))
    return page("calls/figures/blind.html", form=BlindForm(), heard=blind.heard_of(reading(), call), outcomes={})


@bp.post("/runs/<uuid:call_id>/blind")
@requires(Permission.CALL_CONFIRM)
def keep_mark(call_id: UUID) -> ResponseReturnValue:
    """Keep the marks; now the system's may be seen."""
    call, form = _markable(call_id), BlindForm()
    outcomes = {key.removeprefix("outcome-"): value for key, value in request.form.items()
                if key.startswith("outcome-")}
    problems = not form.validate_on_submit()
    if not problems:
        try:
            with unit_of_work() as session:
                blind.mark_blind(session, call_id, outcomes, remark=form.remark.data or "", by=current_identity(),
                                 now=request_time())
            return redirect(url_for(".compare", call_id=call_id))
        except Invalid as invalid:
            form.take(invalid.problems)
            call = _markable(call_id)
    return page("calls/figures/blind.html", form=form, heard=blind.heard_of(reading(), call),
                outcomes=outcomes), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/runs/<uuid:call_id>/comparison")
@requires(Permission.CALL_CONFIRM)
def compare(call_id: UUID) -> ResponseReturnValue:
    """Both marks side by side, once there are both."""
    call = _markable(call_id)
    found = queries.comparison_of(reading(), call_id)
    if found is None:
        raise NotFound
    return page("calls/figures/comparison.html", call=call, found=found,
                reviewed=is_reviewed(reading(), call_id))


def _markable(call_id: UUID) -> SimulatedCall:
    call = reading().get(SimulatedCall, call_id)
    if call is None or call.state != CallState.ENDED or call.purpose != Purpose.EXAM:
        raise NotFound
    person = reading().get_one(Person, call.person_id)
    reach(current_identity(), Permission.CALL_CONFIRM, Subject(call.person_id, person.unit.path))
    return call
