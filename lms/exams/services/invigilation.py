"""What an invigilator does besides adding time and ending: pause, resume, hand a seat over, check who somebody is."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import (
    ExamAssignment,
    ExamSession,
    GrantKind,
    IdentityCheck,
    SeatRequest,
    Sitting,
    SittingEvent,
)
from lms.exams.rules.timing import MAX_PAUSE, may_pause, pause_length
from lms.exams.rules.watching import EventKind
from lms.exams.saving.tokens import seat_hash
from lms.exams.services.closing import locked_sitting
from lms.exams.services.sitting import add_time, give_seat, let_in, note_event, running_sitting
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.records.services import audit


def pause_sitting(session: Session, sitting_id: UUID, *, reason: str, by: Identity, now: datetime) -> Sitting:
    """Stop a sitting's clock; pausing what pauses already changes nothing.

    Raises Conflict when it is over or no working time is left, Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    sitting = running_sitting(session, sitting_id, now=now)
    if sitting.paused_at is not None:
        return sitting
    if not may_pause(now, sitting.deadline_at):
        raise Conflict("sitting.over", _("This sitting is over."))
    sitting.paused_at = now
    note_event(session, sitting, EventKind.PAUSED, by=by, now=now, note=reason.strip())
    audit(session, by=by, action="sitting.pause", subject=f"sitting:{sitting.id}", reason=reason, now=now)
    return sitting


def resume_sitting(session: Session, sitting_id: UUID, *, by: Identity, now: datetime) -> Sitting:
    """Let a sitting's clock run again; the deadline moves by the pause's length. What runs already is left as it is.

    A pause that has lasted more than twelve hours counts as twelve.
    """
    sitting = locked_sitting(session, sitting_id)
    if sitting.closed_at is not None or sitting.paused_at is None:
        return sitting
    began, sitting.paused_at = sitting.paused_at, None
    add_time(session, sitting, kind=GrantKind.PAUSE, added=pause_length(began, now), now=now, by=by,
             reason=_reason_of_pause(session, sitting))
    note_event(session, sitting, EventKind.RESUMED, by=by, now=now)
    return sitting


def _reason_of_pause(session: Session, sitting: Sitting) -> str:
    noted = session.scalar(
        select(SittingEvent.note).where(SittingEvent.sitting_id == sitting.id, SittingEvent.kind == EventKind.PAUSED)
        .order_by(SittingEvent.happened_at.desc(), SittingEvent.id.desc()).limit(1)
    )
    return noted or _("Pause")


def forgotten_pauses(session: Session, *, now: datetime, limit: int = 500) -> list[UUID]:
    """Return sittings whose pause has lasted as long as one may."""
    query = select(Sitting.id).where(Sitting.closed_at.is_(None), Sitting.paused_at <= now - MAX_PAUSE)
    return list(session.scalars(query.order_by(Sitting.paused_at).limit(limit)))


def ask_for_seat(
    session: Session, sitting_id: UUID, *, seat: str, address: str = "", browser: str = "", by: Identity, now: datetime
) -> SeatRequest:
    """Ask the invigilator to hand a sitting over to this browser; asking again while nobody answered is asking once.

    Raises Conflict when the sitting is over or needs nobody's word, Refused from outside the session's networks.
    """
    sitting = running_sitting(session, sitting_id, now=now)
    planned = sitting.session
    if planned is None or not planned.one_seat or sitting.seat_key == seat_hash(seat):
        raise Conflict("sitting.no_request", _("This exam can be continued here without asking."))
    let_in(planned, code=planned.access_code, address=address)
    waiting = session.scalar(
        select(SeatRequest).where(SeatRequest.sitting_id == sitting.id, SeatRequest.seat_key == seat_hash(seat),
                                  SeatRequest.decided_at.is_(None))
    )
    if waiting is None:
        waiting = SeatRequest(sitting_id=sitting.id, seat_key=seat_hash(seat), address=address[:64],
                              browser=browser[:200], asked_at=now)
        session.add(waiting)
        note_event(session, sitting, EventKind.SEAT_ASKED, by=by, now=now, note=address)
        session.flush()
    return waiting


def decide_seat(session: Session, request_id: UUID, *, granted: bool, by: Identity, now: datetime) -> SeatRequest:
    """Hand a sitting over to the seat that asks, or refuse. The first answer stands; other requests are refused by it.

    Raises NotFound, Conflict when the sitting is over.
    """
    known = session.get(SeatRequest, request_id)
    if known is None:
        raise NotFound
    sitting = running_sitting(session, known.sitting_id, now=now)
    waiting = session.scalars(
        select(SeatRequest).where(SeatRequest.sitting_id == sitting.id, SeatRequest.decided_at.is_(None))
        .execution_options(populate_existing=True)
    ).all()
    asked = next((it for it in waiting if it.id == request_id), None)
    if asked is None:
        session.refresh(known)
        return known
    for it in waiting if granted else [asked]:
        it.granted, it.decided_at, it.decided_by = granted and it is asked, now, by.person_id
    if granted:
        give_seat(session, sitting, key=asked.seat_key, address=asked.address, browser=asked.browser, now=now)
    kind = EventKind.SEAT_GIVEN if granted else EventKind.SEAT_REFUSED
    note_event(session, sitting, kind, by=by, now=now, note=asked.address)
    audit(session, by=by, action="sitting.seat", subject=f"sitting:{sitting.id}", now=now,
          changes={"granted": [None, granted], "address": [None, asked.address]})
    return asked


def check_identity(
    session: Session, session_id: UUID, assignment_id: UUID, *, by: Identity, now: datetime
) -> IdentityCheck:
    """Put down that a candidate of a session is who they say; a second tick changes nothing.

    Raises NotFound for a series that is not of this session.
    """
    planned, assignment = session.get(ExamSession, session_id), session.get(ExamAssignment, assignment_id)
    if planned is None or assignment is None or not _of_session(session, planned, assignment):
        raise NotFound
    checked = session.get(IdentityCheck, (session_id, assignment_id))
    if checked is None:
        checked = IdentityCheck(session_id=session_id, assignment_id=assignment_id, checked_at=now,
                                checked_by=by.person_id)
        session.add(checked)
        session.flush()
        audit(session, by=by, action="exam_session.identity", subject=f"exam_assignment:{assignment_id}", now=now,
              changes={"session": [None, str(session_id)]})
    return checked


def _of_session(session: Session, planned: ExamSession, assignment: ExamAssignment) -> bool:
    sat = select(Sitting.id).where(Sitting.assignment_id == assignment.id, Sitting.session_id == planned.id).limit(1)
    return assignment.session_id == planned.id or session.scalar(sat) is not None
