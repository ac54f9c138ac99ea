"""Sign-in by Flask-Security: accounts, second factor, and who the signed-in person is."""

import base64
from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import Security, current_user, user_authenticated
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import ANONYMOUS, Identity, Role, RoleGrant
from lms.access.permissions import Permission
from lms.kernel.db import db, reading
from lms.kernel.errors import Refused
from lms.kernel.i18n import TRANSLATIONS, _
from lms.kernel.secrets import kept_secret
from lms.kernel.settings import Settings
from lms.people import sign_in_forms as forms
from lms.people.account_store import SHORTEST_PASSWORD, Authenticator, Passwords, store
from lms.people.browser_sessions import DatabaseSessions
from lms.people.models import Account, Person, PersonState, RoleAssignment
from lms.people.services.sign_in import forgive_all
from lms.people.sign_in_words import MESSAGES
from lms.web.crowds import crowded
from lms.web.guard import LIBRARY_ENDPOINTS, requires, wants_json
from lms.web.rate_limits import limiter

security = Security(
    login_form=forms.StaffLoginForm, verify_form=forms.ConfirmPasswordForm, change_password_form=forms.NewPasswordForm,
    two_factor_verify_code_form=forms.CodeForm, mf_recovery_form=forms.RecoveryForm, totp_cls=Authenticator,
    password_util_cls=Passwords,
)
FAILED_SIGN_INS: Final = "20 per minute; 120 per hour"  # of one address; a whole site may stand behind it
OFFER_CODES: Final = "offer_recovery_codes"
PERMISSIONS: Final = {
    "static": Permission.PUBLIC_READ, "login": Permission.SIGN_IN, "logout": Permission.SIGN_IN,
    "two_factor_setup": Permission.SIGN_IN, "two_factor_token_validation": Permission.SIGN_IN,
    "mf_recovery": Permission.SIGN_IN, "verify": Permission.HOME_READ, "change_password": Permission.HOME_READ,
    "two_factor_setup_validate": Permission.HOME_READ, "mf_recovery_codes": Permission.HOME_READ,
}
_limited: Final[dict[str, Any]] = {}
NOT_OFFERED: Final = ("two_factor_rescue", "tf_select")  # views of the library that answer "not found" here
BEFORE_THE_PASSWORD_IS_CHANGED: Final = frozenset({"security.change_password", "security.logout", "web.set_locale"})


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


def check_obligations() -> ResponseReturnValue | None:
    """Send whoever still has a one-time password to change it, and show fresh recovery codes once."""
    identity = g.get("actor")
    if identity is None or not identity.is_signed_in or request.endpoint in BEFORE_THE_PASSWORD_IS_CHANGED:
        return None
    if current_user.must_change_password:
        if wants_json():
            raise Refused("account.password_must_change", _("Change your one-time password first."))
        return redirect(url_for("security.change_password"))
    if session.get(OFFER_CODES) and request.method == "GET" and not wants_json():
        session.pop(OFFER_CODES)
        return redirect(url_for("security.mf_recovery_codes"))
    return None


def on_signed_in(app: Flask, user: Account, **_extra: object) -> None:
    """Give the session a new name, forget failed tries, keep it after the browser closes only if asked."""
    session.pop("_remember", None)  # no second cookie: every session can be seen and ended
    session.permanent = bool(session.pop(forms.OWN_DEVICE, session.permanent))
    app.session_interface.regenerate(session)  # type: ignore[attr-defined]  # our DatabaseSessions
    if user.has_second_factor and not user.mf_recovery_codes:
        session[OFFER_CODES] = True
    with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
        forgive_all(connection, user.username)  # the library may be in the middle of changing the account


