"""Questions out: spreadsheet, GIFT, template."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading
from lms.web.guard import current_identity, request_time, requires
from lms.web.responses import download
from question_bank.formats.gift_out import write_gift
from question_bank.formats.workbook import Entry, write_bank, write_template
from question_bank.kinds import KINDS, KindCode, validate
from question_bank.models import QuestionEdition
from question_bank.queries.bank import listed
from question_bank.views.blueprint import bp
from question_bank.views.listing import list_state

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@bp.get("/questions.xlsx")
@requires(Permission.QUESTION_READ)
def as_spreadsheet() -> ResponseReturnValue:
    """Download what the filter matches, in the form the import reads."""
    return download(write_bank(_entries()), f"questions-{_day(request_time())}.xlsx", XLSX)


@bp.get("/questions.gift")
@requires(Permission.QUESTION_READ)
def as_gift() -> ResponseReturnValue:
    """Download what the filter matches as GIFT."""
    entries = sorted(_entries(), key=lambda entry: entry.point)
    return download(write_gift(entries), f"questions-{_day(request_time())}.gift", "text/plain")


@bp.get("/template.xlsx")
@requires(Permission.QUESTION_READ)
def template() -> ResponseReturnValue:
    """Download the template for imports."""
    return download(write_template(), "question-template.xlsx", XLSX)


def _entries() -> Iterator[Entry]:
    """Yield the filtered questions in their latest wording; drafts that are no question yet are left out."""
    session, state = reading(), list_state()
    codes = [row.code for row in session.execute(state.filtered(listed(current_identity())))]
    rows = {row.code: row for row in session.execute(listed(current_identity()).add_columns(QuestionEdition.content))}
    for code in codes:
        row = rows[code]
        kind = KindCode(row.kind)
        if not validate(kind, row.content):
            yield Entry(code, kind, KINDS[kind].to_row(row.content), row.point_name or "", row.difficulty, row.points)


def _day(now: datetime) -> str:
    return now.strftime("%Y%m%d")
