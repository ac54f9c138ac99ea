"""The vocabulary of the policy page: small predicates over an identity and whom or what a row is about."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from lms.access.identity import Identity, Role


@dataclass(frozen=True)
class Subject:
    """Whom and which part of the organisation a row is about.

    unit_path   path of the unit it belongs to; `/` for what belongs to the whole organisation
    """

    person_id: UUID | None = None
    unit_path: str = "/"


Rule = Callable[[Identity, Subject | None], bool]


def public(_identity: Identity, _subject: Subject | None) -> bool:
    """Hold for everybody."""
    return True


def signed_in(identity: Identity, _subject: Subject | None) -> bool:
    """Hold for whoever has signed in."""
    return identity.is_signed_in


def own_record(identity: Identity, subject: Subject | None) -> bool:
    """Hold for the person the row is about. Without a row: for whoever could have one."""
    return identity.is_signed_in and (subject is None or subject.person_id == identity.person_id)


def role(*roles: Role) -> Rule:
    """Hold for whoever has one of the roles in the part of the organisation the row belongs to."""

    def holds(identity: Identity, subject: Subject | None) -> bool:
        scopes = identity.scopes(*roles)
        return bool(scopes) if subject is None else any(subject.unit_path.startswith(scope) for scope in scopes)

    return holds


leads_their_unit: Rule = role(Role.MANAGER)


def any_of(*rules: Rule) -> Rule:
    """Hold when one of the rules does."""
    return lambda identity, subject: any(rule(identity, subject) for rule in rules)


def all_of(*rules: Rule) -> Rule:
    """Hold when all of the rules do."""
    return lambda identity, subject: all(rule(identity, subject) for rule in rules)


def is_not(rule: Rule) -> Rule:
    """Hold when the rule doesn't. Without a row nothing is excluded yet."""
    return lambda identity, subject: subject is None or not rule(identity, subject)
