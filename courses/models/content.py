"""What is taught: courses, their editions, the units and pictures of an edition."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from courses.models.guards import guard_published
from courses.rules.editions import EditionState, Source
from courses.rules.units import UnitKind
from lms.kernel.db import Model, enum_check, new_id


class Course(Model):
    """A course: what its editions have in common.

    owner_unit_id   the part of the organisation it belongs to; None: the whole organisation
    retired_at      when it was taken out of the catalogue; what was earned stays
    """

    __tablename__ = "course"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    owner_unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class CourseEdition(Model):
    """One edition of a course. Once published nothing of it changes: the table refuses.

    digest      SHA-256 of a bundled edition's files; tells whether the bundle has changed
    edited_by   ids of everybody who changed it; none of them may publish it
    changes     what is new, for learners and reviewers
    """

    __tablename__ = "course_edition"
    __table_args__ = (
        enum_check("state", EditionState),
        enum_check("source", Source),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("minutes BETWEEN 1 AND 2400", name="minutes_range"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published_has_an_instant"),
        CheckConstraint("source = 'bundled' OR published_at IS NULL OR published_by IS NOT NULL",
                        name="own_edition_has_a_publisher"),
        CheckConstraint("published_by IS NULL OR (published_by <> submitted_by AND published_by <> created_by)",
                        name="published_by_another"),
        UniqueConstraint("course_id", "number"),
        Index("uq_course_edition_open", "course_id", unique=True,
              sqlite_where=text("state <> 'published'"), postgresql_where=text("state <> 'published'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    course_id: Mapped[UUID] = mapped_column(ForeignKey("course.id", ondelete="RESTRICT"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(40), default=EditionState.DRAFT)
    source: Mapped[str] = mapped_column(String(40), default=Source.OWN)
    digest: Mapped[str] = mapped_column(String(64), default="")
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120), default="")
    summary: Mapped[str] = mapped_column(String(400), default="")
    summary_en: Mapped[str] = mapped_column(String(400), default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    note_en: Mapped[str] = mapped_column(String(400), default="")
    minutes: Mapped[int]
    ordered: Mapped[bool] = mapped_column(default=True)
    points: Mapped[list[Any]]
    changes: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")  # why it was sent back
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    edited_by: Mapped[list[Any]]
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    published_at: Mapped[datetime | None]
    published_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))

    course: Mapped[Course] = relationship(lazy="joined")
    units: Mapped[list["CourseUnit"]] = relationship(
        order_by="CourseUnit.position", back_populates="edition", cascade="all, delete-orphan", passive_deletes=True
    )
    pictures: Mapped[list["CoursePicture"]] = relationship(
        order_by="CoursePicture.name", cascade="all, delete-orphan", passive_deletes=True
    )


class CourseUnit(Model):
    """One unit of an edition.

    seconds         on a page or document, visible and in focus, before it counts, 0..3600
    questions       how many a test draws; None for other kinds
    pass_percent    whole percent that passes a test or call
    film_percent    whole percent of a film that must be played
    script          code of the simulated call
    file, captions  {sha256, filename, kind, size, and for films duration_ms, width, height}
    """

    __tablename__ = "course_unit"
    __table_args__ = (
        enum_check("kind", UnitKind),
        CheckConstraint("position >= 0", name="position_not_negative"),
        CheckConstraint("minutes BETWEEN 1 AND 240", name="minutes_range"),
        CheckConstraint("seconds BETWEEN 0 AND 3600", name="seconds_range"),
        CheckConstraint("film_percent BETWEEN 1 AND 100", name="film_percent_range"),
        CheckConstraint("pass_percent IS NULL OR pass_percent BETWEEN 1 AND 100", name="pass_percent_range"),
        CheckConstraint("questions IS NULL OR questions BETWEEN 1 AND 50", name="questions_range"),
        CheckConstraint("kind <> 'test' OR (questions IS NOT NULL AND pass_percent IS NOT NULL)", name="test_is_whole"),
        UniqueConstraint("edition_id", "code"),
        Index("ix_course_unit_position", "edition_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("course_edition.id", ondelete="CASCADE"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    chapter: Mapped[str] = mapped_column(String(120), default="")
    title: Mapped[str] = mapped_column(String(120))
    title_en: Mapped[str] = mapped_column(String(120), default="")
    minutes: Mapped[int]
    text: Mapped[str] = mapped_column(Text, default="")
    points: Mapped[list[Any]]
    required: Mapped[bool] = mapped_column(default=True)
    seconds: Mapped[int] = mapped_column(default=0)
    questions: Mapped[int | None]
    pass_percent: Mapped[int | None]
    film_percent: Mapped[int] = mapped_column(default=90)
    script: Mapped[str] = mapped_column(String(40), default="")
    file: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    captions: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    edition: Mapped[CourseEdition] = relationship(back_populates="units")


class CoursePicture(Model):
    """A picture of an edition: a drawing of ours (SVG, checked), or an uploaded one by its hash."""

    __tablename__ = "course_picture"
    __table_args__ = (
        CheckConstraint("(svg IS NULL) <> (file IS NULL)", name="drawn_or_uploaded"),
        UniqueConstraint("edition_id", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("course_edition.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(80))
    svg: Mapped[str | None] = mapped_column(Text)
    file: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


guard_published(CourseEdition, "OLD.state = 'published'", inserts=False)
for part in (CourseUnit, CoursePicture):
    guard_published(part, "(SELECT state FROM course_edition WHERE id = {row}.edition_id) = 'published'", inserts=True)
