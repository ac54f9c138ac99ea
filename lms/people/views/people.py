"""The list of people and one person's page."""

from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select

from lms.access.door import allows, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import DomainError, Invalid
from lms.kernel.i18n import _, _l
from lms.people import wording
from lms.people.forms import LeavingForm, NewPersonForm, PersonForm, QueuesForm, ReturningForm
from lms.people.models import Employment, Person, PersonPhoto, PersonState, Post, QueueMembership, Unit
from lms.people.queries import accounts, mentors, organisation, roles
from lms.people.queries.people import matching, person_card
from lms.people.services import leaving, persons
from lms.people.services.persons import reach_person
from lms.people.views import choices
from lms.people.views.blueprint import bp
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Filter, Table, export, paginate

PEOPLE = Table(
    "people",
    columns=(
        Column("name", _l("Name"), sort=Person.pinyin_initials, always=True),
        Column("staff_no", _l("Staff number"), sort=Person.staff_no),
        Column("unit", _l("Team"), sort=Unit.path,
               value=lambda row: wording.local_name(row.unit.name, row.unit.name_en)),
        Column("post", _l("Post"), value=lambda row: row.post and wording.local_name(row.post.name, row.post.name_en)),
        Column("state", _l("State"), sort=Person.state, value=lambda row: str(wording.STATES[row.state])),
        Column("hired_on", _l("First day"), sort=Person.hired_on),
        Column("employment", _l("Kind of employment"), hidden=True,
               value=lambda row: str(wording.EMPLOYMENTS[row.employment])),
        Column("name_latin", _l("Name in Latin letters"), sort=Person.name_latin, hidden=True),
        Column("phone", _l("Phone"), hidden=True),
        Column("email", _l("E-mail"), hidden=True),
        Column("left_on", _l("Last day"), sort=Person.left_on, hidden=True),
    ),
    filters=(
        Filter("unit", _l("Team"), options=lambda: _visible_units(), where=lambda value: Unit.path.startswith(value)),
        Filter("state", _l("State"), options=list(wording.STATES.items()), where=lambda value: Person.state == value),
        Filter("post", _l("Post"), options=lambda: choices.post_choices()[1:],
               where=lambda value: Person.post_id == UUID(value)),
        Filter("queue", _l("Queue"), options=lambda: choices.queue_choices(),
               where=lambda value: Person.id.in_(
                   select(QueueMembership.person_id).where(QueueMembership.queue_id == UUID(value)))),
        Filter("employment", _l("Kind of employment"), options=list(wording.EMPLOYMENTS.items()),
               where=lambda value: Person.employment == value),
    ),
    search=matching,
    search_hint=_l("Name, staff number or initials"),
    default_sort="name",
    title=_l("People"),
)


def _visible_units() -> list[tuple[str, Any]]:
    rows = organisation.units(reading(), scopes_of(current_identity(), Permission.PERSON_LIST))
    return [(row.path, f"{choices.INDENT * row.depth}{wording.local_name(row.name, row.name_en)}") for row in rows]


def _listed(everybody: bool) -> "Select[Person]":
    statement = (
        select(Person).join(Unit, Unit.id == Person.unit_id).outerjoin(Post, Post.id == Person.post_id)
        .where(organisation.within(scopes_of(current_identity(), Permission.PERSON_LIST)))
    )
    return statement if everybody else statement.where(Person.state != PersonState.LEFT)


@bp.get("/people/")
@requires(Permission.PERSON_LIST)
def index() -> ResponseReturnValue:
    """List the people the reader may see; who has left only when asked for."""
    state = PEOPLE.state(request.args)
    statement = _listed(everybody=bool(state.q) or "state" in state.filters)
    if state.export:
        return cast(ResponseReturnValue, export(reading(), statement, state, filename="people"))
    return page("people/index.html", state=state, page=paginate(reading(), statement, state))


@bp.get("/people/<uuid:person_id>")
@requires(Permission.PERSON_READ)
def show(person_id: UUID) -> ResponseReturnValue:
    """Show one person: facts, roles, mentors, queues, sign-in."""
    session, by = reading(), current_identity()
    person = reach_person(session, person_id, Permission.PERSON_READ, by)
    subject = Subject(person_id, person.unit.path)
    return page(
        "people/show.html", card=person_card(session, person_id, choices.today()), subject=subject,
        roles=roles.roles_of(session, person_id), mentors=mentors.mentors_of(session, person_id),
        mentees=mentors.mentees_of(session, person_id, choices.today()), today=choices.today(),
        account=accounts.account_state(session, person_id, request_time())
        if allows(by, Permission.ACCOUNT_MANAGE, subject) else None,
        photo_at=session.scalar(select(PersonPhoto.uploaded_at).where(PersonPhoto.person_id == person_id))
        if allows(by, Permission.PHOTO_READ, subject) else None,
    )


