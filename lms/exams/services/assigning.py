"""Assign an exam, put people into a session, take an assignment back, decide when the attempts are used up."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import AssignmentState, Exam, ExamAssignment, ExamSession, ResitDecision, Sitting
from lms.exams.notices.sittings import tell_assigned, tell_decision
from lms.exams.queries.series import series_of
from lms.exams.rules.purposes import follows
from lms.exams.rules.resits import DecisionKind, Step
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.people.models import Person, PersonState
from lms.records.services import audit


def assign_exam(
    session: Session, code: str, *, person_id: UUID, session_id: UUID | None = None, due_at: datetime | None = None,
    reason: str = "", extra_minutes: int = 0, by: Identity, now: datetime,
) -> ExamAssignment:
    """Assign an exam to a person; an open assignment is kept, and only takes over a session or a due date given now.

    extra_minutes   the person's own extra working time, 0..720

    Raises NotFound on an unknown code or person, Refused for whoever left or whom an exam of this purpose isn't for,
    Conflict for a retired exam.
    """
    exam = session.scalar(select(Exam).where(Exam.code == code))
    person = session.get(Person, person_id)
    if exam is None or person is None:
        raise NotFound
    if person.state == PersonState.LEFT:
        raise Refused("person.left", _("%(name)s has left.", name=person.name))
    if exam.retired_at is not None:
        raise Conflict("exam.retired", _("This exam has been taken out of use."))
    if person.state not in follows(exam.purpose).states:
        raise Refused("exam.not_for_them", _("%(name)s isn't among those whom an exam of this purpose may be given to.",
                                             name=person.name))
    assignment = open_assignment(session, person_id, exam.id)
    if assignment is None:
        assignment = ExamAssignment(
            person_id=person_id, exam_id=exam.id, session_id=session_id, reason=reason, extra_minutes=extra_minutes,
            assigned_at=now, assigned_by=by.person_id, due_at=due_at, opens_at=now,
        )
        session.add(assignment)
        session.flush()
        tell_assigned(session, assignment, person, now=now)
        audit(session, by=by, action="exam.assign", subject=f"exam_assignment:{assignment.id}", reason=reason, now=now,
              changes={"person": [None, str(person_id)], "exam": [None, code]})
        return assignment
    assignment.session_id = session_id or assignment.session_id
    assignment.due_at = due_at or assignment.due_at
    assignment.extra_minutes = max(extra_minutes, assignment.extra_minutes)
    return assignment


def open_assignment(session: Session, person_id: UUID, exam_id: UUID) -> ExamAssignment | None:
    """Return a person's open series of an exam."""
    return session.scalar(
        select(ExamAssignment).where(
            ExamAssignment.person_id == person_id, ExamAssignment.exam_id == exam_id,
            ExamAssignment.state == AssignmentState.OPEN,
        )
    )


def add_to_session(
    session: Session, session_id: UUID, *, person_ids: Collection[UUID], by: Identity, now: datetime
) -> int:
    """Assign a session's exam to people and put them into it; return how many.

    Those who left are passed over, and those whom an exam of this purpose isn't for.
    """
    planned = session.get(ExamSession, session_id)
    if planned is None:
        raise NotFound
    people = session.scalars(
        select(Person).where(Person.id.in_(person_ids), Person.state.in_(follows(planned.exam.purpose).states))
        .order_by(Person.staff_no)
    ).all()
    for person in people:
        assign_exam(
            session, planned.exam.code, person_id=person.id, session_id=planned.id, reason=planned.title, by=by, now=now
        )
    return len(people)


def cancel_assignment(
    session: Session, assignment_id: UUID, *, reason: str, by: Identity, now: datetime
) -> ExamAssignment:
    """Take an assignment back. Raises Conflict while a sitting runs or when it is closed already."""
    assignment = locked_assignment(session, assignment_id)
    running = session.scalar(
        select(Sitting.id).where(Sitting.assignment_id == assignment.id, Sitting.closed_at.is_(None))
    )
    if running or assignment.state != AssignmentState.OPEN:
        raise Conflict("exam.cannot_cancel", _("A sitting is running, or the assignment is closed already."))
    assignment.state, assignment.closed_at = AssignmentState.CANCELLED, now
    audit(session, by=by, action="exam.cancel", subject=f"exam_assignment:{assignment.id}", reason=reason, now=now)
    return assignment


def decide_resit(
    session: Session, assignment_id: UUID, *, kind: DecisionKind, attempts: int = 0, reason: str, by: Identity,
    now: datetime,
) -> ResitDecision:
    """Decide about a series whose attempts are used up: grant more (1..10), or end it.

    Raises Conflict when there is nothing to decide, Invalid without a reason or with attempts that don't fit.
    """
    assignment = locked_assignment(session, assignment_id)
    if series_of(session, assignment, at=now).step.step is not Step.DECISION:
        raise Conflict("resit.nothing_to_decide", _("There is nothing to decide about this exam now."))
    problems = []
    if not reason.strip():
        problems.append(Problem("reason", _("Give a reason.")))
    if kind is DecisionKind.MORE_ATTEMPTS and not 1 <= attempts <= 10:
        problems.append(Problem("attempts", _("Grant 1 to 10 attempts.")))
    if problems:
        raise Invalid(problems)
    decision = ResitDecision(
        assignment_id=assignment.id, kind=kind, attempts=attempts if kind is DecisionKind.MORE_ATTEMPTS else 0,
        reason=reason.strip(), decided_by=by.person_id, decided_at=now,
    )
    session.add(decision)
    if kind is DecisionKind.END:
        assignment.state, assignment.closed_at = AssignmentState.ENDED, now
    session.flush()
    tell_decision(session, assignment, decision, now=now)
    audit(session, by=by, action="exam.decide", subject=f"exam_assignment:{assignment.id}", reason=reason, now=now,
          changes={"decision": [None, kind.value], "attempts": [None, decision.attempts]})
    return decision


def locked_assignment(session: Session, assignment_id: UUID) -> ExamAssignment:
    """Return an assignment, held until the transaction ends. Raises NotFound."""
    assignment = session.scalar(
        select(ExamAssignment).where(ExamAssignment.id == assignment_id).with_for_update(of=ExamAssignment)
        .execution_options(populate_existing=True)
    )
    if assignment is None:
        raise NotFound
    return assignment
