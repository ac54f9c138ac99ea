"""The organisation tree, posts and queues."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, enum_check, new_id


class UnitKind(StrEnum):
    """Level of the organisation tree."""

    SITE = "site"
    DEPARTMENT = "department"
    TEAM = "team"


class Unit(Model):
    """A site, department or team. `path` is `/` + codes from the top + `/`, e.g. `/hz/east/t03/`."""

    __tablename__ = "unit"
    __table_args__ = (
        enum_check("kind", UnitKind),
        CheckConstraint("path LIKE '/%/'", name="path_has_slashes"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id", ondelete="RESTRICT"), index=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[str] = mapped_column(String(40))
    path: Mapped[str] = mapped_column(String(250), unique=True)
    timezone: Mapped[str] = mapped_column(String(60), default="")  # empty: the parent's, then the installation's

    parent: Mapped["Unit | None"] = relationship(remote_side="Unit.id")


class Post(Model):
    """A post (岗位) a person holds."""

    __tablename__ = "post"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")


class Queue(Model):
    """A queue (队列) of live calls; the gate is asked for a person and a queue."""

    __tablename__ = "queue"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    short: Mapped[str] = mapped_column(String(12), default="")
    position: Mapped[int] = mapped_column(default=0)  # order of columns on the floor board