@bp.route("/people/new", methods=["GET", "POST"])
@requires(Permission.PERSON_WRITE)
def add() -> ResponseReturnValue:
    """Add one person by hand."""
    by = current_identity()
    form = _with_choices(NewPersonForm())
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                person_id = persons.add_person(session, staff_no=form.staff_no.data, **_values(form), by=by,
                                               now=request_time())
        except DomainError as error:
            form.take(error if isinstance(error, Invalid) else [])
            form.form_errors.extend([] if isinstance(error, Invalid) else [error.message])
        else:
            flash(_("Added."), "ok")
            return redirect(url_for(".show", person_id=person_id))
    return page("people/edit.html", form=form, card=None), _status(form)


@bp.route("/people/<uuid:person_id>/edit", methods=["GET", "POST"])
@requires(Permission.PERSON_WRITE)
def edit(person_id: UUID) -> ResponseReturnValue:
    """Change what is known of a person."""
    by = current_identity()
    person = reach_person(reading(), person_id, Permission.PERSON_WRITE, by)
    form = _with_choices(PersonForm(obj=person))
    if person.state == PersonState.LEFT:
        form.state.choices = [(PersonState.LEFT.value, wording.STATES[PersonState.LEFT])]
    card = person_card(reading(), person_id, choices.today())
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                persons.change_person(session, person_id, **_values(form), by=by, now=request_time())
        except Invalid as error:
            form.take(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".show", person_id=person_id))
    return page("people/edit.html", form=form, card=card), _status(form)


@bp.route("/people/<uuid:person_id>/queues", methods=["GET", "POST"])
@requires(Permission.PERSON_WRITE)
def queues(person_id: UUID) -> ResponseReturnValue:
    """Say which queues a person is meant to serve."""
    by = current_identity()
    reach_person(reading(), person_id, Permission.PERSON_WRITE, by)
    card = person_card(reading(), person_id, choices.today())
    form = QueuesForm(queues=[str(queue_id) for queue_id, _name, _name_en in card.queues])
    form.queues.choices = choices.queue_choices()
    if form.validate_on_submit():
        with unit_of_work() as session:
            persons.set_queues(session, person_id, [UUID(it) for it in form.queues.data or ()], by=by,
                               now=request_time())
        flash(_("Saved."), "ok")
        return redirect(url_for(".show", person_id=person_id))
    return page("people/queues.html", form=form, card=card), _status(form)


@bp.route("/people/<uuid:person_id>/leave", methods=["GET", "POST"])
@requires(Permission.PERSON_WRITE)
def leave(person_id: UUID) -> ResponseReturnValue:
    """Let a person leave, after saying what that closes."""
    by = current_identity()
    person = reach_person(reading(), person_id, Permission.PERSON_WRITE, by)
    name, form = person.name, LeavingForm(left_on=choices.today())
    if form.validate_on_submit() and form.left_on.data:
        try:
            with unit_of_work() as session:
                leaving.mark_left(session, person_id, form.left_on.data, by=by, now=request_time(),
                                  reason=form.reason.data or "")
        except Invalid as error:
            form.take(error)
        else:
            flash(_("%(name)s has left.", name=name), "ok")
            return redirect(url_for(".show", person_id=person_id))
    return page(
        "kit/confirm.html", title=_("%(name)s leaves", name=name), form=form, count=1, submit=_("Let them leave"),
        cancel=url_for(".show", person_id=person_id), does=[
            _("Sessions end and signing in stops at once."),
            _("Permits for the floor are closed at once, open assignments and mentoring end."),
            _("Records and certificates stay; they can come back."),
        ]), _status(form)


@bp.route("/people/<uuid:person_id>/return", methods=["GET", "POST"])
@requires(Permission.PERSON_WRITE)
def bring_back(person_id: UUID) -> ResponseReturnValue:
    """Let a person come back."""
    by = current_identity()
    person = reach_person(reading(), person_id, Permission.PERSON_WRITE, by)
    name, form = person.name, ReturningForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            leaving.mark_returned(session, person_id, by=by, now=request_time(), state=PersonState(form.state.data),
                                  reason=form.reason.data or "")
        flash(_("%(name)s is back.", name=name), "ok")
        return redirect(url_for(".show", person_id=person_id))
    return page(
        "kit/confirm.html", title=_("%(name)s comes back", name=name), form=form, count=1, danger=False,
        submit=_("Let them come back"), cancel=url_for(".show", person_id=person_id), does=[
            _("Signing in works again, with the old password."),
            _("Roles have to be granted anew; records are all still there."),
        ]), _status(form)


def _with_choices(form: Any) -> Any:
    form.unit_id.choices = choices.unit_choices(scopes_of(current_identity(), Permission.PERSON_WRITE))
    form.post_id.choices = choices.post_choices()
    return form


def _values(form: PersonForm) -> dict[str, Any]:
    unit_id = choices.as_id(form.unit_id.data)
    return {
        "name": form.name.data, "name_latin": form.name_latin.data or "", "unit_id": unit_id,
        "post_id": choices.as_id(form.post_id.data), "employment": Employment(form.employment.data),
        "state": PersonState(form.state.data), "hired_on": form.hired_on.data, "email": form.email.data or "",
        "phone": form.phone.data or "",
    }


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK


