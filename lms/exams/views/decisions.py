"""Managers' page: whose attempts are used up, and what is decided about them."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import reach
from lms.access.permissions import Permission
from lms.exams.forms.exams import DecisionForm
from lms.exams.models import ExamAssignment
from lms.exams.queries.papers import waiting_for_decision
from lms.exams.rules.resits import DecisionKind
from lms.exams.services.assigning import decide_resit
from lms.exams.views import bp
from lms.exams.views.door import subject_of
from lms.exams.views.reading import scopes_of
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/decisions")
@requires(Permission.RESIT_DECIDE)
def decisions() -> ResponseReturnValue:
    """List who waits for a decision."""
    return _decisions(DecisionForm(), None)


def _decisions(form: DecisionForm, chosen: UUID | None) -> str:
    people = waiting_for_decision(reading(), scopes_of(current_identity()), request_time())
    return page("exams/decisions.html", people=people, form=form, chosen=chosen)


@bp.post("/decisions/<uuid:assignment_id>")
@requires(Permission.RESIT_DECIDE)
def decide(assignment_id: UUID) -> ResponseReturnValue:
    """Decide about one person's series."""
    assignment = reading().get(ExamAssignment, assignment_id)
    if assignment is None:
        raise NotFound
    reach(current_identity(), Permission.RESIT_DECIDE, subject_of(assignment.person_id))
    form = DecisionForm()
    if not form.validate_on_submit():
        return _decisions(form, assignment_id), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with unit_of_work() as session:
            decide_resit(
                session, assignment_id, kind=DecisionKind(form.kind.data), attempts=form.attempts.data or 0,
                reason=form.reason.data or "", by=current_identity(), now=request_time(),
            )
    except Invalid as error:
        form.take(error)
        return _decisions(form, assignment_id), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Decided; the person was told."), "ok")
    return redirect(url_for(".decisions"))
