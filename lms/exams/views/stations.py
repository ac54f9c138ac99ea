"""Practical stations: the lists, putting people on them, beginning a visit, the result."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.access.door import reach
from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.exams.forms.exams import AssignForm, ReasonForm, VisitSubmitForm
from lms.exams.models import Station, StationAssignment, StationVisit, VisitState
from lms.exams.queries import visits as queries
from lms.exams.queries.people import choose, units_within
from lms.exams.queries.tablet import tablet_of
from lms.exams.saving.tokens import seat_hash
from lms.exams.services import stations as services
from lms.exams.views.door import subject_of
from lms.exams.views.reading import local_instant
from lms.exams.views.seat import keep_seat, seat_secret
from lms.exams.views.sessions import split_numbers
from lms.exams.words.codes import DIMENSIONS
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.i18n import _, ngettext
from lms.web.formatting import display_zone
from lms.web.guard import current_identity, page, request_time, requires

practical = Blueprint("practical", __name__, url_prefix="/stations")


@practical.get("/")
@requires(Permission.STATION_MARK)
def stations() -> ResponseReturnValue:
    """List the stations with how many wait."""
    return page("exams/stations.html", stations=queries.stations(reading()))


@practical.get("/<code>")
@requires(Permission.STATION_ASSIGN)
def station(code: str) -> ResponseReturnValue:
    """Show a station's candidates and its latest results."""
    return _station_page(_station(code), _people_form())


def _station_page(row: Station, form: AssignForm) -> str:
    session, identity = reading(), current_identity()
    waiting = queries.waiting_at(session, row.id, scopes=_scopes())
    refusals = {
        it.assignment_id: services.refusal_to_assess(session, row, it.person_id, identity, now=request_time())
        for it in waiting
    } if identity.has(Role.ASSESSOR) else {}
    return page(
        "exams/station.html", station=row, waiting=waiting, refusals=refusals, why=services.REFUSALS, form=form,
        results=queries.visit_results(session, station_id=row.id, limit=30),
    )


def _station(code: str) -> Station:
    row = reading().scalar(select(Station).where(Station.code == code))
    if row is None:
        raise NotFound
    return row


def _scopes() -> tuple[str, ...]:
    return current_identity().scopes(Role.ASSESSOR, Role.TRAINER, Role.TRAINING_ADMIN, Role.MANAGER)


def _people_form() -> AssignForm:
    form = AssignForm()
    form.unit_id.choices = [("", _("nobody else")), *units_within(reading(), _scopes())]
    return form


@practical.post("/<code>/people")
@requires(Permission.STATION_ASSIGN)
def add_people(code: str) -> ResponseReturnValue:
    """Put people on a station's list."""
    row, form = _station(code), _people_form()
    if not form.validate_on_submit():
        return _station_page(row, form), HTTPStatus.UNPROCESSABLE_ENTITY
    chosen = choose(
        reading(), _scopes(), staff_numbers=split_numbers(form.staff_numbers.data or ""),
        unit_id=UUID(form.unit_id.data) if form.unit_id.data else None,
    )
    due_at = local_instant(form.due_at.data) if form.due_at.data else None
    with unit_of_work() as session:
        for person_id in chosen.person_ids:
            services.assign_station(
                session, code, person_id=person_id, due_at=due_at, by=current_identity(), now=request_time()
            )
    flash(ngettext("%(num)d person waits at this station now.", "%(num)d people wait at this station now.",
                   len(chosen.person_ids)), "ok")
    if chosen.unknown:
        flash(_("Nobody within your reach has these staff numbers: %(list)s", list=" ".join(chosen.unknown)), "no")
    return redirect(url_for(".station", code=code))


@practical.post("/waiting/<uuid:assignment_id>/begin")
@requires(Permission.STATION_MARK)
def begin(assignment_id: UUID) -> ResponseReturnValue:
    """Begin assessing a candidate."""
    assignment = reading().get(StationAssignment, assignment_id)
    if assignment is None:
        raise NotFound
    reach(current_identity(), Permission.STATION_MARK, subject_of(assignment.person_id))
    seat = seat_secret()
    with unit_of_work() as session:
        visit = services.begin_visit(
            session, assignment_id, scenario=request.form.get("scenario", ""), seat=seat, by=current_identity(),
            now=request_time(),
        )
        visit_id = visit.id
    return keep_seat(make_response(redirect(url_for(".visit", visit_id=visit_id))), seat)


@practical.get("/visits/<uuid:visit_id>")
@requires(Permission.STATION_MARK)
def visit(visit_id: UUID) -> ResponseReturnValue:
    """Show the assessor's tablet; on another tablet than before, ask first whether to continue here."""
    row = services.own_visit(reading(), visit_id, by=current_identity())
    if row.state != VisitState.RUNNING:
        return redirect(url_for(".visit_result", visit_id=visit_id))
    if row.seat_key != seat_hash(seat_secret()):
        return page("exams/visit_move.html", visit=row)
    return _tablet(row, VisitSubmitForm())


def _tablet(row: StationVisit, form: VisitSubmitForm) -> ResponseReturnValue:
    response = make_response(
        page("exams/visit.html", tablet=tablet_of(reading(), row), form=form, now=clock.now(), zone=display_zone().key)
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@practical.post("/visits/<uuid:visit_id>/seat")
@requires(Permission.STATION_MARK)
def move_visit(visit_id: UUID) -> ResponseReturnValue:
    """Continue a visit on this tablet."""
    seat = seat_secret()
    with unit_of_work() as session:
        services.take_over_visit(session, visit_id, seat=seat, by=current_identity())
    return keep_seat(make_response(redirect(url_for(".visit", visit_id=visit_id))), seat)


@practical.post("/visits/<uuid:visit_id>/submit")
@requires(Permission.STATION_MARK)
def submit_visit(visit_id: UUID) -> ResponseReturnValue:
    """Hand a visit in."""
    form = VisitSubmitForm()
    if not form.validate_on_submit():
        return redirect(url_for(".visit", visit_id=visit_id))
    try:
        with unit_of_work() as session:
            services.submit_visit(
                session, visit_id, paused_seconds=form.paused.data or 0, by=current_identity(), now=request_time()
            )
    except Conflict as error:
        flash(error.message, "no")
        return redirect(url_for(".visit", visit_id=visit_id))
    return redirect(url_for(".visit_result", visit_id=visit_id))


@practical.post("/visits/<uuid:visit_id>/abandon")
@requires(Permission.STATION_MARK)
def abandon_visit(visit_id: UUID) -> ResponseReturnValue:
    """Break a visit off; the candidate waits again."""
    row = services.own_visit(reading(), visit_id, by=current_identity())
    code, form = row.station.code, ReasonForm()
    try:
        with unit_of_work() as session:
            services.abandon_visit(
                session, visit_id, reason=form.reason.data or "", by=current_identity(), now=request_time()
            )
    except Invalid as error:
        flash(error.message, "no")
        return redirect(url_for(".visit", visit_id=visit_id))
    flash(_("Broken off; the candidate waits again."), "ok")
    return redirect(url_for(".station", code=code))


@practical.get("/visits/<uuid:visit_id>/result")
@requires(Permission.STATION_READ)
def visit_result(visit_id: UUID) -> ResponseReturnValue:
    """Show the result of a visit, criterion by criterion."""
    row = reading().get(StationVisit, visit_id)
    if row is None or row.state != VisitState.SUBMITTED:
        raise NotFound
    reach(current_identity(), Permission.STATION_READ, subject_of(row.person_id))
    return page("exams/visit_result.html", tablet=tablet_of(reading(), row), dimensions=DIMENSIONS)
