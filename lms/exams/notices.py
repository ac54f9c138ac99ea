"""What people are told about exams, on the bell and by mail. Words stand in `templates/email/exam-*/`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select
from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.exams.models import ExamAssignment, ResitDecision, Sitting, Station, StationAssignment, StationVisit
from lms.exams.rules.resits import NextStep
from lms.notifications.rules import Recipient
from lms.notifications.services import notify
from lms.people.models import Person, PersonState, RoleAssignment, Unit
from lms.people.queries.zones import zone_of_person


def recipient(session: Session, person: Person) -> Recipient:
    """Return a person as somebody to tell."""
    return Recipient(person.id, person.name, person.email, person.locale, zone_of_person(session, person.id).key)


def tell_assigned(session: Session, assignment: ExamAssignment, person: Person, *, now: datetime) -> None:
    """Tell a person that an exam waits for them."""
    session.refresh(assignment)
    planned = assignment.session
    notify(
        session, to=[recipient(session, person)], slug="exam-assigned", link=f"/exams/{assignment.exam.code}",
        key=f"exam-assigned:{assignment.id}", now=now,
        params={
            "title": assignment.exam.title, "title_en": assignment.exam.title_en, "due_at": assignment.due_at,
            "opens_at": planned.opens_at if planned else None, "place": planned.place if planned else "",
        },
    )


def tell_result(session: Session, sitting: Sitting, step: NextStep, *, now: datetime) -> None:
    """Tell a person their result and what follows; tell their managers when a decision is theirs."""
    person = session.get_one(Person, sitting.person_id)
    exam = sitting.edition.exam
    params = {
        "title": exam.title, "title_en": exam.title_en, "name": person.name, "points": sitting.points,
        "out_of": sitting.out_of, "passed": sitting.passed, "step": step.step.value, "not_before": step.not_before,
    }
    notify(session, to=[recipient(session, person)], slug="exam-result", params=params,
           link=f"/exams/sittings/{sitting.id}/result", key=f"exam-result:{sitting.id}", now=now)
    if step.step.value == "decision":
        managers = [recipient(session, it) for it in managers_of(session, person)]
        notify(session, to=managers, slug="exam-decision-due", params=params, link="/exams/decisions",
               key=f"exam-decision-due:{sitting.id}", now=now)


def tell_decision(session: Session, assignment: ExamAssignment, decision: ResitDecision, *, now: datetime) -> None:
    """Tell a person what their manager decided."""
    person = session.get_one(Person, assignment.person_id)
    notify(
        session, to=[recipient(session, person)], slug="exam-decided", link=f"/exams/{assignment.exam.code}",
        key=f"exam-decided:{decision.id}", now=now,
        params={
            "title": assignment.exam.title, "title_en": assignment.exam.title_en, "kind": decision.kind,
            "attempts": decision.attempts, "reason": decision.reason,
        },
    )


def tell_station_assigned(
    session: Session, assignment: StationAssignment, station: Station, person: Person, *, now: datetime
) -> None:
    """Tell a person that a practical exam waits for them."""
    notify(
        session, to=[recipient(session, person)], slug="station-assigned", link="/exams/",
        key=f"station-assigned:{assignment.id}", now=now,
        params={"title": station.title, "title_en": station.title_en, "minutes": station.minutes,
                "due_at": assignment.due_at},
    )


def tell_station_result(session: Session, visit: StationVisit, *, now: datetime) -> None:
    """Tell a candidate the result of a station."""
    person = session.get_one(Person, visit.person_id)
    notify(
        session, to=[recipient(session, person)], slug="station-result", link=f"/stations/visits/{visit.id}/result",
        key=f"station-result:{visit.id}", now=now,
        params={
            "title": visit.station.title, "title_en": visit.station.title_en, "points": visit.points,
            "out_of": visit.out_of, "passed": visit.passed,
        },
    )


def managers_of(session: Session, person: Person) -> Sequence[Person]:
    """Return who leads the part of the organisation nearest to a person's unit; the person is never among them."""
    rows = session.execute(
        select(RoleAssignment.person_id, Unit.path)
        .join(Unit, Unit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.role == Role.MANAGER, literal(person.unit.path).startswith(Unit.path))
    ).all()
    nearest = max((len(row.path) for row in rows if row.person_id != person.id), default=0)
    ids: list[UUID] = [row.person_id for row in rows if len(row.path) == nearest and row.person_id != person.id]
    return session.scalars(select(Person).where(Person.id.in_(ids), Person.state != PersonState.LEFT)).all()
