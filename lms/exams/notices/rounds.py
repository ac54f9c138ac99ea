"""What managers and trainers are told about months and spot checks. Words stand in `templates/email/exam-round-*/`."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.exams.models import ExamPlan, ExamRound, SpotCheck
from lms.exams.notices.sittings import managers_near, recipient
from lms.exams.queries.rounds import RoundMember, figures, members_of
from lms.exams.rules.population import MemberState
from lms.notifications.services import notify
from lms.people.models import Person, PersonState
from lms.people.queries.people import holders_of


def tell_round_planned(session: Session, row: ExamRound, *, now: datetime) -> None:
    """Tell the managers of everybody who is asked that a month was planned: when, and how many of their people."""
    for manager, members in _by_manager(session, row).values():
        notify(session, to=[recipient(session, manager)], slug="exam-round-planned", link=f"/exams/plans/{row.plan_id}",
               key=f"exam-round-planned:{row.id}", now=now,
               params={"title": row.session.title, "opens_at": row.session.opens_at,
                       "closes_at": row.session.closes_at, "people": len(members)})


def tell_round_over(session: Session, row: ExamRound, *, now: datetime) -> None:
    """Tell the same managers how the month went for their people."""
    for manager, members in _by_manager(session, row).values():
        told = figures(members)
        missing = [it.name for it in members if it.state == MemberState.MISSED]
        notify(session, to=[recipient(session, manager)], slug="exam-round-over", link=f"/exams/plans/{row.plan_id}",
               key=f"exam-round-over:{row.id}", now=now,
               params={"title": row.session.title, "asked": told.asked, "sat": told.sat, "passed": told.passed,
                       "missing": len(missing), "waiting": told.waiting, "mean": told.mean})


def _by_manager(session: Session, row: ExamRound) -> dict[UUID, tuple[Person, list[RoundMember]]]:
    units: dict[str, list[RoundMember]] = defaultdict(list)
    for member in members_of(session, [row.id])[row.id]:
        if member.state != MemberState.WITHDRAWN:
            units[member.unit_path].append(member)
    found: dict[UUID, tuple[Person, list[RoundMember]]] = {}
    for path, members in units.items():
        for manager in managers_near(session, path):
            found.setdefault(manager.id, (manager, []))[1].extend(members)
    return found


def tell_bank_short(session: Session, plan: ExamPlan, *, opens_at: datetime, missing: int, now: datetime) -> None:
    """Tell the trainers of a plan's part of the organisation, and who made it, that questions are missing."""
    path = plan.unit.path if plan.unit else "/"
    ids = {*holders_of(session, Role.TRAINER, path), *([plan.created_by] if plan.created_by else [])}
    for person in _present(session, sorted(ids)):
        notify(session, to=[recipient(session, person)], slug="exam-bank-short",
               link=f"/exams/papers/{plan.exam.code}", key=f"exam-bank-short:{plan.id}:{opens_at:%Y-%m}", now=now,
               params={"title": plan.title, "opens_at": opens_at, "missing": missing})


def tell_check_started(session: Session, check: SpotCheck, drawn: int, *, now: datetime) -> None:
    """Tell who planned a spot check that it has started, or that nobody could be drawn."""
    for person in _present(session, [check.created_by]):
        notify(session, to=[recipient(session, person)], slug="exam-spot-check-started",
               link=f"/exams/spot-checks/{check.id}", key=f"exam-spot-check-started:{check.id}", now=now,
               params={"title": check.title, "drawn": drawn, "state": check.state})


def _present(session: Session, ids: Sequence[UUID]) -> Sequence[Person]:
    return session.scalars(
        select(Person).where(Person.id.in_(ids), Person.state != PersonState.LEFT).order_by(Person.staff_no)
    ).all()
