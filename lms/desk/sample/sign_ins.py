"""The sample's sign-ins: their passwords are made anew at every start and stand nowhere but on the screen."""

from dataclasses import dataclass
from datetime import datetime

from flask_security import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM
from lms.desk.sample.people import SIGN_INS, Staff
from lms.kernel.db import unit_of_work
from lms.people.models import Account
from lms.people.services.accounts import create_account, end_sessions, one_time_password
from lms.people.services.sign_in import forgive_all
from lms.records.services import audit


@dataclass(frozen=True)
class SignIn:
    """One sign-in as it is printed. title: English, what the person is here."""

    staff_no: str
    name: str
    title: str
    password: str


def make_accounts(session: Session, staff: Staff, *, now: datetime) -> None:
    """Give the people one can sign in as an account, with a password nobody knows yet."""
    for person in SIGN_INS:
        create_account(session, staff.people[person.staff_no].id, by=SYSTEM, now=now, must_change=False)


def renew_passwords(now: datetime) -> tuple[SignIn, ...]:
    """Give every sample sign-in a new password, unlock it, end its sessions; return them all."""
    made = []
    with unit_of_work() as session:
        accounts = {
            row.username: row
            for row in session.scalars(
                select(Account).where(Account.username.in_([person.staff_no for person in SIGN_INS]))
            )
        }
        for person in SIGN_INS:
            account = accounts.get(person.staff_no)
            if account is None:
                continue
            password = one_time_password()
            account.password, account.must_change_password = hash_password(password), False
            end_sessions(session, account.person_id)
            forgive_all(session, account.username)
            made.append(SignIn(person.staff_no, person.name, person.what_for, password))
        audit(session, by=SYSTEM, action="sample.renew_passwords", subject="installation:sample", now=now)
    return tuple(made)
