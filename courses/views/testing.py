"""The test of a unit: begin it, hand it in."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from courses.queries.attempts import attempt_of, attempt_page
from courses.services.testing import start_test, submit_test
from courses.views import bp
from courses.views.who import learner_id
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import _
from lms.web.guard import current_identity, request_time, requires
from question_bank import kinds


@bp.post("/<code>/units/<unit_code>/tests")
@requires(Permission.COURSE_STUDY)
def begin_test(code: str, unit_code: str) -> ResponseReturnValue:
    """Draw my next test, or go on with the open one."""
    try:
        with unit_of_work() as session:
            start_test(session, learner_id(), code, unit_code, now=request_time())
    except Conflict as refused:
        flash(refused.message, "soon")
    return redirect(url_for(".study", code=code, unit_code=unit_code, _anchor="test"))


@bp.post("/tests/<uuid:test_id>")
@requires(Permission.COURSE_STUDY)
def hand_in(test_id: UUID) -> ResponseReturnValue:
    """Mark my test."""
    row = attempt_of(reading(), test_id, learner_id())
    if row is None:
        raise NotFound
    test, unit, run = row
    course, unit_code = run.edition.course.code, unit.code
    given = {name: request.form.getlist(name) for name in request.form}
    asked = attempt_page(reading(), test).questions
    answers = [kinds.answer_from_form(it.view["kind"], given, it.name) for it in asked]
    with unit_of_work() as session:
        marked = submit_test(session, test_id, learner_id(), answers, by=current_identity(), now=request_time())
        passed = marked.passed
    if passed:
        flash(_("Passed: this unit is done."), "ok")
    return redirect(url_for(".study", code=course, unit_code=unit_code, _anchor="test"))
