"""Sign-ins: made, reset, unlocked, closed. One-time passwords are returned once and kept nowhere."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from flask_security import hash_password
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity, Role
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.people.account_store import password_problems
from lms.people.models import Account, BrowserSession, Person, PersonState, RoleAssignment, Unit, UnitKind
from lms.people.rules.cells import CellProblem, read_staff_no
from lms.people.rules.grants import may_grant
from lms.people.rules.names import initials, latin_name
from lms.people.services.sign_in import forgive_all
from lms.records.services import audit

# No signs that are mistaken for others on a printed slip.
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 3
_GROUP: Final = 4


def one_time_password() -> str:
    """Return a random password for a slip of paper: about 59 bits, e.g. `k7mw-3pxd-hu4n`."""
    return "-".join("".join(secrets.choice(_SIGNS) for _sign in range(_GROUP)) for _group in range(_GROUPS))


@dataclass(frozen=True)
class OneTime:
    """A password and its hash. Hashing takes its time on purpose: make many before the transaction, not in it."""

    plain: str
    hashed: str

    @classmethod
    def make(cls, plain: str = "") -> "OneTime":
        """Return a random password, or the one given, with its hash."""
        plain = plain or one_time_password()
        return cls(plain, str(hash_password(plain)))


def create_account(
    session: Session, person_id: UUID, *, by: Identity, now: datetime, password: OneTime | str | None = None,
    must_change: bool = True,
) -> str:
    """Let a person sign in with their staff number; return the password.

    password      a random one by default
    must_change   the first sign-in asks for a new one

    Raises NotFound, or Conflict when they have a sign-in already or have left.
    """
    person = _person(session, person_id)
    _check_standing(session, person_id, by)
    if person.state == PersonState.LEFT:
        raise Conflict("person.left", _("%(name)s has left.", name=person.name))
    if session.scalar(select(Account.id).where(Account.person_id == person_id)):
        raise Conflict("account.exists", _("%(name)s can sign in already.", name=person.name))
    secret = password if isinstance(password, OneTime) else OneTime.make(password or "")
    session.add(Account(
        person_id=person_id, username=person.staff_no, password=secret.hashed, active=True,
        fs_uniquifier=uuid4().hex, must_change_password=must_change, roles=[], create_datetime=now,
        update_datetime=now,
    ))
    audit(session, by=by, action="account.create", subject=f"person:{person_id}", now=now)
    return secret.plain


def reset_password(
    session: Session, person_id: UUID, *, by: Identity, now: datetime, password: OneTime | None = None
) -> str:
    """Replace a forgotten password by a one-time one, sign the person out everywhere, unlock the name; return it.

    Raises NotFound, or Refused for one's own and for somebody who holds more than `by` may give.
    """
    account = _account(session, person_id)
    _check_standing(session, person_id, by)
    secret = password or OneTime.make()
    account.password, account.must_change_password, account.update_datetime = secret.hashed, True, now
    end_sessions(session, person_id)
    forgive_all(session, account.username)
    audit(session, by=by, action="account.reset_password", subject=f"person:{person_id}", now=now)
    return secret.plain


def unlock(session: Session, person_id: UUID, *, by: Identity, now: datetime) -> None:
    """Let a name be tried again at once. Raises NotFound."""
    forgive_all(session, _account(session, person_id).username)
    audit(session, by=by, action="account.unlock", subject=f"person:{person_id}", now=now)


def reset_second_factor(session: Session, person_id: UUID, *, by: Identity, now: datetime) -> None:
    """Forget a lost authenticator and its recovery codes; an administrator sets up a new one at the next sign-in.

    Raises NotFound, or Refused for one's own and for somebody who holds more than `by` may give.
    """
    account = _account(session, person_id)
    _check_standing(session, person_id, by)
    account.tf_primary_method = account.tf_totp_secret = account.tf_last_counter = None
    account.mf_recovery_codes = None
    end_sessions(session, person_id)
    audit(session, by=by, action="account.reset_second_factor", subject=f"person:{person_id}", now=now)


def end_sessions(session: Session, person_id: UUID) -> int:
    """Sign a person out everywhere; return how many sessions ended."""
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is not None:
        account.fs_uniquifier = uuid4().hex  # whatever a browser still holds stands for nobody
    return _rows(session.execute(delete(BrowserSession).where(BrowserSession.person_id == person_id)))


def sign_out_everywhere(session: Session, person_id: UUID, *, by: Identity, now: datetime) -> None:
    """End all sessions of somebody else, at an administrator's hand. Raises NotFound."""
    _account(session, person_id)
    end_sessions(session, person_id)
    audit(session, by=by, action="session.end_all", subject=f"person:{person_id}", now=now)


