"""Sign-in by Flask-Security: accounts, second factor, and who the signed-in person is."""

from flask import Flask, g
from flask_security import Security, SQLAlchemyUserDatastore, current_user
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import ANONYMOUS, Identity, Role, RoleGrant
from lms.access.permissions import Permission
from lms.kernel.db import db, reading
from lms.kernel.secrets import kept_secret
from lms.kernel.settings import Settings
from lms.people.models import Account, AccountRole, Person, PersonState, RoleAssignment
from lms.web.guard import LIBRARY_ENDPOINTS

datastore = SQLAlchemyUserDatastore(db, Account, AccountRole)
security = Security()


def identity_of(session: Session, person: Person) -> Identity:
    """Return the identity of a person with every role granted; whoever left holds none."""
    grants: frozenset[RoleGrant] = frozenset()
    if person.state != PersonState.LEFT:
        assigned = session.scalars(select(RoleAssignment).where(RoleAssignment.person_id == person.id)).unique()
        grants = frozenset(
            RoleGrant(Role(row.role), row.unit.path if row.unit else "/") for row in assigned
        ) | {RoleGrant(Role.LEARNER, person.unit.path)}
    return Identity(person.id, person.name, person.staff_no, person.unit.path, grants)


def load_identity() -> Identity:
    """Return who is signed in on this request, a visitor when nobody is."""
    if not current_user.is_authenticated:
        return ANONYMOUS
    person: Person = current_user.person
    if person.locale:
        g.locale = person.locale
    return identity_of(reading(), person)


def install_sign_in(app: Flask, settings: Settings) -> None:
    """Set up Flask-Security and tell the guard how to find out who asks."""
    app.config.update(sign_in_configuration(settings))
    for name in ("static", "login", "logout", "verify"):
        LIBRARY_ENDPOINTS[f"security.{name}"] = Permission.SIGN_IN
    security.init_app(app, datastore)
    app.extensions["identity_loader"] = load_identity


def sign_in_configuration(settings: Settings) -> dict[str, object]:
    """Return Flask-Security's settings."""
    return {
        "SECURITY_PASSWORD_SALT": app_salt(settings),
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"username": {"mapper": lambda value: value.strip() or None, "case_insensitive": True}},
        ],
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_UNAUTHORIZED_VIEW": None,
    }


def app_salt(settings: Settings) -> str:
    """Return the salt Flask-Security mixes into passwords; kept in the data folder."""
    return kept_secret(settings.data_dir.resolve() / "keys" / "password-salt")
