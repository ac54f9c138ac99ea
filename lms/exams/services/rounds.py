"""Keep monthly plans: make the month's session when it is time, ask its people, follow each until the month is done.

Every step may run at any time, any number of times and break off anywhere: the month is unique, each person stands in
it once, and what is there already is left as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.exams.models import AssignmentState, ExamAssignment, ExamPlan, ExamRound, ExamRoundMember, ExamSession, Sitting
from lms.exams.notices.rounds import tell_bank_short, tell_round_over, tell_round_planned
from lms.exams.queries.bank import supply_of
from lms.exams.queries.population import people_of, population_of
from lms.exams.queries.rounds import rule_of, zone_of_plan
from lms.exams.rules.months import WARNING, month_due, next_opening, window_of
from lms.exams.rules.population import PENDING, MemberState, next_state
from lms.exams.rules.resits import earliest_resit
from lms.exams.rules.terms import parts_from_json
from lms.exams.services.assigning import assign_exam, open_assignment
from lms.exams.services.authoring import latest_edition
from lms.exams.services.plans import locked_plan
from lms.people.queries.duty import on_leave
from lms.records.services import audit

AT_ONCE = 20  # people in one transaction, so that nobody who sits an exam waits for it


def make_month(session: Session, plan_id: UUID, *, now: datetime, by: Identity = SYSTEM) -> ExamRound | None:
    """Make the session of the month that is due, once; return the month's row when it was made now."""
    plan = locked_plan(session, plan_id)
    zone = zone_of_plan(session, plan)
    month = month_due(rule_of(plan), at=now, zone=zone)
    if month is None or plan.paused_at is not None or plan.exam.retired_at is not None:
        return None
    if session.scalar(select(ExamRound.id).where(ExamRound.plan_id == plan.id, ExamRound.month == month)):
        return None
    window = window_of(rule_of(plan), month, zone)
    planned = ExamSession(
        exam_id=plan.exam_id, title=f"{plan.title} {month:%Y-%m}", place=plan.place, opens_at=window.opens_at,
        closes_at=window.closes_at, unit_id=plan.unit_id, created_at=now, created_by=plan.created_by,
    )
    session.add(planned)
    session.flush()
    made = ExamRound(plan_id=plan.id, month=month, session_id=planned.id, made_at=now)
    session.add(made)
    session.flush()
    audit(session, by=by, action="exam_session.plan", subject=f"exam_session:{planned.id}", now=now,
          changes={"plan": [None, str(plan.id)], "month": [None, f"{month:%Y-%m}"]})
    return made


def rounds_to_follow(session: Session) -> Sequence[UUID]:
    """Return the months in which somebody may still be pending, the oldest first."""
    return session.scalars(select(ExamRound.id).where(ExamRound.done_at.is_(None)).order_by(ExamRound.month)).all()


def changes_of(session: Session, round_id: UUID, *, now: datetime) -> Iterator[tuple[UUID, ...]]:
    """Return whom a month has news for, in groups to be dealt with in a transaction each."""
    work = _Month(session, round_id, now)
    found = [person for person in work.everybody if work.news(person)]
    for start in range(0, len(found), AT_ONCE):
        yield tuple(found[start : start + AT_ONCE])


def follow_members(session: Session, round_id: UUID, person_ids: Sequence[UUID], *, now: datetime) -> int:
    """Take the step that each of these people has come to in a month; return for how many one was taken."""
    session.scalar(select(ExamRound.id).where(ExamRound.id == round_id).with_for_update())
    work = _Month(session, round_id, now)
    return sum(work.follow(person_id) for person_id in person_ids)


