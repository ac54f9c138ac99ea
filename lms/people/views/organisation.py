"""The organisation: units as a tree, posts and queues."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows, reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.people import wording
from lms.people.forms import NamedForm, NewUnitForm, QueueForm, UnitForm
from lms.people.models import Post, Queue, Unit, UnitKind
from lms.people.queries import organisation as queries
from lms.people.services import organisation as services
from lms.people.views.blueprint import bp
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/people/organisation")
@requires(Permission.PERSON_LIST)
def organisation() -> ResponseReturnValue:
    """Show the tree, the posts and the queues with how many people are in each."""
    by, session = current_identity(), reading()
    return page(
        "people/organisation.html", units=queries.units(session, scopes_of(by, Permission.PERSON_LIST)),
        posts=queries.posts(session), queues=queries.queues(session), kinds=wording.UNIT_KINDS, Subject=Subject,
        whole=allows(by, Permission.ORGANISATION_WRITE, Subject(unit_path="/")),
    )


@bp.route("/people/organisation/units/new", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_WRITE)
def add_unit() -> ResponseReturnValue:
    """Add a unit below another, or a site."""
    parent = _unit(request.args.get("below", "", str))
    form = NewUnitForm(kind=UnitKind.TEAM if parent else UnitKind.SITE)
    form.kind.choices = [(kind.value, label) for kind, label in wording.UNIT_KINDS.items()
                         if (kind is UnitKind.SITE) == (parent is None)]
    parent_id = parent.id if parent else None
    title = _("New unit in %(name)s", name=wording.local_name(parent.name, parent.name_en)) if parent else _("New site")
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.add_unit(
                    session, parent_id=parent_id, code=form.code.data or "", name=form.name.data or "",
                    name_en=form.name_en.data or "", kind=UnitKind(form.kind.data), timezone=form.timezone.data or "",
                    by=current_identity(), now=request_time())
        except Invalid as error:
            form.take(error)
        else:
            flash(_("Added."), "ok")
            return redirect(url_for(".organisation"))
    return page("people/named.html", form=form, title=title), _status(form)


@bp.route("/people/organisation/units/<uuid:unit_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_WRITE)
def change_unit(unit_id: UUID) -> ResponseReturnValue:
    """Rename a unit or give it another time zone."""
    unit = _unit(str(unit_id))
    form = UnitForm(obj=unit)
    title = wording.local_name(unit.name, unit.name_en) if unit else ""
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.change_unit(
                    session, unit_id, name=form.name.data or "", name_en=form.name_en.data or "",
                    timezone=form.timezone.data or "", by=current_identity(), now=request_time())
        except Invalid as error:
            form.take(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".organisation"))
    return page("people/named.html", form=form, title=title), _status(form)


@bp.route("/people/organisation/posts/new", methods=["GET", "POST"], defaults={"post_id": None})
@bp.route("/people/organisation/posts/<uuid:post_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_WRITE)
def post(post_id: UUID | None) -> ResponseReturnValue:
    """Add a post, or rename one."""
    row = reading().get(Post, post_id) if post_id else None
    if post_id and row is None:
        raise NotFound("post.unknown")
    form = NamedForm(obj=row)
    title = wording.local_name(row.name, row.name_en) if row else _("New post")
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.save_post(session, post_id, by=current_identity(), now=request_time(), **_named(form))
        except Invalid as error:
            form.take(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".organisation"))
    return page("people/named.html", form=form, title=title, fixed_code=row is not None), _status(form)


@bp.route("/people/organisation/queues/new", methods=["GET", "POST"], defaults={"queue_id": None})
@bp.route("/people/organisation/queues/<uuid:queue_id>", methods=["GET", "POST"])
@requires(Permission.ORGANISATION_WRITE)
def queue(queue_id: UUID | None) -> ResponseReturnValue:
    """Add a queue, or rename one."""
    row = reading().get(Queue, queue_id) if queue_id else None
    if queue_id and row is None:
        raise NotFound("queue.unknown")
    form = QueueForm(obj=row)
    title = wording.local_name(row.name, row.name_en) if row else _("New queue")
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                services.save_queue(
                    session, queue_id, short=form.short.data or "", position=form.position.data,
                    by=current_identity(), now=request_time(), **_named(form))
        except Invalid as error:
            form.take(error)
        else:
            flash(_("Saved."), "ok")
            return redirect(url_for(".organisation"))
    return page("people/named.html", form=form, title=title, fixed_code=row is not None), _status(form)


def _named(form: NamedForm) -> dict[str, Any]:
    return {"code": form.code.data or "", "name": form.name.data or "", "name_en": form.name_en.data or ""}


def _unit(text: str) -> Unit | None:
    """Return the unit an address names, None when it names none. Raises NotFound when it isn't there or not theirs."""
    if not text:
        return None
    try:
        unit = reading().get(Unit, UUID(text))
    except ValueError:
        unit = None
    if unit is None:
        raise NotFound("unit.unknown")
    reach(current_identity(), Permission.ORGANISATION_WRITE, Subject(unit_path=unit.path))
    return unit


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
