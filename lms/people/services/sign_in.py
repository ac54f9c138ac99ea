"""Tries at signing in: counted before the password is looked at, forgotten after a success."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from lms.kernel.db import new_id
from lms.people.models import Account, Person, PersonState, SignInFailure
from lms.people.rules.lockout import WINDOW, LockState, lock_state

KEPT: Final = timedelta(days=30)
LONGEST_NAME: Final = 80


@dataclass(frozen=True)
class Try:
    """One try that may go on. It counts as failed until `forgive` takes it back."""

    id: UUID
    tries_left: int  # after this one, should it fail


def begin_try(
    session: Session, username: str, *, address: str, now: datetime, step: str = "password"
) -> Try | LockState:
    """Count a try before anything is checked, so that a hundred at once are still only five; LockState if locked.

    username   the account's, or whatever was typed where there is no such account
    step       "password", "code" or "recovery"
    """
    name = username.lower()[:LONGEST_NAME]
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))
    state = lock_of(session, name, now)
    if state.locked_until:
        return state
    failure = SignInFailure(id=new_id(), username=name, address=address[:64], at=now, detail=step)
    session.add(failure)
    return Try(failure.id, state.tries_left - 1)


def lock_of(session: Session, username: str, now: datetime) -> LockState:
    """Return whether a name may be tried now."""
    failures = session.scalars(
        select(SignInFailure.at).where(SignInFailure.username == username.lower(), SignInFailure.at > now - WINDOW)
    )
    return lock_state(failures.all(), now)


def forgive_try(session: Session | Connection, try_id: UUID) -> None:
    """Take one try back: it was right."""
    session.execute(delete(SignInFailure).where(SignInFailure.id == try_id))


def forgive_all(session: Session | Connection, username: str) -> None:
    """Forget every failure of a name: somebody signed in to the end, or an administrator unlocked it."""
    session.execute(delete(SignInFailure).where(SignInFailure.username == username.lower()))


def find_account(session: Session, typed: str) -> Account | None:
    """Return the account of a staff number, or of a mobile number that one person alone has."""
    name = typed.strip()
    account = session.scalar(select(Account).where(func.lower(Account.username) == name.lower()))
    if account is not None or not name.isdecimal():
        return account
    matching = session.scalars(
        select(Account).join(Account.person).where(Person.phone == name, Person.state != PersonState.LEFT).limit(2)
    ).all()
    return matching[0] if len(matching) == 1 else None
