"""Appeals: a candidate raises one from the result, a second person decides it from the queue."""

from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import reach
from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.exams.forms.exams import AppealDecisionForm, AppealForm
from lms.exams.models import Appeal, Sitting
from lms.exams.queries import appeals as queries
from lms.exams.queries.result import result_of
from lms.exams.services import appeals as services
from lms.exams.views import bp
from lms.exams.views.door import own_sitting, subject_of
from lms.exams.views.room import result_page
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.records.appeals import AppealOutcome
from lms.web.guard import current_identity, page, request_time, requires


@bp.post("/sittings/<uuid:sitting_id>/appeal")
@requires(Permission.SITTING_SIT)
def appeal(sitting_id: UUID) -> ResponseReturnValue:
    """Raise an appeal against one's own result."""
    sitting, form = own_sitting(sitting_id), AppealForm()
    if sitting.points is None:
        raise NotFound
    if not form.validate_on_submit():
        return result_page(sitting, form), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with unit_of_work() as session:
            services.raise_appeal(
                session, sitting_id, position=form.position.data, text=form.text.data or "", by=current_identity(),
                now=request_time(),
            )
    except (Invalid, Conflict) as error:
        form.take(error if isinstance(error, Invalid) else [Problem("", error.message)])
        return result_page(own_sitting(sitting_id), form), error.status
    flash(_("Your appeal was sent. You will be told the decision."), "ok")
    return redirect(url_for(".result", sitting_id=sitting_id) + "#appeal")


@bp.get("/appeals")
@requires(Permission.APPEAL_DECIDE)
def appeals() -> ResponseReturnValue:
    """List the appeals that wait, and those decided last."""
    me, session = current_identity(), reading()
    scopes = _scopes()
    return page(
        "exams/appeals.html", waiting=queries.waiting_appeals(session, scopes, me.person_id),
        decided=queries.decided_appeals(session, scopes, me.person_id),
    )


def _scopes() -> tuple[str, ...]:
    return current_identity().scopes(Role.TRAINER, Role.TRAINING_ADMIN, Role.ASSESSOR, Role.MANAGER)


@bp.get("/appeals/<uuid:appeal_id>")
@requires(Permission.APPEAL_DECIDE)
def show_appeal(appeal_id: UUID) -> ResponseReturnValue:
    """Show what an appeal is about: the answers, the key, the marks, the markers' remarks."""
    return _appeal_page(_appeal(appeal_id), AppealDecisionForm())


def _appeal(appeal_id: UUID) -> Appeal:
    row = reading().get(Appeal, appeal_id, populate_existing=True)
    if row is None:
        raise NotFound
    reach(current_identity(), Permission.APPEAL_DECIDE, subject_of(row.sitting.person_id))
    return row


def _appeal_page(row: Appeal, form: AppealDecisionForm) -> str:
    session = reading()
    sitting = session.get_one(Sitting, row.sitting_id)
    result = result_of(session, sitting, at=request_time(), everything=True)
    refusal = services.refusal_to_decide(session, sitting, row, current_identity())
    return page(
        "exams/appeal.html", appeal=row, result=result, form=form, person=session.get_one(Person, sitting.person_id),
        questions=[it for it in result.questions if row.position in (None, it.position)],
        refusal=services.REFUSALS[refusal]() if refusal else "", typed=request.form,
    )


@bp.post("/appeals/<uuid:appeal_id>")
@requires(Permission.APPEAL_DECIDE)
def decide_appeal(appeal_id: UUID) -> ResponseReturnValue:
    """Decide an appeal."""
    _appeal(appeal_id)
    form = AppealDecisionForm()
    try:
        if not form.validate_on_submit():
            raise Invalid([])
        with unit_of_work() as session:
            services.decide_appeal(
                session, appeal_id, outcome=AppealOutcome(form.outcome.data), marks=_marks(), by=current_identity(),
                reason=form.reason.data or "", now=request_time(),
            )
    except Invalid as error:
        form.take(error)
        return _appeal_page(_appeal(appeal_id), form), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(_("Decided; the person was told."), "ok")
    return redirect(url_for(".appeals"))


def _marks() -> dict[int, int]:
    """Read the marks that were typed: position -> hundredths; what is no number is -1."""
    return {
        int(name.removeprefix("points-")): hundredths_of(text)
        for name, text in request.form.items()
        if name.startswith("points-") and name.removeprefix("points-").isdecimal() and text.strip()
    }


def hundredths_of(text: str) -> int:
    """Read marks with at most two decimals as hundredths; -1 for anything else.

    >>> hundredths_of("2.5"), hundredths_of("２"), hundredths_of("1.005"), hundredths_of("x")
    (250, 200, -1, -1)
    """
    try:
        hundredths = Decimal(text.strip()) * 100
    except InvalidOperation:
        return -1
    fits = hundredths.is_finite() and hundredths == hundredths.to_integral_value() and 0 <= hundredths < 10**6
    return int(hundredths) if fits else -1
