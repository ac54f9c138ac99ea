"""The roster: what each row says of a person, and what it would make of everybody.

A cell that is empty says nothing: what stands is kept. Somebody who isn't in the file is touched only when the file
is said to list everybody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from lms.people.models.person import Employment, PersonState
from lms.people.rules import cells
from lms.people.rules.changes import Change, ChangeKind, Record, diff
from lms.people.rules.columns import Field, Layout
from lms.people.rules.names import latin_name
from lms.people.rules.places import Places
from lms.people.rules.rows import RowProblem, RowReader, rows_below
from lms.web.spreadsheets.reading import Cell, cell_name

FIELDS: Final = (
    Field("staff_no", ("工号", "员工工号", "员工编号", "人员编码", "员工号", "职工号", "编号", "staff no",
                       "staff number", "employee id", "employee no", "staff_no"), required=True),
    Field("name", ("姓名", "员工姓名", "名字", "name", "full name", "employee name"), required=True),
    Field("unit", ("班组", "小组", "团队", "所属班组", "team", "group", "unit", "部门班组")),
    Field("parent_unit", ("部门", "所属部门", "单位", "中心", "组织", "所在部门", "department", "site", "站点")),
    Field("post", ("岗位", "岗位名称", "职位", "职务", "post", "position", "job title")),
    Field("employment", ("用工形式", "用工性质", "用工类型", "员工类型", "合同类型", "employment", "employment type")),
    Field("state", ("状态", "在职状态", "人员状态", "员工状态", "在岗状态", "state", "status")),
    Field("hired_on", ("入职日期", "入职时间", "到岗日期", "进厂日期", "入司日期", "hired on", "hire date",
                       "start date")),
    Field("left_on", ("离职日期", "离职时间", "left on", "leaving date", "end date", "last day")),
    Field("email", ("邮箱", "电子邮箱", "电子邮件", "email", "e-mail", "mail")),
    Field("phone", ("手机", "手机号", "手机号码", "联系电话", "联系方式", "电话", "phone", "mobile", "telephone")),
    Field("queues", ("队列", "接听队列", "业务队列", "技能组", "queue", "queues", "skills")),
    Field("name_latin", ("英文名", "拼音", "姓名拼音", "latin name", "pinyin")),
)
RECORD_FIELDS: Final = ("name", "name_latin", "unit", "post", "employment", "state", "hired_on", "left_on", "email",
                        "phone", "queues")
QUEUE_JOINT: Final = "、"


class Move(StrEnum):
    """What the roster makes of one person."""

    NEW = "new"
    CHANGED = "changed"
    LEAVING = "leaving"
    RETURNING = "returning"
    REMOVED = "removed"  # only when an import that added them is undone


@dataclass(frozen=True)
class RosterOptions:
    """How to take the file.

    today         the installation's local day
    complete      it lists everybody in `scopes`: whoever is missing has left
    left_on       the last day of those missing, not after `today`
    scopes        paths of the units whom the importer may touch
    leave_out     leave rows with problems out instead of refusing the file
    """

    today: date
    complete: bool = False
    left_on: date | None = None
    scopes: tuple[str, ...] = ("/",)
    leave_out: bool = False


@dataclass(frozen=True)
class RosterPlan:
    """What a roster would do. It may be written when there is no problem that isn't a warning."""

    changes: tuple[Change, ...]
    unchanged: int
    present: int  # people of the scopes who are there before it
    problems: tuple[RowProblem, ...] = ()
    left_out: int = 0
    rows: int = 0
    row_of: Mapping[str, int] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[RowProblem, ...]:
        """Problems that keep the file from being written."""
        return tuple(problem for problem in self.problems if not problem.warning)

    def moves(self, move: Move) -> tuple[Change, ...]:
        """Changes of one sort."""
        return tuple(change for change in self.changes if move_of(change) is move)


def move_of(change: Change) -> Move:
    """Tell what a change makes of the person."""
    if change.kind is ChangeKind.REMOVED:
        return Move.REMOVED
    if change.kind is ChangeKind.ADDED:
        return Move.NEW
    before, after = (record["state"] == PersonState.LEFT for record in (change.before or {}, change.after or {}))
    if before == after:
        return Move.CHANGED
    return Move.LEAVING if after else Move.RETURNING


