"""The database: one declarative base, aware UTC instants, and the unit of work.

SQLite is opened with the driver's own transaction handling off. Reads begin a plain transaction; a unit of work
begins with `BEGIN IMMEDIATE`, so that two writers queue up instead of losing each other's updates. A connection with
the option `lone_statement` runs one query without a transaction around it: one alone sees one state anyway.
"""

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, Engine, MetaData, TypeDecorator, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Session, registry
from uuid6 import uuid7

from lms.kernel.turns import turn

Found = TypeVar("Found")
_SQLITE_AWAY = ("locked", "unable to open", "disk I/O")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_MS = 60_000  # how long a SQLite writer waits for its turn; turns are not handed out in order


class Instant(TypeDecorator[datetime]):
    """An instant: aware UTC in Python; naive UTC text in SQLite, `timestamptz` in PostgreSQL.

    Raises ValueError when a naive datetime is stored.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON},
    )


class RequestSession(FlaskSession):
    """A session whose end fails nobody: what was read was read, what was to be written is committed or lost by then."""

    def close(self) -> None:
        """Give the connection back; one whose database has gone meanwhile is thrown away."""
        try:
            super().close()
        except DBAPIError as error:
            if not is_away(error):
                raise
            self.invalidate()


db = SQLAlchemy(
    model_class=Base, session_options={"expire_on_commit": False, "autoflush": True, "class_": RequestSession}
)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


def is_away(error: BaseException | None) -> bool:
    """Tell whether a request failed because the database can't be reached or doesn't keep up, not for what it asked."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if db.engine.dialect.name == "sqlite":  # whose OperationalError is also a wrong statement
        return isinstance(error, OperationalError) and any(word in str(error.orig) for word in _SQLITE_AWAY)
    return error.connection_invalidated or isinstance(error, OperationalError)


def new_id() -> UUID:
    """Return a fresh identifier: UUIDv7, so that rows sort by age."""
    return UUID(int=uuid7().int)


def enum_check(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return the CHECK that keeps `column` within an enumeration."""
    allowed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({allowed})", name=f"{column}_known")


def reading() -> Session:
    """Return the request's session, for queries only."""
    return db.session()


def give_back() -> None:
    """Give the connection back that the request reads with; what it knows is read anew when it is asked for again."""
    session = db.session()
    try:
        session.rollback()
    except DBAPIError as error:
        if not is_away(error):
            raise
        session.invalidate()


def once(session: Session, key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what `find` reads, and the same again for as long as this reading transaction lasts.

    key   tells what is read, across all of the program: a name and what it was read for

    In a unit of work, where it may have changed by now, it is read each time.
    """
    if is_writing(session):
        return find()
    if key not in kept_in(session):
        found = find()
        kept_in(session)[key] = found  # asked again: reading may have begun the transaction
    return cast(Found, kept_in(session)[key])


def kept_in(session: Session) -> dict[Hashable, Any]:
    """Return a place to keep what was read in this transaction; it is empty again in the next."""
    transaction = session.get_transaction()
    known: tuple[object, dict[Hashable, Any]] = session.info.get("once", (None, {}))
    if transaction is None or known[0] is not transaction:
        known = session.info["once"] = (transaction, {})
    return known[1]


def is_writing(session: Session) -> bool:
    """Tell whether the session is in a unit of work."""
    return bool(session.info.get("writing"))


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Run one use case in one transaction: commit at the end, roll back on any error.

    What the session read before is released first, so that a writer never works on a stale snapshot. Functions given
    to `session_after_commit` run once the data is safely on disk. Units of work don't nest: RuntimeError.
    """
    session = db.session()
    if session.info.get("writing"):
        raise RuntimeError("a unit of work is already open")
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside a unit of work")
    session.rollback()
    session.info["writing"] = True
    session.info["after_commit"] = []
    with turn(db.engine):
        try:
            session.connection(execution_options={"writing": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("writing", None)
            callbacks: list[Callable[[], None]] = session.info.pop("after_commit", [])
    for callback in callbacks:
        callback()


def session_after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Run `callback` once the open unit of work has been committed; forget it if it is rolled back."""
    session.info.setdefault("after_commit", []).append(callback)


@event.listens_for(Engine, "connect")
def _open_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # the driver would otherwise begin transactions behind our back
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        options = connection.get_execution_options()
        if not options.get("lone_statement"):
            connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writing") else "BEGIN")