class _Month:
    """One month as it stands at an instant."""

    def __init__(self, session: Session, round_id: UUID, now: datetime) -> None:
        self.session, self.now = session, now
        self.row = session.get_one(ExamRound, round_id, populate_existing=True)
        plan = self.plan = self.row.plan
        population = population_of(plan.unit, plan.posts, plan.queues, probation=plan.probation)
        self.people = {it.person_id for it in people_of(session, population)}
        self.away = on_leave(session, max(now, self.row.session.opens_at))
        self.over = self.row.session.closes_at <= now
        later = select(ExamRound.id).where(ExamRound.plan_id == plan.id, ExamRound.month > self.row.month)
        self.superseded = session.scalar(later.limit(1)) is not None
        self.members = {it.person_id: it for it in session.scalars(
            select(ExamRoundMember).where(ExamRoundMember.round_id == round_id)
            .execution_options(populate_existing=True)
        )}
        begun = select(ExamRoundMember.person_id).where(
            ExamRoundMember.round_id == round_id,
            exists().where(Sitting.assignment_id == ExamRoundMember.assignment_id),
        )
        self.begun = frozenset(session.scalars(begun))

    @property
    def everybody(self) -> list[UUID]:
        """Whoever is of the population or stands in the month already, in a fixed order."""
        return sorted(self.people | self.members.keys())

    def news(self, person_id: UUID) -> bool:
        """Tell whether somebody has come to another step."""
        return self._next(person_id) != self._state(person_id)

    def follow(self, person_id: UUID) -> bool:
        """Take somebody's step; tell whether there was one."""
        before, after = self._state(person_id), self._next(person_id)
        if after is None or before is after:
            return False
        member = self.members.get(person_id)
        if member is None:
            member = ExamRoundMember(round_id=self.row.id, person_id=person_id, state=after, since=self.now)
        if after in (MemberState.ASKED, MemberState.CATCHING_UP) and not self._ask(member, after):
            return False
        if after not in (MemberState.ASKED, MemberState.CATCHING_UP):
            self._close(member, after)
        member.state, member.since = after, self.now
        self.session.add(member)
        self.session.flush()
        return True

    def _state(self, person_id: UUID) -> MemberState | None:
        member = self.members.get(person_id)
        return MemberState(member.state) if member else None

    def _next(self, person_id: UUID) -> MemberState | None:
        member = self.members.get(person_id)
        return next_state(
            self._state(person_id), belongs=person_id in self.people, away=person_id in self.away,
            begun=person_id in self.begun, over=self.over, superseded=self.superseded,
            late=bool(member and member.due_at and member.due_at <= self.now),
        )

    def _ask(self, member: ExamRoundMember, state: MemberState) -> bool:
        """Assign the month's exam. An older series that isn't marked yet is waited for: False."""
        there = open_assignment(self.session, member.person_id, self.plan.exam_id)
        if there is not None and _is_used(self.session, there):
            return False
        if state is MemberState.CATCHING_UP:
            zone = zone_of_plan(self.session, self.plan)
            member.due_at = earliest_resit(self.now, self.plan.catch_up_days + 1, zone)
        assigned = assign_exam(
            self.session, self.plan.exam.code, person_id=member.person_id, reason=self.row.session.title, by=SYSTEM,
            now=self.now, session_id=self.row.session_id if state is MemberState.ASKED else None, due_at=member.due_at,
        )
        member.assignment_id = assigned.id
        return True

    def _close(self, member: ExamRoundMember, state: MemberState) -> None:
        """Close what somebody was asked for and hasn't begun; it may be asked for again after a leave."""
        if member.assignment_id is not None:
            assignment = self.session.get_one(ExamAssignment, member.assignment_id)
            if assignment.state == AssignmentState.OPEN:
                missed = state is MemberState.MISSED
                assignment.state = AssignmentState.MISSED if missed else AssignmentState.CANCELLED
                assignment.closed_at = self.now
        if state is MemberState.WAITING:
            member.assignment_id, member.due_at = None, None


def _is_used(session: Session, assignment: ExamAssignment) -> bool:
    sat = select(Sitting.id).where(Sitting.assignment_id == assignment.id)
    asked = select(ExamRoundMember.person_id).where(ExamRoundMember.assignment_id == assignment.id)
    return session.scalar(sat.limit(1)) is not None or session.scalar(asked.limit(1)) is not None


def tell_of_month(session: Session, round_id: UUID, *, now: datetime) -> None:
    """Tell managers that a month was planned, and later how it went; note when nobody is pending any more."""
    row = session.scalar(select(ExamRound).where(ExamRound.id == round_id).with_for_update(of=ExamRound)
                         .execution_options(populate_existing=True))
    if row is None:
        return
    if row.planned_told_at is None:
        row.planned_told_at = now
        tell_round_planned(session, row, now=now)
    running = timedelta(minutes=_minutes(session, row))
    if row.over_told_at is None and row.session.closes_at + running <= now:
        row.over_told_at = now
        tell_round_over(session, row, now=now)
    pending = select(ExamRoundMember.person_id).where(
        ExamRoundMember.round_id == round_id, ExamRoundMember.state.in_(PENDING),
        ~exists().where(Sitting.assignment_id == ExamRoundMember.assignment_id),
    )
    if row.over_told_at is not None and row.done_at is None and session.scalar(pending.limit(1)) is None:
        row.done_at = now


def _minutes(session: Session, row: ExamRound) -> int:
    edition = latest_edition(session, row.plan.exam_id)
    return edition.duration_minutes if edition else 0


def warn_of_short_bank(session: Session, plan_id: UUID, *, now: datetime) -> bool:
    """Tell who writes the exam when the bank can't fill the next month's paper, once a month; tell whether it can't."""
    plan = session.get_one(ExamPlan, plan_id)
    zone: ZoneInfo = zone_of_plan(session, plan)
    opens_at = next_opening(rule_of(plan), at=now, zone=zone)
    edition = latest_edition(session, plan.exam_id)
    if plan.paused_at or plan.exam.retired_at or edition is None or opens_at is None or opens_at - WARNING > now:
        return False
    missing = sum(it.wanted - it.granted for it in supply_of(session, parts_from_json(edition.blueprint)) if it.short)
    if missing:
        tell_bank_short(session, plan, opens_at=opens_at, missing=missing, now=now)
    return bool(missing)
