"""Practical stations: rubrics, candidates waiting, visits, and the journal of an assessor's marks."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.exams.rules.journal import Verdict
from lms.kernel.db import Model, enum_check, new_id
from lms.people.models import Person, Unit
from lms.records.models import keep_append_only


class Rubric(Model):
    """A rubric; its published editions are what stations are marked by."""

    __tablename__ = "rubric"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    source: Mapped[str] = mapped_column(String(20), default="own")
    created_at: Mapped[datetime]


class RubricEdition(Model):
    """A published edition of a rubric; never changes. `content` is the rubric as `rules.rubric` reads it."""

    __tablename__ = "rubric_edition"
    __table_args__ = (UniqueConstraint("rubric_id", "number"), CheckConstraint("number >= 1", name="number_from_one"))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    rubric_id: Mapped[UUID] = mapped_column(ForeignKey("rubric.id", ondelete="RESTRICT"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[UUID | None]

    rubric: Mapped[Rubric] = relationship(lazy="joined", viewonly=True)


class Station(Model):
    """A practical station (实操考站): its rubric, its time, the scenarios candidates are given.

    final      whether it decides about going live; a mentor may not assess a final of their own learner
    """

    __tablename__ = "station"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 120", name="minutes_range"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(160), default="")
    rubric_id: Mapped[UUID] = mapped_column(ForeignKey("rubric.id", ondelete="RESTRICT"))
    minutes: Mapped[int]
    scenarios: Mapped[list[Any]]  # [{code, title, text}]
    final: Mapped[bool] = mapped_column(default=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"))
    source: Mapped[str] = mapped_column(String(20), default="own")
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    rubric: Mapped[Rubric] = relationship(lazy="joined")
    unit: Mapped[Unit | None] = relationship(lazy="joined")


class StationAssignmentState(StrEnum):
    """Where a candidate stands."""

    WAITING = "waiting"
    PASSED = "passed"
    CANCELLED = "cancelled"


class StationAssignment(Model):
    """A person who is to be assessed at a station; waits until passed."""

    __tablename__ = "station_assignment"
    __table_args__ = (
        enum_check("state", StationAssignmentState),
        CheckConstraint("(state = 'waiting') = (closed_at IS NULL)", name="closed_unless_waiting"),
        Index("uq_station_assignment_waiting", "person_id", "station_id", unique=True,
              sqlite_where=text("state = 'waiting'"), postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.id", ondelete="RESTRICT"), index=True)
    state: Mapped[str] = mapped_column(String(40), default=StationAssignmentState.WAITING)
    reason: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")
    station: Mapped[Station] = relationship(lazy="joined")


class VisitState(StrEnum):
    """Where a visit stands."""

    RUNNING = "running"
    SUBMITTED = "submitted"
    ABANDONED = "abandoned"  # broken off with a reason; no result


class StationVisit(Model):
    """One candidate at a station, marked by one assessor; pins the rubric's edition."""

    __tablename__ = "station_visit"
    __table_args__ = (
        enum_check("state", VisitState),
        CheckConstraint("person_id <> assessor_id", name="nobody_assesses_themselves"),
        CheckConstraint("(state = 'running') = (ended_at IS NULL)", name="ended_unless_running"),
        CheckConstraint("(state = 'submitted') = (points IS NOT NULL)", name="submitted_with_points"),
        CheckConstraint("points IS NULL OR points BETWEEN 0 AND out_of", name="points_in_range"),
        CheckConstraint("paused_seconds >= 0", name="pause_not_negative"),
        Index("uq_station_visit_running", "assignment_id", unique=True,
              sqlite_where=text("state = 'running'"), postgresql_where=text("state = 'running'")),
        Index("ix_station_visit_person", "person_id", "started_at"),
        Index("ix_station_visit_assessor", "assessor_id", "started_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("station_assignment.id", ondelete="RESTRICT"), index=True)
    station_id: Mapped[UUID] = mapped_column(ForeignKey("station.id", ondelete="RESTRICT"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    assessor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    rubric_edition_id: Mapped[UUID] = mapped_column(ForeignKey("rubric_edition.id", ondelete="RESTRICT"))
    scenario: Mapped[str] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(40), default=VisitState.RUNNING)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(Text, default="")
    paused_seconds: Mapped[int] = mapped_column(default=0)
    epoch: Mapped[int] = mapped_column(default=1)  # the tablet that may write
    seat_key: Mapped[str] = mapped_column(String(64))
    points: Mapped[int | None]
    out_of: Mapped[int | None]
    passed: Mapped[bool | None]

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="joined")
    assessor: Mapped[Person] = relationship(foreign_keys=[assessor_id], lazy="joined")
    station: Mapped[Station] = relationship(lazy="joined")
    edition: Mapped[RubricEdition] = relationship(lazy="joined")


class StationMark(Model):
    """The journal of a visit: one row a tap, never changed. It follows the same rules as an answer journal.

    target     criterion or fail-all item by code, or `note`
    value      level code, `not_seen`, `seen`, `unseen`, or text
    tapped_at  when the tablet says it was tapped; for show only, order is epoch, then sequence
    """

    __tablename__ = "station_mark"
    __table_args__ = (
        enum_check("verdict", Verdict),
        CheckConstraint("epoch >= 1 AND sequence >= 1", name="counts_from_one"),
        {"sqlite_with_rowid": False},
    )

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("station_visit.id", ondelete="RESTRICT"), primary_key=True)
    target: Mapped[str] = mapped_column(String(60), primary_key=True)
    epoch: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(Text)
    tapped_at: Mapped[datetime]
    received_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(40))


keep_append_only(RubricEdition)
keep_append_only(StationMark)
