"""Sign-in: an account a person, and the failures that lock it."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from flask_security import AsaList
from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, select
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column, object_session, relationship

from lms.access.identity import Role
from lms.kernel.db import Base, Model, new_id
from lms.kernel.settings import get_settings
from lms.people.models.person import Person, RoleAssignment
from lms.people.rules.grants import second_factor_required

if TYPE_CHECKING:

    class UserMixin:
        """Flask-Security's mixin declares columns of other types than ours."""

    class RoleMixin:
        """The same."""
else:
    from flask_security import RoleMixin, UserMixin

account_roles = Table(
    "account_roles",
    Base.metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("account_role.id", ondelete="CASCADE"), primary_key=True),
)


class AccountRole(Model, RoleMixin):
    """What Flask-Security wants of a role. Rights come from `RoleAssignment` and the policy page, never from here."""

    __tablename__ = "account_role"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class Account(Model, UserMixin):
    """How a person signs in."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), unique=True)
    username: Mapped[str] = mapped_column(String(80), unique=True)  # the staff number
    email: Mapped[str | None] = mapped_column(String(200), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_phone_number: Mapped[str | None] = mapped_column(String(128))
    tf_last_counter: Mapped[int | None]  # a code is taken once
    mf_recovery_codes: Mapped[list[str] | None] = mapped_column(MutableList.as_mutable(AsaList()))
    create_datetime: Mapped[datetime | None]
    update_datetime: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="joined")
    roles: Mapped[list[AccountRole]] = relationship(secondary=account_roles)

    @property
    def has_second_factor(self) -> bool:
        """Tell whether signing in takes a code from an authenticator."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    def check_tf_required(self, setup: list[tuple[str, str]], fresh: bool) -> tuple[bool, list[tuple[str, str]]]:
        """Tell Flask-Security whether this sign-in takes a second step: administrators' always has one."""
        return (self.check_tf_required_setup() or bool(setup)) and not fresh, setup

    def check_tf_required_setup(self) -> bool:
        """Tell Flask-Security whether this person may not do without a second factor."""
        if get_settings().second_factor == "offered":
            return False
        session = object_session(self)
        held = session.scalars(
            select(RoleAssignment.role).where(RoleAssignment.person_id == self.person_id)
        ) if session else ()
        return second_factor_required(frozenset(Role(role) for role in held))


class SignInFailure(Model):
    """One failed sign-in; too many in a while lock the name out."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index("ix_sign_in_failure_name_at", "username", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    username: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(64), default="")
    at: Mapped[datetime]
    detail: Mapped[str] = mapped_column(Text, default="")
