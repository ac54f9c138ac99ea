"""What each kind of import is made of."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.access.door import scopes_of
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.kernel.settings import get_settings
from lms.people.models import ImportKind
from lms.people.queries.organisation import places
from lms.people.rules import duty, roster
from lms.people.rules.changes import Change, Record
from lms.people.rules.columns import Field, Layout
from lms.people.rules.rows import RowProblem
from lms.people.services.importing import duty_rows, people_rows
from lms.web.pdf_fonts import missing_glyphs, source_font
from lms.web.spreadsheets.reading import Cell

Plan = roster.RosterPlan | duty.DutyPlan
Rows = Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Options:
    """How a file is to be taken.

    complete    people only: the file lists everybody of the importer's part; whoever is missing has left
    left_on     people only: the last day of those missing; None: today
    since       heads only: the day the plan begins to hold; None: today
    leave_out   leave bad rows out instead of refusing the file
    """

    complete: bool = False
    left_on: date | None = None
    since: date | None = None
    leave_out: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the options as the table keeps them."""
        return {"complete": self.complete, "leave_out": self.leave_out,
                "left_on": self.left_on.isoformat() if self.left_on else "",
                "since": self.since.isoformat() if self.since else ""}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> "Options":
        """Return the options the table kept."""
        def day(name: str) -> date | None:
            return date.fromisoformat(str(kept[name])) if kept.get(name) else None

        return cls(bool(kept.get("complete")), day("left_on"), day("since"), bool(kept.get("leave_out")))


@dataclass(frozen=True)
class Kind:
    """One kind of import.

    plan      what a file would do: (session, rows, layout, options, by, now) -> Plan
    current   what stands now under these keys (None: everything)
    write     carry changes out: (session, changes, by, now, reason, undoing)
    """

    fields: tuple[Field, ...]
    permission: Permission
    plan: Callable[[Session, Rows, Layout, Options, Identity, datetime], Plan]
    current: Callable[[Session, Collection[str] | None], dict[str, Record]]
    write: Callable[[Session, Sequence[Change], Identity, datetime, str, bool], None]


def local_today(now: datetime) -> date:
    """Return the installation's local day."""
    return now.astimezone(ZoneInfo(get_settings().time_zone)).date()


def _plan_people(
    session: Session, rows: Rows, layout: Layout, options: Options, by: Identity, now: datetime
) -> roster.RosterPlan:
    today = local_today(now)
    taken = roster.RosterOptions(
        today=today, complete=options.complete, left_on=options.left_on and min(options.left_on, today),
        scopes=scopes_of(by, Permission.ROSTER_IMPORT), leave_out=options.leave_out,
    )
    plan = roster.plan_roster(rows, layout, people_rows.current(session, None), places(session), taken)
    return replace(plan, problems=(*plan.problems, *_unprintable(plan, layout)))


def _unprintable(plan: roster.RosterPlan, layout: Layout) -> list[RowProblem]:
    """Warn of names that no certificate could show; the certificate stands all the same, its PDF waits."""
    if source_font("Regular") is None:
        return []
    return [
        RowProblem(plan.row_of[change.key], layout.columns["name"], "glyph_missing",
                   {"field": "name", "value": signs}, warning=True)
        for change in plan.changes if change.key in plan.row_of and "name" in {it.field for it in change.fields}
        and (signs := missing_glyphs((change.after or {})["name"]))
    ]


def _plan_duty(
    plan: Callable[[Rows, Layout, Mapping[str, Record], duty.DutyContext], duty.DutyPlan],
    current: Callable[[Session, Collection[str] | None], dict[str, Record]],
) -> Callable[[Session, Rows, Layout, Options, Identity, datetime], duty.DutyPlan]:
    def planned(
        session: Session, rows: Rows, layout: Layout, options: Options, by: Identity, now: datetime
    ) -> duty.DutyPlan:
        staff, zone_of = duty_rows.staff_within(session, scopes_of(by, Permission.SHIFT_IMPORT))
        context = duty.DutyContext(staff, places(session), zone_of, options.since or local_today(now),
                                   options.leave_out)
        named = [change.key for change in plan(rows, layout, {}, context).changes]
        return plan(rows, layout, current(session, named), context)

    return planned


KINDS: Final[Mapping[ImportKind, Kind]] = {
    ImportKind.PEOPLE: Kind(roster.FIELDS, Permission.ROSTER_IMPORT, _plan_people, people_rows.current,
                            people_rows.write),
    ImportKind.SHIFTS: Kind(duty.SHIFT_FIELDS, Permission.SHIFT_IMPORT,
                            _plan_duty(duty.plan_shifts, duty_rows.current_shifts), duty_rows.current_shifts,
                            duty_rows.write_shifts),
    ImportKind.LEAVE: Kind(duty.LEAVE_FIELDS, Permission.SHIFT_IMPORT,
                           _plan_duty(duty.plan_leave, duty_rows.current_leave), duty_rows.current_leave,
                           duty_rows.write_leave),
    ImportKind.HEADS: Kind(duty.HEADS_FIELDS, Permission.SHIFT_IMPORT,
                           _plan_duty(duty.plan_heads, duty_rows.current_heads), duty_rows.current_heads,
                           duty_rows.write_heads),
}
