"""The rows of a dry run as lines of a list: what is wrong, and what each record becomes."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.i18n import _l
from lms.people import wording
from lms.people.models import ImportKind, Person, Post, Queue, Unit
from lms.people.rules.changes import Change, ChangeKind
from lms.people.rules.columns import Layout
from lms.people.rules.duty import KEY_JOINT
from lms.people.rules.roster import QUEUE_JOINT, RosterPlan, move_of
from lms.people.services.importing.kinds import Plan
from lms.web.cells import harmless
from lms.web.formatting import display_zone, list_of
from lms.web.spreadsheets.reading import Sheet, cell_name, cell_text, column_letter
from lms.web.tables import Column, Filter, Page, Table, TableState, paginate_list

BAD: Final = "bad"
WARNING: Final = "warning"
WORDS: Final = {BAD: _l("Bad row"), WARNING: _l("Note"), "new": _l("New"), "added": _l("New"), "changed": _l("Changed"),
                "leaving": _l("Leaving"), "returning": _l("Returning"), "removed": _l("Taken away")}
LOOKS: Final = {BAD: "no", WARNING: "soon", "new": "ok", "added": "ok", "changed": "coach", "leaving": "stop",
                "returning": "waive", "removed": "stop"}


@dataclass(frozen=True)
class Line:
    """One line: a problem of a cell, or a record that changes.

    row      of the sheet, from 1; 0 when the record isn't in the file
    sort     a key of WORDS
    fields   (label, before, after) of what differs
    """

    row: int
    sort: str
    cell: str = ""
    text: str = ""
    key: str = ""
    name: str = ""
    fields: tuple[tuple[str, str, str], ...] = field(default=())


LINES: Final = Table(
    "lines", columns=(Column("row", _l("Row"), numeric=True, sortable_in_lists=True),
                      Column("sort", _l("Verdict"), value=lambda line: str(WORDS[line.sort]))),
    filters=(Filter("is", _l("Verdict"), options=list(WORDS.items()), keeps=lambda line, value: line.sort == value),),
    per_page=50,
)


@dataclass(frozen=True)
class Names:
    """What codes and staff numbers stand for, in the reader's language, and the reader's zone."""

    units: Mapping[str, str]
    posts: Mapping[str, str]
    queues: Mapping[str, str]
    people: Mapping[str, str]
    zone: ZoneInfo

    @classmethod
    def load(cls, session: Session, kind: ImportKind) -> "Names":
        """Return the names that lines of this kind need."""
        def local(model: Any) -> dict[str, str]:
            rows = session.execute(select(model.code, model.name, model.name_en)).tuples()
            return {code: wording.local_name(name, name_en) for code, name, name_en in rows}

        people = select(Person.staff_no, Person.name)
        return cls(
            local(Unit), local(Post), local(Queue),
            dict(session.execute(people).tuples().all()) if kind in (ImportKind.SHIFTS, ImportKind.LEAVE) else {},
            display_zone(),
        )

    def value(self, name: str, value: str) -> str:
        """Return a field's value as a page shows it."""
        if name == "ends_at" and value:
            return _local(value, self.zone)
        if name in ("queues", "queue"):
            return list_of([self.queues.get(code, code) for code in value.split(QUEUE_JOINT)])
        known = {"unit": self.units, "post": self.posts}.get(name)
        return known.get(value, value) if known else wording.value_text(name, value)

    def key(self, key: str) -> str:
        """Return a record's key as a page shows it."""
        parts = key.split(KEY_JOINT)
        if len(parts) == 2:  # somebody's shift or leave
            return f"{parts[0]} {_local(parts[1], self.zone)}"
        if len(parts) == 4:  # a queue's hour
            return f"{wording.WEEKDAYS[int(parts[1])]} {int(parts[2]):02d}:00"
        return key

    def name(self, change: Change) -> str:
        """Return whom or what a change is about."""
        first = change.key.split(KEY_JOINT)[0]
        named = (change.after or change.before or {}).get("name", "")
        return named or self.people.get(first, "") or (self.queues.get(first, "") if KEY_JOINT in change.key else "")


def lines_of(plan: Plan, layout: Layout, names: Names) -> list[Line]:
    """Return the lines of a dry run: problems first, by row, then changes."""
    problems = sorted(plan.problems, key=lambda it: (it.warning, it.row))
    found = [
        Line(it.row + 1, WARNING if it.warning else BAD,
             cell_name(it.row, it.column) if it.column is not None else str(it.row + 1), wording.problem_text(it))
        for it in problems
    ]
    kind = ImportKind.PEOPLE if isinstance(plan, RosterPlan) else ImportKind.SHIFTS
    rows: Mapping[str, int] = plan.row_of if isinstance(plan, RosterPlan) else {}
    return found + change_lines(kind, plan.changes, names, rows)


def change_lines(
    kind: ImportKind, changes: Sequence[Change], names: Names, rows: Mapping[str, int] | None = None
) -> list[Line]:
    """Return a line for each change, those that take most away first."""
    lines = []
    for change in changes:
        sort = move_of(change).value if kind is ImportKind.PEOPLE else change.kind.value
        row = (rows or {}).get(change.key, -1) + 1
        lines.append(Line(row, sort, key=names.key(change.key), name=names.name(change),
                          fields=_differences(change, names)))
    order = list(WORDS)
    urgent = {"leaving": 0, "removed": 0, "returning": 1, "changed": 2}
    return sorted(lines, key=lambda line: (urgent.get(line.sort, 3), order.index(line.sort), line.row))


def _differences(change: Change, names: Names) -> tuple[tuple[str, str, str], ...]:
    shown = [it for it in change.fields if it.field != "name_latin"]
    if change.kind is ChangeKind.ADDED:
        shown = [it for it in shown if it.field not in ("name", "employment", "state") or it.field == "state"]
    if change.kind is ChangeKind.REMOVED:
        return ()
    return tuple((str(wording.FIELDS.get(it.field, it.field)), names.value(it.field, it.before),
                  names.value(it.field, it.after)) for it in shown)


def _local(text: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"


def counts_of(lines: Sequence[Line]) -> dict[str, int]:
    """Return how many lines there are of each sort."""
    return dict(Counter(line.sort for line in lines))


def page_of(lines: Sequence[Line], state: TableState) -> Page:
    """Return the page of lines that the address asks for."""
    return paginate_list(list(lines), state)


def bad_rows_csv(sheet: Sheet, layout: Layout, plan: Plan) -> bytes:
    """Return the rows with problems as a spreadsheet file, their cells and reasons in front."""
    reasons: dict[int, list[str]] = {}
    for it in plan.problems:
        cell = cell_name(it.row, it.column) if it.column is not None else str(it.row + 1)
        reasons.setdefault(it.row, []).append(f"{cell}: {wording.problem_text(it)}")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    width = max((len(row) for row in sheet.rows), default=0)
    heads: Sequence[Any] = sheet.rows[layout.header_row] if layout.header_row >= 0 else ()
    writer.writerow([str(wording.FIELDS["reason"]), *(cell_text(heads[at]) if at < len(heads) else column_letter(at)
                                                      for at in range(width))])
    for number in sorted(reasons):
        writer.writerow([harmless(" ".join(reasons[number])), *(harmless(cell_text(it)) for it in sheet.rows[number])])
    return out.getvalue().encode("utf-8-sig")

