"""Who is let in where: the table in `routes.txt`, and the same worked out from the policy page."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter

from lms.access.door import allows
from lms.access.identity import ANONYMOUS, Identity, Role, RoleGrant
from lms.web.guard import permission_of

FILE = Path(__file__).with_name("routes.txt")
HEADING = """\
# Who is let in where, one line a route and method: permission | method and address | endpoint | who.
# "everybody" takes in visitors; "signed in" takes in every role. After adding or moving a route, or changing the
# policy page, run `python -m tests.access.regenerate` and read the difference before committing it.
"""
SOMEBODY = UUID("01900000-0000-7000-8000-000000000001")
EVERYBODY, SIGNED_IN = "everybody", "signed in"


@dataclass(frozen=True)
class Route:
    """One method of one rule, with the permission it names (None: none, so that nobody gets in)."""

    rule: Rule
    method: str
    permission: str | None

    @property
    def line(self) -> str:
        """How the table names it, without who is let in."""
        return f"{self.permission or 'NONE'} | {self.method} {self.rule.rule} | {self.rule.endpoint}"


def routes(app: Flask) -> Iterator[Route]:
    """Yield every route of the application, method by method."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda it: (it.rule, it.endpoint)):
        permission = permission_of(app, rule.endpoint)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(rule, method, permission.value if permission else None)


def identity_of(role: Role) -> Identity:
    """Return an identity that holds a role everywhere, and learns as everybody does."""
    return Identity(SOMEBODY, "测试", "9000", "/x/", frozenset({RoleGrant(role, "/"), RoleGrant(Role.LEARNER, "/x/")}))


def who(app: Flask, route: Route) -> str:
    """Return who is let in, as the policy page says."""
    permission = permission_of(app, route.rule.endpoint)
    if permission is None:
        return ""
    if allows(ANONYMOUS, permission):
        return EVERYBODY
    roles = [role for role in Role if allows(identity_of(role), permission)]
    return SIGNED_IN if len(roles) == len(Role) else " ".join(sorted(roles))


def table_of(app: Flask) -> str:
    """Return the whole table as text."""
    return HEADING + "".join(sorted(f"{route.line} | {who(app, route)}\n" for route in routes(app)))


def read_table() -> dict[str, frozenset[str]]:
    """Return {route: roles let in}; visitors stand as "visitor"."""
    found = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            route, _bar, people = line.rpartition(" | ")
            everybody = {role.value for role in Role}
            found[route] = frozenset(
                {*everybody, "visitor"} if people == EVERYBODY else everybody if people == SIGNED_IN else people.split()
            )
    return found


def address_of(rule: Rule) -> str:
    """Return an address that the rule takes, of things that don't exist."""
    values = {}
    for name, converter in rule._converters.items():
        if isinstance(converter, AnyConverter):
            values[name] = sorted(converter.items)[0]
        else:
            values[name] = {"UUIDConverter": SOMEBODY, "IntegerConverter": 1}.get(type(converter).__name__, "x")
    return rule.build({**values, **(rule.defaults or {})})[1]
