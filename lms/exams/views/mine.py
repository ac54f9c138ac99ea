"""A learner's own exams: the list, the page before one begins, the beginning."""

from http import HTTPStatus

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.exams.forms.exams import StartForm
from lms.exams.queries import mine as queries
from lms.exams.services.sitting import start_sitting
from lms.exams.views import bp
from lms.exams.views.door import close_what_is_over, me
from lms.exams.views.seat import keep_seat, seat_secret
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.web.crowds import crowded
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.rate_limits import limiter

WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


@bp.get("/")
@requires(Permission.SITTING_SIT)
def mine() -> ResponseReturnValue:
    """Show a learner's open exams, practical exams and results."""
    person_id = me()
    close_what_is_over(person_id)
    session = reading()
    return page(
        "exams/mine.html", exams=queries.my_exams(session, person_id, request_time()),
        stations=queries.my_stations(session, person_id),
        results=queries.results_of(session, person_id, request_time()),
    )


@bp.get("/<code>")
@requires(Permission.SITTING_SIT)
@crowded
def show(code: str) -> ResponseReturnValue:
    """Show what a learner should know before the exam begins."""
    close_what_is_over(me())
    return page("exams/before.html", **_before(code), form=StartForm())


def _before(code: str) -> dict[str, object]:
    session = reading()
    results = queries.results(session, [me()], request_time(), code=code)
    exam = queries.my_exam(session, me(), code, request_time())
    if exam is None and not results:
        raise NotFound
    return {"exam": exam, "results": results}


@bp.post("/<code>/start")
@limiter.limit("10 per 5 minutes", key_func=lambda: str(me()), deduct_when=lambda answer: answer.status_code == WRONG)
@requires(Permission.SITTING_SIT)
@crowded
def start(code: str) -> ResponseReturnValue:
    """Begin the next attempt, or go back to the one that runs; ten wrong codes in five minutes are enough."""
    form = StartForm()
    if not form.validate_on_submit():
        return page("exams/before.html", **_before(code), form=form), WRONG
    exam = queries.my_exam(reading(), me(), code, request_time())
    if exam is None:
        raise NotFound
    seat = seat_secret()
    try:
        with unit_of_work() as session:
            sitting = start_sitting(
                session, exam.assignment_id, seat=seat, by=current_identity(), now=request_time(),
                address=request.remote_addr or "", browser=request.user_agent.string, code=form.code.data or "",
            )
    except Invalid as error:
        form.take(error)
        return page("exams/before.html", **_before(code), form=form), WRONG
    return keep_seat(make_response(redirect(url_for(".room", sitting_id=sitting.id))), seat)
