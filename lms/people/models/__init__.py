"""Tables of the people area."""

from lms.people.models.account import Account, AccountRole, SignInFailure
from lms.people.models.browser_session import BrowserSession
from lms.people.models.organisation import Post, Queue, Unit, UnitKind
from lms.people.models.person import (
    Employment,
    MentorAssignment,
    Person,
    PersonState,
    QueueMembership,
    RoleAssignment,
)
from lms.people.models.photo import PersonPhoto
from lms.people.models.roster import HeadsNeeded, Leave, Shift
from lms.people.models.roster_import import ImportKind, ImportState, RosterChange, RosterImport

__all__ = [
    "Account",
    "AccountRole",
    "BrowserSession",
    "Employment",
    "HeadsNeeded",
    "ImportKind",
    "ImportState",
    "Leave",
    "MentorAssignment",
    "Person",
    "PersonPhoto",
    "PersonState",
    "Post",
    "Queue",
    "QueueMembership",
    "RoleAssignment",
    "RosterChange",
    "RosterImport",
    "Shift",
    "SignInFailure",
    "Unit",
    "UnitKind",
]
