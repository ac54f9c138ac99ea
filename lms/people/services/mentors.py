"""Mentors assigned to learners (requirements R6)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity, Role
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import MentorAssignment, Person, PersonState, RoleAssignment
from lms.records.services import audit


def assign_mentor(
    session: Session, *, learner_id: UUID, mentor_id: UUID, starts_on: date, ends_on: date | None = None,
    by: Identity, now: datetime,
) -> UUID:
    """Give a learner a mentor between two days, both inclusive; without an end until further notice. Return its id.

    Raises NotFound, Invalid (dates the wrong way round; the mentor is the learner, has left or isn't one) or
    Conflict (that mentor already has them then).
    """
    learner, mentor = session.get(Person, learner_id), session.get(Person, mentor_id)
    if learner is None or mentor is None:
        raise NotFound("person.unknown")
    problems = _problems(session, learner, mentor, starts_on, ends_on)
    if problems:
        raise Invalid(problems)
    overlapping = select(MentorAssignment.id).where(
        MentorAssignment.learner_id == learner_id, MentorAssignment.mentor_id == mentor_id,
        or_(MentorAssignment.ends_on.is_(None), MentorAssignment.ends_on >= starts_on),
        MentorAssignment.starts_on <= (ends_on or date.max),
    )
    if session.scalar(overlapping):
        raise Conflict("mentor.assigned", _("%(mentor)s is %(learner)s's mentor then already.", mentor=mentor.name,
                                            learner=learner.name))
    link = MentorAssignment(learner_id=learner_id, mentor_id=mentor_id, starts_on=starts_on, ends_on=ends_on)
    session.add(link)
    session.flush()
    audit(session, by=by, action="mentor.assign", subject=f"person:{learner_id}", now=now,
          changes={"mentor": [None, mentor.staff_no], "starts_on": [None, starts_on.isoformat()],
                   "ends_on": [None, ends_on.isoformat() if ends_on else None]})
    return link.id


def end_assignment(session: Session, assignment_id: UUID, ends_on: date, *, by: Identity, now: datetime) -> None:
    """Let an assignment end after a day. Raises NotFound, or Invalid for a day before it began."""
    link = session.get(MentorAssignment, assignment_id)
    if link is None:
        raise NotFound("mentor.unknown")
    if ends_on < link.starts_on:
        raise Invalid([Problem("ends_on", _("The end lies before the beginning."))])
    before, link.ends_on = link.ends_on, ends_on
    audit(session, by=by, action="mentor.end", subject=f"person:{link.learner_id}", now=now,
          changes={"ends_on": [before.isoformat() if before else None, ends_on.isoformat()]})


def _problems(
    session: Session, learner: Person, mentor: Person, starts_on: date, ends_on: date | None
) -> list[Problem]:
    problems = []
    if learner.id == mentor.id:
        problems.append(Problem("mentor_id", _("Nobody is their own mentor.")))
    if mentor.state == PersonState.LEFT or learner.state == PersonState.LEFT:
        problems.append(Problem("mentor_id", _("One of the two has left.")))
    if not session.scalar(select(RoleAssignment.id).where(
        RoleAssignment.person_id == mentor.id, RoleAssignment.role == Role.MENTOR
    )):
        problems.append(Problem("mentor_id", _("%(name)s doesn't have the role of mentor.", name=mentor.name)))
    if ends_on is not None and ends_on < starts_on:
        problems.append(Problem("ends_on", _("The end lies before the beginning.")))
    return problems
