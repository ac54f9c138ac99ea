"""Pages of second looks: correct a rubric and see whom it touches; appeal; decide an appeal."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.access.door import allows, reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.kernel.jobs import Job
from lms.people.models import Person
from lms.records.appeals import AppealOutcome
from lms.records.corrections import CorrectionVerdict
from lms.web.guard import current_identity, page, request_time, requires
from simulations.models import SimulatedCall
from simulations.presentation import report_context
from simulations.queries import report_of
from simulations.recounting import previews, queries, services
from simulations.recounting.forms import AppealDecisionForm, AppealForm, CorrectionForm, DecisionForm
from simulations.recounting.models import CallAppeal, RubricCorrection

bp = Blueprint("recounting", __name__, url_prefix="/calls")


@bp.get("/corrections")
@requires(Permission.SCRIPT_WRITE)
def corrections() -> ResponseReturnValue:
    """List the proposals and what came of them."""
    rows = queries.corrections(reading())
    return page("calls/recounting/corrections.html", rows=rows, names=_names(*(it.proposed_by for it in rows)))


@bp.route("/corrections/new/<code>", methods=["GET", "POST"])
@requires(Permission.SCRIPT_WRITE)
def propose(code: str) -> ResponseReturnValue:
    """Propose the rubric of another edition; the proposal's page shows what it would change."""
    form, editions = CorrectionForm(), queries.published_editions(reading(), code)
    if not editions:
        raise NotFound
    named = [(str(it.id), _("edition %(number)s", number=it.number)) for it in editions]
    form.edition_id.choices, form.corrected_id.choices = named, named
    if request.method == "GET":
        form.edition_id.data = str(editions[min(1, len(editions) - 1)].id)
    if not form.validate_on_submit():
        status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
        return page("calls/recounting/propose.html", form=form, edition=editions[0], editions=editions), status
    try:
        with unit_of_work() as session:
            row_id = services.propose_correction(
                session, UUID(form.edition_id.data), corrected_id=UUID(form.corrected_id.data),
                reason=form.reason.data or "", by=current_identity(), now=request_time(),
            ).id
    except (Invalid, Conflict) as error:
        form.take(error if isinstance(error, Invalid) else [Problem("", error.message)])
        editions = queries.published_editions(reading(), code)
        return page("calls/recounting/propose.html", form=form, edition=editions[0], editions=editions), error.status
    return redirect(url_for(".correction", correction_id=row_id))


@bp.get("/corrections/<uuid:correction_id>")
@requires(Permission.SCRIPT_WRITE)
def correction(correction_id: UUID) -> ResponseReturnValue:
    """Show what a proposal would change, or what it has changed."""
    return _correction_page(_correction(correction_id), DecisionForm())


@bp.post("/corrections/<uuid:correction_id>/<any(approve, reject):verdict>")
@requires(Permission.SCRIPT_WRITE)
def decide_correction(correction_id: UUID, verdict: str) -> ResponseReturnValue:
    """Approve or reject a proposal."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _correction_page(_correction(correction_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = CorrectionVerdict.APPROVED if verdict == "approve" else CorrectionVerdict.REJECTED
    try:
        with unit_of_work() as session:
            services.decide_correction(session, correction_id, verdict=chosen, reason=form.reason.data or "",
                                       seen=form.seen.data or "", by=current_identity(), now=request_time())
    except Conflict as error:
        form.take([Problem("", error.message)])
        return _correction_page(_correction(correction_id), form), error.status
    flash(_("Approved; the calls are being counted anew.") if verdict == "approve" else _("Rejected."), "ok")
    return redirect(url_for(".correction", correction_id=correction_id))


@bp.post("/corrections/<uuid:correction_id>/preview")
@requires(Permission.SCRIPT_WRITE)
def preview(correction_id: UUID) -> ResponseReturnValue:
    """Let a worker count what a proposal about many calls would change, as those calls stand now."""
    with unit_of_work() as session:
        row = session.get(RubricCorrection, correction_id)
        if row is None or row.decision is not None:
            raise NotFound
        previews.begin_preview(session, row, by=current_identity().person_id)
    return redirect(url_for(".correction", correction_id=correction_id))


@bp.get("/corrections/<uuid:correction_id>/progress")
@requires(Permission.SCRIPT_WRITE)
def progress(correction_id: UUID) -> ResponseReturnValue:
    """Tell how far the counting is."""
    job = _job(_correction(correction_id))
    if job is None:
        raise NotFound
    state = {"waiting": "queued"}.get(job.state, job.state)
    return jsonify(state=state, done=job.done, total=job.total, text="", report=[])


@bp.post("/runs/<uuid:call_id>/appeal")
@requires(Permission.CALL_PLAY)
def appeal(call_id: UUID) -> ResponseReturnValue:
    """Appeal against the result of one's own call."""
    call = reading().get(SimulatedCall, call_id)
    if call is None:
        raise NotFound
    reach(current_identity(), Permission.CALL_PLAY, Subject(call.person_id))
    form = AppealForm()
    try:
        if not form.validate_on_submit():
            raise Invalid([Problem("text", _("Say what should be looked at again."))])
        with unit_of_work() as session:
            services.raise_appeal(session, call_id, text=form.text.data or "", by=current_identity(),
                                  now=request_time())
    except (Invalid, Conflict) as error:
        text = error.problems[0].text if isinstance(error, Invalid) and error.problems else error.message
        flash(text, "no")
        return redirect(url_for("calls.report", call_id=call_id) + "#appeal")
    flash(_("Your appeal was sent. You will be told the decision."), "ok")
    return redirect(url_for("calls.report", call_id=call_id) + "#appeal")


