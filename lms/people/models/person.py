"""Persons and what they are to the organisation."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.access.identity import Role
from lms.kernel.db import Model, enum_check, new_id
from lms.people.models.organisation import Post, Unit


class Employment(StrEnum):
    """Employment type (requirements R2)."""

    FULL_TIME = "full_time"
    PART_TIME = "part_time"
    TEMPORARY = "temporary"


class PersonState(StrEnum):
    """Employment state (requirements R2)."""

    PROBATION = "probation"
    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    LEFT = "left"


class Person(Model):
    """Somebody of the organisation. Facts carry only `id`; name, contact and photo can be erased after retention."""

    __tablename__ = "person"
    __table_args__ = (
        enum_check("employment", Employment),
        enum_check("state", PersonState),
        CheckConstraint("(state = 'left') = (left_on IS NOT NULL)", name="left_has_a_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_no: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_latin: Mapped[str] = mapped_column(String(120), default="")
    pinyin_initials: Mapped[str] = mapped_column(String(20), default="", index=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id", ondelete="RESTRICT"))
    employment: Mapped[str] = mapped_column(String(40), default=Employment.FULL_TIME)
    state: Mapped[str] = mapped_column(String(40), default=PersonState.PROBATION, index=True)
    hired_on: Mapped[date]
    left_on: Mapped[date | None]
    email: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    locale: Mapped[str] = mapped_column(String(10), default="")
    created_at: Mapped[datetime]

    unit: Mapped[Unit] = relationship(lazy="joined")
    post: Mapped[Post | None] = relationship(lazy="joined")


class QueueMembership(Model):
    """A queue that a person is meant to serve; being meant to isn't being allowed to."""

    __tablename__ = "queue_membership"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    queue_id: Mapped[UUID] = mapped_column(ForeignKey("queue.id", ondelete="RESTRICT"), primary_key=True, index=True)


class RoleAssignment(Model):
    """A role a person holds for a part of the tree; no unit means the whole organisation."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        enum_check("role", Role),
        UniqueConstraint("person_id", "role", "unit_id"),
        Index("uq_role_assignment_everywhere", "person_id", "role", unique=True,
              sqlite_where=text("unit_id IS NULL"), postgresql_where=text("unit_id IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"))
    granted_at: Mapped[datetime]

    unit: Mapped[Unit | None] = relationship(lazy="joined")


class MentorAssignment(Model):
    """A learner's mentor (导师) between two dates, both inclusive."""

    __tablename__ = "mentor_assignment"
    __table_args__ = (
        CheckConstraint("mentor_id <> learner_id", name="nobody_mentors_themselves"),
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="ends_after_start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    learner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    mentor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
