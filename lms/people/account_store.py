"""What Flask-Security stores and checks: accounts, codes, passwords."""

from datetime import datetime
from typing import Any, Final, cast

import segno
from flask_security import PasswordUtil, SQLAlchemyUserDatastore, Totp
from passlib.totp import TotpMatch  # type: ignore[import-untyped]  # ships no types
from sqlalchemy import delete, inspect
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.i18n import _
from lms.people.models import Account, AccountRole, BrowserSession
from lms.records.services import audit

SHORTEST_PASSWORD: Final = 10
_AUDITED: Final = {
    "password": "account.password_change",
    "tf_totp_secret": "account.second_factor_change",
    "mf_recovery_codes": "account.recovery_codes_change",
}


class AccountStore(SQLAlchemyUserDatastore):
    """Accounts for Flask-Security. Its views change rows as they go; all of it is written in one unit of work."""

    def put(self, model: Any) -> Any:
        """Note that a row was changed; nothing is sent to the database before `commit`."""
        db.session().autoflush = False
        return model

    def commit(self) -> None:
        """Write what the library changed on accounts, with an audit entry each."""
        session = reading()
        session.autoflush = True
        changed = {row.id: _changes(row) for row in session.dirty if isinstance(row, Account)}
        session.rollback()
        if any(changed.values()):
            with unit_of_work() as writing:
                for account_id, values in changed.items():
                    _write(writing, writing.get_one(Account, account_id), values, clock.now())


def _changes(account: Account) -> dict[str, Any]:
    state = inspect(account)
    return {
        column.key: state.attrs[column.key].value for column in state.mapper.column_attrs
        if state.attrs[column.key].history.has_changes()
    }


def _write(session: Session, account: Account, values: dict[str, Any], now: datetime) -> None:
    for name, value in values.items():
        setattr(account, name, value)
    if "password" in values and "fs_uniquifier" in values:
        account.must_change_password = False
        session.execute(delete(BrowserSession).where(BrowserSession.person_id == account.person_id))
    person = account.person
    by = Identity(person.id, person.name, person.staff_no, person.unit.path)
    for name in values.keys() & _AUDITED.keys():
        audit(session, by=by, action=_AUDITED[name], subject=f"person:{person.id}", now=now)


class Authenticator(Totp):
    """Codes of authenticator apps: our clock, each code taken once, the QR drawn by segno."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        super().__init__(secrets, issuer)
        self._totp = self._totp.using(now=lambda: clock.now().timestamp())

    def get_last_counter(self, user: Any) -> int | None:
        """Return the number of the last code taken."""
        return cast(Account, user).tf_last_counter

    def set_last_counter(self, user: Any, tmatch: TotpMatch) -> None:
        """Remember the code, so that it isn't taken again."""
        user.tf_last_counter = tmatch.counter
        store.put(user)

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Return the QR code of a set-up as a data address."""
        code = segno.make(self.get_totp_uri(username, totp), error="m")
        return code.svg_data_uri(scale=4, border=2, svgclass=None, lineclass=None, omitsize=False)


class Passwords(PasswordUtil):
    """What a password must be: long enough, and not what anybody would try first."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """Return what is wrong, None if nothing, and the normalised password."""
        plain = self.normalize(password)
        problems = password_problems(plain, kwargs.get("user"))
        return problems or None, plain


def password_problems(password: str, account: Account | None) -> list[str]:
    """Return what is wrong with a new password, in the reader's language."""
    if len(password) < SHORTEST_PASSWORD:
        return [_("Use at least %(number)s characters.", number=SHORTEST_PASSWORD)]
    if len(set(password)) < 5 or password.lower() in "abcdefghijklmnopqrstuvwxyz 01234567890123456789 qwertyuiopasdfg":
        return [_("This password is too easy to guess: mix more characters.")]
    about = [account.username, account.person.phone, account.person.name_latin] if account else []
    if any(len(word) >= 4 and word.lower() in password.lower() for part in about for word in part.split()):
        return [_("Leave your staff number, phone number and name out of the password.")]
    return []


store = AccountStore(db, cast(Any, Account), cast(Any, AccountRole))
