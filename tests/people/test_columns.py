"""Columns guessed by the headings people use."""

import pytest

from lms.people.rules.columns import SEARCHED_COLUMNS, guess_layout, match_columns
from lms.people.rules.duty import HEADS_FIELDS, LEAVE_FIELDS, SHIFT_FIELDS
from lms.people.rules.roster import FIELDS


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (
            ["序号", "工号", "姓名", "所属部门", "班组", "岗位名称", "入职日期", "联系电话"],
            {"staff_no": 1, "name": 2, "parent_unit": 3, "unit": 4, "post": 5, "hired_on": 6, "phone": 7},
        ),
        (
            ["员工编号*", "员工姓名（必填）", "部门", "职务", "员工状态", "到岗日期", "离职时间"],
            {"staff_no": 0, "name": 1, "parent_unit": 2, "post": 3, "state": 4, "hired_on": 5, "left_on": 6},
        ),
        (
            ["Staff No.", "Full Name", "Department", "Team", "Position", "Hire date", "E-mail", "Mobile"],
            {"staff_no": 0, "name": 1, "parent_unit": 2, "unit": 3, "post": 4, "hired_on": 5, "email": 6, "phone": 7},
        ),
        (
            ["姓名", "身份证号", "紧急联系人", "紧急联系电话", "工 号", "部门负责人", "原部门", "手机号码"],
            {"name": 0, "staff_no": 4, "phone": 7},
        ),
        (["工号", "工号", "姓名"], {"staff_no": 0, "name": 2}),
        (["员工工号", "编号", "姓名"], {"staff_no": 0, "name": 2}),
        (["", "", ""], {}),
    ],
    ids=["usual", "with marks", "English", "somebody else's", "twice", "closest", "empty"],
)
def test_headings_name_their_fields(headings, columns):
    assert match_columns(headings, FIELDS) == columns


@pytest.mark.parametrize(
    ("fields", "headings", "columns"),
    [
        (
            SHIFT_FIELDS,
            ["工号", "姓名", "日期", "上班时间", "下班时间", "队列"],
            {"staff_no": 0, "date": 2, "start": 3, "end": 4, "queue": 5},
        ),
        (
            LEAVE_FIELDS,
            ["员工编号", "请假开始", "请假结束", "假别"],
            {"staff_no": 0, "start": 1, "end": 2, "reason": 3},
        ),
        (HEADS_FIELDS, ["技能组", "星期", "时段", "需要人数"], {"queue": 0, "weekday": 1, "start": 2, "heads": 3}),
    ],
    ids=["shifts", "leave", "heads"],
)
def test_shifts_leave_and_heads_have_columns_of_their_own(fields, headings, columns):
    assert match_columns(headings, fields) == columns


def test_titles_and_notes_above_the_headings_are_skipped():
    layout = guess_layout([["平安燃气 人员花名册"], [], ["工号", "姓名", "班组"], ["3207", "陈雨桐", "早一班"]], FIELDS)
    assert (layout.header_row, dict(layout.columns)) == (2, {"staff_no": 0, "name": 1, "unit": 2})


def test_a_sheet_without_headings_has_no_layout():
    layout = guess_layout([["3207", "陈雨桐"], ["3208", "沈慧敏"]], FIELDS)
    assert (layout.header_row, dict(layout.columns)) == (-1, {})


def test_a_heading_far_to_the_right_is_none():
    row = [*[""] * (SEARCHED_COLUMNS - 2), "工号", "姓名", "电话"]
    assert guess_layout([row], FIELDS).columns == {"staff_no": SEARCHED_COLUMNS - 2, "name": SEARCHED_COLUMNS - 1}
