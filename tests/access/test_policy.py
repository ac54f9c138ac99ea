"""The policy page: nothing is forgotten, and scopes mean what they say."""

import pytest

from lms.access.door import allows, reach, scopes_of
from lms.access.identity import ANONYMOUS, SYSTEM, Identity, Role, RoleGrant
from lms.access.permissions import Permission
from lms.access.policy import GRANTS
from lms.access.rules import Subject
from lms.kernel.errors import NotFound
from tests.access.table import SOMEBODY, identity_of

EAST, WEST = "/pa/east/", "/pa/west/"


def holding(*grants: tuple[Role, str]) -> Identity:
    return Identity(SOMEBODY, "测试", "9000", EAST, frozenset(RoleGrant(role, path) for role, path in grants))


@pytest.mark.parametrize("permission", list(Permission), ids=str)
def test_every_permission_is_on_the_page_and_granted_to_somebody(permission):
    assert permission in GRANTS
    assert allows(ANONYMOUS, permission) or any(allows(identity_of(role), permission) for role in Role)


@pytest.mark.parametrize("permission", list(Permission), ids=str)
def test_a_visitor_may_do_nothing_that_a_signed_in_learner_may_not(permission):
    assert not allows(ANONYMOUS, permission) or allows(identity_of(Role.LEARNER), permission)


@pytest.mark.parametrize("permission", list(Permission), ids=str)
def test_an_auditor_is_granted_nothing_that_changes_anything(permission):
    changing = {
        "write",
        "grant",
        "import",
        "manage",
        "publish",
        "assign",
        "revoke",
        "approve",
        "request",
        "confirm",
        "mark",
        "invigilate",
    }
    if permission.value.rpartition(".")[2] in changing:
        assert not allows(identity_of(Role.AUDITOR), permission)


@pytest.mark.parametrize(
    ("path", "allowed"), [(EAST, True), ("/pa/east/t03/", True), (WEST, False), ("/", False), ("/pa/", False)]
)
def test_a_role_for_a_part_of_the_tree_reaches_that_part_and_below(path, allowed):
    manager = holding((Role.MANAGER, EAST))
    assert allows(manager, Permission.PERSON_READ, Subject(unit_path=path)) is allowed


def test_a_part_whose_code_only_begins_alike_is_another_part():
    assert not allows(holding((Role.MANAGER, "/pa/e/")), Permission.PERSON_READ, Subject(unit_path="/pa/east/"))


def test_reaching_what_is_not_yours_looks_like_nothing_there():
    with pytest.raises(NotFound):
        reach(holding((Role.HR, EAST)), Permission.PERSON_WRITE, Subject(unit_path=WEST))


@pytest.mark.parametrize(
    ("grants", "scopes"),
    [
        ([(Role.HR, EAST)], (EAST,)),
        ([(Role.HR, EAST), (Role.HR, "/pa/east/t03/")], (EAST,)),
        ([(Role.HR, EAST), (Role.TRAINING_ADMIN, WEST)], (EAST, WEST)),
        ([(Role.HR, "/"), (Role.HR, EAST)], ("/",)),
        ([(Role.MENTOR, EAST)], ()),
        ([], ()),
    ],
    ids=["one part", "nested", "two roles", "everything", "a role that may not", "no role"],
)
def test_lists_scope_themselves_to_where_the_permission_is_granted(grants, scopes):
    assert scopes_of(holding(*grants), Permission.PERSON_WRITE) == scopes


def test_the_system_itself_may_do_everything_everywhere():
    assert scopes_of(SYSTEM, Permission.LEDGER_VERIFY) == ("/",)
    assert all(allows(SYSTEM, permission) for permission in Permission)


def test_nobody_assesses_themselves():
    assessor = holding((Role.ASSESSOR, "/"))
    assert allows(assessor, Permission.STATION_MARK, Subject(unit_path=EAST))
    assert not allows(assessor, Permission.STATION_MARK, Subject(person_id=SOMEBODY, unit_path=EAST))
