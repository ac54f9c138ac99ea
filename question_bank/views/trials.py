"""What can be done with an import on trial: repair, decide, write, take back, give up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import _, ngettext
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.responses import download
from question_bank import services
from question_bank.formats.outlets import XLSX
from question_bank.formats.records import TEXT_FIELDS
from question_bank.forms import ConfirmForm, WriteForm
from question_bank.models import Decision, ImportState, Verdict
from question_bank.queries import imports as queries
from question_bank.views.blueprint import bp
from question_bank.views.imports import asked_for
from question_bank.views.rejected import rejected_workbook

PART_FIELDS = ("kind", "stem", "options", "answer", "points")
"""What of a case's parts can be changed in the wizard."""


@bp.post("/imports/<uuid:import_id>/repair")
@requires(Permission.QUESTION_IMPORT)
def repair(import_id: UUID) -> ResponseReturnValue:
    """Carry out a repair that was offered, on every row with the same trouble."""
    asked_for(import_id)
    code, field, value = (request.form.get(name, "") for name in ("code", "field", "value"))
    numbers = queries.rows_with_repair(reading(), import_id, field, value, code)
    if request.form.get("row", "").isdecimal() and request.form.get("all") != "1":
        numbers = [number for number in numbers if number == int(request.form["row"])]
    if not numbers:
        raise NotFound
    with unit_of_work() as session:
        services.repair_rows(session, import_id, numbers, {field: value}, by=current_identity())
    flash(ngettext("%(num)d row is repaired.", "%(num)d rows are repaired.", len(numbers)), "ok")
    return _back(import_id)


@bp.post("/imports/<uuid:import_id>/rows/<int:number>")
@requires(Permission.QUESTION_IMPORT)
def edit_row(import_id: UUID, number: int) -> ResponseReturnValue:
    """Change the fields of one row by hand."""
    asked_for(import_id)
    changes: dict[str, object] = {name: request.form[name][:8000] for name in TEXT_FIELDS if name in request.form}
    options = [option.strip()[:2000] for option in request.form.getlist("option")]
    while options and not options[-1]:
        options.pop()
    if "option" in request.form:
        changes["options"] = options
    changes["parts"] = _parts_sent()
    with unit_of_work() as session:
        services.repair_rows(session, import_id, [number], changes, by=current_identity())
    line = queries.one_row(reading(), import_id, number)
    if line is not None and line.verdict != Verdict.ERROR:
        flash(_("Row %(number)s can be written now.", number=number), "ok")
        return _back(import_id)
    return redirect(url_for("questions.show_import", import_id=import_id, row=number, **_show()) + "#row")


def _parts_sent() -> list[dict[str, object]]:
    """Return the fields of a case's parts, in order; a part's options stand one a line."""
    sent = {name: request.form.getlist(f"part_{name}") for name in PART_FIELDS}
    return [
        {
            **{name: sent[name][place][:8000] for name in PART_FIELDS if name != "options"},
            "options": [line.strip()[:2000] for line in sent["options"][place].splitlines() if line.strip()],
        }
        for place in range(min(map(len, sent.values())))
    ]


@bp.post("/imports/<uuid:import_id>/point")
@requires(Permission.QUESTION_IMPORT)
def place_rows(import_id: UUID) -> ResponseReturnValue:
    """Put all rows without a knowledge point under one."""
    asked_for(import_id)
    with unit_of_work() as session:
        count = services.put_under_point(session, import_id, request.form.get("point", ""), by=current_identity())
    flash(ngettext("%(num)d question has its point now.", "%(num)d questions have their point now.", count), "ok")
    return _back(import_id)


@bp.post("/imports/<uuid:import_id>/rows/<int:number>/decide")
@requires(Permission.QUESTION_IMPORT)
def decide(import_id: UUID, number: int) -> ResponseReturnValue:
    """Take, pass over, or make one row the next edition of what it resembles."""
    try:
        decision = Decision(request.form.get("decision", ""))
    except ValueError:
        raise NotFound from None
    try:
        with unit_of_work() as session:
            services.decide_row(session, import_id, number, decision, by=current_identity(), now=request_time())
    except Conflict as refused:
        flash(refused.message, "no")
    return redirect(url_for("questions.show_import", import_id=import_id, row=number, **_show()) + "#row")


