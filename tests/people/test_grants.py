"""Who may hand out which role where."""

from uuid import UUID

import pytest

from lms.access.identity import SYSTEM, Identity, Role, RoleGrant
from lms.people.rules.grants import may_grant, second_factor_required

ME, YOU = UUID(int=1), UUID(int=2)
EAST = "/pa/east/"


def holding(role: Role, path: str = "/") -> Identity:
    return Identity(ME, "测试", "9000", path, frozenset({RoleGrant(role, path)}))


@pytest.mark.parametrize(
    ("by", "role", "path", "allowed"),
    [
        (holding(Role.SYSTEM_ADMIN), Role.SYSTEM_ADMIN, "/", True),
        (holding(Role.SYSTEM_ADMIN), Role.HR, EAST, True),
        (holding(Role.SYSTEM_ADMIN, EAST), Role.HR, EAST, True),
        (holding(Role.SYSTEM_ADMIN, EAST), Role.HR, "/pa/east/t03/", True),
        (holding(Role.SYSTEM_ADMIN, EAST), Role.HR, "/pa/west/", False),
        (holding(Role.SYSTEM_ADMIN, EAST), Role.HR, "/", False),
        (holding(Role.TRAINING_ADMIN), Role.TRAINER, "/", True),
        (holding(Role.TRAINING_ADMIN), Role.SYSTEM_ADMIN, "/", False),
        (holding(Role.TRAINING_ADMIN), Role.AUDITOR, "/", False),
        (holding(Role.HR), Role.MENTOR, "/", False),
        (holding(Role.SYSTEM_ADMIN), Role.LEARNER, "/", False),
        (SYSTEM, Role.SYSTEM_ADMIN, "/", True),
    ],
)
def test_nobody_gives_more_than_they_may(by, role, path, allowed):
    assert may_grant(by, role, path, YOU) is allowed


def test_nobody_gives_themselves_a_role():
    assert not may_grant(holding(Role.SYSTEM_ADMIN), Role.HR, "/", ME)


@pytest.mark.parametrize(
    ("roles", "required"),
    [
        ({Role.LEARNER}, False),
        ({Role.TRAINER, Role.HR}, False),
        ({Role.TRAINING_ADMIN}, True),
        ({Role.SYSTEM_ADMIN}, True),
    ],
)
def test_administrators_need_a_second_factor(roles, required):
    assert second_factor_required(frozenset(roles)) is required
