"""Shifts, leave and heads needed: what their rows say, and what they replace.

A file of shifts or leave replaces what stands for the people it names between its first and its last day. A file of
heads replaces the plan of the queues it names from a day on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from lms.people.rules import cells
from lms.people.rules.changes import Change, Record, diff
from lms.people.rules.columns import Field, Layout
from lms.people.rules.places import Places
from lms.people.rules.rows import RowProblem, RowReader, rows_below
from lms.web.spreadsheets.reading import Cell, cell_name, cell_text

_STAFF_NO: Final = Field("staff_no", ("工号", "员工工号", "员工编号", "人员编码", "员工号", "staff no", "staff number",
                                      "employee id", "staff_no"), required=True)
_QUEUE: Final = ("队列", "接听队列", "业务队列", "技能组", "queue")
SHIFT_FIELDS: Final = (
    _STAFF_NO,
    Field("date", ("日期", "上班日期", "排班日期", "班次日期", "date", "day")),
    Field("start", ("开始", "开始时间", "上班", "上班时间", "起", "start", "from", "starts at"), required=True),
    Field("end", ("结束", "结束时间", "下班", "下班时间", "止", "end", "to", "ends at"), required=True),
    Field("queue", _QUEUE),
)
LEAVE_FIELDS: Final = (
    _STAFF_NO,
    Field("start", ("开始", "开始日期", "开始时间", "请假开始", "起", "start", "from", "first day"), required=True),
    Field("end", ("结束", "结束日期", "结束时间", "请假结束", "止", "end", "to", "last day"), required=True),
    Field("reason", ("事由", "原因", "请假类型", "假别", "类型", "reason", "kind")),
)
HEADS_FIELDS: Final = (
    Field("queue", _QUEUE, required=True),
    Field("weekday", ("星期", "周", "周几", "weekday", "day"), required=True),
    Field("start", ("时段", "小时", "开始", "开始时间", "起", "hour", "hours", "from", "start"), required=True),
    Field("end", ("结束", "结束时间", "止", "to", "end")),
    Field("heads", ("人数", "需要人数", "坐席数", "席位", "heads", "needed", "headcount"), required=True),
)
LONGEST_SHIFT: Final = timedelta(hours=24)
HOURS_A_DAY: Final = 24
KEY_JOINT: Final = "|"

ZoneOf = Callable[[str], ZoneInfo]


@dataclass(frozen=True)
class DutyPlan:
    """What the file would change; it may be written when there is no problem that isn't a warning."""

    changes: tuple[Change, ...]
    unchanged: int
    problems: tuple[RowProblem, ...] = ()
    left_out: int = 0
    rows: int = 0

    @property
    def refused(self) -> tuple[RowProblem, ...]:
        """Problems that keep the file from being written."""
        return tuple(problem for problem in self.problems if not problem.warning)


@dataclass(frozen=True)
class DutyContext:
    """What the rows are read against.

    staff     staff numbers whom the importer may touch, with nobody who has left
    zone_of   the zone of a person's site: times in files are local
    since     day from which a plan of heads holds
    """

    staff: frozenset[str]
    places: Places
    zone_of: ZoneOf
    since: date
    leave_out: bool = False


Span = tuple[datetime, datetime]


def plan_shifts(
    rows: Sequence[Sequence[Cell]], layout: Layout, current: Mapping[str, Record], context: DutyContext
) -> DutyPlan:
    """Return what a file of shifts would change. Records: {ends_at, queue}, keyed by staff number and start."""
    return _plan_spans(rows, layout, current, context, _read_shift)


def plan_leave(
    rows: Sequence[Sequence[Cell]], layout: Layout, current: Mapping[str, Record], context: DutyContext
) -> DutyPlan:
    """Return what a file of leave would change. Records: {ends_at, reason}, keyed by staff number and start."""
    return _plan_spans(rows, layout, current, context, _read_leave)


