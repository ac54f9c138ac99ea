"""What a roster would make of everybody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.people.rules.changes import apply
from lms.people.rules.columns import guess_layout
from lms.people.rules.places import Places, UnitPlace
from lms.people.rules.roster import FIELDS, Move, RosterOptions, move_of, plan_roster

TODAY = date(2026, 3, 2)
PLACES = Places(
    [
        UnitPlace("pa", "/pa/", ("平安客服", "Ping'an")),
        UnitPlace("hz", "/pa/hz/", ("杭州", "Hangzhou")),
        UnitPlace("hz-t1", "/pa/hz/hz-t1/", ("早一班",)),
        UnitPlace("nb", "/pa/nb/", ("宁波", "Ningbo")),
        UnitPlace("nb-t1", "/pa/nb/nb-t1/", ("早一班",)),
        UnitPlace("nb-t2", "/pa/nb/nb-t2/", ("夜班",)),
    ],
    {"话务员": "operator", "班长": "lead", "operator": "operator"},
    {"燃气抢修": "gas", "gas": "gas", "投诉": "complaint"},
)
HEADS = ["工号", "姓名", "部门", "班组", "岗位", "状态", "入职日期", "离职日期", "手机", "队列"]


def record(**fields):
    blank = {
        "name": "陈雨桐",
        "name_latin": "Yutong Chen",
        "unit": "hz-t1",
        "post": "",
        "employment": "full_time",
        "state": "active",
        "hired_on": "2025-06-02",
        "left_on": "",
        "email": "",
        "phone": "",
        "queues": "",
    }
    return {**blank, **fields}


def row(staff_no="3001", name="陈雨桐", **cells):
    values = {"工号": staff_no, "姓名": name, **cells}
    return [values.get(head, "") for head in HEADS]


def plan(*rows, current=None, **options):
    sheet = [HEADS, *rows]
    return plan_roster(sheet, guess_layout(sheet, FIELDS), current or {}, PLACES, RosterOptions(TODAY, **options))


def codes(result) -> list[str]:
    return [problem.code for problem in result.problems]


NEW = {"部门": "杭州", "班组": "早一班", "入职日期": "2026-03-02"}


def test_somebody_new_comes_on_probation_with_a_latin_name():
    (change,) = plan(row("3001", "陈雨桐", **NEW)).changes
    assert move_of(change) is Move.NEW
    assert (change.after["unit"], change.after["state"], change.after["name_latin"]) == (
        "hz-t1",
        "probation",
        "Yutong Chen",
    )


@pytest.mark.parametrize(("missing", "field"), [("班组", "unit"), ("入职日期", "hired_on")])
def test_somebody_new_needs_a_unit_and_a_first_day(missing, field):
    result = plan(
        row(**{name: value for name, value in NEW.items() if name != missing and (missing, name) != ("班组", "部门")})
    )
    assert [(problem.code, problem.detail["field"]) for problem in result.problems] == [("missing_for_new", field)]


def test_an_empty_cell_keeps_what_stands():
    result = plan(row("3001", "陈雨桐"), current={"3001": record(phone="164", post="lead")})
    assert (result.changes, result.unchanged) == ((), 1)


def test_a_change_names_only_the_fields_that_differ():
    (change,) = plan(row(岗位="班长", 手机="164 0001 0001", 队列="投诉、燃气抢修"), current={"3001": record()}).changes
    assert [(it.field, it.before, it.after) for it in change.fields] == [
        ("post", "", "lead"),
        ("phone", "", "16400010001"),
        ("queues", "", "complaint、gas"),
    ]
    assert move_of(change) is Move.CHANGED


@pytest.mark.parametrize(
    ("cells", "left_on"),
    [
        ({"状态": "离职", "离职日期": "2026-02-28"}, "2026-02-28"),
        ({"状态": "离职"}, "2026-03-02"),
        ({"离职日期": "2026-02-27"}, "2026-02-27"),
    ],
    ids=["both", "the state alone", "the day alone"],
)
def test_a_leaver_has_a_last_day(cells, left_on):
    (change,) = plan(row(**cells), current={"3001": record()}).changes
    assert (move_of(change), change.after["left_on"]) == (Move.LEAVING, left_on)


@pytest.mark.parametrize(
    ("cells", "state"), [({"状态": "在职"}, "active"), ({"状态": "试用"}, "probation"), ({}, "active")]
)
def test_whoever_left_and_stands_in_the_roster_again_returns(cells, state):
    (change,) = plan(row(**cells), current={"3001": record(state="left", left_on="2026-01-31")}).changes
    assert (move_of(change), change.after["state"], change.after["left_on"]) == (Move.RETURNING, state, "")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"离职日期": "2026-03-03"}, "left_in_future"),
        ({"离职日期": "2025-06-01"}, "left_before_hired"),
    ],
)
def test_a_last_day_lies_between_the_first_and_today(cells, code):
    assert codes(plan(row(**cells), current={"3001": record()})) == [code]


def test_people_missing_from_the_file_stay_unless_it_lists_everybody():
    everybody = {"3001": record(), "3002": record(name="沈慧敏")}
    assert plan(row("3001"), current=everybody).changes == ()
    result = plan(row("3001"), current=everybody, complete=True, left_on=date(2026, 2, 28))
    assert [(it.key, move_of(it), it.after["left_on"]) for it in result.changes] == [
        ("3002", Move.LEAVING, "2026-02-28")
    ]
    assert result.present == 2


def test_who_has_left_already_is_not_missing():
    assert (
        plan(
            row("3001"), current={"3001": record(), "3002": record(state="left", left_on="2026-01-01")}, complete=True
        ).changes
        == ()
    )


def test_a_bad_row_left_out_does_not_make_its_person_leave():
    current = {"3001": record(), "3002": record(name="沈慧敏")}
    result = plan(row("3001"), row("3002", "沈慧敏", 手机="同上"), current=current, complete=True, leave_out=True)
    assert (result.changes, result.left_out, result.refused) == ((), 1, ())


def test_a_complete_roster_with_an_unreadable_staff_number_is_refused_even_when_bad_rows_are_left_out():
    result = plan(
        row("3001"), row("？", "沈慧敏"), current={"3001": record(), "3002": record()}, complete=True, leave_out=True
    )
    assert [problem.code for problem in result.refused] == ["staff_no_malformed"]


def test_only_the_importers_part_is_touched():
    current = {"3001": record(), "3002": record(unit="nb-t2")}
    result = plan(
        row("3001"),
        row("3002", 手机="16400010001"),
        row("3003", 部门="宁波", 班组="夜班", 入职日期="2026-03-02"),
        current=current,
        complete=True,
        scopes=("/pa/hz/",),
    )
    assert codes(result) == ["person_out_of_reach", "unit_out_of_reach"]
    assert result.changes == ()
    assert result.present == 1


def test_nobody_is_moved_out_of_the_importers_part():
    result = plan(row("3001", 部门="宁波", 班组="夜班"), current={"3001": record()}, scopes=("/pa/hz/",))
    assert codes(result) == ["unit_out_of_reach"]


def test_a_staff_number_may_stand_once():
    result = plan(row("3001", **NEW), row("3002", **NEW), row("3001", **NEW))
    (problem,) = result.problems
    assert (problem.code, problem.row, problem.column, problem.detail["cell"]) == ("staff_no_twice", 3, 0, "A2")


@pytest.mark.parametrize(
    ("cells", "unit"),
    [
        ({"部门": "杭州", "班组": "早一班"}, "hz-t1"),
        ({"部门": "宁波", "班组": "早一班"}, "nb-t1"),
        ({"班组": "夜班"}, "nb-t2"),
        ({"班组": "nb-t2"}, "nb-t2"),
        ({"班组": "平安客服/杭州/早一班"}, "hz-t1"),
        ({"部门": "杭州"}, "hz"),
        ({"部门": "HANGZHOU"}, "hz"),
    ],
)
def test_a_unit_is_found_by_its_names(cells, unit):
    (change,) = plan(row(入职日期="2026-03-02", **cells)).changes
    assert change.after["unit"] == unit


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"班组": "早一班"}, "unit_ambiguous"),
        ({"班组": "午班"}, "unit_unknown"),
        ({"部门": "杭州", "班组": "夜班"}, "unit_elsewhere"),
    ],
)
def test_a_unit_that_is_not_clear_is_a_problem(cells, code):
    assert codes(plan(row(入职日期="2026-03-02", **cells))) == [code]


def test_every_problem_of_a_row_is_named_with_its_cell():
    result = plan(row("3001", "", **NEW | {"岗位": "店长", "入职日期": "3/2/2026", "手机": "1.6E+10", "队列": "售后"}))
    assert {(problem.code, problem.column) for problem in result.problems} == {
        ("missing_for_new", 1),
        ("post_unknown", 4),
        ("date_order", 6),
        ("phone_shortened", 8),
        ("queue_unknown", 9),
    }
    assert result.changes == ()


def test_rows_with_nothing_in_them_are_skipped():
    assert plan([""] * 10, row("3001", **NEW), [], ["", " ", "\u3000"]).rows == 1


STAFF = st.sampled_from(["3001", "3002", "3003"])
PEOPLE = st.dictionaries(
    STAFF, st.builds(record, name=st.sampled_from(["陈雨桐", "沈慧敏"]), phone=st.sampled_from(["", "16400010001"]))
)


@given(
    PEOPLE, st.dictionaries(STAFF, st.tuples(st.sampled_from(["陈雨桐", "周岚"]), st.sampled_from(["", "16400010002"])))
)
def test_after_a_complete_roster_exactly_its_people_are_there(current, listed):
    result = plan(
        *(row(number, name, **NEW, 手机=phone) for number, (name, phone) in listed.items()),
        current=current,
        complete=True,
    )
    after = apply(current, result.changes)
    assert {number for number, it in after.items() if it["state"] != "left"} == listed.keys()
    for number, (name, phone) in listed.items():
        assert after[number]["name"] == name
        assert after[number]["phone"] == (phone or current.get(number, {"phone": ""})["phone"])
