"""The organisation tree, as use cases; on both databases."""

import pytest
from sqlalchemy import select

from lms.access.identity import SYSTEM, Identity, Role, RoleGrant
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound, Refused
from lms.people.models import Queue, Unit, UnitKind
from lms.people.queries import organisation as queries
from lms.people.services import organisation as services
from lms.records.models import AuditEntry
from tests.factories import make_person, make_queue, make_unit

pytestmark = pytest.mark.both_databases


def of_part(path: str) -> Identity:
    return Identity(make_person().id, "沈慧敏", "9001", path, frozenset({RoleGrant(Role.HR, path)}))


def add(now, by=SYSTEM, **fields):
    with unit_of_work() as session:
        return services.add_unit(
            session, **{"parent_id": None, "code": "pa", "name": "平安", "kind": UnitKind.SITE} | fields, by=by, now=now
        )


def test_a_path_is_made_of_codes_from_the_top(session, now):
    site = add(now)
    part = add(now, parent_id=site, code="hz", name="杭州", kind=UnitKind.DEPARTMENT)
    team = add(now, parent_id=part, code="t1", name="早一班", kind=UnitKind.TEAM)
    assert reading().get_one(Unit, team).path == "/pa/hz/t1/"
    assert [(row.code, row.depth) for row in queries.units(reading())] == [("pa", 0), ("hz", 1), ("t1", 2)]
    assert [row.code for row in queries.units(reading(), ["/pa/hz/"])] == ["hz", "t1"]


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"code": "PA"}, "code"),
        ({"code": "a/b"}, "code"),
        ({"code": ""}, "code"),
        ({"code": "taken"}, "code"),
        ({"name": " "}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"timezone": "../etc"}, "timezone"),
        ({"kind": UnitKind.TEAM}, "kind"),
    ],
)
def test_a_unit_is_checked(session, now, fields, where):
    make_unit("taken")
    with pytest.raises(Invalid) as refused:
        add(now, **fields)
    assert [problem.where for problem in refused.value.problems] == [where]


def test_nothing_stands_below_a_team_and_no_site_below_a_site(session, now):
    site = make_unit("pa")
    team = make_unit("t1", parent=site)
    for parent, kind in ((team, UnitKind.TEAM), (site, UnitKind.SITE)):
        with pytest.raises(Invalid):
            add(now, parent_id=parent.id, code="x", kind=kind)


def test_whoever_holds_a_part_adds_below_it_alone(session, now):
    site = make_unit("pa")
    here, there = (
        make_unit("hz", parent=site, kind=UnitKind.DEPARTMENT),
        make_unit("nb", parent=site, kind=UnitKind.DEPARTMENT),
    )
    by = of_part(here.path)
    add(now, by, parent_id=here.id, code="t1", kind=UnitKind.TEAM)
    with pytest.raises(NotFound):
        add(now, by, parent_id=there.id, code="t2", kind=UnitKind.TEAM)
    with pytest.raises(Refused):
        add(now, by, code="new")


def test_renaming_is_written_down_and_nothing_else_when_nothing_changed(session, now):
    unit = make_unit("pa", name="平安")
    for name in ("平安客服", "平安客服"):
        with unit_of_work() as writing:
            services.change_unit(
                writing, unit.id, name=name, name_en="Unit pa", timezone="Asia/Shanghai", by=SYSTEM, now=now
            )
    entries = reading().scalars(select(AuditEntry).where(AuditEntry.action == "unit.change")).all()
    assert [entry.changes for entry in entries] == [{"name": ["平安", "平安客服"]}]


def test_queues_stand_in_the_order_of_the_board_and_are_counted(session, now):
    with unit_of_work() as writing:
        first = services.save_queue(writing, None, code="gas", name="燃气抢修", by=SYSTEM, now=now)
        services.save_queue(writing, None, code="bill", name="账单", position=0, by=SYSTEM, now=now)
    make_person(queues=[reading().get_one(Queue, first)])
    make_person(queues=[reading().get_one(Queue, first)], state="left")
    assert [(row.code, row.people) for row in queries.queues(reading())] == [("bill", 0), ("gas", 1)]


def test_a_spreadsheet_may_name_a_place_in_either_language_or_by_code(session):
    make_unit("hz", name="杭州")
    make_queue("gas", name="燃气抢修", name_en="Gas emergency", short="抢修")
    places = queries.places(reading())
    assert {places.find_unit([word]) for word in ("杭州", "Unit hz", "HZ")} == {"hz"}
    assert {places.find_queue(word) for word in ("燃气抢修", "gas emergency", "GAS", "抢修")} == {"gas"}
