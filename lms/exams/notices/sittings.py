"""What people are told about exams, on the bell and by mail. Words stand in `templates/email/exam-*/`."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.exams.models import (
    AppealDecision,
    ExamAssignment,
    ResitDecision,
    Sitting,
    Station,
    StationAssignment,
    StationVisit,
)
from lms.exams.queries.release import openings_of
from lms.exams.rules.purposes import ExamPurpose
from lms.exams.rules.release import Shown
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
    checked = assignment.exam.purpose == ExamPurpose.SPOT_CHECK and planned is not None
    notify(
        session, to=[recipient(session, person)], slug="exam-spot-check" if checked else "exam-assigned",
        link=f"/exams/{assignment.exam.code}",
        key=f"exam-assigned:{assignment.id}", now=now,
        params={
            "title": assignment.exam.title, "title_en": assignment.exam.title_en, "due_at": assignment.due_at,
            "opens_at": planned.opens_at if planned else None, "place": planned.place if planned else "",
            "closes_at": planned.closes_at if planned else None,
        },
    )


def tell_result(session: Session, sitting: Sitting, step: NextStep, *, now: datetime) -> None:
    """Tell a person their result and what follows; tell their managers when a decision is theirs."""
    person = session.get_one(Person, sitting.person_id)
    exam = sitting.edition.exam
    params = {
        "title": exam.title, "title_en": exam.title_en, "name": person.name, "points": sitting.points,
        "out_of": sitting.out_of, "passed": sitting.passed, "scored": openings_of(sitting, now)[Shown.SCORE].open,
        "step": step.step.value, "not_before": step.not_before,
    }
    notify(session, to=[recipient(session, person)], slug="exam-result", params=params,
           link=f"/exams/sittings/{sitting.id}/result", key=f"exam-result:{sitting.id}", now=now)
    if step.step.value == "decision":
        managers = [recipient(session, it) for it in managers_of(session, person)]
        notify(session, to=managers, slug="exam-decision-due", params=params, link="/exams/decisions",
               key=f"exam-decision-due:{sitting.id}", now=now)


def tell_failed(session: Session, sitting: Sitting, *, now: datetime) -> None:
    """Tell a person's managers, and for an entrance exam whoever hires, that an exam without resits was failed."""
    person = session.get_one(Person, sitting.person_id)
    exam = sitting.edition.exam
    told = [*managers_of(session, person)]
    if exam.purpose == ExamPurpose.ENTRANCE:
        told += [it for it in who_holds(session, Role.HR, person) if it not in told]
    notify(session, to=[recipient(session, it) for it in told], slug="exam-failed-once", now=now,
           params={"title": exam.title, "title_en": exam.title_en, "name": person.name, "purpose": exam.purpose,
                   "points": sitting.counted, "out_of": sitting.out_of},
           link=f"/exams/sittings/{sitting.id}/result", key=f"exam-failed-once:{sitting.id}")


def tell_being_marked(session: Session, sitting: Sitting, *, now: datetime) -> None:
    """Tell a person that their paper is in and that people have to mark some of its answers."""
    person = session.get_one(Person, sitting.person_id)
    exam = sitting.edition.exam
    notify(session, to=[recipient(session, person)], slug="exam-being-marked", now=now,
           params={"title": exam.title, "title_en": exam.title_en}, link=f"/exams/sittings/{sitting.id}/result",
           key=f"exam-being-marked:{sitting.id}")


def tell_changed(
    session: Session, sitting: Sitting, *, points_before: int, out_of_before: int, passed_before: bool, cause: str,
    reason: str, now: datetime,
) -> None:
    """Tell a person that their result changed, from what to what and why; their managers too when it turned."""
    person = session.get_one(Person, sitting.person_id)
    exam = sitting.edition.exam
    params = {
        "title": exam.title, "title_en": exam.title_en, "name": person.name, "before": points_before,
        "out_of_before": out_of_before, "points": sitting.counted, "out_of": sitting.out_of, "reason": reason,
        "passed": sitting.passed, "passed_before": passed_before,
        "scored": openings_of(sitting, now)[Shown.SCORE].open,
    }
    told = [person, *(managers_of(session, person) if sitting.passed != passed_before else ())]
    for it in told:
        notify(session, to=[recipient(session, it)], slug="exam-changed", params={**params, "own": it is person},
               link=f"/exams/sittings/{sitting.id}/result", key=f"exam-changed:{sitting.id}:{cause}", now=now)


