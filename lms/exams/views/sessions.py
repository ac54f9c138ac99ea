"""Exam sessions: the list, planning one, who is assigned, the live list, time added, ended."""

import re
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.exams.forms.exams import AssignForm, GrantForm, ReasonForm, SessionForm
from lms.exams.models import Exam, ExamSession, GrantKind
from lms.exams.queries import papers as queries
from lms.exams.queries.people import choose, units_within
from lms.exams.services import assigning, planning
from lms.exams.services.sitting import end_sitting, grant_time
from lms.exams.views import bp
from lms.exams.views.door import (
    close_what_is_over,
    exam_to_read,
    invigilated_sitting,
    session_to_read,
    session_to_write,
)
from lms.exams.views.reading import scopes_of, session_form_values, session_values
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.kernel.i18n import _, _l, ngettext
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.tables import Column, Table, paginate

SESSIONS = Table(
    "exam_sessions", title=_l("Exam sessions"), search_hint=_l("Name or place"), default_sort="opens_at",
    descending=True,
    columns=(
        Column("title", _l("Session"), sort=ExamSession.title),
        Column("exam", _l("Exam title")),
        Column("opens_at", _l("May be started"), sort=ExamSession.opens_at),
        Column("place", _l("Place")),
    ),
    search=lambda term: ExamSession.title.contains(term, autoescape=True)
    | ExamSession.place.contains(term, autoescape=True),
)


@bp.get("/sessions")
@requires(Permission.EXAM_READ)
def sessions() -> ResponseReturnValue:
    """List exam sessions, newest first."""
    state = SESSIONS.state(request.args)
    rows = paginate(reading(), queries.session_list(scopes_of(current_identity())), state)
    return page("exams/sessions.html", state=state, rows=rows)


@bp.get("/sessions/new")
@requires(Permission.EXAM_ASSIGN)
def new_session() -> ResponseReturnValue:
    """Show the form of a session."""
    form = _session_form()
    wanted = exam_to_read(request.args["exam"]) if request.args.get("exam") else None
    if wanted is not None:
        form.exam_id.data = str(wanted.id)
    return page("exams/session_form.html", form=form, planned=None)


@bp.post("/sessions/new")
@requires(Permission.EXAM_ASSIGN)
def plan_session() -> ResponseReturnValue:
    """Plan a session."""
    form = _session_form()
    try:
        if form.validate_on_submit():
            with unit_of_work() as session:
                session_id = planning.plan_session(
                    session, UUID(form.exam_id.data), **session_values(form), by=current_identity(), now=request_time()
                ).id
            return redirect(url_for(".session", session_id=session_id))
    except Invalid as error:
        form.take(error)
    return page("exams/session_form.html", form=form, planned=None), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/sessions/<uuid:session_id>/edit")
@requires(Permission.EXAM_ASSIGN)
def edit_session(session_id: UUID) -> ResponseReturnValue:
    """Show a session's terms for changing."""
    planned = session_to_write(session_id)
    form = SessionForm(formdata=None, data=session_form_values(planned))
    form.exam_id.choices = [(str(planned.exam_id), planned.exam.title)]
    return page("exams/session_form.html", form=form, planned=planned)


@bp.post("/sessions/<uuid:session_id>/edit")
@requires(Permission.EXAM_ASSIGN)
def change_session(session_id: UUID) -> ResponseReturnValue:
    """Change a session; sittings that run keep their time."""
    planned = session_to_write(session_id)
    form = SessionForm()
    form.exam_id.choices = [(str(planned.exam_id), planned.exam.title)]
    try:
        if form.validate_on_submit():
            with unit_of_work() as session:
                planning.change_session(
                    session, session_id, **session_values(form), by=current_identity(), now=request_time()
                )
            flash(_("The session was changed."), "ok")
            return redirect(url_for(".session", session_id=session_id))
    except Invalid as error:
        form.take(error)
    return page("exams/session_form.html", form=form, planned=planned), HTTPStatus.UNPROCESSABLE_ENTITY


