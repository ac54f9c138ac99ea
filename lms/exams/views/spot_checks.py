"""Spot checks: the list, planning one, its draw with the proof, taking it back, why somebody did not begin."""

from functools import partial
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_

from lms.access import door as policy
from lms.access.door import reach
from lms.access.permissions import Permission
from lms.exams.forms.rounds import CheckForm, MissedForm
from lms.exams.models import Exam, ExamPurpose, SpotCheck, SpotCheckState
from lms.exams.queries import spot_checks as queries
from lms.exams.rules.spot_draw import SizeKind
from lms.exams.services import spot_checks as services
from lms.exams.titles import titled
from lms.exams.views import bp
from lms.exams.views.door import subject_of
from lms.exams.views.populations import fill_choices, part_of, population_from, reach_unit
from lms.exams.views.reading import local_instant, scopes_of
from lms.exams.words.rounds import CHECK_STATES, LOOKS, STATES, VERDICTS
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _, _l
from lms.people.models import Unit
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, export, paginate

CHECKS = Table(
    "spot_checks", title=_l("Spot checks"), search_hint=_l("Name, exam or part of the organisation"),
    default_sort="starts_at", descending=True, per_page=20,
    columns=(
        Column("title", _l("Spot check"), sort=SpotCheck.title, value=lambda it: it.check.title),
        Column("exam", _l("Exam title"), sort=Exam.title, value=lambda it: titled(it.check.exam)),
        Column("unit", _l("For whom"), sort=Unit.path, value=lambda it: part_of(it.check.unit)),
        Column("starts_at", _l("Starts"), sort=SpotCheck.starts_at, value=lambda it: it.check.starts_at),
        Column("state", _l("State"), sort=SpotCheck.state, value=lambda it: str(CHECK_STATES[it.check.state])),
        Column("drawn", _l("Drawn"), numeric=True),
        Column("missed", _l("Missed"), numeric=True),
    ),
    filters=(
        Filter("state", _l("State"), options=lambda: [(it.value, label) for it, label in CHECK_STATES.items()],
               where=lambda it: SpotCheck.state == it),
    ),
    search=lambda term: or_(*(it.contains(term, autoescape=True) for it in (SpotCheck.title, Exam.title, Unit.name))),
)


@bp.get("/spot-checks")
@requires(Permission.EXAM_READ)
def spot_checks() -> ResponseReturnValue:
    """List the checks that have started in the reader's part of the organisation, and their own planned ones."""
    by, state = current_identity(), CHECKS.state(request.args)
    scopes = scopes_of(by)
    query = queries.check_list(scopes, by.person_id)
    lines = partial(queries.check_lines, reading(), scopes=scopes)
    if state.export:
        exported: Response = export(reading(), query, state, filename=_("spot checks"), lines=lines)
        return exported
    return page("exams/spot_checks.html", state=state, rows=paginate(reading(), query, state, lines=lines),
                states=CHECK_STATES)


@bp.route("/spot-checks/new", methods=["GET", "POST"])
@requires(Permission.SPOT_CHECK_RUN)
def new_spot_check() -> ResponseReturnValue:
    """Plan a spot check, or start one now."""
    form = CheckForm()
    fill_choices(form, Permission.SPOT_CHECK_RUN, ExamPurpose.SPOT_CHECK)
    try:
        if form.validate_on_submit():
            return redirect(url_for(".spot_check", check_id=_plan(form)))
    except Invalid as error:
        form.take(error)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
    return page("exams/spot_check_form.html", form=form), status


def _plan(form: CheckForm) -> UUID:
    """Plan what a validated form says; without a time it starts in the same transaction."""
    unit_id, population = population_from(form)
    reach_unit(unit_id, Permission.SPOT_CHECK_RUN)
    by, now = current_identity(), request_time()
    terms = services.CheckTerms(
        form.title.data or "", unit_id, population, SizeKind(form.size_kind.data), form.size.data or 0,
        bool(form.stratified.data), form.recent_days.data or 0, bool(form.on_shift.data), form.begin_minutes.data or 0,
    )
    with unit_of_work() as session:
        check = services.plan_check(
            session, UUID(form.exam_id.data), terms, by=by, now=now,
            starts_at=local_instant(form.starts_at.data) if form.starts_at.data else now,
        )
        services.start_check(session, check.id, by=by, now=now)
        return check.id


@bp.get("/spot-checks/<uuid:check_id>")
@requires(Permission.EXAM_READ)
def spot_check(check_id: UUID) -> ResponseReturnValue:
    """Show a check: who was drawn and how they did, who was left out and why, and the proof of the draw."""
    check = _check(check_id)
    people = queries.people_of_check(reading(), check_id, scopes_of(current_identity()))
    proof = queries.draw_again(reading(), check) if check.state == SpotCheckState.STARTED else None
    return page(
        "exams/spot_check.html", check=check, drawn=[it for it in people if it.verdict == "drawn"],
        others=[it for it in people if it.verdict != "drawn"], proof=proof, states=STATES, check_states=CHECK_STATES,
        verdicts=VERDICTS, looks=LOOKS, own=check.created_by == current_identity().person_id,
    )


@bp.post("/spot-checks/<uuid:check_id>/cancel")
@requires(Permission.SPOT_CHECK_RUN)
def cancel_spot_check(check_id: UUID) -> ResponseReturnValue:
    """Take a planned check back; only its planner knows of it."""
    check = _check(check_id)
    if check.created_by != current_identity().person_id:
        raise NotFound
    with unit_of_work() as session:
        services.cancel_check(session, check_id, by=current_identity(), now=request_time())
    flash(_("The check was taken back. Nobody was told."), "ok")
    return redirect(url_for(".spot_checks"))


@bp.post("/spot-checks/<uuid:check_id>/missed/<uuid:person_id>")
@requires(Permission.SPOT_CHECK_RUN)
def excuse_missed(check_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Say why somebody who was drawn did not begin in time."""
    _check(check_id)
    reach(current_identity(), Permission.SPOT_CHECK_RUN, subject_of(person_id))
    form = MissedForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            services.excuse_missed(session, check_id, person_id, reason=form.reason.data or "", by=current_identity(),
                                   now=request_time())
        flash(_("The reason is noted."), "ok")
    else:
        flash(_("Nothing was noted: give a reason."), "no")
    return redirect(url_for(".spot_check", check_id=check_id))


def _check(check_id: UUID) -> SpotCheck:
    check, by = reading().get(SpotCheck, check_id), current_identity()
    if check is None or not queries.may_see(check, policy.scopes_of(by, Permission.EXAM_READ), by.person_id):
        raise NotFound
    return check
