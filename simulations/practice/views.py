"""Pages of the case library: good calls to read, to give, to decide on, to take back."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, request_time, requires
from simulations.practice import queries, services
from simulations.practice.forms import DecisionForm, OfferForm
from simulations.practice.models import CallExample, ExampleState
from simulations.queries import report_of

bp = Blueprint("call_examples", __name__, url_prefix="/calls/examples")
MOST = 200


@bp.get("/")
@requires(Permission.EXAMPLE_READ)
def index() -> ResponseReturnValue:
    """Good calls to read; for trainers also those that wait for their word."""
    decides = allows(current_identity(), Permission.EXAMPLE_DECIDE)
    waiting = reading().execute(queries.examples(ExampleState.OFFERED).limit(MOST)).all() if decides else []
    approved = reading().execute(queries.examples(ExampleState.APPROVED).limit(MOST)).all()
    fallen = queries.fallen(reading(), since=request_time() - queries.A_MONTH) if decides else []
    counts = queries.example_counts(reading())
    return page("calls/examples/index.html", approved=approved, waiting=waiting, fallen=fallen, most=MOST,
                counts={state: counts.get(state.value, 0) for state in ExampleState})


@bp.get("/<uuid:example_id>")
@requires(Permission.EXAMPLE_READ)
def show(example_id: UUID) -> ResponseReturnValue:
    """One good call, without who spoke it; before it is approved only for its operator and who decides."""
    example = reading().get(CallExample, example_id)
    mine = example is not None and example.call.person_id == current_identity().person_id
    decides = example is not None and allows(
        current_identity(), Permission.EXAMPLE_DECIDE, Subject(example.call.person_id))
    if example is None or not (example.state == ExampleState.APPROVED or mine or decides):
        raise NotFound
    shown = queries.example_shown(reading(), example, report_of(reading(), example.call))
    return page("calls/examples/show.html", shown=shown, example=example, mine=mine, decides=decides,
                fall=queries.fall_of(reading(), example), form=DecisionForm())


@bp.post("/of/<uuid:call_id>")
@requires(Permission.CALL_PLAY)
def offer(call_id: UUID) -> ResponseReturnValue:
    """Give a call of one's own to the library."""
    with unit_of_work() as session:
        example = services.offer_example(
            session, call_id, named=bool(OfferForm().named.data), by=current_identity(), now=request_time())
        example_id = example.id
    flash(_("Thank you. A trainer looks at it before others read it."), "ok")
    return redirect(url_for(".show", example_id=example_id))


@bp.post("/<uuid:example_id>/decide")
@requires(Permission.EXAMPLE_DECIDE)
def decide(example_id: UUID) -> ResponseReturnValue:
    """Take an offered call into the library, or decline it."""
    form = DecisionForm()
    if not form.validate_on_submit():
        raise Invalid([Problem("note", _("At most 1000 characters."))])
    with unit_of_work() as session:
        services.decide_example(session, example_id, approve=bool(form.approve.data), note=form.note.data or "",
                                by=current_identity(), now=request_time())
    flash(_("In the library now.") if form.approve.data else _("Declined."), "ok")
    return redirect(url_for(".index"))


@bp.post("/<uuid:example_id>/withdraw")
@requires(Permission.EXAMPLE_READ)
def withdraw(example_id: UUID) -> ResponseReturnValue:
    """Take a call out of the library at once."""
    identity = current_identity()
    with unit_of_work() as session:
        services.withdraw_example(session, example_id, any_call=allows(identity, Permission.EXAMPLE_DECIDE),
                                  by=identity, now=request_time())
    flash(_("Taken out: nobody else reads it any more."), "ok")
    return redirect(url_for(".index"))