def _plan_spans(
    rows: Sequence[Sequence[Cell]], layout: Layout, current: Mapping[str, Record], context: DutyContext,
    read: Callable[[RowReader, ZoneInfo, DutyContext], tuple[Span, dict[str, str]] | None],
) -> DutyPlan:
    wanted: dict[str, Record | None] = {}
    taken: dict[str, list[tuple[Span, RowReader]]] = {}
    readers = list(rows_below(rows, layout))
    for row in readers:
        staff_no = row.read("staff_no", cells.read_staff_no, required=True)
        if staff_no and staff_no not in context.staff:
            row.note("person_unknown", "staff_no", {"value": staff_no})
        found = read(row, context.zone_of(staff_no or ""), context)
        if not row.is_bad and staff_no and found:
            taken.setdefault(staff_no, []).append((found[0], row))
            wanted[span_key(staff_no, found[0][0])] = {"ends_at": instant_text(found[0][1]), **found[1]}
    for staff_no, spans in taken.items():
        for overlapping in _note_overlaps(spans):
            wanted.pop(span_key(staff_no, overlapping), None)
    wanted |= _replaced(current, wanted, context)
    return _plan(current, wanted, readers, context)


def _note_overlaps(spans: list[tuple[Span, RowReader]]) -> list[datetime]:
    """Note rows that overlap an earlier one of the same person; return where the noted ones start."""
    noted = []
    for (one, first), (other, second) in pairwise(sorted(spans, key=lambda it: it[0])):
        if other[0] < one[1]:
            second.note("overlaps", "start", {"cell": cell_name(first.number, first.layout.columns["start"])})
            noted.append(other[0])
    return noted


def _replaced(
    current: Mapping[str, Record], wanted: Mapping[str, Record | None], context: DutyContext
) -> dict[str, Record | None]:
    """Return the removal of what stands for the same people within the days of the file and isn't in it."""
    people = {key.partition(KEY_JOINT)[0] for key in wanted}
    days = [_local_day(key, context) for key in wanted]
    if not days:
        return {}
    first, last = min(days), max(days)
    return {
        key: None for key in current
        if key not in wanted and key.partition(KEY_JOINT)[0] in people and first <= _local_day(key, context) <= last
    }


def _local_day(key: str, context: DutyContext) -> date:
    staff_no, _joint, start = key.partition(KEY_JOINT)
    return datetime.fromisoformat(start).astimezone(context.zone_of(staff_no)).date()


def _read_shift(row: RowReader, zone: ZoneInfo, context: DutyContext) -> tuple[Span, dict[str, str]] | None:
    day = row.read("date", cells.read_date)
    start, end = _read_end(row, "start", day), _read_end(row, "end", day)
    queue = row.read("queue", context.places.find_queue) or ""
    if start is None or end is None:
        return None
    starts_at, ends_at = _at(start[0], start[1] or timedelta(), zone), _at(end[0], end[1] or timedelta(), zone)
    if ends_at <= starts_at and end[0] == start[0]:
        ends_at = _at(end[0] + timedelta(days=1), end[1] or timedelta(), zone)  # over midnight
    if not timedelta() < ends_at - starts_at <= LONGEST_SHIFT:
        row.note("shift_length", "end")
    return (starts_at, ends_at), {"queue": queue}


def _read_end(row: RowReader, name: str, day: date | None) -> tuple[date, timedelta | None] | None:
    """Return day and time of one end of a shift: a time under a column of days, or both in one cell."""
    if day is not None:
        clock = row.read(name, cells.read_time, required=True)
        return None if clock is None else (day, clock)
    moment = row.read(name, cells.read_moment, required=True)
    if moment is not None and moment[1] is None:
        row.note("time_missing", name, {"value": row.text(name)})
        return None
    return moment


