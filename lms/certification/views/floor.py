"""One person and the floor: why each queue is open or shut, suspensions, supervised phases."""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.certification import wording
from lms.certification.forms import PhaseForm, ReasonForm, SuspensionForm, TimeForm, as_instant, as_local
from lms.certification.queries import listing
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.queries.words import reason_texts
from lms.certification.rules.projection import state_of
from lms.certification.services import phases, suspending
from lms.certification.views.blueprint import bp, reach_by_staff_no, reach_holder
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.kernel.i18n import _
from lms.people.queries.mentors import mentor_of
from lms.people.queries.organisation import queues
from lms.people.wording import local_name
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/gate/people/<uuid:person_id>")
@requires(Permission.FLOOR_READ)
def person_floor(person_id: UUID) -> ResponseReturnValue:
    """Everything about one person and the floor."""
    holder = reach_holder(person_id, Permission.FLOOR_READ)
    found = listing.person_floor(reading(), person_id, request_time())
    lines = [(queue, decision, wording.FLOOR_LOOKS[state_of(decision)], reason_texts(reading(), decision.reasons))
             for queue, decision in found.queues]
    may_act = allows(current_identity(), Permission.SUSPENSION_WRITE, Subject(person_id, holder.unit_path))
    return page("certification/person_floor.html", found=found, holder=holder, lines=lines, now=request_time(),
                may_act=may_act, waiver_looks=wording.WAIVERS, time_form=TimeForm())


@bp.route("/gate/people/<uuid:person_id>/suspend", methods=["GET", "POST"])
@requires(Permission.SUSPENSION_WRITE)
def suspend(person_id: UUID) -> ResponseReturnValue:
    """Keep a person off the floor."""
    holder = reach_holder(person_id, Permission.SUSPENSION_WRITE)
    form = SuspensionForm()
    form.scope.choices = [("", _("the whole floor")), *(
        (f"queue:{row.id}", _("the queue %(name)s", name=local_name(row.name, row.name_en)))
        for row in queues(reading()))]
    if form.validate_on_submit():
        scope = form.scope.data or ""
        try:
            with unit_of_work() as session:
                suspending.suspend_person(
                    session, person_id, reason=form.reason.data or "", by=current_identity(), now=request_time(),
                    queue_id=UUID(scope.removeprefix("queue:")) if scope else None,
                    ends_at=as_instant(form.ends_at.data) if form.ends_at.data else None)
            flash(_("%(name)s is off the floor.", name=holder.name), "ok")
            return redirect(url_for(".person_floor", person_id=person_id))
        except Invalid as error:
            form.take(error)
    does = [_("%(name)s (%(staff_no)s) takes no live calls from this instant on.", name=holder.name,
              staff_no=holder.staff_no), _("Certificates and waivers stay, but open nothing meanwhile."),
            _("They and who leads them are told the reason.")]
    return page("kit/confirm.html", title=_("Take somebody off the floor"), does=does, form=form,
                submit=_("Take off the floor"), cancel=url_for(".person_floor", person_id=person_id)), _status()


@bp.route("/gate/suspensions/<uuid:suspension_id>/lift", methods=["GET", "POST"])
@requires(Permission.SUSPENSION_WRITE)
def lift(suspension_id: UUID) -> ResponseReturnValue:
    """Let a suspended person back."""
    row = listing.suspension_of(reading(), suspension_id)
    holder = reach_holder(row.person_id, Permission.SUSPENSION_WRITE)
    back = url_for(".person_floor", person_id=holder.id)
    form = ReasonForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            suspending.lift_suspension(session, suspension_id, reason=form.reason.data or "", by=current_identity(),
                                       now=request_time())
        flash(_("Lifted: what %(name)s holds opens again.", name=holder.name), "ok")
        return redirect(back)
    does = [_("What %(name)s (%(staff_no)s) holds opens their queues again from this instant on.", name=holder.name,
              staff_no=holder.staff_no)]
    return page("kit/confirm.html", title=_("Lift a suspension"), does=does, form=form, submit=_("Lift"), cancel=back,
                danger=False), _status()


@bp.route("/gate/people/<uuid:person_id>/phase", methods=["GET", "POST"])
@requires(Permission.SUSPENSION_WRITE)
def new_phase(person_id: UUID) -> ResponseReturnValue:
    """Start a supervised phase."""
    holder = reach_holder(person_id, Permission.SUSPENSION_WRITE)
    form = PhaseForm()
    form.queues.choices = [(str(row.id), local_name(row.name, row.name_en)) for row in queues(reading())]
    if request.method == "GET":
        _prefill(form, person_id)
    elif form.validate():
        mentor = reach_by_staff_no(form.mentor.data or "", Permission.FLOOR_READ)
        try:
            if mentor is None:
                form.mentor.errors = [_("Nobody has this staff number.")]
            else:
                with unit_of_work() as session:
                    phases.start_phase(
                        session, person_id=person_id, mentor_id=mentor.id, by=current_identity(), now=request_time(),
                        queue_ids=[UUID(it) for it in form.queues.data or []],
                        starts_at=as_instant(form.starts_at.data), ends_at=as_instant(form.ends_at.data),
                        minutes_cap=(form.hours_cap.data or 0) * 60)
                flash(_("%(name)s may take live calls with the mentor beside.", name=holder.name), "ok")
                return redirect(url_for(".person_floor", person_id=person_id))
        except Invalid as error:
            form.take(error)
    return page("certification/new_phase.html", form=form, holder=holder), _status()


@bp.post("/gate/phases/<uuid:phase_id>/time")
@requires(Permission.PHASE_LOG)
def log_time(phase_id: UUID) -> ResponseReturnValue:
    """Write down minutes under supervision."""
    phase = listing.phase_of(reading(), phase_id)
    person_id = phase.person_id
    reach_holder(person_id, Permission.PHASE_LOG)
    form = TimeForm()
    if form.validate_on_submit() and form.worked_on.data and form.minutes.data:
        with unit_of_work() as session:
            phases.log_time(session, phase_id, worked_on=form.worked_on.data, minutes=form.minutes.data,
                            by=current_identity(), now=request_time())
        flash(_("Written down."), "ok")
    else:
        flash(_("Give a day and between 1 and 1,440 minutes."), "no")
    return redirect(url_for(".person_floor", person_id=person_id))


@bp.post("/gate/phases/<uuid:phase_id>/end")
@requires(Permission.SUSPENSION_WRITE)
def end_phase(phase_id: UUID) -> ResponseReturnValue:
    """End a supervised phase at once."""
    person_id = listing.phase_of(reading(), phase_id).person_id
    reach_holder(person_id, Permission.SUSPENSION_WRITE)
    with unit_of_work() as session:
        phases.end_phase(session, phase_id, by=current_identity(), now=request_time())
    flash(_("Ended at once."), "info")
    return redirect(url_for(".person_floor", person_id=person_id))


def _prefill(form: PhaseForm, person_id: UUID) -> None:
    now = request_time()
    form.starts_at.data, form.ends_at.data = as_local(now), as_local(now + timedelta(days=28))
    form.hours_cap.data = 40
    mentor = mentor_of(reading(), person_id, as_local(now).date())
    form.mentor.data = mentor.staff_no if mentor else ""
    wanted = request.args.get("queue")
    form.queues.data = [wanted] if wanted in {str(it) for it in load_rulebook(reading()).queues} else []


def _status() -> HTTPStatus:
    return HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
