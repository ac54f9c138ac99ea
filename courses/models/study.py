"""How people get through courses: assignments, runs with their event log, test attempts, notes."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.content import Course, CourseEdition
from courses.rules.progress import EventKind
from lms.kernel.db import Model, enum_check, new_id
from lms.records.models import keep_append_only


class AssignmentState(StrEnum):
    """Where an assignment stands."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"  # taken back, or the person left


class CourseAssignment(Model):
    """A course, or one unit of it (`unit_code`), that a person is to go through, from `assigned_at` on."""

    __tablename__ = "course_assignment"
    __table_args__ = (
        enum_check("state", AssignmentState),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_unless_open"),
        Index("uq_course_assignment_open", "person_id", "course_id", "unit_code", unique=True,
              sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="RESTRICT"), index=True)
    unit_code: Mapped[str] = mapped_column(String(40), default="")  # empty: the whole course
    state: Mapped[str] = mapped_column(String(40), default=AssignmentState.OPEN)
    reason: Mapped[str] = mapped_column(Text, default="")
    due_at: Mapped[datetime | None]
    assigned_at: Mapped[datetime]
    assigned_by: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]

    course: Mapped[Course] = relationship(lazy="joined")


class CourseRun(Model):
    """One person's way through one edition, from start to finish; going through it again is another run.

    unit_code   empty: the whole course; else the one unit that is to be studied again
    """

    __tablename__ = "course_run"
    __table_args__ = (
        CheckConstraint("finished_at IS NULL OR finished_at >= started_at", name="finished_after_start"),
        Index("uq_course_run_open", "person_id", "course_id", "unit_code", unique=True,
              sqlite_where=text("finished_at IS NULL"), postgresql_where=text("finished_at IS NULL")),
        Index("ix_course_run_course", "course_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="RESTRICT"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("course_edition.id", ondelete="RESTRICT"))
    unit_code: Mapped[str] = mapped_column(String(40), default="")
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    edition: Mapped[CourseEdition] = relationship(lazy="joined")


class CourseEvent(Model):
    """One thing that happened in a unit during a run. Append-only; progress is what these add up to.

    seen_ms    credited milliseconds before the learner's eyes since their event before
    data       played: credited spans of the film; position; percent, passed; told: what the browser reported
    """

    __tablename__ = "course_event"
    __table_args__ = (
        enum_check("kind", EventKind),
        CheckConstraint("seen_ms BETWEEN 0 AND 60000", name="seen_range"),
        Index("ix_course_event_unit", "run_id", "unit_id", "at"),
        Index("ix_course_event_person", "person_id", "at"),
        Index("uq_course_event_completed", "run_id", "unit_id", unique=True,
              sqlite_where=text("kind = 'completed'"), postgresql_where=text("kind = 'completed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("course_run.id", ondelete="RESTRICT"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("course_unit.id", ondelete="RESTRICT"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    seen_ms: Mapped[int] = mapped_column(default=0)
    data: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class CourseTest(Model):
    """One attempt at a unit's test: what was drawn, what was answered, what it came to.

    items      [{edition_id, seed, points}] in order; points in hundredths of a mark
    answers    one answer an item, None where nothing was answered; set when handed in
    """

    __tablename__ = "course_test"
    __table_args__ = (
        UniqueConstraint("run_id", "unit_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("(submitted_at IS NULL) = (points IS NULL)", name="marked_when_handed_in"),
        CheckConstraint("points IS NULL OR points BETWEEN 0 AND out_of", name="points_in_range"),
        Index("uq_course_test_open", "run_id", "unit_id", unique=True,
              sqlite_where=text("submitted_at IS NULL"), postgresql_where=text("submitted_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("course_run.id", ondelete="RESTRICT"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("course_unit.id", ondelete="RESTRICT"))
    number: Mapped[int]
    items: Mapped[list[Any]]
    answers: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    out_of: Mapped[int]
    points: Mapped[int | None]
    passed: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]


class CourseNote(Model):
    """A learner's own note beside a unit; the learner and their mentor see it."""

    __tablename__ = "course_note"
    __table_args__ = (Index("ix_course_note_unit", "person_id", "course_id", "unit_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="RESTRICT"))
    unit_code: Mapped[str] = mapped_column(String(40))
    quote: Mapped[str] = mapped_column(String(300), default="")
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


keep_append_only(CourseEvent)
