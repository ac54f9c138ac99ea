"""Assigning a course to people: first shown whom it touches, then done."""

from datetime import datetime, time, timedelta
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from courses.forms import AssignForm, WithdrawForm
from courses.models import CourseAssignment
from courses.queries.assigning import Touched, touched_by
from courses.queries.editions import current_edition
from courses.services.assigning import assign_course, withdraw_assignment
from courses.views import bp, reaching
from lms.access.door import reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.kernel.i18n import _, ngettext
from lms.people.models import Person
from lms.people.queries import organisation
from lms.people.queries.zones import zone_of_unit
from lms.web.guard import current_identity, page, request_time, requires


@bp.route("/manage/<code>/assign", methods=["GET", "POST"])
@requires(Permission.COURSE_ASSIGN)
def assign(code: str) -> ResponseReturnValue:
    """Choose people, see whom it touches, confirm."""
    course = reaching.readable(code)
    current = current_edition(reading(), course.id)
    form = AssignForm()
    scopes = scopes_of(current_identity(), Permission.COURSE_ASSIGN)
    form.units.choices = [("", "—")] + [
        (str(unit.id), "　" * unit.depth + unit.name) for unit in organisation.units(reading(), scopes)]
    touched: Touched | None = None
    if form.validate_on_submit():
        unit_id = UUID(form.units.data) if form.units.data else None
        touched = touched_by(reading(), course.id, scopes, unit_id=unit_id, staff_nos=form.numbers())
        if form.confirmed.data == touched.mark and touched.fresh:
            return _assign(code, form, touched)
        form.confirmed.data = touched.mark
    return page("courses/manage/assign.html", course=course, current=current, form=form, touched=touched)


@bp.route("/manage/assignments/<uuid:assignment_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.COURSE_ASSIGN)
def withdraw(assignment_id: UUID) -> ResponseReturnValue:
    """Take an assignment back, after saying what that does."""
    assignment = reading().get(CourseAssignment, assignment_id)
    person = reading().get(Person, assignment.person_id) if assignment else None
    if assignment is None or person is None:
        raise NotFound
    reach(current_identity(), Permission.COURSE_ASSIGN, Subject(person.id, person.unit.path))
    code, form = assignment.course.code, WithdrawForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            withdraw_assignment(session, assignment_id, reason=form.reason.data or "", by=current_identity(),
                                now=request_time())
        flash(_("Taken back."), "ok")
        return redirect(url_for(".people", code=code))
    return page(
        "kit/confirm.html", title=_("Take this assignment back?"), form=form, submit=_("Take back"), danger=True,
        cancel=url_for(".people", code=code), count=1, rows=[f"{person.name} {person.staff_no}"],
        does=[_("The course is no longer asked of them."), _("What they have studied stays.")],
    )


def _assign(code: str, form: AssignForm, touched: Touched) -> ResponseReturnValue:
    with unit_of_work() as session:
        made = assign_course(
            session, code, person_ids=[person.id for person in touched.fresh], due_at=_end_of(form),
            reason=form.reason.data or "", by=current_identity(), now=request_time(),
        )
    flash(ngettext("Assigned to %(num)d person.", "Assigned to %(num)d people.", made), "ok")
    return redirect(url_for(".people", code=code))


def _end_of(form: AssignForm) -> datetime | None:
    """Return the end of the last day, where the one who assigns works."""
    if form.due_on.data is None:
        return None
    zone = zone_of_unit(reading(), current_identity().unit_path)
    return datetime.combine(form.due_on.data + timedelta(days=1), time(), zone)
