"""The floor board: people x queues at an instant, why, and the same as a spreadsheet."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from lms.access.door import allows, reach, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.certification.queries.floor import SOON, FloorCell, explain
from lms.certification.queries.standing import of_person
from lms.certification.queries.words import reason_texts
from lms.certification.rules.floor import FloorDecision
from lms.certification.rules.projection import FloorState, state_of
from lms.desk.panels import Reader, resits, waivers
from lms.desk.queries import board as queries
from lms.desk.queries.home import codes_of
from lms.desk.rules.board import AsOf, as_of, headline
from lms.desk.rules.forecast import surplus_look
from lms.desk.rules.panels import Panel
from lms.desk.views.blueprint import bp
from lms.kernel.db import reading
from lms.kernel.errors import NotFound
from lms.kernel.i18n import _
from lms.people.models import Person, Queue
from lms.web import charts
from lms.web.exports import export_rows
from lms.web.formatting import display_zone, local
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.shell import locale_code

# The kit's look of each state.
LOOKS: Final = {
    FloorState.YES: "ok", FloorState.SOON: "soon", FloorState.SUPERVISED: "coach", FloorState.WAIVER: "waive",
    FloorState.NO: "no", FloorState.SUSPENDED: "stop", FloorState.NONE: "na",
}
SORTS: Final = ("no", "name", "team")
LONGEST_SEARCH: Final = 60


@bp.get("/board")
@requires(Permission.FLOOR_READ)
def board() -> ResponseReturnValue:
    """Show who may go live on which queue at an instant; the title is the answer."""
    session, scopes, asked = reading(), _scopes(), _as_of()
    queues = queries.queues_of_board(session)
    choice = _choice(queues)
    shown = queries.people_page(session, queues, asked.at, scopes, choice)
    whole = "whole" in request.args or queries.people_count(session, scopes) < queries.MANY
    heads = queries.columns(session, queues, asked.at, display_zone(), scopes, english=locale_code() == "en",
                            counted=whole)
    return page(
        "desk/board.html", heads=heads, shown=shown, choice=choice, asked=asked, looks=LOOKS, chips=queries.CHIPS,
        headline=headline(heads, queries.ending_soon(session, queues, asked.at, scopes)), cell_words=cell_words,
        on_shift=queries.on_shift_count(session, asked.at, scopes), teams=queries.teams(session, scopes), whole=whole,
        decisions=_decisions(), **_outlook(heads if whole else [], asked, scopes),
    )


@bp.get("/board/export")
@requires(Permission.FLOOR_READ)
def board_export() -> ResponseReturnValue:
    """Send everybody the choice leaves as a spreadsheet: one line a person, one column a queue."""
    session, asked = reading(), _as_of()
    queues = queries.queues_of_board(session)
    names = state_names()
    head = [_("Staff no"), _("Full name"), _("Team"), _("On shift"),
            *(text for queue in queues for text in (queue.name, _("%(queue)s: until", queue=queue.name)))]
    rows = (
        [person.staff_no, person.name, person.team, person.on_shift,
         *(value for queue in queues for value in (names[cells[queue.id].state], cells[queue.id].until))]
        for person, cells in queries.everybody(session, queues, asked.at, _scopes(), _choice(queues))
    )
    kind = "csv" if request.args.get("export") == "csv" else "xlsx"
    return export_rows(head, rows, kind=kind, filename=f"{_('floor board')} {local(asked.at):%Y-%m-%d %H%M}")


@bp.get("/board/<uuid:person_id>/<queue_code>")
@requires(Permission.FLOOR_READ)
def why(person_id: UUID, queue_code: str) -> ResponseReturnValue:
    """Say why somebody may or may not take a queue's calls: recomputed from facts, not from what is kept for speed."""
    session, asked = reading(), _as_of()
    person = session.get(Person, person_id)
    queue = session.scalar(select(Queue).where(Queue.code == queue_code))
    if person is None or queue is None:
        raise NotFound
    reach(current_identity(), Permission.FLOOR_READ, Subject(person.id, person.unit.path))
    decision = explain(session, person.id, queue.id, asked.at)
    needed = [item for item in of_person(session, person.id, asked.at) if queue.code in codes_of(item)]
    template = "desk/why_part.html" if request.args.get("part") == "pop" else "desk/why.html"
    return page(template, person=person, queue=queue, decision=decision, look=look_of(decision), asked=asked,
                reasons=reason_texts(session, decision.reasons), needed=needed)


