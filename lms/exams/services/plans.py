"""Write a monthly plan, change it, pause it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import Exam, ExamPlan, ExamPurpose
from lms.exams.queries.population import Population
from lms.exams.rules.months import MonthRule
from lms.exams.services.authoring import latest_edition
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Post, Queue, Unit
from lms.records.services import audit


@dataclass(frozen=True)
class PlanTerms:
    """What somebody plans. catch_up_days: 1..14, for whoever comes back from leave when a month is over."""

    title: str
    place: str
    unit_id: UUID | None
    population: Population
    rule: MonthRule
    catch_up_days: int = 7


def make_plan(session: Session, exam_id: UUID, terms: PlanTerms, *, by: Identity, now: datetime) -> ExamPlan:
    """Begin a plan of a published monthly exam. Raises NotFound, Invalid."""
    require_exam(session, exam_id, ExamPurpose.MONTHLY)
    plan = ExamPlan(exam_id=exam_id, created_at=now, created_by=by.person_id, **_values(session, terms))
    session.add(plan)
    session.flush()
    audit(session, by=by, action="exam_plan.create", subject=f"exam_plan:{plan.id}", now=now)
    return plan


def change_plan(session: Session, plan_id: UUID, terms: PlanTerms, *, by: Identity, now: datetime) -> ExamPlan:
    """Change a plan; months whose session is made keep it. Raises NotFound, Invalid."""
    plan = locked_plan(session, plan_id)
    values = _values(session, terms)
    changes = {name: [_told(getattr(plan, name)), _told(value)] for name, value in values.items()
               if getattr(plan, name) != value}
    for name, value in values.items():
        setattr(plan, name, value)
    if changes:
        audit(session, by=by, action="exam_plan.change", subject=f"exam_plan:{plan.id}", changes=changes, now=now)
    return plan


def pause_plan(session: Session, plan_id: UUID, *, paused: bool, by: Identity, now: datetime) -> ExamPlan:
    """Pause a plan or let it go on; a month that is made already goes on in any case. Raises NotFound."""
    plan = locked_plan(session, plan_id)
    if (plan.paused_at is not None) != paused:
        plan.paused_at = now if paused else None
        audit(session, by=by, action="exam_plan.change", subject=f"exam_plan:{plan.id}", now=now,
              changes={"paused": [not paused, paused]})
    return plan


def locked_plan(session: Session, plan_id: UUID) -> ExamPlan:
    """Return a plan, held until the transaction ends. Raises NotFound."""
    plan = session.scalar(
        select(ExamPlan).where(ExamPlan.id == plan_id).with_for_update(of=ExamPlan)
        .execution_options(populate_existing=True)
    )
    if plan is None:
        raise NotFound
    return plan


def require_exam(session: Session, exam_id: UUID, purpose: ExamPurpose) -> Exam:
    """Return a published exam of a purpose. Raises NotFound, Invalid when it is another, retired or not published."""
    exam = session.get(Exam, exam_id)
    if exam is None:
        raise NotFound
    if exam.purpose != purpose or exam.retired_at is not None:
        raise Invalid([Problem("exam_id", _("Choose an exam that was made for this purpose."))])
    if latest_edition(session, exam_id) is None:
        raise Invalid([Problem("exam_id", _("Publish the exam first."))])
    return exam


def known_ids(session: Session, model: type[Post] | type[Queue], ids: Collection[UUID]) -> list[str]:
    """Return ids of posts or queues as they are stored. Raises NotFound for an unknown one."""
    if set(session.scalars(select(model.id).where(model.id.in_(ids)))) != set(ids):
        raise NotFound
    return sorted(map(str, ids))


def _values(session: Session, terms: PlanTerms) -> dict[str, object]:
    if not 1 <= terms.catch_up_days <= 14:
        raise Invalid([Problem("catch_up_days", _("Give 1 to 14 days."))])
    if terms.unit_id is not None and session.get(Unit, terms.unit_id) is None:
        raise NotFound
    rule = terms.rule
    return {
        "title": terms.title.strip(), "place": terms.place.strip(), "unit_id": terms.unit_id,
        "posts": known_ids(session, Post, terms.population.posts),
        "queues": known_ids(session, Queue, terms.population.queues), "probation": terms.population.probation,
        "day_rule": rule.kind.value, "number": rule.number, "opens_minute": rule.opens_minute,
        "window_hours": rule.window_hours, "lead_days": rule.lead_days, "first_month": rule.first,
        "last_month": rule.last, "catch_up_days": terms.catch_up_days,
    }


def _told(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | str | list) else str(value)
