"""The actor of a request or a job: who it is and which roles it holds where."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """What a person does here (requirements R1). A role is granted for a part of the organisation."""

    LEARNER = "learner"
    MENTOR = "mentor"
    TRAINER = "trainer"
    ASSESSOR = "assessor"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    HR = "hr"
    TRAINING_ADMIN = "training_admin"
    AUDITOR = "auditor"
    SYSTEM_ADMIN = "system_admin"


@dataclass(frozen=True)
class RoleGrant:
    """One role, for one part of the organisation tree.

    unit_path   `/` for everything, or a unit's path such as `/pa/hz/t03/`
    """

    role: Role
    unit_path: str = "/"


@dataclass(frozen=True)
class Identity:
    """Who acts. `person_id` is None for a visitor and for the system itself."""

    person_id: UUID | None
    name: str
    staff_no: str = ""
    unit_path: str = ""
    grants: frozenset[RoleGrant] = frozenset()
    is_system: bool = False

    def scopes(self, *roles: Role) -> tuple[str, ...]:
        """Return the unit paths within which this identity holds any of the roles, without redundant ones."""
        paths = sorted({grant.unit_path for grant in self.grants if grant.role in roles})
        return tuple(
            path for path in paths if not any(other != path and path.startswith(other) for other in paths)
        )

    def has(self, *roles: Role) -> bool:
        """Tell whether any of the roles is held anywhere."""
        return bool(self.scopes(*roles))

    @property
    def roles(self) -> frozenset[Role]:
        """Every role held anywhere."""
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_signed_in(self) -> bool:
        """Tell whether a person stands behind this identity."""
        return self.person_id is not None


ANONYMOUS = Identity(None, "visitor")
SYSTEM = Identity(None, "system", is_system=True)
