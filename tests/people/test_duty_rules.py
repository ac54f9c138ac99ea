"""Shifts, leave and heads needed."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from lms.people.rules.columns import guess_layout
from lms.people.rules.duty import (
    HEADS_FIELDS,
    LEAVE_FIELDS,
    SHIFT_FIELDS,
    DutyContext,
    plan_heads,
    plan_leave,
    plan_shifts,
)
from lms.people.rules.places import Places

SHANGHAI, URUMQI = ZoneInfo("Asia/Shanghai"), ZoneInfo("Asia/Urumqi")
CONTEXT = DutyContext(
    frozenset({"3001", "3002", "3009"}),
    Places([], {}, {"燃气抢修": "gas", "投诉": "complaint"}),
    lambda staff_no: URUMQI if staff_no == "3009" else SHANGHAI,
    date(2026, 3, 2),
)


def shifts(*rows, current=None, leave_out=False):
    sheet = [["工号", "日期", "上班", "下班", "队列"], *rows]
    context = DutyContext(CONTEXT.staff, CONTEXT.places, CONTEXT.zone_of, CONTEXT.since, leave_out)
    return plan_shifts(sheet, guess_layout(sheet, SHIFT_FIELDS), current or {}, context)


def leave(*rows, current=None):
    sheet = [["工号", "开始", "结束", "事由"], *rows]
    return plan_leave(sheet, guess_layout(sheet, LEAVE_FIELDS), current or {}, CONTEXT)


def heads(*rows, current=None):
    sheet = [["队列", "星期", "时段", "结束", "人数"], *rows]
    return plan_heads(sheet, guess_layout(sheet, HEADS_FIELDS), current or {}, CONTEXT)


def codes(plan) -> list[str]:
    return [problem.code for problem in plan.problems]


@pytest.mark.parametrize(
    ("row", "key", "ends_at"),
    [
        (["3001", "2026-03-02", "08:00", "16:00", ""], "3001|2026-03-02T00:00:00+00:00", "2026-03-02T08:00:00+00:00"),
        (["3001", "2026-03-02", "20:00", "8:00", ""], "3001|2026-03-02T12:00:00+00:00", "2026-03-03T00:00:00+00:00"),
        (["3001", "2026-03-02", "16:00", "24:00", ""], "3001|2026-03-02T08:00:00+00:00", "2026-03-02T16:00:00+00:00"),
        (["3009", "2026-03-02", "08:00", "16:00", ""], "3009|2026-03-02T02:00:00+00:00", "2026-03-02T10:00:00+00:00"),
        (
            ["3001", "", "2026-03-02 20:00", "2026-03-03 08:00", ""],
            "3001|2026-03-02T12:00:00+00:00",
            "2026-03-03T00:00:00+00:00",
        ),
    ],
    ids=["a day", "over midnight", "until midnight", "another zone", "in one cell"],
)
def test_a_shift_is_local_time_at_the_persons_site(row, key, ends_at):
    (change,) = shifts(row).changes
    assert (change.key, change.after["ends_at"]) == (key, ends_at)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["9999", "2026-03-02", "08:00", "16:00", ""], "person_unknown"),
        (["3001", "2026-03-02", "早", "16:00", ""], "time_malformed"),
        (["3001", "2026-03-02", "08:00", "16:00", "售后"], "queue_unknown"),
        (["3001", "", "2026-03-02", "2026-03-03", ""], "time_missing"),
        (["3001", "", "2026-03-02 08:00", "2026-03-04 08:00", ""], "shift_length"),
        (["3001", "2026-03-02", "", "16:00", ""], "missing"),
    ],
)
def test_a_bad_shift_says_why(row, code):
    plan = shifts(row)
    assert code in codes(plan)
    assert plan.changes == ()


def test_shifts_of_one_person_may_touch_but_not_overlap():
    touching = shifts(["3001", "2026-03-02", "08:00", "12:00", ""], ["3001", "2026-03-02", "12:00", "16:00", ""])
    assert (codes(touching), len(touching.changes)) == ([], 2)
    overlapping = shifts(["3001", "2026-03-02", "08:00", "12:00", ""], ["3001", "2026-03-02", "11:59", "16:00", ""])
    (problem,) = overlapping.problems
    assert (problem.code, problem.row, problem.detail["cell"]) == ("overlaps", 2, "C2")


def test_a_file_replaces_the_shifts_of_its_people_between_its_first_and_last_day():
    current = {
        "3001|2026-03-01T00:00:00+00:00": {"ends_at": "2026-03-01T08:00:00+00:00", "queue": ""},  # the day before
        "3001|2026-03-02T01:00:00+00:00": {"ends_at": "2026-03-02T08:00:00+00:00", "queue": ""},
        "3001|2026-03-03T15:59:00+00:00": {
            "ends_at": "2026-03-03T23:00:00+00:00",
            "queue": "",
        },  # 23:59 of the last day
        "3001|2026-03-03T16:00:00+00:00": {"ends_at": "2026-03-03T23:00:00+00:00", "queue": ""},  # the day after
        "3002|2026-03-02T01:00:00+00:00": {"ends_at": "2026-03-02T08:00:00+00:00", "queue": ""},  # somebody else
    }
    plan = shifts(
        ["3001", "2026-03-02", "08:00", "16:00", ""], ["3001", "2026-03-03", "08:00", "16:00", ""], current=current
    )
    assert {change.key for change in plan.changes if change.after is None} == {
        "3001|2026-03-02T01:00:00+00:00",
        "3001|2026-03-03T15:59:00+00:00",
    }


def test_leave_by_days_takes_in_the_last_day():
    (change,) = leave(["3001", "2026-03-02", "2026-03-03", "年假"]).changes
    assert (change.key, dict(change.after)) == (
        "3001|2026-03-01T16:00:00+00:00",
        {"ends_at": "2026-03-03T16:00:00+00:00", "reason": "年假"},
    )


@pytest.mark.parametrize(("end", "problem"), [("2026-03-01", ["ends_before_start"]), ("2026-03-02 12:00", [])])
def test_leave_ends_after_it_begins(end, problem):
    assert codes(leave(["3001", "2026-03-02", end, ""])) == problem


@pytest.mark.parametrize(
    ("hours", "end", "number"),
    [("8-12", "", 4), ("08:00-12:00", "", 4), ("8", "", 1), ("8", "12", 4), ("20-24", "", 4), ("20至24", "", 4)],
)
def test_heads_hold_for_every_hour_of_the_weekdays(hours, end, number):
    plan = heads(["燃气抢修", "周一、周二", hours, end, 6])
    assert len(plan.changes) == 2 * number
    assert plan.changes[0].key.startswith("gas|0|")
    assert plan.changes[0].key.endswith("|2026-03-02")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["燃气抢修", "周一", "8:30-12", "", 6], "hours_malformed"),
        (["燃气抢修", "周一", "12-8", "", 6], "hours_malformed"),
        (["燃气抢修", "周八", "8-12", "", 6], "weekday_unknown"),
        (["燃气抢修", "周一", "8-12", "", -1], "heads_malformed"),
        (["售后", "周一", "8-12", "", 6], "queue_unknown"),
        (["燃气抢修", "周一", "", "", 6], "missing"),
    ],
)
def test_bad_heads_say_why(row, code):
    assert codes(heads(row)) == [code]


def test_an_hour_stands_once():
    assert codes(heads(["燃气抢修", "周一", "8-12", "", 6], ["燃气抢修", "周一", "11-13", "", 5])) == ["hour_twice"]


def test_a_plan_of_the_same_day_is_replaced_and_earlier_ones_stay():
    current = {
        "gas|0|8|2026-03-02": {"heads": "5"},
        "gas|0|9|2026-03-02": {"heads": "5"},
        "gas|0|9|2026-01-01": {"heads": "4"},
        "complaint|0|9|2026-03-02": {"heads": "3"},
    }
    plan = heads(["燃气抢修", "周一", "8", "", 6], current=current)
    assert {(change.key, change.after and change.after["heads"]) for change in plan.changes} == {
        ("gas|0|8|2026-03-02", "6"),
        ("gas|0|9|2026-03-02", None),
    }


def test_bad_rows_may_be_left_out():
    plan = shifts(
        ["3001", "2026-03-02", "08:00", "16:00", ""], ["9999", "2026-03-02", "08:00", "16:00", ""], leave_out=True
    )
    assert (plan.refused, plan.left_out, len(plan.changes)) == ((), 1, 1)
