"""Who is on duty, how many heads are needed, in which zone; on both databases."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lms.access.identity import Role
from lms.kernel.db import reading, unit_of_work
from lms.people.models import HeadsNeeded, Leave, Shift
from lms.people.queries import duty
from lms.people.queries.people import find_people, holders_of
from lms.people.queries.zones import zone_of_person, zone_of_unit
from tests.factories import make_person, make_queue, make_unit

pytestmark = pytest.mark.both_databases
SHANGHAI = ZoneInfo("Asia/Shanghai")
EIGHT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # Monday 08:00 in Shanghai
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def add(*rows):
    with unit_of_work() as session:
        session.add_all(rows)


@pytest.mark.parametrize(
    ("at", "there"),
    [
        (EIGHT - SECOND, False),
        (EIGHT, True),
        (EIGHT + 8 * HOUR - SECOND, True),
        (EIGHT + 8 * HOUR, False),
    ],
    ids=["before", "at the start", "the last second", "at the end"],
)
def test_a_shift_counts_from_its_start_up_to_its_end(session, at, there):
    queue = make_queue("gas")
    person = make_person(queues=[queue])
    add(Shift(person_id=person.id, queue_id=queue.id, starts_at=EIGHT, ends_at=EIGHT + 8 * HOUR))
    assert duty.on_duty(reading(), at) == ({queue.id: frozenset({person.id})} if there else {})


def test_a_shift_without_a_queue_counts_for_every_queue_of_the_person(session):
    gas, service, other = make_queue("gas"), make_queue("service"), make_queue("other")
    person = make_person(queues=[gas, service])
    add(Shift(person_id=person.id, queue_id=None, starts_at=EIGHT, ends_at=EIGHT + HOUR))
    assert duty.on_duty(reading(), EIGHT).keys() == {gas.id, service.id}
    assert duty.on_duty(reading(), EIGHT, queue_ids=[service.id, other.id]).keys() == {service.id}


@pytest.mark.parametrize(
    ("leave", "there"),
    [
        ((EIGHT, EIGHT + HOUR), False),
        ((EIGHT - HOUR, EIGHT), True),
        ((EIGHT + SECOND, EIGHT + HOUR), True),
    ],
    ids=["during", "until then", "later"],
)
def test_whoever_is_on_leave_is_not_on_duty(session, leave, there):
    queue = make_queue("gas")
    person = make_person(queues=[queue])
    add(
        Shift(person_id=person.id, queue_id=queue.id, starts_at=EIGHT, ends_at=EIGHT + 8 * HOUR),
        Leave(person_id=person.id, starts_at=leave[0], ends_at=leave[1]),
    )
    assert bool(duty.on_duty(reading(), EIGHT)) is there
    assert duty.is_on_leave(reading(), person.id, EIGHT) is not there


def test_whoever_left_is_not_on_duty(session):
    queue = make_queue("gas")
    person = make_person(state="left", queues=[queue])
    add(Shift(person_id=person.id, queue_id=queue.id, starts_at=EIGHT, ends_at=EIGHT + HOUR))
    assert duty.on_duty(reading(), EIGHT) == {}


@pytest.mark.parametrize(
    ("at", "zone", "heads"),
    [
        (EIGHT, SHANGHAI, 6),
        (EIGHT - SECOND, SHANGHAI, None),
        (EIGHT + HOUR, SHANGHAI, None),
        (EIGHT + 2 * HOUR, ZoneInfo("Asia/Urumqi"), 6),
        (EIGHT + timedelta(days=7), SHANGHAI, 8),
        (EIGHT - timedelta(days=7), SHANGHAI, 4),
        (EIGHT - timedelta(days=70), SHANGHAI, None),
    ],
    ids=[
        "the hour",
        "the hour before",
        "the hour after",
        "another zone",
        "a later plan",
        "an earlier plan",
        "before any plan",
    ],
)
def test_heads_are_those_of_the_local_hour_in_the_plan_that_holds(session, at, zone, heads):
    queue = make_queue("gas")
    for since, number in ((date(2026, 2, 1), 4), (date(2026, 3, 2), 6), (date(2026, 3, 9), 8)):
        add(HeadsNeeded(queue_id=queue.id, weekday=0, hour=8, valid_from=since, heads=number))
    assert duty.heads_needed(reading(), at, zone) == ({} if heads is None else {queue.id: heads})


def test_an_hour_that_a_later_plan_no_longer_names_needs_nobody(session):
    queue = make_queue("gas")
    add(
        HeadsNeeded(queue_id=queue.id, weekday=0, hour=8, valid_from=date(2026, 2, 1), heads=4),
        HeadsNeeded(queue_id=queue.id, weekday=1, hour=8, valid_from=date(2026, 3, 1), heads=6),
    )
    assert duty.heads_needed(reading(), EIGHT, SHANGHAI) == {}


def test_busy_spans_are_those_that_overlap(session):
    person = make_person()
    add(
        *(
            Shift(
                person_id=person.id,
                starts_at=EIGHT + day * timedelta(days=1),
                ends_at=EIGHT + day * timedelta(days=1) + HOUR,
            )
            for day in range(3)
        )
    )
    found = duty.busy_spans(reading(), [person.id], EIGHT + HOUR, EIGHT + timedelta(days=2))
    assert [span.starts_at for span in found[person.id]] == [EIGHT + timedelta(days=1)]


def test_the_nearest_zone_up_the_tree_holds(session):
    site = make_unit("xj")
    with unit_of_work() as writing:
        writing.merge(site).timezone = "Asia/Urumqi"
    team = make_unit("xj1", parent=site)
    assert zone_of_unit(reading(), team.path) == ZoneInfo("Asia/Urumqi")
    assert zone_of_person(reading(), make_person(unit=team).id) == ZoneInfo("Asia/Urumqi")
    assert zone_of_unit(reading(), "/elsewhere/") == SHANGHAI


def test_people_are_searched_within_the_scopes_and_leavers_come_last(session):
    east, west = make_unit("east"), make_unit("west")
    make_person("陈雨", staff_no="3001", unit=east, state="left")
    make_person("陈晨", staff_no="3002", unit=east)
    make_person("陈西", staff_no="3003", unit=west)
    assert [hit.staff_no for hit in find_people(reading(), "陈", scopes=["/east/"])] == ["3002", "3001"]
    assert find_people(reading(), "陈", scopes=[]) == ()
    assert find_people(reading(), " ", scopes=["/"]) == ()


def test_holders_of_a_role_are_those_whose_part_takes_the_place_in(session):
    site = make_unit("pa")
    team, other = make_unit("t1", parent=site), make_unit("t2", parent=site)
    everywhere = make_person(roles=[Role.MANAGER], unit=site)
    above = make_person(roles=[Role.MANAGER], unit=site, everywhere=False)
    here = make_person(roles=[Role.MANAGER], unit=team, everywhere=False)
    make_person(roles=[Role.MANAGER], unit=other, everywhere=False)
    assert set(holders_of(reading(), Role.MANAGER, team.path)) == {everywhere.id, above.id, here.id}