@bp.get("/appeals")
@requires(Permission.CALL_CONFIRM)
def appeals() -> ResponseReturnValue:
    """List the appeals that wait, and those decided last."""
    scopes = scopes_of(current_identity(), Permission.CALL_CONFIRM)
    return page("calls/recounting/appeals.html", waiting=queries.appeals(reading(), scopes, waiting=True),
                decided=queries.appeals(reading(), scopes, waiting=False))


@bp.get("/appeals/<uuid:appeal_id>")
@requires(Permission.CALL_CONFIRM)
def show_appeal(appeal_id: UUID) -> ResponseReturnValue:
    """Show what an appeal is about: the call, its evidence, what was decided."""
    return _appeal_page(_appeal(appeal_id), AppealDecisionForm())


@bp.post("/appeals/<uuid:appeal_id>")
@requires(Permission.CALL_CONFIRM)
def decide_appeal(appeal_id: UUID) -> ResponseReturnValue:
    """Decide an appeal."""
    _appeal(appeal_id)
    form = AppealDecisionForm()
    try:
        if not form.validate_on_submit():
            raise Invalid([])
        with unit_of_work() as session:
            services.decide_appeal(
                session, appeal_id, outcome=AppealOutcome(form.outcome.data), words=_words(),
                reason=form.reason.data or "", by=current_identity(), now=request_time(),
            )
    except Invalid as error:
        form.take(error)
        return _appeal_page(_appeal(appeal_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Decided; the person was told."), "ok")
    return redirect(url_for(".appeals"))


def _words() -> dict[str, str]:
    prefix = "outcome-"
    return {key.removeprefix(prefix): value for key, value in request.form.items() if key.startswith(prefix) and value}


def _names(*person_ids: UUID) -> dict[UUID, str]:
    rows = reading().execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return dict(rows.tuples().all())


def _correction(correction_id: UUID) -> RubricCorrection:
    row = reading().get(RubricCorrection, correction_id, populate_existing=True)
    if row is None:
        raise NotFound
    return row


def _correction_page(row: RubricCorrection, form: DecisionForm) -> str:
    session = reading()
    impact = previews.impact_now(session, row, at=request_time()) if row.decision is None else None
    if impact is not None:
        form.seen.data = impact.digest
    deciders = [row.proposed_by, *([row.decision.decided_by] if row.decision else [])]
    return page(
        "calls/recounting/correction.html", correction=row, impact=impact, form=form, names=_names(*deciders),
        done=[it for it in queries.results_of(session, row.id) if _may_read(it[1].id)], job=_job(row),
        calls=0 if impact or row.decision else len(queries.calls_to_recount(session, row)),
        mine=row.proposed_by == current_identity().person_id, may_read=_may_read,
    )


def _may_read(person_id: UUID) -> bool:
    """Tell whether the reader may know of this person's calls; counts are for everybody who corrects."""
    person = reading().get_one(Person, person_id)
    return allows(current_identity(), Permission.CALL_READ, Subject(person.id, person.unit.path))


def _job(row: RubricCorrection) -> Job | None:
    if row.decision is None:
        return previews.preview_job(reading(), row.id)
    key = f"{services.RECOUNT}:{row.id}"
    return reading().scalar(select(Job).where(Job.key == key).execution_options(populate_existing=True))


def _appeal(appeal_id: UUID) -> CallAppeal:
    row = reading().get(CallAppeal, appeal_id, populate_existing=True)
    if row is None:
        raise NotFound
    person = reading().get_one(Person, row.call.person_id)
    reach(current_identity(), Permission.CALL_CONFIRM, Subject(person.id, person.unit.path))
    return row


def _appeal_page(row: CallAppeal, form: AppealDecisionForm) -> str:
    session = reading()
    call = session.get_one(SimulatedCall, row.call_id)
    refusal = services.refusal_to_decide(session, call, current_identity())
    return page(
        "calls/recounting/appeal.html", appeal=row, form=form, words=_words(),
        reviewed=queries.review_of(session, call.id), refusal=services.REFUSALS[refusal]() if refusal else "",
        **report_context(report_of(session, call), locked=False),
    )
