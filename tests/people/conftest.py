"""What tests of people share."""

from collections.abc import Iterator

import pytest
from flask import Flask

from lms.access.identity import Identity, Role, RoleGrant
from lms.people.models import Person
from lms.web.rate_limits import limiter
from tests.factories import make_person, make_post, make_queue, make_unit


@pytest.fixture(autouse=True)
def _forget_rates(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let every test begin with an unused address."""
    if "app" in request.fixturenames:
        application: Flask = request.getfixturevalue("app")
        with application.app_context():
            limiter.reset()
    yield


@pytest.fixture
def place(session):
    """A site with two teams, a post, two queues, and an HR officer who imports."""
    site = make_unit("pa", name="平安客服")
    make_unit("t1", parent=site, name="早一班")
    make_unit("t2", parent=site, name="夜班")
    make_post("operator", name="话务员")
    make_queue("gas", name="燃气抢修")
    make_queue("service", name="综合服务")
    return site


@pytest.fixture
def hr(place):
    person = make_person("沈慧敏", staff_no="9001", roles=[Role.HR], unit=place)
    return Identity(person.id, person.name, "9001", place.path, frozenset({RoleGrant(Role.HR, "/")}))


@pytest.fixture
def east(app):
    with app.app_context():
        return make_unit("east", name="东区中心")


@pytest.fixture
def west(app):
    with app.app_context():
        return make_unit("west", name="西区中心")


@pytest.fixture
def people(app, east, west):
    """陈雨桐 in the east, 沈慧敏 in the west."""
    with app.app_context():
        return (
            make_person("陈雨桐", staff_no="3001", unit=east, pinyin_initials="cyt"),
            make_person("沈慧敏", staff_no="3002", unit=west, pinyin_initials="shm"),
        )


@pytest.fixture
def of_the_east(app, east, sign_in, client):
    """Sign somebody in who holds a role for the east alone."""

    def enter(*roles: Role) -> Person:
        with app.app_context():
            person = make_person("周岚", staff_no="9001", unit=east, roles=roles, everywhere=False)
        return sign_in(client, person)

    return enter
