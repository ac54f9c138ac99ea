"""Sign-ins as administrators see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, lazyload

from lms.people.models import Account, BrowserSession, Person, PersonState, SignInFailure
from lms.people.rules.lockout import MOST_FAILURES, WINDOW
from lms.people.services.sign_in import lock_of


@dataclass(frozen=True)
class AccountState:
    """How somebody's sign-in stands; `exists` False: they can't sign in at all."""

    exists: bool
    active: bool = False
    must_change: bool = False
    second_factor: bool = False
    second_factor_required: bool = False
    codes_left: int = 0
    locked_until: datetime | None = None
    sessions: int = 0
    last_seen_at: datetime | None = None


def account_state(session: Session, person_id: UUID, at: datetime) -> AccountState:
    """Return how a person's sign-in stands at an instant."""
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        return AccountState(False)
    sessions, last_seen = session.execute(
        select(func.count(), func.max(BrowserSession.last_seen_at))
        .where(BrowserSession.person_id == person_id, BrowserSession.expires_at > at)
    ).one()
    return AccountState(
        True, account.active, account.must_change_password, account.has_second_factor,
        account.check_tf_required_setup(), len(account.mf_recovery_codes or ()),
        lock_of(session, account.username, at).locked_until, sessions, last_seen,
    )


def accounts_select(condition: Any) -> "Select[Person, Account | None]":
    """Return the select of present people with their account, for the list of sign-ins."""
    return (
        select(Person, Account).outerjoin(Account, Account.person_id == Person.id)
        .where(Person.state != PersonState.LEFT, condition)
        .options(lazyload(Account.person))  # its inner join would drop whoever has no account
    )


def locked_names(at: datetime) -> "Select[str]":
    """Return the select of names that are locked at an instant."""
    return (
        select(SignInFailure.username).where(SignInFailure.at > at - WINDOW, SignInFailure.at <= at)
        .group_by(SignInFailure.username).having(func.count() >= MOST_FAILURES)
    )
