"""The second step: which sheet, which header, which column is what."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.web.guard import current_identity, page, requires
from question_bank import services
from question_bank.formats.columns import FIELDS
from question_bank.models import ImportState, QuestionImport
from question_bank.queries import imports as queries
from question_bank.views.blueprint import bp
from question_bank.views.words import CONTEXT


@bp.get("/imports/<uuid:import_id>/columns")
@requires(Permission.QUESTION_IMPORT)
def columns(import_id: UUID) -> ResponseReturnValue:
    """Show the columns with what they are used for."""
    trial = queries.find_import(reading(), import_id, current_identity())
    if trial is None or trial.state not in (ImportState.STAGED, ImportState.COLUMNS) or not trial.layout:
        raise NotFound
    return page("questions/import_stopped.html", trial=trial, before=None, **mapping_context(trial), **CONTEXT)


@bp.post("/imports/<uuid:import_id>/columns")
@requires(Permission.QUESTION_IMPORT)
def set_columns(import_id: UUID) -> ResponseReturnValue:
    """Read the file again as told."""
    layout: dict[str, Any] = {"sheet": request.form.get("sheet", "")[:200]}
    header = request.form.get("header", "")
    if header.isascii() and header.isdecimal() and len(header) < 6:
        layout["header"] = int(header) - 1
    if request.form.get("guess") != "1":
        layout["columns"] = [name if name in FIELDS else "" for name in request.form.getlist("column")][:200]
    with unit_of_work() as session:
        services.reread_import(session, import_id, layout, by=current_identity())
    return redirect(url_for("questions.show_import", import_id=import_id))


def mapping_context(trial: QuestionImport) -> dict[str, Any]:
    """Return what templates need to show the columns: (letter, header, samples, field) each."""
    shape, layout = trial.shape or {}, trial.layout or {}
    used = list(layout.get("columns", ()))
    lines = (
        [
            (shape["letters"][place], shape["headers"][place], shape["samples"][place], name)
            for place, name in enumerate(used)
        ]
        if shape.get("letters")
        else []
    )
    others = [(name, count) for name, count in shape.get("sheets", ()) if name != layout.get("sheet")]
    return {
        "columns": lines,
        "fields": FIELDS,
        "sheets": shape.get("sheets", []),
        "other_sheets": others,
        "sheet": layout.get("sheet", ""),
        "header": int(layout.get("header", -1)) + 1,
        "encoding": shape.get("encoding", ""),
    }
