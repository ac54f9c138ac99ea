"""Monthly plans and their months as people look at them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Float, Select, case, cast, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from lms.exams.models import (
    CloseKind,
    Exam,
    ExamPlan,
    ExamRound,
    ExamRoundMember,
    Sitting,
)
from lms.exams.queries.papers import on_the_way
from lms.exams.queries.visits import within
from lms.exams.rules.months import DayRule, MonthRule, next_opening
from lms.exams.rules.population import MemberState
from lms.kernel.settings import get_settings
from lms.people.models import Person, Unit
from lms.people.queries.zones import zone_of_unit

MISSING: Final = (MemberState.ASKED, MemberState.CATCHING_UP, MemberState.MISSED)
WAITING: Final = (MemberState.WAITING, MemberState.LAPSED)


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


@dataclass(frozen=True)
class PlanLine:
    """A plan in the list: its next opening, None when paused or over; its latest month, None before the first."""

    plan: ExamPlan
    next_at: datetime | None
    latest: ExamRound | None
    figures: RoundFigures | None


def plan_list(paths: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Return the selection of plans within or above these parts of the organisation, those that run first."""
    everybody = ExamPlan.unit_id.is_(None) if paths else false()
    return (
        select(ExamPlan).join(Exam, Exam.id == ExamPlan.exam_id).outerjoin(Unit, Unit.id == ExamPlan.unit_id)
        .where(or_(everybody, on_the_way(paths))).order_by(ExamPlan.paused_at.is_not(None), ExamPlan.created_at)
    )


def plan_lines(
    session: Session, plans: Sequence[ExamPlan], scopes: Sequence[str], at: datetime
) -> tuple[PlanLine, ...]:
    """Return plans with their latest month as it stands for these parts of the organisation."""
    last = select(ExamRound.plan_id, func.max(ExamRound.month)).group_by(ExamRound.plan_id)
    rows = session.scalars(
        select(ExamRound).where(tuple_(ExamRound.plan_id, ExamRound.month).in_(last),
                                ExamRound.plan_id.in_([it.id for it in plans]))
    ).unique()
    latest = {row.plan_id: row for row in rows}
    figures = figures_of_rounds(session, [row.id for row in latest.values()], scopes)
    return tuple(
        PlanLine(plan, next_of(session, plan, at), row, figures[row.id] if row else None)
        for plan, row in ((plan, latest.get(plan.id)) for plan in plans)
    )


def rule_of(plan: ExamPlan) -> MonthRule:
    """Return when the months of a plan are."""
    return MonthRule(DayRule(plan.day_rule), plan.number, plan.opens_minute, plan.window_hours, plan.lead_days,
                     plan.first_month, plan.last_month)


def next_of(session: Session, plan: ExamPlan, at: datetime) -> datetime | None:
    """Return when a plan opens next, None when it is paused or over."""
    if plan.paused_at is not None:
        return None
    return next_opening(rule_of(plan), at=at, zone=zone_of_plan(session, plan))


def rounds_of(session: Session, plan_id: UUID) -> tuple[ExamRound, ...]:
    """Return the months of a plan, the newest first."""
    return tuple(session.scalars(
        select(ExamRound).where(ExamRound.plan_id == plan_id).order_by(ExamRound.month.desc())
    ).unique())


def members_of(session: Session, round_ids: Collection[UUID], scopes: Sequence[str] = ("/",)
               ) -> dict[UUID, tuple[RoundMember, ...]]:
    """Return who stands in months, within these parts of the organisation, by staff number."""
    columns = select(ExamRoundMember, Person.name, Person.staff_no, Unit.name, Unit.path, Sitting.id, Sitting.counted,
                     Sitting.out_of, Sitting.passed)
    rows = session.execute(_members(columns, round_ids, scopes).order_by(Person.staff_no))
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
    """Return how months stand, as `figures` says, as far as their people lie within these parts; counted as a sum."""
    sat = Sitting.id.is_not(None)
    here = sat | (ExamRoundMember.state != MemberState.WITHDRAWN)
    pending, waiting = (
        here & Sitting.id.is_(None) & ExamRoundMember.state.in_(states) for states in (MISSING, WAITING)
    )
    share = case((here & (Sitting.out_of > 0), 10_000 * Sitting.counted // Sitting.out_of))
    rows = session.execute(
        _members(
            select(ExamRoundMember.round_id, _count(here), _count(sat), _count(sat & Sitting.passed.is_(True)),
                   _count(pending), _count(waiting), func.avg(cast(share, Float))), round_ids, scopes
        ).group_by(ExamRoundMember.round_id)
    )
    found = {
        round_id: RoundFigures(asked, took, passed, late, off, None if mean is None else round(mean))
        for round_id, asked, took, passed, late, off, mean in rows
    }
    return {round_id: found.get(round_id, RoundFigures(0, 0, 0, 0, 0, None)) for round_id in round_ids}


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _members(
    statement: Select[*tuple[Any, ...]], round_ids: Collection[UUID], scopes: Sequence[str]
) -> Select[*tuple[Any, ...]]:
    """Return a selection from the people of months within these parts, each with the first sitting in the month."""
    return (
        statement.select_from(ExamRoundMember).join(Person, Person.id == ExamRoundMember.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .outerjoin(Sitting, (Sitting.assignment_id == ExamRoundMember.assignment_id) & (Sitting.attempt == 1)
                   & Sitting.close_kind.is_distinct_from(CloseKind.CANCELLED))
        .where(ExamRoundMember.round_id.in_(round_ids), within(scopes))
    )


CONCERN: Final[Sequence[str]] = (
    MemberState.MISSED, "failed", MemberState.CATCHING_UP, MemberState.ASKED, "sitting", MemberState.WAITING,
    "passed", MemberState.LAPSED, MemberState.WITHDRAWN,
)
"""Where people may stand in a month, those first whom somebody should ask after."""


def by_concern(members: Sequence[RoundMember]) -> tuple[RoundMember, ...]:
    """Return people of a month, those first whom somebody should ask after."""
    return tuple(sorted(members, key=lambda it: CONCERN.index(it.state)))


def figures(members: Sequence[RoundMember]) -> RoundFigures:
    """Return how a month stands by its people."""
    there = [it for it in members if it.state != MemberState.WITHDRAWN]
    shares = [10_000 * it.counted // it.out_of for it in there if it.counted is not None and it.out_of]
    return RoundFigures(
        asked=len(there), sat=sum(it.sitting_id is not None for it in there),
        passed=sum(it.state == "passed" for it in there),
        missing=sum(it.state in MISSING for it in there), waiting=sum(it.state in WAITING for it in there),
        mean=round(sum(shares) / len(shares)) if shares else None,
    )


def months_running(session: Session, at: datetime) -> tuple[ExamRound, ...]:
    """Return the months that are planned or open at an instant, by opening."""
    rows = session.scalars(select(ExamRound).where(ExamRound.over_told_at.is_(None))).unique()
    return tuple(sorted((it for it in rows if it.session.closes_at > at), key=lambda it: it.session.opens_at))

