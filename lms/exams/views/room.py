"""The exam room: the page, moving to another seat, handing in, the result."""

from uuid import UUID

from flask import Response, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.exams.forms.exams import AppealForm, SubmitForm
from lms.exams.models import CloseKind, Sitting
from lms.exams.queries.appeals import appeals_until
from lms.exams.queries.result import result_of
from lms.exams.queries.reviewed import appeals_of
from lms.exams.queries.room import room_of, seat_request_of
from lms.exams.saving.tokens import Seat, seat_hash
from lms.exams.services import invigilation
from lms.exams.services.sitting import let_in, take_over
from lms.exams.services.sitting import submit as submit_sitting
from lms.exams.views import bp
from lms.exams.views.door import own_sitting, readable_sitting, subject_of
from lms.exams.views.saving import seat_tokens
from lms.exams.views.seat import keep_seat, seat_secret
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.people.models import Person
from lms.web.crowds import crowded
from lms.web.formatting import display_zone
from lms.web.guard import current_identity, page, request_time, requires


@bp.get("/sittings/<uuid:sitting_id>")
@requires(Permission.SITTING_SIT)
@crowded
def room(sitting_id: UUID) -> ResponseReturnValue:
    """Show the exam room; on another device than before, ask first whether to continue here."""
    sitting = own_sitting(sitting_id)
    if sitting.closed_at is not None:
        return redirect(url_for(".result", sitting_id=sitting_id))
    secret = seat_secret()
    if sitting.seat_key != seat_hash(secret):
        asked = seat_request_of(reading(), sitting.id, seat_hash(secret))
        return keep_seat(make_response(page("exams/move.html", sitting=sitting, asked=asked)), secret)
    if sitting.session is not None:
        let_in(sitting.session, code=sitting.session.access_code, address=request.remote_addr or "")
    token = seat_tokens().make(Seat(sitting.id, sitting.person_id, sitting.epoch))
    response = make_response(
        page("exams/room.html", room=room_of(reading(), sitting), token=token, form=SubmitForm(token=token),
             now=clock.now(), zone=display_zone().key)
    )
    response.headers["Cache-Control"] = "no-store"  # Back and reload ask again, so that no old page ever comes up
    return response


@bp.post("/sittings/<uuid:sitting_id>/seat")
@requires(Permission.SITTING_SIT)
def move(sitting_id: UUID) -> ResponseReturnValue:
    """Continue a sitting on this device; the one before can't write any more."""
    own_sitting(sitting_id)
    seat = seat_secret()
    with unit_of_work() as session:
        take_over(session, sitting_id, seat=seat, now=request_time(), address=request.remote_addr or "",
                  browser=request.user_agent.string)
    return keep_seat(make_response(redirect(url_for(".room", sitting_id=sitting_id))), seat)


@bp.post("/sittings/<uuid:sitting_id>/seat/ask")
@requires(Permission.SITTING_SIT)
def ask_for_seat(sitting_id: UUID) -> ResponseReturnValue:
    """Ask the invigilator to hand the sitting over to this device."""
    own_sitting(sitting_id)
    seat = seat_secret()
    with unit_of_work() as session:
        invigilation.ask_for_seat(
            session, sitting_id, seat=seat, address=request.remote_addr or "", browser=request.user_agent.string,
            by=current_identity(), now=request_time(),
        )
    return keep_seat(make_response(redirect(url_for(".room", sitting_id=sitting_id))), seat)


@bp.get("/sittings/<uuid:sitting_id>/seat")
@requires(Permission.SITTING_SIT)
def seat(sitting_id: UUID) -> ResponseReturnValue:
    """Tell a device that waits for a sitting whether the invigilator has answered."""
    sitting = own_sitting(sitting_id)
    key = seat_hash(seat_secret())
    asked = seat_request_of(reading(), sitting.id, key)
    waiting = asked is not None and asked.granted is None and sitting.closed_at is None and sitting.seat_key != key
    answer: Response = jsonify(waiting=waiting)
    return answer


@bp.post("/sittings/<uuid:sitting_id>/submit")
@requires(Permission.SITTING_SIT)
@crowded
def submit(sitting_id: UUID) -> ResponseReturnValue:
    """Hand a sitting in; handing in again shows the same result."""
    own_sitting(sitting_id)
    form = SubmitForm()
    if not form.validate_on_submit():
        return redirect(url_for(".room", sitting_id=sitting_id))
    seat = seat_tokens().read(form.token.data or "", sitting_id)
    with unit_of_work() as session:
        submit_sitting(session, sitting_id, epoch=seat.epoch, by=current_identity(), now=request_time())
    return redirect(url_for(".result", sitting_id=sitting_id))


@bp.get("/sittings/<uuid:sitting_id>/result")
@requires(Permission.SITTING_READ)
@crowded
def result(sitting_id: UUID) -> ResponseReturnValue:
    """Show the result of a sitting: to its person, and to those who may read their results."""
    sitting = readable_sitting(sitting_id)
    if sitting.closed_at is None:
        if sitting.person_id == current_identity().person_id:
            return redirect(url_for(".room", sitting_id=sitting_id))
        raise NotFound
    if sitting.close_kind == CloseKind.CANCELLED:
        return page("exams/cancelled.html", sitting=sitting)
    return result_page(sitting, AppealForm())


def result_page(sitting: Sitting, form: AppealForm) -> str:
    """Return the page of a closed sitting; while people mark its answers it says so."""
    session, own = reading(), sitting.person_id == current_identity().person_id
    person = session.get_one(Person, sitting.person_id)
    if sitting.points is None:
        return page("exams/being_marked.html", sitting=sitting, person=person, own=own)
    reads_all = not own and allows(current_identity(), Permission.EXAM_READ, subject_of(sitting.person_id))
    result = result_of(session, sitting, at=request_time(), everything=reads_all)
    return page(
        "exams/result.html", result=result, person=person, own=own, form=form,
        until=appeals_until(session, sitting, at=request_time()) if own else None,
        appeals=appeals_of(session, sitting.id),
    )
