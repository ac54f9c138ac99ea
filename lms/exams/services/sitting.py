"""Start a sitting, move it to another seat, hand it in, add time, end it, close what is over."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.exams.models import (
    AssignmentState,
    CloseKind,
    ExamAssignment,
    ExamEdition,
    ExamSession,
    GrantKind,
    Sitting,
    SittingEvent,
    SittingGrant,
    SittingItem,
    SittingSeat,
)
from lms.exams.queries.bank import draw_paper
from lms.exams.queries.edition import paper_of
from lms.exams.queries.forms import form_to_sit, items_of_form, published_form
from lms.exams.queries.series import series_of
from lms.exams.rules.entry import Entry, EntryRefusal, entry_window
from lms.exams.rules.paper import Item, NotEnoughQuestions
from lms.exams.rules.resits import NextStep
from lms.exams.rules.timing import WindowState, deadline, is_over
from lms.exams.rules.watching import NOTE_LENGTH, EventKind
from lms.exams.saving.tokens import seat_hash
from lms.exams.services.assigning import locked_assignment
from lms.exams.services.authoring import latest_edition
from lms.exams.services.closing import close_sitting, locked_sitting
from lms.kernel.errors import Conflict, Invalid, Problem, Refused
from lms.kernel.i18n import _
from lms.records.services import audit

LONGEST_GRANT = timedelta(hours=12)


def start_sitting(
    session: Session, assignment_id: UUID, *, seat: str, by: Identity, now: datetime, address: str = "",
    browser: str = "", code: str = "", seed: str = "",
) -> Sitting:
    """Start the next attempt of a series and draw its paper; a sitting that runs already is returned instead.

    seat      the browser's own secret; it may come back later without raising the epoch
    address   of the client, for a session that lets only some networks in
    code      what was typed, for a session that asks for a code
    seed      draws the paper; a random one by default

    Raises Refused with a code when the person may not sit now or from there, Invalid on a wrong code, Conflict when
    nothing is published or the bank can't fill the paper.
    """
    assignment = locked_assignment(session, assignment_id)
    running = open_sitting(session, assignment_id)
    if running is not None:
        if not close_if_over(session, running.id, now=now):
            return running
        session.refresh(assignment)
    step = series_of(session, assignment, at=now).step
    refusal = refusal_to_start(assignment, step, now=now)
    if refusal:
        raise Refused(refusal, _("This exam can't be started now."))
    if assignment.session is not None:
        let_in(assignment.session, code=code, address=address)
    edition = latest_edition(session, assignment.exam_id)
    if edition is None:
        raise Conflict("exam.not_published", _("This exam has no published edition yet."))
    sitting = _new_sitting(session, assignment, edition, step, seat=seat, now=now, seed=seed)
    session.add(SittingSeat(sitting_id=sitting.id, epoch=1, opened_at=now, address=address, browser=browser[:200]))
    note_event(session, sitting, EventKind.NOTICE_ACCEPTED, by=by, now=now)
    session.flush()
    return sitting


def refusal_to_start(assignment: ExamAssignment, step: NextStep, *, now: datetime) -> str:
    """Return why a person may not start now, as a code; empty when they may."""
    if assignment.state != AssignmentState.OPEN:
        return "sitting.assignment_closed"
    if assignment.exam.retired_at is not None:
        return "sitting.exam_retired"
    if not step.may_sit:
        return f"sitting.{step.step.value}"
    if assignment.session is not None:
        planned = assignment.session
        state = entry_window(planned.opens_at, planned.closes_at, planned.late_entry).state(now)
        if state is not WindowState.OPEN:
            return f"sitting.session_{state.value}"
    return ""


def let_in(planned: ExamSession, *, code: str, address: str) -> None:
    """Let somebody into a session. Raises Refused when they come from elsewhere, Invalid on a wrong code."""
    refusal = Entry(planned.access_code, tuple(planned.networks)).refusal(code=code, address=address)
    if refusal is EntryRefusal.NETWORK:
        raise Refused(
            "sitting.network",
            _("This exam can't be sat from here: your address %(address)s is not in the session's network.",
              address=address or "?"),
        )
    if refusal is EntryRefusal.CODE:
        raise Invalid([Problem("code", _("That is not the code of this session."))], "sitting.code")


def note_event(
    session: Session, sitting: Sitting, kind: EventKind, *, by: Identity, now: datetime, note: str = ""
) -> None:
    """Put down what happened to a sitting."""
    session.add(SittingEvent(sitting_id=sitting.id, kind=kind, happened_at=now, received_at=now,
                             note=note[:NOTE_LENGTH], by_id=by.person_id))


def _new_sitting(
    session: Session, assignment: ExamAssignment, edition: ExamEdition, step: NextStep, *, seat: str, now: datetime,
    seed: str,
) -> Sitting:
    seed = seed or secrets.token_hex(16)
    form = None
    if edition.forms:
        form = form_to_sit(session, edition, assignment, other_paper=step.other_paper, seed=seed)
        items = items_of_form(*published_form(session, edition, form), seed=seed)
    else:
        items = _draw(session, edition, seed, _seen_questions(session, assignment) if step.other_paper else set())
    sitting = Sitting(
        assignment_id=assignment.id, person_id=assignment.person_id, edition_id=edition.id,
        session_id=assignment.session_id, attempt=step.attempt, seed=seed, form=form, questions=len(items),
        started_at=now,
        deadline_at=deadline(
            now, timedelta(minutes=edition.duration_minutes), extra=timedelta(minutes=assignment.extra_minutes)
        ),
        grace_seconds=edition.grace_seconds, extra_minutes=assignment.extra_minutes, cap_percent=step.cap_percent,
        seat_key=seat_hash(seat),
    )
    session.add(sitting)
    session.flush()
    session.add_all(
        SittingItem(
            sitting_id=sitting.id, position=item.position, part=item.part, question_id=UUID(item.candidate.question),
            edition_id=UUID(item.candidate.edition), point=item.candidate.point, out_of=item.points,
        )
        for item in items
    )
    return sitting


def _draw(session: Session, edition: ExamEdition, seed: str, seen: set[str]) -> tuple[Item, ...]:
    try:
        return draw_paper(session, paper_of(edition), seed=seed, seen=seen)
    except NotEnoughQuestions as error:
        raise Conflict(
            "exam.bank_too_small", _("The question bank can't fill this paper at the moment. Please tell your trainer.")
        ) from error


def _seen_questions(session: Session, assignment: ExamAssignment) -> set[str]:
    rows = session.scalars(
        select(SittingItem.question_id).join(Sitting, Sitting.id == SittingItem.sitting_id)
        .where(Sitting.assignment_id == assignment.id)
    )
    return {str(question) for question in rows}


def open_sitting(session: Session, assignment_id: UUID) -> Sitting | None:
    """Return the running sitting of a series."""
    return session.scalar(
        select(Sitting).where(Sitting.assignment_id == assignment_id, Sitting.closed_at.is_(None))
    )


def take_over(
    session: Session, sitting_id: UUID, *, seat: str, now: datetime, address: str = "", browser: str = ""
) -> Sitting:
    """Continue a sitting from another browser: the epoch rises, the old seat can't change answers any more.

    The same browser coming back keeps its epoch. Raises Conflict when the sitting is over, Refused where the session
    lets one move only by the invigilator's word, or only from some networks.
    """
    sitting = running_sitting(session, sitting_id, now=now)
    if sitting.seat_key == seat_hash(seat):
        return sitting
    if sitting.session is not None:
        let_in(sitting.session, code=sitting.session.access_code, address=address)
        if sitting.session.one_seat:
            raise Refused("sitting.one_seat", _("The invigilator has to hand this exam over to another seat."))
    give_seat(session, sitting, key=seat_hash(seat), address=address, browser=browser, now=now)
    return sitting


def running_sitting(session: Session, sitting_id: UUID, *, now: datetime) -> Sitting:
    """Return a sitting that runs or pauses, held until the transaction ends. Raises Conflict when it is over."""
    sitting = locked_sitting(session, sitting_id)
    if sitting.closed_at is not None or over(sitting, now):
        raise Conflict("sitting.over", _("This sitting is over."))
    return sitting


def give_seat(
    session: Session, sitting: Sitting, *, key: str, address: str, browser: str, now: datetime
) -> None:
    """Let the browser with this key (the hash of its secret) write from now on; the epoch rises by one."""
    sitting.epoch, sitting.seat_key = sitting.epoch + 1, key
    session.add(
        SittingSeat(sitting_id=sitting.id, epoch=sitting.epoch, opened_at=now, address=address, browser=browser[:200])
    )


def submit(session: Session, sitting_id: UUID, *, epoch: int, by: Identity, now: datetime) -> Sitting:
    """Hand a sitting in and mark it; handing in again changes nothing.

    Within the grace after the deadline it counts as handed in at the deadline; later it is closed as of the deadline.
    During a pause nothing is handed in: the sitting is returned as it is.

    Raises Conflict when another seat has taken over.
    """
    sitting = locked_sitting(session, sitting_id)
    if sitting.closed_at is not None or sitting.paused_at is not None:
        return sitting
    if epoch != sitting.epoch:
        raise Conflict("sitting.other_seat", _("This exam is being continued on another device."))
    if over(sitting, now):
        close_sitting(session, sitting, kind=CloseKind.DEADLINE, as_of=sitting.deadline_at, by=SYSTEM, now=now)
    else:
        as_of = min(now, sitting.deadline_at)
        close_sitting(session, sitting, kind=CloseKind.SUBMITTED, as_of=as_of, by=by, now=now)
    return sitting


def close_if_over(session: Session, sitting_id: UUID, *, now: datetime) -> bool:
    """Close a sitting as of its deadline when no answer can count any more; tell whether that was done now."""
    sitting = locked_sitting(session, sitting_id)
    if sitting.closed_at is not None or not over(sitting, now):
        return False
    close_sitting(session, sitting, kind=CloseKind.DEADLINE, as_of=sitting.deadline_at, by=SYSTEM, now=now)
    return True


def grant_time(
    session: Session, sitting_id: UUID, *, kind: GrantKind, added: timedelta, reason: str, by: Identity, now: datetime
) -> Sitting:
    """Add working time to a running sitting. Raises Conflict when it is over, Invalid without reason or sense."""
    sitting = running_sitting(session, sitting_id, now=now)
    problems = []
    if not timedelta(seconds=1) <= added <= LONGEST_GRANT:
        problems.append(Problem("minutes", _("Add between 1 second and 12 hours.")))
    if not reason.strip():
        problems.append(Problem("reason", _("Give a reason.")))
    if problems:
        raise Invalid(problems)
    add_time(session, sitting, kind=kind, added=added, reason=reason.strip(), by=by, now=now)
    return sitting


def add_time(
    session: Session, sitting: Sitting, *, kind: GrantKind, added: timedelta, reason: str, by: Identity, now: datetime
) -> None:
    """Move the deadline of a sitting that its caller holds locked and found sound: 1 second to 12 hours, with why."""
    seconds = int(added.total_seconds())
    session.add(
        SittingGrant(sitting_id=sitting.id, kind=kind, seconds=seconds, reason=reason,
                     granted_by=by.person_id, granted_at=now)
    )
    before = sitting.deadline_at
    sitting.deadline_at = before + timedelta(seconds=seconds)
    audit(session, by=by, action="sitting.grant", subject=f"sitting:{sitting.id}", reason=reason, now=now,
          changes={"deadline_at": [before.isoformat(), sitting.deadline_at.isoformat()]})


def end_sitting(session: Session, sitting_id: UUID, *, reason: str, by: Identity, now: datetime) -> Sitting:
    """End a running sitting for its candidate; what was saved is marked. Ending twice is ending once.

    Raises Invalid without a reason.
    """
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    sitting = locked_sitting(session, sitting_id)
    if sitting.closed_at is None:
        stopped = sitting.paused_at or now  # no time has run since then
        as_of = min(stopped, sitting.deadline_at)
        close_sitting(
            session, sitting, kind=CloseKind.INVIGILATOR, as_of=as_of, reason=reason.strip(), by=by, now=now
        )
        audit(session, by=by, action="sitting.end", subject=f"sitting:{sitting.id}", reason=reason, now=now)
    return sitting


def overdue_sittings(
    session: Session, *, now: datetime, person_id: UUID | None = None, limit: int = 500
) -> Sequence[UUID]:
    """Return open sittings past their deadline; whether their grace has passed is asked one by one."""
    query = select(Sitting.id).where(
        Sitting.closed_at.is_(None), Sitting.paused_at.is_(None), Sitting.deadline_at < now
    )
    if person_id is not None:
        query = query.where(Sitting.person_id == person_id)
    return session.scalars(query.order_by(Sitting.deadline_at).limit(limit)).all()


def over(sitting: Sitting, at: datetime) -> bool:
    """Tell whether no answer to a sitting can count any more because of time."""
    grace = timedelta(seconds=sitting.grace_seconds)
    return is_over(at, sitting.deadline_at, grace, paused_at=sitting.paused_at)
