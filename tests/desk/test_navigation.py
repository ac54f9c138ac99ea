"""The spine, role by role."""

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.desk.navigation import ENTRIES, LEARNER_PHONE, PHONE_ITEMS, SPINES, keys_for, spine
from lms.desk.shell import PERSON_MENU


def shown(*roles: Role, path: str = "/", current: str = "", refused: frozenset[Permission] = frozenset()):
    """Return a spine on which every endpoint lives at a path of its own name."""
    return spine(set(roles), may=lambda permission: permission not in refused,
                 address=lambda endpoint: "/" if endpoint == "desk.home" else f"/{endpoint.replace('.', '/')}/",
                 path=path, current=current)


def test_a_learner_finds_learning_on_the_spine_itself() -> None:
    assert keys_for({Role.LEARNER}) == ("home", "learning", "exams", "calls", "knowledge", "certificates", "me")


@pytest.mark.parametrize("role", [role for role, _keys in SPINES])
def test_whoever_works_here_finds_learning_in_one_last_entry(role: Role) -> None:
    keys = keys_for({role, Role.LEARNER})
    assert keys[-1] == "mine"
    assert "learning" not in keys
    assert len(keys) == len(set(keys)) <= 13


def test_two_roles_share_one_spine_and_nothing_stands_twice() -> None:
    keys = keys_for({Role.TRAINER, Role.ASSESSOR, Role.LEARNER})
    assert keys.count("home") == 1
    assert {"courses", "stations"} <= set(keys)


def test_what_somebody_may_not_open_is_not_shown() -> None:
    all_of_it = [item.key for item in shown(Role.MANAGER)]
    without = [item.key for item in shown(Role.MANAGER, refused=frozenset({Permission.FLOOR_READ}))]
    assert "board" in all_of_it
    assert "board" not in without


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", "home"), ("/courses/mine/", "learning"), ("/courses/mine/gas-leak/units/2", "learning"), ("/nowhere", None),
     ("/courses/mineral", None)],
)
def test_the_entry_that_a_page_lies_under_is_current(path: str, current: str | None) -> None:
    items = [item.key for item in shown(Role.LEARNER, path=path) if item.current]
    assert items == ([current] if current else [])


def test_a_page_may_name_its_entry_itself() -> None:
    assert [item.key for item in shown(Role.LEARNER, path="/nowhere", current="exams") if item.current] == ["exams"]


def test_a_phone_shows_five_entries() -> None:
    assert tuple(item.key for item in shown(Role.LEARNER) if item.on_phone) == LEARNER_PHONE
    assert sum(item.on_phone for item in shown(Role.TRAINING_ADMIN)) == PHONE_ITEMS


def test_every_entry_leads_to_a_page(app: Flask) -> None:
    with app.test_request_context():
        for entry in ENTRIES.values():
            assert url_for(entry.endpoint)
        for endpoint, _icon in PERSON_MENU:
            assert url_for(endpoint)


@pytest.mark.parametrize("role", list(Role))
def test_every_entry_of_a_spine_opens_for_its_role(client: FlaskClient, sign_in, role: Role) -> None:
    sign_in(client, role)
    text = client.get("/", follow_redirects=True).text
    spine_part = text.split('<nav class="nav-r"')[1].split("</nav>")[0]
    addresses = [part.split('"')[0] for part in spine_part.split('<a href="')[1:]]
    assert len(addresses) >= 3
    assert {address: client.get(address, follow_redirects=True).status_code for address in addresses} == dict.fromkeys(
        addresses, 200)
