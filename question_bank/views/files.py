"""Questions out: every form of file, what each of them would leave out, and the template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading
from lms.kernel.errors import NotFound
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.responses import download
from lms.web.uploads import stored_path
from question_bank.formats.entries import Entry
from question_bank.formats.outlets import OUTLETS, XLSX, sort_out
from question_bank.formats.template import write_template
from question_bank.kinds import KindCode, validate
from question_bank.models import QuestionEdition
from question_bank.queries.bank import listed
from question_bank.services.staging import point_names
from question_bank.views.blueprint import bp
from question_bank.views.listing import list_state, with_list
from question_bank.views.words import CONTEXT
from question_bank.wording import OUTLET_NAMES, OUTLET_NOTES, say_left_out


@bp.get("/export")
@requires(Permission.QUESTION_READ)
def export() -> ResponseReturnValue:
    """Show the forms of file, and which questions of the filter each of them can't hold."""
    entries, unfinished = _entries()
    forms = [(outlet, *sort_out(outlet, entries)) for outlet in OUTLETS.values()]
    return page(
        "questions/export.html",
        forms=forms,
        unfinished=unfinished,
        names=OUTLET_NAMES,
        notes=OUTLET_NOTES,
        say_left_out=say_left_out,
        with_list=with_list,
        **CONTEXT,
    )


@bp.get("/export/<name>")
@requires(Permission.QUESTION_READ)
def export_as(name: str) -> ResponseReturnValue:
    """Download what the filter matches, in one form."""
    outlet = OUTLETS.get(name)
    if outlet is None:
        raise NotFound
    held, _left = sort_out(outlet, _entries()[0])
    content = outlet.write(held, lambda digest: stored_path(digest).read_bytes())
    return download(content, f"questions-{_day(request_time())}.{outlet.ending}", outlet.media_type)


@bp.get("/template.xlsx")
@requires(Permission.QUESTION_READ)
def template() -> ResponseReturnValue:
    """Download the template for imports."""
    return download(write_template(list(point_names(reading()).values())), "question-template.xlsx", XLSX)


def _entries() -> tuple[list[Entry], list[str]]:
    """Return the filtered questions in their latest wording, and the numbers of drafts that are no question yet."""
    found, unfinished = [], []
    for row in _rows():
        kind = KindCode(row.kind)
        if validate(kind, row.content):
            unfinished.append(row.code)
        else:
            found.append(Entry(row.code, kind, row.content, row.point_name or "", row.difficulty, row.points))
    return found, unfinished


def _rows() -> Iterator[Any]:
    session, state = reading(), list_state()
    codes = [row.code for row in session.execute(state.filtered(listed(current_identity())))]
    rows = {row.code: row for row in session.execute(listed(current_identity()).add_columns(QuestionEdition.content))}
    yield from (rows[code] for code in codes)


def _day(now: datetime) -> str:
    return now.strftime("%Y%m%d")