def end_one_session(session: Session, person_id: UUID, session_id: UUID, *, by: Identity, now: datetime) -> None:
    """End one session of a person. Raises NotFound when they have no such session."""
    ended = session.execute(
        delete(BrowserSession).where(BrowserSession.id == session_id, BrowserSession.person_id == person_id)
    )
    if not _rows(ended):
        raise NotFound("session.unknown")
    audit(session, by=by, action="session.end", subject=f"person:{person_id}", now=now)


def end_other_sessions(session: Session, person_id: UUID, *, but: str, by: Identity, now: datetime) -> int:
    """End every session of a person but the one with the key `but`; return how many ended."""
    ended = _rows(session.execute(
        delete(BrowserSession).where(BrowserSession.person_id == person_id, BrowserSession.key != but)
    ))
    audit(session, by=by, action="session.end_others", subject=f"person:{person_id}", now=now)
    return ended


def close_account(session: Session, person_id: UUID) -> None:
    """Shut the sign-in of somebody who left, and end their sessions."""
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is not None:
        account.active = False
    end_sessions(session, person_id)


def reopen_account(session: Session, person_id: UUID) -> None:
    """Open the sign-in of somebody who came back."""
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is not None:
        account.active = True


def create_first_admin(
    session: Session, *, staff_no: str, name: str, organisation_name: str, password: str, now: datetime
) -> UUID:
    """Make the organisation's top unit and its first administrator, for the system and for training; return their id.

    Raises Conflict once there is any account, Invalid for a malformed staff number or a weak password.
    """
    if session.scalar(select(func.count()).select_from(Account)):
        raise Conflict("account.not_the_first", _("There is an administrator already."))
    problems = [Problem("password", text) for text in password_problems(password, None)]
    try:
        staff_no = read_staff_no(staff_no)
    except CellProblem:
        problems.append(Problem("staff_no", _("A staff number is made of letters, digits, dots and hyphens.")))
    if not name.strip() or not organisation_name.strip():
        problems.append(Problem("name", _("Names can't be empty.")))
    if problems:
        raise Invalid(problems)
    top = session.scalars(select(Unit).where(Unit.parent_id.is_(None)).order_by(Unit.path)).first() or Unit(
        code="hq", name=organisation_name.strip(), kind=UnitKind.SITE, path="/hq/")
    session.add(top)
    session.flush()
    person = Person(
        staff_no=staff_no, name=name.strip(), name_latin=latin_name(name.strip()),
        pinyin_initials=initials(name.strip()), unit_id=top.id, state=PersonState.ACTIVE, hired_on=now.date(),
        created_at=now,
    )
    session.add(person)
    session.flush()
    session.add_all(RoleAssignment(person_id=person.id, role=role, unit_id=None, granted_at=now)
                    for role in (Role.SYSTEM_ADMIN, Role.TRAINING_ADMIN))
    create_account(session, person.id, password=password, must_change=False, by=SYSTEM, now=now)
    audit(session, by=SYSTEM, action="account.first_administrator", subject=f"person:{person.id}", now=now)
    return person.id


def _check_standing(session: Session, person_id: UUID, by: Identity) -> None:
    """Keep an administrator of a part from taking over somebody who administers more."""
    if by.is_system:
        return
    if by.person_id == person_id:
        raise Refused("account.own", _("Change your own sign-in on your own page."))
    held = session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == person_id)).unique()
    if not all(may_grant(by, Role(row.role), row.unit.path if row.unit else "/", person_id) for row in held):
        raise Refused("account.beyond", _("This person holds roles that you can't give. Ask their administrator."))


def _person(session: Session, person_id: UUID) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("person.unknown")
    return person


def _account(session: Session, person_id: UUID) -> Account:
    account = session.scalar(select(Account).where(Account.person_id == person_id))
    if account is None:
        raise NotFound("account.unknown")
    return account


def _rows(result: object) -> int:
    return int(getattr(result, "rowcount", 0))
