"""The import wizard: choose a file, watch it being read, see each row's verdict."""

from __future__ import annotations

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.web.formatting import when_short
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.spreadsheets.guard import FILE_LIMIT, MOST_CELLS, MOST_ROWS
from lms.web.uploads import StoredFile, receive_upload, store_bytes
from question_bank import rules, services
from question_bank.formats.spreadsheet import CELL_LIMIT
from question_bank.forms import PasteForm, UploadForm, WriteForm
from question_bank.models import ImportState, QuestionImport, Verdict
from question_bank.queries import imports as queries
from question_bank.queries.points import points
from question_bank.services.staging import point_names
from question_bank.views.blueprint import bp
from question_bank.views.mapping import mapping_context
from question_bank.views.rejected import marked_alike
from question_bank.views.words import CONTEXT, in_english, letters

KINDS = {"xlsx", "xls", "csv", "txt", "xml", "zip"}
SHOWS = {
    "handle": (Verdict.ERROR, Verdict.DUPLICATE, Verdict.NOTICE),
    "error": (Verdict.ERROR,),
    "duplicate": (Verdict.DUPLICATE,),
    "notice": (Verdict.NOTICE,),
    "fit": (Verdict.FIT,),
}


@bp.route("/imports", methods=["GET", "POST"])
@requires(Permission.QUESTION_IMPORT)
def imports() -> ResponseReturnValue:
    """Take a file, and list the imports so far."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            return _on_trial(receive_upload(form.file.data, max_bytes=FILE_LIMIT, kinds=KINDS))
        except Invalid as refused:
            form.take(refused)
    return _begin(form, PasteForm(formdata=None), status=422 if form.is_submitted() else 200)


@bp.post("/imports/paste")
@requires(Permission.QUESTION_IMPORT)
def paste() -> ResponseReturnValue:
    """Take a paper that was pasted as text."""
    form = PasteForm()
    if not form.validate_on_submit():
        return _begin(UploadForm(formdata=None), form, status=422)
    content = (form.text.data or "").encode("utf-8", "replace")
    name = _("Pasted %(when)s.txt", when=when_short(request_time()))
    return _on_trial(StoredFile(store_bytes(content), len(content), "txt", name))


@bp.get("/imports/<uuid:import_id>")
@requires(Permission.QUESTION_IMPORT)
def show_import(import_id: UUID) -> ResponseReturnValue:
    """Show an import as far as it has come."""
    trial = asked_for(import_id)
    before = queries.written_before(reading(), trial)
    if trial.state == ImportState.READING:
        return page("questions/import_reading.html", trial=trial, **CONTEXT)
    if trial.state in (ImportState.COLUMNS, ImportState.FAILED):
        return page("questions/import_stopped.html", trial=trial, before=before, **mapping_context(trial), **CONTEXT)
    if trial.state == ImportState.STAGED:
        return _staged(trial, before)
    undo_until = rules.undo_until(trial.written_at) if trial.written_at else None
    can_undo = rules.can_undo(trial.state, trial.written_at, request_time())
    tally = queries.tally(reading(), trial.id)
    return page(
        "questions/import_done.html", trial=trial, tally=tally, undo_until=undo_until, can_undo=can_undo, **CONTEXT
    )


@bp.get("/imports/<uuid:import_id>/progress")
@requires(Permission.QUESTION_IMPORT)
def import_progress(import_id: UUID) -> ResponseReturnValue:
    """Tell a waiting page how far the reading is."""
    trial = asked_for(import_id)
    progress = queries.progress_of(reading(), trial)
    state = {"waiting": "queued"}.get(progress.state, progress.state)
    return {"state": state, "done": progress.done, "total": progress.total, "text": "", "report": []}


def asked_for(import_id: UUID) -> QuestionImport:
    """Return the import an address names. Raises NotFound for what the reader may not see."""
    trial = queries.find_import(reading(), import_id, current_identity())
    if trial is None:
        raise NotFound
    return trial


def _staged(trial: QuestionImport, before: queries.ImportLine | None) -> ResponseReturnValue:
    session = reading()
    show = request.args.get("show", "")
    tally = queries.tally(session, trial.id)
    if show not in SHOWS:
        show = "handle" if tally.to_handle else "fit"
    page_number = max(1, request.args.get("page", 1, type=int))
    rows, total = queries.rows(session, trial.id, SHOWS[show], page=page_number)
    opened = queries.one_row(session, trial.id, request.args.get("row", 0, type=int))
    other = queries.alike(session, trial.id, opened) if opened else None
    return page(
        "questions/import_check.html",
        trial=trial,
        before=before,
        tally=tally,
        show=show,
        rows=rows,
        total=total,
        page_number=page_number,
        pages=max(1, -(-total // queries.SHOWN)),
        opened=opened,
        other=other,
        form=WriteForm(),
        pair=marked_alike(opened, other) if opened and other else None,
        letters=letters(),
        names=point_names(session),
        point_tree=points(session, counted=False) if tally.without_point else (),
        english=in_english(),
        passed_over=(trial.shape or {}).get("passed_over", ()),
        **mapping_context(trial),
        **CONTEXT,
    )


def _home() -> str:
    scopes = scopes_of(current_identity(), Permission.QUESTION_IMPORT)
    return min(scopes, key=len) if scopes else "/"


def _on_trial(stored: StoredFile) -> ResponseReturnValue:
    with unit_of_work() as session:
        trial = services.start_import(session, stored, by=current_identity(), now=request_time(), unit_path=_home())
        trial_id = trial.id
    return redirect(url_for("questions.show_import", import_id=trial_id))


def _begin(form: UploadForm, pasting: PasteForm, *, status: int) -> ResponseReturnValue:
    found = queries.imports(reading(), current_identity())
    limits = {"bytes": FILE_LIMIT, "rows": MOST_ROWS, "cells": MOST_CELLS, "cell": CELL_LIMIT}
    return page("questions/imports.html", form=form, pasting=pasting, found=found, limits=limits, **CONTEXT), status
