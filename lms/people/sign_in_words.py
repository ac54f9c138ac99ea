"""What Flask-Security says, in our words and with the categories our pages know."""

from collections.abc import Mapping
from typing import Final


def _(message: str) -> str:
    """Mark a message for translation; the library translates it when it says it."""
    return message


MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "UNAUTHENTICATED": (_("Sign in first."), "info"),
    "REAUTHENTICATION_REQUIRED": (_("Enter your password once more to go on."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (_("Thank you, go on."), "ok"),
    "LOGIN": (_("Sign in first."), "info"),
    "DISABLED_ACCOUNT": (_("This sign-in has been closed. Ask your administrator."), "no"),
    "INVALID_PASSWORD": (_("The password doesn't match."), "no"),
    "USER_DOES_NOT_EXIST": (_("The password doesn't match."), "no"),
    "PASSWORD_NOT_PROVIDED": (_("Enter your password."), "no"),
    "RETYPE_PASSWORD_MISMATCH": (_("The two aren't the same."), "no"),
    "PASSWORD_IS_THE_SAME": (_("The new password is the present one."), "no"),
    "PASSWORD_CHANGE": (_("Your password has been changed; other devices have been signed out."), "ok"),
    "INVALID_REDIRECT": (_("That address isn't on this site."), "no"),
    "INVALID_RECOVERY_CODE": (_("This recovery code doesn't match or was used before."), "no"),
    "NO_RECOVERY_CODES_SETUP": (_("There are no recovery codes yet."), "info"),
    "TWO_FACTOR_INVALID_TOKEN": (_("The digits don't match."), "no"),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (_("Signed in."), "ok"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (_("The second step is set up."), "ok"),
    "TWO_FACTOR_PERMISSION_DENIED": (_("Begin with your password."), "info"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (_("This way isn't offered."), "no"),
    "TWO_FACTOR_DISABLED": (_("The second step has been switched off."), "ok"),
    "TWO_FACTOR_SETUP_EXPIRED": (_("That took too long. Begin again."), "no"),
    "API_ERROR": (_("This can't be read."), "no"),
    "ANONYMOUS_USER_REQUIRED": (_("You are signed in already."), "info"),
}