def _read_leave(row: RowReader, zone: ZoneInfo, _context: DutyContext) -> tuple[Span, dict[str, str]] | None:
    start = row.read("start", cells.read_moment, required=True)
    end = row.read("end", cells.read_moment, required=True)
    if start is None or end is None:
        return None
    starts_at = _at(start[0], start[1] or timedelta(), zone)
    ends_at = _at(end[0], end[1], zone) if end[1] is not None else _at(end[0] + timedelta(days=1), timedelta(), zone)
    if ends_at <= starts_at:
        row.note("ends_before_start", "end")
    return (starts_at, ends_at), {"reason": cell_text(row.cell("reason"))[:200]}


def _at(day: date, clock: timedelta, zone: ZoneInfo) -> datetime:
    whole, rest = divmod(clock, timedelta(days=1))
    local = datetime.combine(day + timedelta(days=whole), datetime.min.time(), tzinfo=zone) + rest
    return local.astimezone(UTC)


def plan_heads(
    rows: Sequence[Sequence[Cell]], layout: Layout, current: Mapping[str, Record], context: DutyContext
) -> DutyPlan:
    """Return what a file of heads needed would change. Records: {heads}, keyed by queue, weekday, hour and day."""
    wanted: dict[str, Record | None] = {}
    first_row: dict[str, int] = {}
    readers = list(rows_below(rows, layout))
    for row in readers:
        queue = row.read("queue", context.places.find_queue, required=True)
        weekdays = row.read("weekday", cells.read_weekdays, required=True)
        heads = row.read("heads", cells.read_heads, required=True)
        hours = _read_hours(row)
        if row.is_bad or queue is None or weekdays is None or heads is None or hours is None:
            continue
        for key in (heads_key(queue, day, hour, context.since) for day in weekdays for hour in hours):
            if key in wanted and first_row[key] != row.number:
                row.note("hour_twice", "start", {"cell": cell_name(first_row[key], layout.columns["start"])})
                break
            wanted[key], first_row[key] = {"heads": str(heads)}, row.number
    named = {key.split(KEY_JOINT)[0] for key in wanted}
    stale = {key: None for key in current if key not in wanted and key.split(KEY_JOINT)[0] in named
             and key.endswith(f"{KEY_JOINT}{context.since.isoformat()}")}
    return _plan(current, wanted | stale, readers, context)


def _read_hours(row: RowReader) -> range | None:
    """Return the whole hours of a row: `8`, `8-12`, `08:00-12:00`, or a start and an end; the end isn't included."""
    first, _joint, last = row.text("start").replace("—", "-").replace("~", "-").replace("至", "-").partition("-")
    start = row.read("start", lambda _cell: cells.read_time(first.strip()), required=True)
    if start is None:
        return None
    if row.text("end"):
        end = row.read("end", cells.read_time)
    else:
        end = row.read("start", lambda _cell: cells.read_time(last.strip()) if last else start + timedelta(hours=1))
    if end is None:
        return None
    if start % timedelta(hours=1) or end % timedelta(hours=1) or end <= start:
        row.note("hours_malformed", "start", {"value": row.text("start")})
        return None
    return range(start // timedelta(hours=1), end // timedelta(hours=1))


def _plan(
    current: Mapping[str, Record], wanted: Mapping[str, Record | None], readers: Sequence[RowReader],
    context: DutyContext,
) -> DutyPlan:
    changes = diff(current, wanted)
    problems = tuple(it for row in readers for it in row.problems if it.warning or not context.leave_out)
    bad = sum(row.is_bad for row in readers) if context.leave_out else 0
    return DutyPlan(changes, len(wanted) - len(changes), problems, bad, len(readers))


def span_key(staff_no: str, starts_at: datetime) -> str:
    """Return the key of a shift or leave."""
    return f"{staff_no}{KEY_JOINT}{instant_text(starts_at)}"


def heads_key(queue: str, weekday: int, hour: int, since: date) -> str:
    """Return the key of a figure of heads."""
    return KEY_JOINT.join((queue, str(weekday), str(hour), since.isoformat()))


def instant_text(instant: datetime) -> str:
    """Return an instant as text: UTC, to the second."""
    return instant.astimezone(UTC).isoformat(timespec="seconds")