def plan_roster(
    rows: Sequence[Sequence[Cell]], layout: Layout, current: Mapping[str, Record], places: Places,
    options: RosterOptions,
) -> RosterPlan:
    """Return what the rows would change and everything that is wrong with them.

    current   everybody known, by staff number, whatever their unit
    """
    wanted: dict[str, Record | None] = {}
    problems: list[RowProblem] = []
    seen: dict[str, int] = {}
    bad = rows_read = 0
    for reader in rows_below(rows, layout):
        rows_read += 1
        staff_no, record = _read_row(reader, current, places, options, seen)
        if staff_no:
            seen.setdefault(staff_no, reader.number)
        if reader.is_bad:
            bad += 1
        elif staff_no and record:
            wanted[staff_no] = record
        leave_out = options.leave_out and not (options.complete and not staff_no)  # else somebody would "be missing"
        problems += [it for it in reader.problems if it.warning or not leave_out]
    mine = {key: it for key, it in current.items() if it["state"] != PersonState.LEFT and _within(it, places, options)}
    if options.complete:
        wanted |= {key: _gone(it, options) for key, it in mine.items() if key not in seen}
    changes = diff(current, wanted)
    return RosterPlan(changes, len(wanted) - len(changes), len(mine), tuple(problems),
                      bad if options.leave_out else 0, rows_read, seen)


def _read_row(
    row: RowReader, current: Mapping[str, Record], places: Places, options: RosterOptions, seen: Mapping[str, int]
) -> tuple[str | None, Record | None]:
    staff_no = row.read("staff_no", cells.read_staff_no, required=True)
    given = _given(row, places)
    if staff_no is None:
        return None, None
    if staff_no in seen:
        first = cell_name(seen[staff_no], row.layout.columns["staff_no"])
        row.note("staff_no_twice", "staff_no", {"value": staff_no, "cell": first})
    known = current.get(staff_no)
    if known is not None and not _within(known, places, options):
        row.note("person_out_of_reach", "staff_no", {"value": staff_no})
        return staff_no, None
    record = _merge(row, known, given, options)
    if record["unit"] and not _within(record, places, options):
        row.note("unit_out_of_reach", "unit", {"value": places.unit_name(record["unit"])})
    return staff_no, record


def _given(row: RowReader, places: Places) -> dict[str, str]:
    """Return the fields the row says something of."""
    hired_on, left_on = row.read("hired_on", cells.read_date), row.read("left_on", cells.read_date)
    unit = places.read_unit(row)
    found = {
        "name": row.read("name", cells.read_name), "name_latin": row.text("name_latin")[:120], "unit": unit,
        "post": places.read_post(row), "employment": row.read("employment", cells.read_employment),
        "state": row.read("state", cells.read_state), "hired_on": hired_on and hired_on.isoformat(),
        "left_on": left_on and left_on.isoformat(), "email": row.read("email", cells.read_email),
        "phone": row.read("phone", cells.read_phone), "queues": places.read_queues(row, QUEUE_JOINT),
    }
    return {name: str(value) for name, value in found.items() if value}


def _merge(row: RowReader, known: Record | None, given: Mapping[str, str], options: RosterOptions) -> dict[str, str]:
    """Return the whole record: what stands, overlaid with what the row says, made consistent."""
    blank = dict.fromkeys(RECORD_FIELDS, "")
    record = {**blank, **(known or {"employment": Employment.FULL_TIME, "state": ""}), **given}
    if "name_latin" not in given and (known is None or known["name"] != record["name"]):
        record["name_latin"] = latin_name(record["name"])
    stated = given.get("state", "")
    if stated == PersonState.LEFT or (not stated and "left_on" in given):
        record["state"] = PersonState.LEFT
        record["left_on"] = given.get("left_on") or record["left_on"] or options.today.isoformat()
    elif stated or known is None or known["state"] == PersonState.LEFT:
        record["state"] = stated or (PersonState.PROBATION if known is None else PersonState.ACTIVE)
        record["left_on"] = ""
    if known is None:
        noted = {problem.detail["field"] for problem in row.problems}
        for name, also in (("name", "name"), ("unit", "parent_unit"), ("hired_on", "hired_on")):
            if not record[name] and not noted & {name, also}:
                row.note("missing_for_new", name)
    _check_days(row, record, options)
    return record


def _check_days(row: RowReader, record: Record, options: RosterOptions) -> None:
    if record["left_on"] and record["left_on"] > options.today.isoformat():
        row.note("left_in_future", "left_on", {"value": record["left_on"]})
    if record["left_on"] and record["hired_on"] and record["left_on"] < record["hired_on"]:
        row.note("left_before_hired", "left_on", {"value": record["left_on"]})


def _gone(known: Record, options: RosterOptions) -> dict[str, str]:
    last = (options.left_on or options.today).isoformat()
    return {**known, "state": PersonState.LEFT, "left_on": last, "hired_on": min(known["hired_on"], last)}


def _within(record: Record, places: Places, options: RosterOptions) -> bool:
    return places.path(record["unit"]).startswith(options.scopes)
