"""Who may hand out which role where: nobody gives more than they may, nor to themselves."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from lms.access.identity import Identity, Role

_OF_TRAINING: Final = frozenset({Role.MENTOR, Role.TRAINER, Role.ASSESSOR, Role.REVIEWER, Role.MANAGER,
                                 Role.TRAINING_ADMIN})
GRANTABLE: Final[Mapping[Role, frozenset[Role]]] = {
    Role.SYSTEM_ADMIN: frozenset(Role) - {Role.LEARNER},
    Role.TRAINING_ADMIN: _OF_TRAINING,
}
ADMINISTRATORS: Final = frozenset({Role.SYSTEM_ADMIN, Role.TRAINING_ADMIN})


def may_grant(granter: Identity, role: Role, unit_path: str, to: UUID) -> bool:
    """Tell whether the granter may give or take a role for a part of the tree.

    unit_path   path of the unit the role is for; "/" for the whole organisation
    to          the person whose role it is

    Everybody is a learner without a grant, so that role isn't handed out.
    """
    if granter.is_system:
        return role is not Role.LEARNER
    if granter.person_id == to:
        return False
    return any(
        role in roles and any(unit_path.startswith(scope) for scope in granter.scopes(held))
        for held, roles in GRANTABLE.items()
    )


def second_factor_required(roles: frozenset[Role]) -> bool:
    """Tell whether whoever holds these roles must sign in with a second factor."""
    return bool(roles & ADMINISTRATORS)