def install_sign_in(app: Flask, settings: Settings) -> None:
    """Set up sessions and Flask-Security, and tell the guard how to find out who asks."""
    app.config.update(sign_in_configuration(settings))
    app.session_interface = DatabaseSessions(app)
    for name, permission in PERMISSIONS.items():
        LIBRARY_ENDPOINTS[f"security.{name}"] = permission
    security.init_app(app, store)
    security.want_json(lambda _request: False)
    app.login_manager._request_callback = None  # type: ignore[attr-defined]  # no tokens: sessions alone sign in
    for name in NOT_OFFERED:
        app.view_functions[f"security.{name}"] = requires(Permission.PUBLIC_READ)(lambda: abort(HTTPStatus.NOT_FOUND))
    app.jinja_env.globals["present_code"] = present_code
    for name in ("login", "two_factor_token_validation", "mf_recovery", "verify"):
        view: Any = app.view_functions[f"security.{name}"]
        app.view_functions[f"security.{name}"] = crowded(view)  # each takes a second connection while it holds one
    limit_failures(app, "security.login", "security.two_factor_token_validation", "security.mf_recovery")
    user_authenticated.connect(on_signed_in, app)
    app.extensions["identity_loader"] = load_identity
    app.before_request(check_obligations)


def limit_failures(app: Flask, *endpoints: str) -> None:
    """Let an address fail only so often at these views; what succeeds isn't counted."""
    limited = limiter.limit(
        FAILED_SIGN_INS, methods=["POST"], deduct_when=lambda response: response.status_code == HTTPStatus.OK
    )  # a success is a redirect
    for endpoint in endpoints:
        view: Any = app.view_functions[endpoint]
        if endpoint not in _limited:  # the limiter is one for all applications of a process: never count twice
            _limited[endpoint] = limited(view)
        app.view_functions[endpoint] = _limited[endpoint]


def sign_in_configuration(settings: Settings) -> dict[str, object]:
    """Return Flask-Security's settings."""
    return {
        "SECURITY_PASSWORD_SALT": secret_of(settings, "password-salt"),
        "SECURITY_USER_IDENTITY_ATTRIBUTES": [
            {"username": {"mapper": lambda value: value.strip() or None, "case_insensitive": True}},
        ],
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {  # OWASP's smallest: 19 MiB and 25 ms, 16 at once are bearable
            "argon2__memory_cost": 19_456, "argon2__time_cost": 2, "argon2__parallelism": 1,
        },
        "SECURITY_PASSWORD_LENGTH_MIN": SHORTEST_PASSWORD,
        "SECURITY_UNAUTHORIZED_VIEW": None,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_POST_CHANGE_VIEW": "/",
        "SECURITY_POST_LOGOUT_VIEW": "/account/login",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": False,
        "SECURITY_TWO_FACTOR_LOGIN_VALIDITY": timedelta(days=7),
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": {
            "httponly": True, "secure": settings.secure_cookies, "samesite": "Strict",
        },
        "SECURITY_TWO_FACTOR_AUTHENTICATOR_VALIDITY": 30,
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_POST_SETUP_VIEW": "/account/second-factor",
        "SECURITY_TOTP_SECRETS": {"1": secret_of(settings, "totp")},
        "SECURITY_TOTP_ISSUER": "FloorReady",
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": 8,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [fernet_key(secret_of(settings, "recovery-codes"))],
        "SECURITY_FRESHNESS": timedelta(hours=1),
        "SECURITY_FRESHNESS_GRACE_PERIOD": timedelta(minutes=15),
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_I18N_DIRNAME": [str(TRANSLATIONS)],
        "SECURITY_I18N_DOMAIN": "people",
        "SESSION_PROTECTION": None,
        "SESSION_REFRESH_EACH_REQUEST": False,
        **{f"SECURITY_MSG_{name}": message for name, message in MESSAGES.items()},
    }


def secret_of(settings: Settings, name: str) -> str:
    """Return a secret kept in the data folder."""
    return kept_secret(settings.data_dir.resolve() / "keys" / name)


def fernet_key(secret: str) -> bytes:
    """Return the key that recovery codes are encrypted with."""
    return base64.urlsafe_b64encode(sha256(secret.encode()).digest())


def present_code(secret: str | None) -> str:
    """Return the code an authenticator would show now; for the sample call centre's pages alone."""
    sample: bool = current_app.extensions["settings"].sample
    return str(security.totp_factory.generate_totp_password(secret)) if sample and secret else ""