def _session_form() -> SessionForm:
    form = SessionForm()
    rows = reading().execute(queries.exam_list(scopes_of(current_identity())).order_by(Exam.title))
    form.exam_id.choices = [(str(exam.id), exam.title) for exam, edition in rows if edition is not None]
    return form


@bp.get("/sessions/<uuid:session_id>")
@requires(Permission.EXAM_READ)
def session(session_id: UUID) -> ResponseReturnValue:
    """Show a session: who is assigned, and how far everybody is."""
    planned = session_to_read(session_id)
    close_what_is_over()
    people = queries.live_of_session(reading(), planned.id, scopes_of(current_identity()))
    return page("exams/session.html", planned=planned, people=people, form=_assign_form(), grant=GrantForm(),
                ending=ReasonForm())


def _assign_form() -> AssignForm:
    form = AssignForm()
    form.unit_id.choices = [("", _("nobody else")), *units_within(reading(), scopes_of(current_identity()))]
    return form


@bp.post("/sessions/<uuid:session_id>/people")
@requires(Permission.EXAM_ASSIGN)
def add_people(session_id: UUID) -> ResponseReturnValue:
    """Put people into a session by staff number or unit."""
    planned = session_to_read(session_id)
    form = _assign_form()
    if form.validate_on_submit():
        chosen = choose(
            reading(), scopes_of(current_identity()), staff_numbers=split_numbers(form.staff_numbers.data or ""),
            unit_id=UUID(form.unit_id.data) if form.unit_id.data else None,
        )
        planned_id = planned.id
        with unit_of_work() as work:
            count = assigning.add_to_session(
                work, planned_id, person_ids=chosen.person_ids, by=current_identity(), now=request_time()
            )
        flash(ngettext("%(num)d person was put into this session.", "%(num)d people were put into this session.",
                       count), "ok")
        if chosen.unknown:
            flash(_("Nobody within your reach has these staff numbers: %(list)s", list=" ".join(chosen.unknown)), "no")
    return redirect(url_for(".session", session_id=session_id))


def split_numbers(text: str) -> list[str]:
    """Return the staff numbers in a text, whatever separates them.

    >>> split_numbers("3276，3204\\n 3311")
    ['3276', '3204', '3311']
    """
    return [it for it in re.split(r"[\s,，;；、]+", text) if it]


@bp.post("/sittings/<uuid:sitting_id>/grant")
@requires(Permission.EXAM_INVIGILATE)
def grant(sitting_id: UUID) -> ResponseReturnValue:
    """Add working time to one sitting."""
    invigilated_sitting(sitting_id)
    form = GrantForm()
    if not form.validate_on_submit():
        flash(_("Nothing was added: give minutes from 1 to 720 and a reason."), "no")
        return _back()
    kind = GrantKind.PAUSE if form.pause.data else GrantKind.EXTENSION
    with unit_of_work() as work:
        grant_time(work, sitting_id, kind=kind, added=timedelta(minutes=form.minutes.data or 0),
                   reason=form.reason.data or "", by=current_identity(), now=request_time())
    flash(_("%(n)s minutes were added.", n=form.minutes.data), "ok")
    return _back()


@bp.post("/sittings/<uuid:sitting_id>/end")
@requires(Permission.EXAM_INVIGILATE)
def end(sitting_id: UUID) -> ResponseReturnValue:
    """End one sitting; what was saved is marked."""
    invigilated_sitting(sitting_id)
    form = ReasonForm()
    if not form.validate_on_submit():
        flash(_("Nothing was ended: give a reason."), "no")
        return _back()
    with unit_of_work() as work:
        end_sitting(work, sitting_id, reason=form.reason.data or "", by=current_identity(), now=request_time())
    flash(_("The sitting was ended and marked."), "ok")
    return _back()


def _back() -> ResponseReturnValue:
    """Return to the session's page the request came from, by its id; to the list otherwise."""
    try:
        return redirect(url_for(".session", session_id=UUID(request.form.get("session_id", ""))))
    except ValueError:
        return redirect(url_for(".sessions"))