def look_of(decision: FloorDecision) -> str:
    """Return the kit's look of a decision; one that ends within the warning time is told apart."""
    state = state_of(decision)
    ends = decision.until is not None and decision.until <= decision.at + SOON
    return LOOKS[FloorState.SOON if state is FloorState.YES and ends else state]


def state_names() -> dict[FloorState, str]:
    """Return the states in words."""
    return {
        FloorState.YES: _("May go live"), FloorState.SOON: _("Ends soon"), FloorState.SUPERVISED: _("With mentor"),
        FloorState.WAIVER: _("Waiver"), FloorState.NO: _("Not yet"), FloorState.SUSPENDED: _("Suspended"),
        FloorState.NONE: _("Not needed"),
    }


def cell_words(cell: FloorCell, at: datetime) -> str:
    """Return the few letters beside a cell's sign: last day, days left, mentor."""
    if cell.state is FloorState.SUPERVISED:
        return cell.mentor_name
    if cell.until is None or not cell.allowed:
        return ""
    if cell.state is FloorState.SOON:
        days = (cell.until - at).days
        return str(_("%(n)s d", n=days)) if days else str(_("today"))
    last = local(cell.until)
    return f"{last:%m-%d}" if cell.state is FloorState.WAIVER else f"{last:%y-%m-%d}"


def _outlook(heads: list[Any], asked: AsOf, scopes: tuple[str, ...]) -> dict[str, Any]:
    """Return the coming weeks: the chart of one queue and the table of all."""
    outlook = queries.forecasts(reading(), heads, asked.at, display_zone(), scopes)
    if not outlook:
        return {"outlook": [], "chosen": None, "chart": None}
    wanted = request.args.get("ahead") or request.args.get("queue")
    tightest = min(outlook, key=lambda item: min(week.ready for week in item.weeks) - item.needed)
    chosen = next((item for item in outlook if item.queue.code == wanted), tightest)
    labels = [f"{local(week.starts_at):%V}".lstrip("0") for week in chosen.weeks]
    chart = charts.stacked(
        _("%(queue)s, the next twelve weeks", queue=chosen.queue.name), labels,
        [(_("May still go live"), "in", [week.ready for week in chosen.weeks]),
         (_("Ending that week"), "soon", [week.ending for week in chosen.weeks])],
        limit=chosen.needed or None, limit_label=_("%(n)s needed", n=chosen.needed), head=_("Week"),
    )
    return {"outlook": outlook, "chosen": chosen, "chart": chart, "surplus_look": surplus_look, "week_labels": labels}


def _decisions() -> list[Panel]:
    """Return what waits for the reader's decision, for the side of the board."""
    me, now = current_identity(), request_time()
    reader = Reader(me, now, local(now), display_zone())
    asked = ((Permission.WAIVER_APPROVE, waivers), (Permission.EXAM_ASSIGN, resits))
    found = [maker(reading(), reader) for permission, maker in asked if allows(me, permission)]
    return [panel for panel in found if panel.rows]


def _scopes() -> tuple[str, ...]:
    return scopes_of(current_identity(), Permission.FLOOR_READ)


def _as_of() -> AsOf:
    return as_of(request.args.get("at", "")[:20], request_time(), display_zone())


def _choice(queues: list[Queue]) -> queries.Choice:
    """Read what narrows the board from the address; what doesn't fit narrows nothing."""
    args = request.args
    number = args.get("page", "1")
    return queries.Choice(
        q=args.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH],
        state=args["state"] if args.get("state") in {state.value for state in queries.CHIPS} else "",
        queue=args["queue"] if args.get("queue") in {queue.code for queue in queues} else "",
        team=args.get("team", "")[:40], on_shift=args.get("on") == "1",
        sort=args["sort"] if args.get("sort") in SORTS else "no",
        page=int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else 1,
        english=locale_code() == "en",
    )
