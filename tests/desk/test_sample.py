"""Small parts of the sample call centre that others rest on."""

from datetime import datetime, timedelta
from random import Random

import pytest

from lms.desk.sample.history import in_hours
from lms.desk.sample.names import RARE, names, phone
from lms.desk.sample.organisation import BUSY_HOURS, busyness
from lms.desk.sample.people import ZONE


@pytest.mark.parametrize(
    ("at", "expected"),
    [((5, 8, 59), (5, 9, 59)), ((5, 9, 0), (5, 9, 0)), ((5, 16, 59), (5, 16, 59)), ((5, 17, 0), (6, 9, 0)),
     ((5, 23, 30), (6, 9, 30)), ((5, 0, 0), (5, 9, 0))],
)
def test_what_people_do_happens_in_office_hours(at, expected):
    assert in_hours(datetime(2026, 3, *at, tzinfo=ZONE)) == datetime(2026, 3, *expected, tzinfo=ZONE)


def test_office_hours_never_turn_time_back():
    instants = [datetime(2026, 3, 1, tzinfo=ZONE) + timedelta(minutes=17 * step) for step in range(300)]
    assert all(in_hours(at) >= at for at in instants)


def test_the_same_seed_names_the_same_people_and_nobody_twice():
    first, again = names(Random(7)), names(Random(7))
    people = [next(first) for _person in range(240)]
    assert people == [next(again) for _person in range(240)]
    assert len(set(people)) == 240
    assert tuple(people[:3]) == RARE


def test_no_operator_sells_the_samples_numbers():
    assert all(len(number) == 11 and number.startswith("164") for number in (phone(Random(seed)) for seed in range(99)))


def test_every_hour_is_quiet_usual_or_busy():
    assert {hour for hour in range(24) if busyness(hour) == 2} == set(BUSY_HOURS)
    assert busyness(3) == 0
