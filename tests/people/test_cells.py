"""What one cell says."""

from datetime import date, datetime, time, timedelta

import pytest

from lms.people.models import Employment, PersonState
from lms.people.rules.cells import (
    CellProblem,
    read_date,
    read_email,
    read_employment,
    read_heads,
    read_moment,
    read_name,
    read_phone,
    read_staff_no,
    read_state,
    read_time,
    read_weekdays,
)

MARCH_2 = date(2026, 3, 2)


@pytest.mark.parametrize(
    "cell",
    [
        MARCH_2,
        datetime(2026, 3, 2, 8, 30),  # noqa: DTZ001 - cells have no zone
        "2026-03-02",
        "2026/3/2",
        "2026.3.2",
        "2026年3月2日",
        "20260302",
        46083.0,
        "46083",
        " ２０２６－０３－０２ ",
        "2026-03-02 00:00",
    ],
    ids=str,
)
def test_a_day_is_read_however_it_is_written(cell):
    assert read_date(cell) == MARCH_2


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("2026-13-01", "date_impossible"),
        ("2026-02-29", "date_impossible"),
        ("1899-01-01", "date_impossible"),
        ("3/2/2026", "date_order"),
        ("2.3.2026", "date_order"),
        ("2026年3月", "date_malformed"),
        ("26.3.2", "date_malformed"),
        ("待定", "date_malformed"),
        ("12", "date_malformed"),
        (True, "date_malformed"),
    ],
    ids=str,
)
def test_what_is_no_day_says_why(cell, code):
    with pytest.raises(CellProblem) as problem:
        read_date(cell)
    assert problem.value.code == code


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("08:30", 510),
        ("8:30", 510),
        ("8：30", 510),
        ("8点30分", 510),
        ("8时", 480),
        (time(8, 30), 510),
        (0.5, 720),
        ("24:00", 1440),
        ("0:00", 0),
        ("08:30:00", 510),
        ("8", 480),
        (timedelta(hours=26) - timedelta(hours=20), 360),
    ],
    ids=str,
)
def test_a_time_of_day_is_read_however_it_is_written(cell, minutes):
    assert read_time(cell) == timedelta(minutes=minutes)


@pytest.mark.parametrize("cell", ["24:01", "25:00", "8:60", "早班", "-1:00", 1.5], ids=str)
def test_what_is_no_time_is_refused(cell):
    with pytest.raises(CellProblem, match="time_malformed"):
        read_time(cell)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-03-02 8:30", (MARCH_2, timedelta(minutes=510))),
        (datetime(2026, 3, 2, 8, 30), (MARCH_2, timedelta(minutes=510))),  # noqa: DTZ001 - cells have no zone
        ("2026年3月2日", (MARCH_2, None)),
        (MARCH_2, (MARCH_2, None)),
    ],
    ids=str,
)
def test_a_moment_is_a_day_with_or_without_a_time(cell, moment):
    assert read_moment(cell) == moment


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("164 0001 0207", "16400010207"),
        (16400010207.0, "16400010207"),
        ("0571-8800 1234", "057188001234"),
        ("+86 16400010207", "+8616400010207"),
        ("１６４０００１０２０７", "16400010207"),
        ("(0571)88001234", "057188001234"),
    ],
    ids=str,
)
def test_a_phone_number_is_its_digits(cell, phone):
    assert read_phone(cell) == phone


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.64E+10", "phone_shortened"),
        ("同上", "phone_malformed"),
        ("1234", "phone_malformed"),
        ("1" * 21, "phone_malformed"),
    ],
    ids=str,
)
def test_what_is_no_phone_number_says_why(cell, code):
    with pytest.raises(CellProblem, match=code):
        read_phone(cell)


@pytest.mark.parametrize(
    ("cell", "good"),
    [
        ("a.b+c@Example.COM", True),
        ("a@b", False),
        ("a b@example.com", False),
        ("@example.com", False),
        ("a@example.com;", False),
        ("a@@example.com", False),
        ("a@-example..com", False),
    ],
    ids=str,
)
def test_an_address_is_checked_for_its_shape(cell, good):
    if good:
        assert read_email(cell) == "a.b+c@example.com"
    else:
        with pytest.raises(CellProblem, match="email_malformed"):
            read_email(cell)


@pytest.mark.parametrize(("cell", "staff_no"), [(3207.0, "3207"), ("00123", "00123"), ("HZ-3207", "HZ-3207")], ids=str)
def test_a_staff_number_keeps_its_zeros_and_letters(cell, staff_no):
    assert read_staff_no(cell) == staff_no


@pytest.mark.parametrize("cell", ["合计", "32 07", "-1", "x" * 41, "制表人:李"], ids=str)
def test_what_is_no_staff_number_is_refused(cell):
    with pytest.raises(CellProblem, match="staff_no_malformed"):
        read_staff_no(cell)


@pytest.mark.parametrize(
    ("cell", "name"),
    [("张 三", "张三"), ("Ann  Lee", "Ann Lee"), ("王䶮瑨", "王䶮瑨"), ("买买提·阿不都", "买买提·阿不都")],
)
def test_a_chinese_name_loses_the_space_that_aligned_it(cell, name):
    assert read_name(cell) == name


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("在职", PersonState.ACTIVE),
        ("试用期", PersonState.PROBATION),
        ("产假", PersonState.ON_LEAVE),
        ("已离职", PersonState.LEFT),
        ("Active", PersonState.ACTIVE),
    ],
)
def test_words_for_states_are_known(word, state):
    assert read_state(word) is state


def test_an_unknown_word_is_named():
    with pytest.raises(CellProblem) as problem:
        read_state("在岗位上")
    assert problem.value.detail == {"value": "在岗位上"}


@pytest.mark.parametrize(("word", "employment"), [("劳务派遣", Employment.TEMPORARY), ("小时工", Employment.PART_TIME)])
def test_words_for_employment_are_known(word, employment):
    assert read_employment(word) is employment


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("周一", (0,)),
        ("星期日", (6,)),
        ("礼拜天", (6,)),
        (1.0, (0,)),
        ("7", (6,)),
        ("Mon", (0,)),
        ("周一至周五", (0, 1, 2, 3, 4)),
        ("周五-周一", (0, 4, 5, 6)),
        ("工作日", (0, 1, 2, 3, 4)),
        ("周末", (5, 6)),
        ("每天", tuple(range(7))),
        ("周一、周三", (0, 2)),
        ("Mon-Fri", (0, 1, 2, 3, 4)),
    ],
    ids=str,
)
def test_weekdays_are_read_one_by_one_as_ranges_and_as_words(cell, days):
    assert read_weekdays(cell) == days


@pytest.mark.parametrize("cell", ["周八", "0", "8", "明天", "周一至周三至周五"], ids=str)
def test_what_is_no_weekday_is_refused(cell):
    with pytest.raises(CellProblem, match="weekday_unknown"):
        read_weekdays(cell)


@pytest.mark.parametrize(("cell", "heads"), [(6.0, 6), ("0", 0), ("10000", 10_000)], ids=str)
def test_heads_are_whole_and_not_negative(cell, heads):
    assert read_heads(cell) == heads


@pytest.mark.parametrize("cell", ["-1", 2.5, "10001", "六"], ids=str)
def test_what_is_no_number_of_heads_is_refused(cell):
    with pytest.raises(CellProblem, match="heads_malformed"):
        read_heads(cell)
