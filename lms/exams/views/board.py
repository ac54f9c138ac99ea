"""The invigilator's board: who is where, pause, resume, add time, end, hand a seat over, check who somebody is."""

from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.access import door as policy
from lms.access.door import reach
from lms.access.permissions import Permission
from lms.exams.forms.exams import BoardForm
from lms.exams.models import ExamAssignment, ExamSession, GrantKind, SeatRequest, Sitting
from lms.exams.queries.board import Board, Place, board_of, detail_of
from lms.exams.rules.entry import photos_open
from lms.exams.services import invigilation
from lms.exams.services.sitting import end_sitting, grant_time
from lms.exams.views import bp
from lms.exams.views.door import close_what_is_over, invigilated_session, subject_of
from lms.exams.words.codes import EVENTS, PRESENCES
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import _, ngettext
from lms.people.services.photos import show_photo
from lms.people.views.photos import as_jpeg
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/sessions/<uuid:session_id>/board")
@requires(Permission.EXAM_INVIGILATE)
def board(session_id: UUID) -> ResponseReturnValue:
    """Show the board; its page asks for it again every two seconds and takes over what changed."""
    planned = invigilated_session(session_id)
    close_what_is_over()
    return _page(planned, BoardForm(formdata=None))


def _page(planned: ExamSession, form: BoardForm) -> str:
    shown = _board(planned)
    try:
        chosen = UUID(request.args.get("who", ""))
    except ValueError:
        chosen = None
    detail = detail_of(reading(), planned, shown, chosen, request_time()) if chosen else None
    return page("exams/board.html", planned=planned, board=shown, detail=detail, form=form, presences=PRESENCES,
                events=EVENTS)


def _board(planned: ExamSession) -> Board:
    scopes = policy.scopes_of(current_identity(), Permission.EXAM_INVIGILATE)
    return board_of(reading(), planned, scopes, request_time())


@bp.post("/sessions/<uuid:session_id>/board")
@requires(Permission.EXAM_INVIGILATE)
def act(session_id: UUID) -> ResponseReturnValue:
    """Pause, resume, give time to or end the chosen sittings or all that run; ending is asked once more."""
    planned, form = invigilated_session(session_id), BoardForm()
    chosen = _chosen(_board(planned), request.form.getlist("sitting"), everybody=bool(form.everybody.data))
    problem = _what_is_missing(form, chosen)
    if problem:
        flash(problem, "no")
    elif form.do.data == "end" and "sure" not in request.form:
        return page("exams/board_end.html", planned=planned, form=form, chosen=chosen)
    else:
        _carry_out(form, [it.live.sitting_id for it in chosen if it.live.sitting_id is not None])
    return redirect(url_for(".board", session_id=session_id, who=request.args.get("who")))


def _chosen(shown: Board, ids: Sequence[str], *, everybody: bool) -> list[Place]:
    """Return the running sittings that were meant; what isn't on the board can't be meant."""
    return [it for it in shown.places if it.running and (everybody or str(it.live.sitting_id) in ids)]


def _what_is_missing(form: BoardForm, chosen: Sequence[Place]) -> str:
    if not form.validate_on_submit():
        return _("Nothing was done: give minutes from 1 to 720 and a reason of at most 200 characters.")
    if not chosen:
        return _("Nothing was done: choose whom it is for.")
    if form.do.data != "resume" and not (form.reason.data or "").strip():
        return _("Nothing was done: give a reason.")
    if form.do.data == "extend" and not form.minutes.data:
        return _("Nothing was done: give minutes from 1 to 720 and a reason of at most 200 characters.")
    return ""


