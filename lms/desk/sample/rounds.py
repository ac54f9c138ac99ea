"""The sample's monthly exam, two finished months and the next one, and one spot check, through the services."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.desk.sample.doing import Worker, sit
from lms.desk.sample.people import ZONE, Staff
from lms.exams.models import Exam, ExamPlan, ExamRound, ExamRoundMember, SpotCheckPerson
from lms.exams.queries.population import Population
from lms.exams.queries.rounds import rule_of
from lms.exams.rules.months import DayRule, MonthRule, following, window_of
from lms.exams.rules.spot_draw import SizeKind, Verdict
from lms.exams.services.plans import PlanTerms, make_plan
from lms.exams.services.rounds import changes_of, follow_members, make_month, rounds_to_follow, tell_of_month
from lms.exams.services.spot_checks import CheckTerms, close_missed, excuse_missed, plan_check, start_check
from lms.people.models import Person

TEAM = "t06"
LEAD, SITS = 5, 0.88  # days ahead; share of those asked who sit
MANAGER, ADMIN = "2101", "2401"


def make_rounds(session: Session, staff: Staff, random: Random, *, now: datetime) -> None:
    """Write a monthly plan of one team that began two months ago, and a spot check of last week."""
    exams = dict(session.execute(select(Exam.code, Exam.id)).tuples().all())
    this = now.astimezone(ZONE).date().replace(day=1)
    first = _before(_before(this))
    rule = MonthRule(DayRule.WORKING_DAY, 3, 9 * 60, 48, LEAD, first)
    unit = staff.units[TEAM]
    plan = make_plan(
        session, exams["monthly-skills"],
        PlanTerms("应急班月度技能考试", "杭州中心 302 教室", unit.id, Population(), rule),
        by=Worker(staff.people[ADMIN], 1).identity, now=window_of(rule, first, ZONE).opens_at - timedelta(days=20),
    )
    for month in (first, following(first), this, following(this)):
        _live_through(session, plan, month, random, now=now)
    _check(session, staff, exams["spot-check"], random, now=now)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _live_through(session: Session, plan: ExamPlan, month: date, random: Random, *, now: datetime) -> None:
    """Let a month be made, sat and told, as far as it lies in the past."""
    window = window_of(rule_of(plan), month, ZONE)
    steps = [window.opens_at - timedelta(days=LEAD), window.opens_at, window.closes_at + timedelta(hours=2)]
    for step, at in enumerate(steps):
        if at > now:
            return
        row = make_month(session, plan.id, now=at) if step == 0 else None
        _follow(session, at)
        if step == 1:
            row = session.scalars(select(ExamRound).where(ExamRound.plan_id == plan.id, ExamRound.month == month)).one()
            _sit(session, row, plan.exam.code, random, now=now)


def _follow(session: Session, at: datetime) -> None:
    for round_id in rounds_to_follow(session):
        for people in list(changes_of(session, round_id, now=at)):
            follow_members(session, round_id, people, now=at)
        tell_of_month(session, round_id, now=at)
        session.flush()


def _sit(session: Session, row: ExamRound, code: str, random: Random, *, now: datetime) -> None:
    asked = select(Person).join(ExamRoundMember, ExamRoundMember.person_id == Person.id).where(
        ExamRoundMember.round_id == row.id, ExamRoundMember.assignment_id.is_not(None)
    )
    for person in session.scalars(asked.order_by(Person.staff_no)).unique().all():
        at = row.session.opens_at + timedelta(minutes=random.randrange(5, 420))
        if random.random() < SITS and at + timedelta(hours=1) < now:
            sit(session, Worker(person, random.uniform(0.7, 0.98)), code, random, at=at)


def _check(session: Session, staff: Staff, exam_id: UUID, random: Random, *, now: datetime) -> None:
    manager = Worker(staff.people[MANAGER], 1).identity
    local = (now.astimezone(ZONE) - timedelta(days=8)).replace(hour=15, minute=20, second=0, microsecond=0)
    at = local.astimezone(now.tzinfo)
    terms = CheckTerms("燃气知识抽查", staff.units["t05"].id, Population(), SizeKind.COUNT, 4, False, 30, False, 30)
    check = plan_check(session, exam_id, terms, starts_at=at, by=manager, now=at - timedelta(hours=3),
                       seed=f"{random.getrandbits(128):032x}")
    start_check(session, check.id, now=at)
    drawn = session.scalars(
        select(SpotCheckPerson).where(SpotCheckPerson.check_id == check.id, SpotCheckPerson.verdict == Verdict.DRAWN)
        .order_by(SpotCheckPerson.person_id)
    ).all()
    for row in drawn[1:]:
        worker = Worker(session.get_one(Person, row.person_id), random.uniform(0.7, 0.98))
        sit(session, worker, check.exam.code, random, at=at + timedelta(minutes=random.randrange(2, 25)))
    close_missed(session, now=at + timedelta(minutes=31))
    if drawn:
        reason = "当时正在处理用户漏气报修，通话 40 分钟"
        excuse_missed(session, check.id, drawn[0].person_id, reason=reason, by=manager, now=at + timedelta(hours=2))
