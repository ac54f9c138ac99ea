"""Monthly plans and their months as people look at them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import (
    CloseKind,
    ExamPlan,
    ExamRound,
    ExamRoundMember,
    Sitting,
)
from lms.exams.queries.visits import within
from lms.exams.rules.population import MemberState
from lms.kernel.settings import get_settings
from lms.people.models import Person, Unit
from lms.people.queries.zones import zone_of_unit


@dataclass(frozen=True)
class RoundMember:
    """One person in one month.

    state    passed, failed, sitting (begun, no result yet), or a `MemberState`
    counted  hundredths of a mark; None without a result
    """

    person_id: UUID
    name: str
    staff_no: str
    unit_name: str
    unit_path: str
    state: str
    sitting_id: UUID | None
    counted: int | None
    out_of: int | None
    due_at: datetime | None


@dataclass(frozen=True)
class RoundFigures:
    """How a month stands. asked: everybody but those taken back; mean: hundredths of a per cent, None without any."""

    asked: int
    sat: int
    passed: int
    missing: int
    waiting: int
    mean: int | None


def zone_of_plan(session: Session, plan: ExamPlan) -> ZoneInfo:
    """Return the zone of a plan's site; the installation's when it is for everybody."""
    return zone_of_unit(session, plan.unit.path) if plan.unit else ZoneInfo(get_settings().time_zone)


def plans(session: Session, paths: Sequence[str]) -> tuple[ExamPlan, ...]:
    """Return the plans within or above these parts of the organisation, those that run first."""
    rows = session.scalars(select(ExamPlan).order_by(ExamPlan.paused_at.is_not(None), ExamPlan.created_at)).unique()
    return tuple(it for it in rows if _touches(it.unit.path if it.unit else "/", paths))


def _touches(path: str, paths: Sequence[str]) -> bool:
    return any(path.startswith(it) or it.startswith(path) for it in paths)


def rounds_of(session: Session, plan_id: UUID) -> tuple[ExamRound, ...]:
    """Return the months of a plan, the newest first."""
    return tuple(session.scalars(
        select(ExamRound).where(ExamRound.plan_id == plan_id).order_by(ExamRound.month.desc())
    ).unique())


def members_of(session: Session, round_ids: Collection[UUID], scopes: Sequence[str] = ("/",)
               ) -> dict[UUID, tuple[RoundMember, ...]]:
    """Return who stands in months, within these parts of the organisation, by staff number."""
    rows = session.execute(
        select(ExamRoundMember, Person.name, Person.staff_no, Unit.name, Unit.path, Sitting.id, Sitting.counted,
               Sitting.out_of, Sitting.passed)
        .join(Person, Person.id == ExamRoundMember.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Sitting, (Sitting.assignment_id == ExamRoundMember.assignment_id) & (Sitting.attempt == 1)
                   & Sitting.close_kind.is_distinct_from(CloseKind.CANCELLED))
        .where(ExamRoundMember.round_id.in_(round_ids), within(scopes)).order_by(Person.staff_no)
    )
    found: dict[UUID, list[RoundMember]] = defaultdict(list)
    for row, name, staff_no, unit, path, sitting_id, counted, out_of, passed in rows:
        result = "sitting" if passed is None else "passed" if passed else "failed"
        found[row.round_id].append(RoundMember(
            row.person_id, name, staff_no, unit, path, result if sitting_id else row.state, sitting_id, counted,
            out_of if counted is not None else None, row.due_at,
        ))
    return {round_id: tuple(found[round_id]) for round_id in round_ids}


def figures_of_rounds(
    session: Session, round_ids: Collection[UUID], scopes: Sequence[str] = ("/",)
) -> dict[UUID, RoundFigures]:
    """Return how months stand, as far as their people lie within these parts of the organisation."""
    return {round_id: figures(members) for round_id, members in members_of(session, round_ids, scopes).items()}


def figures(members: Sequence[RoundMember]) -> RoundFigures:
    """Return how a month stands by its people."""
    there = [it for it in members if it.state != MemberState.WITHDRAWN]
    shares = [10_000 * it.counted // it.out_of for it in there if it.counted is not None and it.out_of]
    return RoundFigures(
        asked=len(there), sat=sum(it.sitting_id is not None for it in there),
        passed=sum(it.state == "passed" for it in there),
        missing=sum(it.state in (MemberState.ASKED, MemberState.CATCHING_UP, MemberState.MISSED) for it in there),
        waiting=sum(it.state in (MemberState.WAITING, MemberState.LAPSED) for it in there),
        mean=round(sum(shares) / len(shares)) if shares else None,
    )


def months_running(session: Session, at: datetime) -> tuple[ExamRound, ...]:
    """Return the months that are planned or open at an instant, by opening."""
    rows = session.scalars(select(ExamRound).where(ExamRound.over_told_at.is_(None))).unique()
    return tuple(sorted((it for it in rows if it.session.closes_at > at), key=lambda it: it.session.opens_at))