def _carry_out(form: BoardForm, sittings: Sequence[UUID]) -> None:
    """Do it to one sitting after the other, each in a transaction of its own; those that ended meanwhile are named."""
    done = 0
    for sitting_id in sittings:
        try:
            _do(form, sitting_id)
            done += 1
        except Conflict:
            continue  # it ended in this very moment
    words = {
        "pause": ngettext("%(num)d sitting is paused.", "%(num)d sittings are paused.", done),
        "resume": ngettext("%(num)d sitting goes on.", "%(num)d sittings go on.", done),
        "extend": ngettext("%(num)d sitting has more time.", "%(num)d sittings have more time.", done),
        "end": ngettext("%(num)d sitting was ended.", "%(num)d sittings were ended.", done),
    }
    flash(words[form.do.data or ""], "ok")
    if done < len(sittings):
        missed = len(sittings) - done
        flash(ngettext("%(num)d sitting was over already.", "%(num)d sittings were over already.", missed), "soon")


def _do(form: BoardForm, sitting_id: UUID) -> None:
    by, now, reason = current_identity(), request_time(), form.reason.data or ""
    with unit_of_work() as session:
        match form.do.data:
            case "pause":
                invigilation.pause_sitting(session, sitting_id, reason=reason, by=by, now=now)
            case "resume":
                invigilation.resume_sitting(session, sitting_id, by=by, now=now)
            case "extend":
                added = timedelta(minutes=form.minutes.data or 0)
                grant_time(session, sitting_id, kind=GrantKind.EXTENSION, added=added, reason=reason, by=by, now=now)
            case _:
                end_sitting(session, sitting_id, reason=reason, by=by, now=now)


@bp.post("/seats/<uuid:request_id>/<any(give, refuse):answer>")
@requires(Permission.EXAM_INVIGILATE)
def decide_seat(request_id: UUID, answer: str) -> ResponseReturnValue:
    """Hand a sitting over to the seat that asks for it, or refuse."""
    asked = reading().get(SeatRequest, request_id)
    if asked is None:
        raise NotFound
    reach(current_identity(), Permission.EXAM_INVIGILATE, subject_of(asked.sitting.person_id))
    session_id = asked.sitting.session_id
    with unit_of_work() as session:
        decided = invigilation.decide_seat(
            session, request_id, granted=answer == "give", by=current_identity(), now=request_time()
        )
        granted = decided.granted
    flash(_("The exam was handed over.") if granted else _("The exam stays where it is."), "ok")
    return redirect(url_for(".board", session_id=session_id))


@bp.get("/sessions/<uuid:session_id>/photo/<uuid:assignment_id>.jpg")
@requires(Permission.EXAM_INVIGILATE)
def identity_photo(session_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Send the photo of somebody of the session to its invigilators, around the session only, on record."""
    planned = invigilated_session(session_id)
    person_id = _person_of(planned, assignment_id)
    reach(current_identity(), Permission.EXAM_INVIGILATE, subject_of(person_id))
    if not photos_open(planned.opens_at, planned.closes_at, request_time()):
        raise NotFound
    with unit_of_work() as session:
        return as_jpeg(show_photo(session, person_id, by=current_identity(), now=request_time(),
                                  why=f"exam_session:{session_id}"))


def _person_of(planned: ExamSession, assignment_id: UUID) -> UUID:
    """Return whose series it is. Raises NotFound unless they are assigned to the session or sat in it."""
    assignment = reading().get(ExamAssignment, assignment_id)
    sat = select(Sitting.id).where(Sitting.assignment_id == assignment_id, Sitting.session_id == planned.id)
    if assignment is None or (assignment.session_id != planned.id and reading().scalar(sat.limit(1)) is None):
        raise NotFound
    return assignment.person_id


@bp.post("/sessions/<uuid:session_id>/identity/<uuid:assignment_id>")
@requires(Permission.EXAM_INVIGILATE)
def check_identity(session_id: UUID, assignment_id: UUID) -> ResponseReturnValue:
    """Put down that somebody of the session is who they say."""
    invigilated_session(session_id)
    assignment = reading().get(ExamAssignment, assignment_id)
    if assignment is None:
        raise NotFound
    reach(current_identity(), Permission.EXAM_INVIGILATE, subject_of(assignment.person_id))
    with unit_of_work() as session:
        invigilation.check_identity(session, session_id, assignment_id, by=current_identity(), now=request_time())
    return redirect(url_for(".board", session_id=session_id, who=assignment_id), HTTPStatus.SEE_OTHER)


