"""The door: asks the policy page, and answers "not found" rather than confirm that a row exists."""

from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.policy import GRANTS
from lms.access.rules import Subject
from lms.kernel.errors import NotFound


def allows(identity: Identity, permission: Permission, subject: Subject | None = None) -> bool:
    """Tell whether the policy grants it. Without a subject: whether it could be granted for some row.

    The system itself may do everything; a permission the policy is silent about is refused.
    """
    if identity.is_system:
        return True
    rule = GRANTS.get(permission)
    return rule is not None and rule(identity, subject)


def reach(identity: Identity, permission: Permission, subject: Subject) -> None:
    """Let the identity pass to a row, or raise NotFound as if the row didn't exist."""
    if not allows(identity, permission, subject):
        raise NotFound


def scopes_of(identity: Identity, permission: Permission) -> tuple[str, ...]:
    """Return the unit paths within which the policy grants it, without redundant ones; lists scope themselves so.

    `("/",)` is everything, `()` nowhere. Rows that are one's own are not part of this.
    """
    if identity.is_system:
        return ("/",)
    granted = sorted(
        {grant.unit_path for grant in identity.grants
         if allows(identity, permission, Subject(unit_path=grant.unit_path))}
    )
    return tuple(path for path in granted if not any(other != path and path.startswith(other) for other in granted))