@bp.post("/imports/<uuid:import_id>/drop-errors")
@requires(Permission.QUESTION_IMPORT)
def drop_errors(import_id: UUID) -> ResponseReturnValue:
    """Leave every row with errors out."""
    with unit_of_work() as session:
        count = services.drop_errors(session, import_id, by=current_identity())
    flash(ngettext("%(num)d row with errors is left out.", "%(num)d rows with errors are left out.", count), "ok")
    return _back(import_id)


@bp.post("/imports/<uuid:import_id>/write")
@requires(Permission.QUESTION_IMPORT)
def write(import_id: UUID) -> ResponseReturnValue:
    """Write everything at once."""
    form = WriteForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                count = services.confirm_import(
                    session, import_id, by=current_identity(), now=request_time(), submit=bool(form.submit.data)
                )
            flash(ngettext("%(num)d question is written.", "%(num)d questions are written.", count), "ok")
        except Conflict as refused:
            flash(refused.message, "no")
    return _back(import_id)


@bp.route("/imports/<uuid:import_id>/undo", methods=["GET", "POST"])
@requires(Permission.QUESTION_IMPORT)
def undo(import_id: UUID) -> ResponseReturnValue:
    """Take a written import back, after showing what that does."""
    trial, form, identity, now = asked_for(import_id), ConfirmForm(), current_identity(), request_time()
    if form.validate_on_submit():
        with unit_of_work() as session:
            services.undo_import(session, import_id, by=identity, now=now)
        flash(_("The import is taken back."), "ok")
        return _back(import_id)
    plan = services.plan_undo(reading(), import_id, by=identity, now=now)
    sentences = [
        (len(plan.removed), _("%(n)s questions that were never published disappear.", n=len(plan.removed))),
        (len(plan.changed), _("%(n)s of them have been worked on since; that work is lost.", n=len(plan.changed))),
        (
            len(plan.retired),
            _("%(n)s questions were published meanwhile: they are retired, papers keep them.", n=len(plan.retired)),
        ),
        (len(plan.drafts), _("%(n)s drafts of older questions disappear.", n=len(plan.drafts))),
        (len(plan.kept), _("%(n)s older questions keep their new edition, as it was published.", n=len(plan.kept))),
    ]
    return page(
        "kit/confirm.html",
        title=_("Take “%(name)s” back", name=trial.filename),
        form=form,
        does=[text for count, text in sentences if count],
        count=len(plan.removed) + len(plan.retired) + len(plan.drafts),
        rows=[*plan.removed, *plan.retired, *plan.drafts],
        submit=_("Take it back"),
        cancel=url_for(".show_import", import_id=import_id),
    )


@bp.post("/imports/<uuid:import_id>/discard")
@requires(Permission.QUESTION_IMPORT)
def discard_import(import_id: UUID) -> ResponseReturnValue:
    """Give the import up."""
    with unit_of_work() as session:
        services.discard_import(session, import_id, by=current_identity())
    flash(_("The import is given up; nothing was written."), "ok")
    return redirect(url_for(".imports"))


@bp.get("/imports/<uuid:import_id>/rejected.xlsx")
@requires(Permission.QUESTION_IMPORT)
def rejected(import_id: UUID) -> ResponseReturnValue:
    """Download the rows to be handled, with their cells and reasons."""
    trial = asked_for(import_id)
    if trial.state not in (ImportState.STAGED, ImportState.WRITTEN):
        raise NotFound
    lines: list[queries.RowLine] = []
    at = total = 1
    while (at - 1) * queries.SHOWN < total:
        found, total = queries.rows(reading(), import_id, (Verdict.ERROR, Verdict.DUPLICATE, Verdict.NOTICE), page=at,
                                     with_same=False)
        lines, at = lines + found, at + 1
    return download(rejected_workbook(lines), f"{trial.filename.rsplit('.', 1)[0]}-{_('to handle')}.xlsx", XLSX)


def _show() -> dict[str, Any]:
    return {"show": request.form["show"][:20]} if request.form.get("show") else {}


def _back(import_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("questions.show_import", import_id=import_id, **_show()))