def tell_appeal(session: Session, sitting: Sitting, appeal_id: UUID, position: int | None, *, now: datetime) -> None:
    """Tell the trainers of a person's part of the organisation that an appeal waits; the person is never among them."""
    person = session.get_one(Person, sitting.person_id)
    exam = sitting.edition.exam
    told = [recipient(session, it) for it in who_holds(session, Role.TRAINER, person)]
    notify(session, to=told, slug="exam-appeal", link=f"/exams/appeals/{appeal_id}", key=f"exam-appeal:{appeal_id}",
           params={"title": exam.title, "title_en": exam.title_en, "position": position}, now=now)


def tell_appeal_decided(
    session: Session, sitting: Sitting, appeal_id: UUID, position: int | None, decision: AppealDecision, *,
    now: datetime,
) -> None:
    """Tell a candidate what was decided about their appeal."""
    person = session.get_one(Person, sitting.person_id)
    exam = sitting.edition.exam
    notify(session, to=[recipient(session, person)], slug="exam-appeal-decided", now=now,
           link=f"/exams/sittings/{sitting.id}/result#appeal", key=f"exam-appeal-decided:{appeal_id}",
           params={"title": exam.title, "title_en": exam.title_en, "position": position,
                   "outcome": decision.outcome, "reason": decision.reason})


def who_holds(session: Session, role: Role, person: Person) -> Sequence[Person]:
    """Return who holds a role for a person's unit or a part above it, the person apart."""
    holders = (
        select(RoleAssignment.person_id).outerjoin(Unit, Unit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.role == role,
               or_(RoleAssignment.unit_id.is_(None), literal(person.unit.path).startswith(Unit.path)))
    )
    return session.scalars(
        select(Person).where(Person.id.in_(holders), Person.id != person.id, Person.state != PersonState.LEFT)
    ).all()


def tell_resit_open(session: Session, assignment: ExamAssignment, step: NextStep, *, now: datetime) -> None:
    """Tell a person that they may sit again, and when and where; once for each session, or once without one."""
    person = session.get_one(Person, assignment.person_id)
    exam, planned = assignment.exam, assignment.session
    notify(
        session, to=[recipient(session, person)], slug="exam-resit-open", link=f"/exams/{exam.code}", now=now,
        key=f"exam-resit-open:{assignment.id}:{step.attempt}:{planned.id if planned else 'any'}",
        params={"title": exam.title, "title_en": exam.title_en, "opens_at": planned.opens_at if planned else None,
                "place": planned.place if planned else "", "due_at": step.due_at},
    )


def tell_resit_overdue(session: Session, assignment: ExamAssignment, step: NextStep, *, now: datetime) -> None:
    """Tell a person and their managers that the time for a resit is over and a decision is due; once a deadline."""
    person = session.get_one(Person, assignment.person_id)
    exam = assignment.exam
    params = {"title": exam.title, "title_en": exam.title_en, "name": person.name, "due_at": step.due_at}
    key = f"exam-resit-overdue:{assignment.id}:{step.due_at.isoformat() if step.due_at else ''}"
    notify(session, to=[recipient(session, person)], slug="exam-resit-overdue", link=f"/exams/{exam.code}", key=key,
           params={**params, "own": True}, now=now)
    notify(session, to=[recipient(session, it) for it in managers_of(session, person)], slug="exam-resit-overdue",
           link="/exams/decisions", key=key, params={**params, "own": False}, now=now)


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
    return [it for it in managers_near(session, person.unit.path, but=person.id) if it.id != person.id]


def managers_near(session: Session, unit_path: str, *, but: UUID | None = None) -> Sequence[Person]:
    """Return who leads the nearest part of the organisation above a unit that anybody leads, `but` not counted."""
    rows = session.execute(
        select(RoleAssignment.person_id, Unit.path)
        .join(Unit, Unit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.role == Role.MANAGER, literal(unit_path).startswith(Unit.path))
    ).all()
    nearest = max((len(row.path) for row in rows if row.person_id != but), default=0)
    ids: list[UUID] = [row.person_id for row in rows if len(row.path) == nearest and row.person_id != but]
    return session.scalars(select(Person).where(Person.id.in_(ids), Person.state != PersonState.LEFT)).all()
