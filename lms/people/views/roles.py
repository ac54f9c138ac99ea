"""Roles granted and withdrawn, and mentors assigned."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import scopes_of
from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.i18n import _
from lms.people import wording
from lms.people.forms import MentorForm, ReasonForm, RoleForm
from lms.people.models import MentorAssignment, RoleAssignment
from lms.people.queries import mentors as mentor_queries
from lms.people.queries.people import person_card
from lms.people.queries.roles import roles_of
from lms.people.rules.grants import GRANTABLE, may_grant
from lms.people.services import mentors as mentoring
from lms.people.services import roles as granting
from lms.people.services.persons import reach_person
from lms.people.views import choices
from lms.people.views.blueprint import bp
from lms.web.guard import current_identity, page, request_time, requires


@bp.route("/people/<uuid:person_id>/roles", methods=["GET", "POST"])
@requires(Permission.ROLE_GRANT)
def roles(person_id: UUID) -> ResponseReturnValue:
    """Show a person's roles and grant another."""
    by = current_identity()
    reach_person(reading(), person_id, Permission.ROLE_GRANT, by)
    form = RoleForm()
    mine = frozenset().union(*(given for held, given in GRANTABLE.items() if by.has(held)))
    form.role.choices = [("", _("Choose")), *((role, label) for role, label in wording.ROLES.items() if role in mine)]
    form.unit_id.choices = choices.scope_choices(scopes_of(by, Permission.ROLE_GRANT))
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                granting.grant_role(session, person_id, Role(form.role.data), choices.as_id(form.unit_id.data), by=by,
                                    now=request_time())
        except Conflict as error:
            form.form_errors.append(error.message)
        else:
            flash(_("Granted."), "ok")
            return redirect(url_for(".roles", person_id=person_id))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
    return page(
        "people/roles.html", form=form, card=person_card(reading(), person_id, choices.today()),
        own=by.person_id == person_id, notes=wording.ROLE_NOTES, names=wording.ROLES,
        rows=[(row, may_grant(by, row.role, row.unit_path, person_id)) for row in roles_of(reading(), person_id)],
    ), status


@bp.route("/people/roles/<uuid:assignment_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.ROLE_GRANT)
def withdraw_role(assignment_id: UUID) -> ResponseReturnValue:
    """Withdraw a role, with a reason."""
    by = current_identity()
    row = reading().get(RoleAssignment, assignment_id)
    if row is None:
        raise NotFound("role.unknown")
    person = reach_person(reading(), row.person_id, Permission.ROLE_GRANT, by)
    person_id, name, role = person.id, person.name, wording.ROLES[Role(row.role)]
    form = ReasonForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            granting.withdraw_role(session, assignment_id, by=by, now=request_time(), reason=form.reason.data or "")
        flash(_("Withdrawn."), "ok")
        return redirect(url_for(".roles", person_id=person_id))
    return page(
        "kit/confirm.html", title=_("Withdraw “%(role)s” from %(name)s", role=role, name=name), form=form, count=1,
        does=[_("What this role lets them see and do stops with their next click.")], submit=_("Withdraw"),
        cancel=url_for(".roles", person_id=person_id),
    )


@bp.route("/people/<uuid:person_id>/mentor", methods=["GET", "POST"])
@requires(Permission.MENTOR_ASSIGN)
def mentor(person_id: UUID) -> ResponseReturnValue:
    """Show a learner's mentors and assign one; the list says how many learners each has."""
    by = current_identity()
    reach_person(reading(), person_id, Permission.MENTOR_ASSIGN, by)
    form = MentorForm(starts_on=choices.today())
    form.mentor_id.choices = [("", _("Choose")),
                              *choices.mentor_choices(scopes_of(by, Permission.MENTOR_ASSIGN), person_id)]
    if form.validate_on_submit() and form.starts_on.data:
        try:
            with unit_of_work() as session:
                mentoring.assign_mentor(
                    session, learner_id=person_id, mentor_id=UUID(form.mentor_id.data), starts_on=form.starts_on.data,
                    ends_on=form.ends_on.data, by=by, now=request_time())
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            form.form_errors.append(error.message)
        else:
            flash(_("Assigned."), "ok")
            return redirect(url_for(".show", person_id=person_id))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
    return page(
        "people/mentor.html", form=form, card=person_card(reading(), person_id, choices.today()),
        links=mentor_queries.mentors_of(reading(), person_id), today=choices.today(),
    ), status


@bp.post("/people/mentors/<uuid:link_id>/end")
@requires(Permission.MENTOR_ASSIGN)
def end_mentor(link_id: UUID) -> ResponseReturnValue:
    """Let a mentor's assignment end today."""
    by = current_identity()
    link = reading().get(MentorAssignment, link_id)
    if link is None:
        raise NotFound("mentor.unknown")
    learner = reach_person(reading(), link.learner_id, Permission.MENTOR_ASSIGN, by)
    learner_id, ends_on = learner.id, max(choices.today(), link.starts_on)
    with unit_of_work() as session:
        mentoring.end_assignment(session, link_id, ends_on, by=by, now=request_time())
    flash(_("The assignment ends today."), "ok")
    return redirect(url_for(".mentor", person_id=learner_id))

