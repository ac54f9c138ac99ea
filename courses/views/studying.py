"""What the player sends while somebody studies: time, places, "done", notes."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from courses.forms import NoteForm
from courses.queries.editions import course_by_code
from courses.queries.player import PlayerPage, player_page
from courses.rules.completion import played_percent
from courses.services.notes import delete_note, write_note
from courses.services.studying import Report, Studied, complete_unit, report_progress
from courses.services.testing import take_calls
from courses.views import bp
from courses.views.who import learner_id
from courses.views.words import localised
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.web.guard import current_identity, request_time, requires

LONGEST_MS = 24 * 3600 * 1000
MOST_SPANS = 200


@bp.post("/<code>/units/<unit_code>/progress")
@requires(Permission.COURSE_STUDY)
def progress(code: str, unit_code: str) -> ResponseReturnValue:
    """Take one report of the player; answer with what counts by now."""
    report = parse_report(request.get_json(silent=True))
    with unit_of_work() as session:
        studied = report_progress(session, learner_id(), code, unit_code, report, now=request_time())
    return _answer(code, unit_code, studied)


@bp.post("/<code>/units/<unit_code>/done")
@requires(Permission.COURSE_STUDY)
def done(code: str, unit_code: str) -> ResponseReturnValue:
    """Mark a unit done and go on to the next; stay when something is missing."""
    try:
        with unit_of_work() as session:
            complete_unit(session, learner_id(), code, unit_code, by=current_identity(), now=request_time())
    except Conflict as refused:
        flash(refused.message, "soon")
        return redirect(url_for(".study", code=code, unit_code=unit_code))
    return _onwards(code, unit_code)


@bp.post("/<code>/units/<unit_code>/calls")
@requires(Permission.COURSE_STUDY)
def calls(code: str, unit_code: str) -> ResponseReturnValue:
    """Count the calls I have played for this unit."""
    with unit_of_work() as session:
        enough = take_calls(session, learner_id(), code, unit_code, by=current_identity(), now=request_time())
    if not enough:
        flash(_("No call since you began this course reaches the mark yet."), "soon")
    elif not _congratulate(player_page(reading(), learner_id(), code, unit_code)):
        flash(_("Passed: this unit is done."), "ok")
    return redirect(url_for(".study", code=code, unit_code=unit_code))


@bp.post("/<code>/units/<unit_code>/notes")
@requires(Permission.COURSE_STUDY)
def note(code: str, unit_code: str) -> ResponseReturnValue:
    """Keep a note of mine."""
    form = NoteForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            write_note(session, learner_id(), code, unit_code, text=form.text.data or "", quote=form.quote.data or "",
                       now=request_time())
    else:
        flash(_("Write something first."), "soon")
    return redirect(url_for(".study", code=code, unit_code=unit_code, _anchor="notes"))


@bp.post("/notes/<uuid:note_id>/delete")
@requires(Permission.COURSE_STUDY)
def forget_note(note_id: UUID) -> ResponseReturnValue:
    """Throw a note of mine away."""
    with unit_of_work() as session:
        code, unit_code = delete_note(session, learner_id(), note_id)
    return redirect(url_for(".study", code=code, unit_code=unit_code, _anchor="notes"))


def parse_report(body: Any) -> Report:
    """Return the report in a request's body. Raises Invalid when it isn't one."""
    try:
        seen = int(body["seen_ms"])
        played = tuple((int(start), int(end)) for start, end in list(body.get("played") or ())[:MOST_SPANS])
        position = body.get("position")
        position = None if position is None else int(position)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise Invalid([Problem("body", _("This is not a report of the player."))]) from None
    if not 0 <= seen <= LONGEST_MS or (position is not None and not 0 <= position <= LONGEST_MS):
        raise Invalid([Problem("body", _("This is not a report of the player."))])
    return Report(seen, played, position)


def _answer(code: str, unit_code: str, studied: Studied) -> ResponseReturnValue:
    shown = player_page(reading(), learner_id(), code, unit_code)
    duration = (shown.unit.file or {}).get("duration_ms") if shown else None
    return {
        "seen_ms": studied.progress.seen_ms, "done": studied.done, "met": studied.verdict.met, "counts": studied.counts,
        "lack": studied.verdict.lack, "left": studied.verdict.left,
        "played_percent": played_percent(studied.progress, duration),
    }, HTTPStatus.OK


def _congratulate(shown: PlayerPage | None) -> bool:
    """Say so when the course was finished by this very request."""
    if shown is None or shown.finished_at != request_time():
        return False
    flash(_("You have finished “%(title)s”. It is in your training file now.", title=localised(shown.edition)), "ok")
    return True


def _onwards(code: str, unit_code: str) -> ResponseReturnValue:
    """Go to the unit after this one; at the end of the course, to the list with a word of congratulation."""
    shown = player_page(reading(), learner_id(), code, unit_code)
    if shown is None or course_by_code(reading(), code) is None:
        raise NotFound
    if _congratulate(shown) or shown.following is None:
        return redirect(url_for(".mine"))
    return redirect(url_for(".study", code=code, unit_code=shown.following))
