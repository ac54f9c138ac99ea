"""Forms of signing in. They replace Flask-Security's where tries are counted or words are ours."""

from typing import Any, Final, cast

from flask import request, session
from flask_security import ChangePasswordForm, LoginForm, TwoFactorVerifyCodeForm, VerifyForm
from flask_security.recovery_codes import MfRecoveryForm
from wtforms import BooleanField, Field, PasswordField, StringField
from wtforms.validators import DataRequired, Length

from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.i18n import _, _l, ngettext
from lms.people.models import Account
from lms.people.rules.lockout import LockState
from lms.people.services.sign_in import Try, begin_try, find_account, forgive_try
from lms.web.formatting import clock_time
from lms.web.guard import request_time
from lms.web.shell import is_local

OWN_DEVICE: Final = "own_device"
TRUSTED: Final = "tf_remember_login"  # Flask-Security's name for it


class CountedTries:
    """A form whose secret is looked at only while the name isn't locked; says how many tries remain.

    step       what tries are counted for
    asks_for   the field that holds the secret; messages stand there
    """

    step = "password"
    asks_for = "password"
    wrong = _l("This doesn't match.")

    def counted_name(self) -> str:
        """Return the name the tries are counted for."""
        account: Account = self.user  # type: ignore[attr-defined]  # set by the library
        return account.username

    def validate(self, **kwargs: Any) -> bool:
        """Check shape, then the lock, then the secret."""
        with unit_of_work() as writing:
            begun = begin_try(writing, self.counted_name(), address=request.remote_addr or "", now=request_time(),
                              step=self.step)
        if isinstance(begun, LockState):
            self._say(locked_sentence(begun))
            return False
        passed: bool = super().validate(**kwargs)  # type: ignore[misc]  # of the library's form
        if passed or self.secret_was_right():
            with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
                forgive_try(connection, begun.id)  # of its own: the library may be changing the account
            return passed
        self._say(self.wrong_sentence(begun))
        return False

    def secret_was_right(self) -> bool:
        """Tell whether only something else was wrong."""
        return not self[self.asks_for].errors  # type: ignore[index]  # a form is a mapping of fields

    def wrong_sentence(self, begun: Try) -> str:
        """Return what to say after a failed try."""
        return f"{self.wrong}{tries_sentence(begun)}"

    def _say(self, sentence: str) -> None:
        for field in self:  # type: ignore[attr-defined]  # a form is iterable
            field.errors = []
        self[self.asks_for].errors = [sentence]  # type: ignore[index]  # a form is a mapping of fields


def tries_sentence(begun: Try) -> str:
    """Return how many tries are left, as the end of a sentence."""
    if begun.tries_left == 0:
        return str(_("; signing in with this name is stopped for 15 minutes."))
    return str(ngettext("; %(num)d try left, then it is stopped for 15 minutes.",
                        "; %(num)d tries left, then it is stopped for 15 minutes.", begun.tries_left))


def locked_sentence(state: LockState) -> str:
    """Return when a locked name may be tried again."""
    until = clock_time(state.locked_until) if state.locked_until else ""
    return str(_("Too many wrong tries. Try again after %(time)s, or ask an administrator to unlock it.", time=until))


class StaffLoginForm(CountedTries, LoginForm):
    """Staff or mobile number and password."""

    email = None  # type: ignore[assignment]  # how WTForms takes a field away
    remember = None  # type: ignore[assignment]  # the same
    identity = StringField(_l("Staff number or mobile number"), [
        DataRequired(_l("Enter your staff number.")), Length(max=80),
    ])
    password = PasswordField(_l("Password"), [DataRequired(_l("Enter your password."))])
    own_device = BooleanField(_l("This is my own device: stay signed in when I close the browser"))
    wrong = _l("Staff number and password don't match")

    def validate_next(self, field: Field) -> None:
        """Forget an address that leads elsewhere; a right password isn't refused for it."""
        if field.data and not is_local(field.data):
            field.data = ""

    def counted_name(self) -> str:
        """Return the account's name, or what was typed where there is none: both answer alike."""
        return str(self.user.username) if self.user else str(self.identity.data or "").strip()


    def validate(self, **kwargs: Any) -> bool:
        """Look the account up, then check as always."""
        if not self.identity.data or not self.password.data:
            return bool(LoginForm.validate(self, **kwargs))
        self.user = cast(Any, find_account(reading(), self.identity.data))
        self.ifield = self.identity
        passed = super().validate(**kwargs)
        if passed:
            session[OWN_DEVICE] = bool(self.own_device.data)
        return passed

    def secret_was_right(self) -> bool:
        """The password was right where the library says so."""
        return self.user_authenticated


class CodeForm(CountedTries, TwoFactorVerifyCodeForm):
    """The six digits of the authenticator."""

    step = "code"
    code = StringField(_l("6 digits from the authenticator"), [DataRequired(_l("Enter the 6 digits."))])
    trusted = BooleanField(_l("Don't ask for the second step on this computer for 7 days"))
    asks_for = "code"
    wrong = _l("The digits don't match")


    def validate(self, **kwargs: Any) -> bool:
        """Take the code with or without a space in the middle."""
        self.code.data = "".join(str(self.code.data or "").split())
        if not self.code.data.isdecimal():
            self.code.errors = [_("Enter the 6 digits.")]
            return False
        if self.is_setup:
            return bool(TwoFactorVerifyCodeForm.validate(self, **kwargs))
        passed = super().validate(**kwargs)
        if passed and self.trusted.data:
            session[TRUSTED] = True
        return passed


class RecoveryForm(CountedTries, MfRecoveryForm):
    """One of the codes kept for the day the phone is lost."""

    step = "recovery"
    code = StringField(_l("Recovery code"), [DataRequired(_l("Enter a recovery code."))])
    asks_for = "code"
    wrong = _l("This recovery code doesn't match or was used before")


    def validate(self, **kwargs: Any) -> bool:
        """Take the code in capitals or small letters, with or without its hyphens."""
        signs = "".join(sign for sign in str(self.code.data or "").lower() if sign.isalnum())
        self.code.data = "-".join(signs[start:start + 4] for start in range(0, len(signs), 4))
        return super().validate(**kwargs)


class ConfirmPasswordForm(CountedTries, VerifyForm):
    """The password once more, before something delicate."""

    password = PasswordField(_l("Password"), [DataRequired(_l("Enter your password."))])
    wrong = _l("The password doesn't match")



class NewPasswordForm(ChangePasswordForm):
    """The old password and a new one, twice."""

    password = PasswordField(_l("Present password"), [DataRequired(_l("Enter your password."))])
    new_password = PasswordField(_l("New password"), [DataRequired(_l("Enter a new password."))])
    new_password_confirm = PasswordField(_l("New password again"), [DataRequired(_l("Enter it once more."))])

    def validate(self, **kwargs: Any) -> bool:
        """Check that both are the same, then what the library checks."""
        if self.new_password.data != self.new_password_confirm.data:
            self.new_password_confirm.errors = [_("The two aren't the same.")]
            return False
        return bool(super().validate(**kwargs))
