"""Tables of the people area."""

from lms.people.models.account import Account, AccountRole, SignInFailure
from lms.people.models.organisation import Post, Queue, Unit, UnitKind
from lms.people.models.person import (
    Employment,
    MentorAssignment,
    Person,
    PersonState,
    QueueMembership,
    RoleAssignment,
)
from lms.people.models.roster import HeadsNeeded, Leave, Shift

__all__ = [
    "Account", "AccountRole", "Employment", "HeadsNeeded", "Leave", "MentorAssignment", "Person", "PersonState",
    "Post", "Queue", "QueueMembership", "RoleAssignment", "Shift", "SignInFailure", "Unit", "UnitKind",
]
