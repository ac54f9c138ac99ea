"""Exams that come to people by themselves: monthly plans with their months, and spot checks with their draws."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.exams.models.exam import Exam, ExamSession
from lms.exams.rules.months import DayRule
from lms.exams.rules.population import MemberState
from lms.exams.rules.spot_draw import SizeKind, Verdict
from lms.kernel.db import Model, enum_check, new_id
from lms.people.models import Unit


class SpotCheckState(StrEnum):
    """Where a spot check stands."""

    PLANNED = "planned"  # nobody but its planner sees it
    STARTED = "started"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"  # its time passed while the system stood still, or nobody could be drawn


class ExamPlan(Model):
    """A monthly exam for a population; it makes its sessions by itself. Times are those of the unit's site.

    unit_id         the part of the organisation; None: everybody
    posts, queues   ids; empty: any. Whoever has one of the posts and serves one of the queues is meant
    probation       whether people on probation are meant too
    number          n-th working day (1..20) or day (1..31) of the month
    opens_minute    local minute of the day, 0..1439
    window_hours    1..336
    lead_days       days ahead on which the session is made and people are told, 0..7
    catch_up_days   days that somebody has after coming back from leave, 1..14
    """

    __tablename__ = "exam_plan"
    __table_args__ = (
        enum_check("day_rule", DayRule),
        CheckConstraint("number BETWEEN 1 AND 31", name="number_range"),
        CheckConstraint("opens_minute BETWEEN 0 AND 1439", name="opens_range"),
        CheckConstraint("window_hours BETWEEN 1 AND 336", name="window_range"),
        CheckConstraint("lead_days BETWEEN 0 AND 7", name="lead_range"),
        CheckConstraint("catch_up_days BETWEEN 1 AND 14", name="catch_up_range"),
        CheckConstraint("last_month IS NULL OR last_month >= first_month", name="last_after_first"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"))
    title: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120), default="")
    posts: Mapped[list[Any]] = mapped_column(default=list)
    queues: Mapped[list[Any]] = mapped_column(default=list)
    probation: Mapped[bool] = mapped_column(default=False)
    day_rule: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    opens_minute: Mapped[int]
    window_hours: Mapped[int]
    lead_days: Mapped[int]
    catch_up_days: Mapped[int]
    first_month: Mapped[date]
    last_month: Mapped[date | None]
    paused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]

    exam: Mapped[Exam] = relationship(lazy="joined")
    unit: Mapped[Unit | None] = relationship(lazy="joined")


class ExamRound(Model):
    """One month of a plan. over_told_at: when managers were told how it went; done_at: nobody is pending any more."""

    __tablename__ = "exam_round"
    __table_args__ = (UniqueConstraint("plan_id", "month"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    plan_id: Mapped[UUID] = mapped_column(ForeignKey("exam_plan.id", ondelete="RESTRICT"))
    month: Mapped[date]
    session_id: Mapped[UUID] = mapped_column(ForeignKey("exam_session.id", ondelete="RESTRICT"), unique=True)
    made_at: Mapped[datetime]
    planned_told_at: Mapped[datetime | None]
    over_told_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]

    plan: Mapped[ExamPlan] = relationship(lazy="joined")
    session: Mapped[ExamSession] = relationship(lazy="joined")


class ExamRoundMember(Model):
    """One person in one month: each once. assignment_id: their series of the exam in it; None while they wait."""

    __tablename__ = "exam_round_member"
    __table_args__ = (enum_check("state", MemberState), Index("ix_exam_round_member_person", "person_id"))

    round_id: Mapped[UUID] = mapped_column(ForeignKey("exam_round.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    assignment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("exam_assignment.id", ondelete="RESTRICT"), unique=True
    )
    state: Mapped[str] = mapped_column(String(40))
    since: Mapped[datetime]
    due_at: Mapped[datetime | None]  # of catching up


class SpotCheck(Model):
    """An unannounced check of a sample (抽查). The draw is made when it starts, of who is there then.

    size            people, or whole percent of the candidates
    begin_minutes   from its start, 1..720: those drawn begin within them
    recent_days     whoever was drawn in that many days is left out; 0: nobody is
    list_hash       SHA-256 of the candidates' list; "" before the draw
    """

    __tablename__ = "exam_spot_check"
    __table_args__ = (
        enum_check("size_kind", SizeKind),
        enum_check("state", SpotCheckState),
        CheckConstraint("size >= 1 AND (size_kind = 'count' OR size <= 100)", name="size_range"),
        CheckConstraint("begin_minutes BETWEEN 1 AND 720", name="begin_range"),
        CheckConstraint("recent_days BETWEEN 0 AND 366", name="recent_range"),
        CheckConstraint("(state = 'started') = (session_id IS NOT NULL)", name="started_with_a_session"),
        Index("ix_exam_spot_check_starts", "starts_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    exam_id: Mapped[UUID] = mapped_column(ForeignKey("exam.id", ondelete="RESTRICT"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"))
    title: Mapped[str] = mapped_column(String(80))
    posts: Mapped[list[Any]] = mapped_column(default=list)
    queues: Mapped[list[Any]] = mapped_column(default=list)
    probation: Mapped[bool] = mapped_column(default=True)
    size_kind: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    stratified: Mapped[bool]
    recent_days: Mapped[int]
    on_shift: Mapped[bool]
    begin_minutes: Mapped[int]
    seed: Mapped[str] = mapped_column(String(64))
    starts_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(40), default=SpotCheckState.PLANNED)
    state_at: Mapped[datetime]
    list_hash: Mapped[str] = mapped_column(String(64), default="")
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("exam_session.id", ondelete="RESTRICT"), unique=True)
    created_at: Mapped[datetime]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))

    exam: Mapped[Exam] = relationship(lazy="joined")
    unit: Mapped[Unit | None] = relationship(lazy="joined")
    session: Mapped[ExamSession | None] = relationship(lazy="joined")


class SpotCheckPerson(Model):
    """What the draw said about one person of the population. missed_*: why somebody drawn didn't begin."""

    __tablename__ = "exam_spot_check_person"
    __table_args__ = (
        enum_check("verdict", Verdict),
        CheckConstraint("(verdict = 'drawn') = (assignment_id IS NOT NULL)", name="drawn_with_an_exam"),
        CheckConstraint("(missed_at IS NULL) = (missed_reason = '')", name="missed_with_a_reason"),
        Index("ix_exam_spot_check_person_person", "person_id"),
    )

    check_id: Mapped[UUID] = mapped_column(ForeignKey("exam_spot_check.id", ondelete="RESTRICT"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    stratum: Mapped[str] = mapped_column(String(250))
    verdict: Mapped[str] = mapped_column(String(40))
    assignment_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("exam_assignment.id", ondelete="RESTRICT"), unique=True
    )
    missed_reason: Mapped[str] = mapped_column(Text, default="")
    missed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    missed_at: Mapped[datetime | None]
