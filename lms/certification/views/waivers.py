"""Waivers: the list, asking for one, deciding on one."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows, reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.certification import wording
from lms.certification.forms import DecisionForm, WaiverForm, as_instant, as_local
from lms.certification.models import WaiverState
from lms.certification.queries import listing
from lms.certification.queries.floor import explain
from lms.certification.queries.words import reason_texts
from lms.certification.rules.waivers import QUOTA
from lms.certification.services import waivers as services
from lms.certification.views.blueprint import bp, reach_by_staff_no
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound, Refused
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.people.queries.organisation import queues
from lms.people.wording import local_name
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/gate/waivers/")
@requires(Permission.WAIVER_REQUEST)
def waivers() -> ResponseReturnValue:
    """The waivers of the reader's part of the organisation, those to decide first."""
    scopes = scopes_of(current_identity(), Permission.WAIVER_REQUEST)
    rows = listing.waivers(reading(), scopes)
    return page("certification/waivers.html", rows=rows, looks=wording.WAIVERS, now=request_time(),
                waiting=sum(row.waiver.state == WaiverState.REQUESTED for row in rows))


@bp.route("/gate/waivers/new", methods=["GET", "POST"])
@requires(Permission.WAIVER_REQUEST)
def new_waiver() -> ResponseReturnValue:
    """Ask for a waiver."""
    form = WaiverForm()
    form.queue.choices = [(str(row.id), local_name(row.name, row.name_en)) for row in queues(reading())]
    if request.method == "GET":
        _prefill(form)
    elif form.validate():
        holder = reach_by_staff_no(form.staff_no.data or "", Permission.WAIVER_REQUEST)
        if holder is None:
            form.staff_no.errors = [_("Nobody has this staff number.")]
        else:
            try:
                with unit_of_work() as session:
                    waiver = services.request_waiver(
                        session, person_id=holder.id, queue_id=UUID(form.queue.data),
                        starts_at=as_instant(form.starts_at.data), ends_at=as_instant(form.ends_at.data),
                        reason=form.reason.data or "", by=current_identity(), now=request_time())
                flash(_("Asked for. It opens nothing until somebody else approves it."), "info")
                return redirect(url_for(".waiver", waiver_id=waiver.id))
            except Invalid as error:
                form.take(error)
            except Refused as error:
                form.form_errors.append(error.message)
    status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("certification/new_waiver.html", form=form, quota=QUOTA), status


@bp.route("/gate/waivers/<uuid:waiver_id>", methods=["GET", "POST"])
@requires(Permission.WAIVER_REQUEST)
def waiver(waiver_id: UUID) -> ResponseReturnValue:
    """One waiver; whoever may decide it does so here."""
    row = listing.waiver_of(reading(), waiver_id)
    subject = Subject(row.holder.id, row.holder.unit_path)
    reach(current_identity(), Permission.WAIVER_REQUEST, subject)
    form = DecisionForm()
    if request.method == "POST" and form.validate():
        try:
            return _decide(waiver_id, request.form.get("action", ""), form.note.data or "", subject)
        except Invalid as error:
            form.take(error)
    decision = explain(reading(), row.holder.id, row.queue.id, request_time())
    status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
    me = current_identity().person_id
    decides = allows(current_identity(), Permission.WAIVER_APPROVE, subject) and me not in (
        row.waiver.requested_by, row.holder.id)
    return page("certification/waiver.html", row=row, form=form, looks=wording.WAIVERS, decides=decides,
                now=request_time(), texts=reason_texts(reading(), decision.reasons), decision=decision), status


def _decide(waiver_id: UUID, action: str, note: str, subject: Subject) -> ResponseReturnValue:
    by, now = current_identity(), request_time()
    if action != "stop":
        reach(by, Permission.WAIVER_APPROVE, subject)
    with unit_of_work() as session:
        if action == "approve":
            services.approve_waiver(session, waiver_id, note=note, by=by, now=now)
            flash(_("Approved: the queue opens."), "ok")
        elif action == "refuse":
            services.refuse_waiver(session, waiver_id, note=note, by=by, now=now)
            flash(_("Refused."), "info")
        elif action == "stop":
            services.stop_waiver(session, waiver_id, by=by, now=now)
            flash(_("Ended at once."), "info")
        else:
            raise NotFound
    return redirect(url_for(".waiver", waiver_id=waiver_id))


def _prefill(form: WaiverForm) -> None:
    now = request_time()
    form.starts_at.data, form.ends_at.data = as_local(now), as_local(now + timedelta(days=3))
    person_id = _uuid(request.args.get("person"))
    person = reading().get(Person, person_id) if person_id else None
    if person is not None:
        form.staff_no.data = person.staff_no
    form.queue.data = request.args.get("queue", form.queue.data)


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
