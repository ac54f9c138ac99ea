"""The wizard of imports: file, columns, looking at every row, writing all of it at once, undoing it for a day."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.i18n import _
from lms.people import wording
from lms.people.forms import ColumnsForm, ConfirmImportForm, UploadForm
from lms.people.models import ImportKind, ImportState, RosterImport
from lms.people.queries.imports import imports as list_imports
from lms.people.rules.columns import SEARCHED_ROWS, Layout
from lms.people.services.importing import later, steps
from lms.people.services.importing.kinds import KINDS, Options, local_today
from lms.people.views import import_rows
from lms.people.views.blueprint import bp
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.responses import download
from lms.web.spreadsheets.guard import FILE_LIMIT
from lms.web.spreadsheets.reading import cell_text, column_letter
from lms.web.uploads import receive_upload

SAMPLE_CELLS = 3  # values shown beside each column


@bp.get("/people/imports")
@requires(Permission.SHIFT_IMPORT)
def imports() -> ResponseReturnValue:
    """List the latest imports and offer to begin one."""
    by = current_identity()
    whole = Subject(unit_path="/")
    everybody = allows(by, Permission.SHIFT_IMPORT, whole)
    kinds = [kind for kind in ImportKind if allows(by, KINDS[kind].permission)
             and (kind is not ImportKind.HEADS or everybody)]
    rows = list_imports(reading(), kinds, created_by=None if everybody else by.person_id)
    return page("people/imports.html", rows=rows, kinds=kinds, names=wording.IMPORT_KINDS)


@bp.route("/people/imports/new/<any(people, shifts, leave, heads):kind>", methods=["GET", "POST"])
@requires(Permission.SHIFT_IMPORT)
def start_import(kind: str) -> ResponseReturnValue:
    """Take a spreadsheet in."""
    form, chosen = UploadForm(), ImportKind(kind)
    if form.validate_on_submit():
        try:
            stored = receive_upload(request.files.get("file"), max_bytes=FILE_LIMIT, kinds={"xlsx", "csv", "xls"})
            with unit_of_work() as session:
                import_id = steps.start_import(session, chosen, stored, by=current_identity(), now=request_time())
                later.queue_check(session, import_id, by=current_identity())
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for(".columns", import_id=import_id))
    return page("people/import_file.html", form=form, kind=chosen, names=wording.IMPORT_KINDS,
                fields=KINDS[chosen].fields, labels=wording.FIELDS), _status(form)


@bp.route("/people/imports/<uuid:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.SHIFT_IMPORT)
def columns(import_id: UUID) -> ResponseReturnValue:
    """Say which column is which, and how to take the file."""
    row = _open(import_id)
    sheets = steps.sheets_of(row)
    form = ColumnsForm(**_present_choice(row))
    form.sheet.choices = [(sheet.name, sheet.name) for sheet in sheets]
    if form.validate_on_submit() and (form.sheet.data or "") != row.sheet:
        with unit_of_work() as session:
            steps.choose_sheet(session, import_id, form.sheet.data or "", by=current_identity())
        return redirect(url_for(".columns", import_id=import_id))
    if form.validate_on_submit():
        layout = Layout((form.header_row.data or 0) - 1, _chosen_columns(row))
        options = Options(form.complete.data == "yes", form.left_on.data, form.since.data,
                          bool(row.options.get("leave_out")))
        try:
            with unit_of_work() as session:
                steps.choose_layout(session, import_id, sheet=form.sheet.data or "", layout=layout, options=options,
                                    by=current_identity())
                later.queue_check(session, import_id, by=current_identity())
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for(".dry_run", import_id=import_id))
    sheet = next((sheet for sheet in sheets if sheet.name == (form.sheet.data or row.sheet)), sheets[0])
    return page(
        "people/import_columns.html", form=form, row=row, kind=ImportKind(row.kind), sheets=sheets,
        columns=_columns(sheet.rows, (form.header_row.data or 0) - 1), fields=KINDS[ImportKind(row.kind)].fields,
        labels=wording.FIELDS, chosen=_chosen_columns(row) if request.method == "POST" else row.layout["columns"],
        encoding=sheet.encoding, searched=SEARCHED_ROWS, total=len(sheet.rows),
    ), _status(form)


@bp.get("/people/imports/<uuid:import_id>")
@requires(Permission.SHIFT_IMPORT)
def dry_run(import_id: UUID) -> ResponseReturnValue:
    """Show what an import would do, row by row; once written, what it did."""
    row = steps.reach_import(reading(), import_id, current_identity())
    if later.working(reading(), row):
        return page("people/import_working.html", row=row)
    if row.state != ImportState.OPEN:
        return _show_done(row)
    run = later.checked_run(row)
    form, refusal = ConfirmImportForm(), later.refusal_of(reading(), row)
    if run is None:
        if refusal:
            flash(refusal, "no")
        return redirect(url_for(".columns", import_id=import_id))
    form.form_errors += [refusal] if refusal else []
    return _show_dry_run(row, run, form), HTTPStatus.OK


@bp.get("/people/imports/<uuid:import_id>/progress")
@requires(Permission.SHIFT_IMPORT)
def import_progress(import_id: UUID) -> ResponseReturnValue:
    """Tell a waiting page how far the worker is."""
    row = steps.reach_import(reading(), import_id, current_identity())
    job = later.job_of(reading(), row)
    if job is None:
        raise NotFound("import.no_job")
    state = {"waiting": "queued"}.get(job.state, job.state)
    return {"state": state, "done": job.done, "total": job.total, "text": "", "report": []}


def _show_dry_run(row: RosterImport, run: steps.DryRun, form: ConfirmImportForm) -> str:
    names = import_rows.Names.load(reading(), ImportKind(row.kind))
    lines = import_rows.lines_of(run.plan, steps.layout_of(row), names)
    state = import_rows.LINES.state(request.args)
    return page(
        "people/import_dry_run.html", row=row, kind=ImportKind(row.kind), run=run, form=form, lines=lines, state=state,
        page=import_rows.page_of(lines, state), counts=import_rows.counts_of(lines), labels=wording.FIELDS,
        letters={name: column_letter(column) for name, column in row.layout["columns"].items()},
        headings=_headings(row), looks=import_rows.LOOKS, verdicts=import_rows.WORDS,
    )


def _show_done(row: RosterImport) -> ResponseReturnValue:
    changes = steps.changes_of(reading(), row.id)
    kind = ImportKind(row.kind)
    lines = import_rows.change_lines(kind, changes, import_rows.Names.load(reading(), kind))
    state = import_rows.LINES.state(request.args)
    undoable = (row.state == ImportState.APPLIED and row.undoes_id is None and row.applied_at is not None
                and request_time() - row.applied_at <= steps.UNDO_WITHIN)
    return page(
        "people/import_done.html", row=row, kind=kind, lines=lines, state=state,
        page=import_rows.page_of(lines, state), counts=import_rows.counts_of(lines), undoable=undoable,
        until=row.applied_at + steps.UNDO_WITHIN if row.applied_at else None, names=wording.IMPORT_KINDS,
        looks=import_rows.LOOKS, verdicts=import_rows.WORDS, refusal=later.refusal_of(reading(), row),
    )


@bp.post("/people/imports/<uuid:import_id>/apply")
@requires(Permission.SHIFT_IMPORT)
def apply_import(import_id: UUID) -> ResponseReturnValue:
    """Write the import, all of it or nothing."""
    form, by = ConfirmImportForm(), current_identity()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                later.queue_writing(session, import_id, fingerprint=form.fingerprint.data or "",
                                    typed=form.typed.data, by=by)
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            if error.code != "import.changed_meanwhile":
                raise
            form.form_errors.append(error.message)
        else:
            return redirect(url_for(".dry_run", import_id=import_id))
    row = _open(import_id)
    return _show_dry_run(row, _checked(row), form), _status(form)


@bp.post("/people/imports/<uuid:import_id>/leave-out")
@requires(Permission.SHIFT_IMPORT)
def leave_out(import_id: UUID) -> ResponseReturnValue:
    """Leave bad rows out, or take them in again."""
    row = _open(import_id)
    options = Options.from_json(row.options)
    changed = Options(options.complete, options.left_on, options.since, request.form.get("leave_out") == "yes")
    sheet, layout = row.sheet, steps.layout_of(row)
    with unit_of_work() as session:
        steps.choose_layout(session, import_id, sheet=sheet, layout=layout, options=changed, by=current_identity())
        later.queue_check(session, import_id, by=current_identity())
    return redirect(url_for(".dry_run", import_id=import_id))


@bp.get("/people/imports/<uuid:import_id>/bad-rows.csv")
@requires(Permission.SHIFT_IMPORT)
def bad_rows(import_id: UUID) -> ResponseReturnValue:
    """Download the rows that need attention, each with its cell and reason."""
    row = _open(import_id)
    sheet = next((sheet for sheet in steps.sheets_of(row) if sheet.name == row.sheet), None)
    if sheet is None:
        raise NotFound("import.sheet")
    run = _checked(row)
    return download(import_rows.bad_rows_csv(sheet, steps.layout_of(row), run.plan), f"{row.filename}-rows.csv",
                    "text/csv")


@bp.route("/people/imports/<uuid:import_id>/undo", methods=["GET", "POST"])
@requires(Permission.SHIFT_IMPORT)
def undo_import(import_id: UUID) -> ResponseReturnValue:
    """Show what undoing would change back and what it would not; undo when confirmed."""
    form, by = ConfirmImportForm(), current_identity()
    row = steps.reach_import(reading(), import_id, by)
    kind = ImportKind(row.kind)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                later.queue_undoing(session, import_id, fingerprint=form.fingerprint.data or "", by=by,
                                    now=request_time())
        except Invalid as error:
            form.take(error)
        else:
            return redirect(url_for(".dry_run", import_id=import_id))
    run = steps.undo_dry_run(reading(), import_id, by=by, now=request_time())
    names = import_rows.Names.load(reading(), kind)
    lines = import_rows.change_lines(kind, run.changes, names)
    state = import_rows.LINES.state(request.args)
    return page(
        "people/import_undo.html", row=row, run=run, form=form, state=state, page=import_rows.page_of(lines, state),
        counts=import_rows.counts_of(lines), kept=run.kept, labels=wording.FIELDS, looks=import_rows.LOOKS,
        verdicts=import_rows.WORDS, names=names,
    ), _status(form)


@bp.route("/people/imports/<uuid:import_id>/discard", methods=["POST"])
@requires(Permission.SHIFT_IMPORT)
def discard_import(import_id: UUID) -> ResponseReturnValue:
    """Put an import aside that was never written."""
    with unit_of_work() as session:
        steps.discard_import(session, import_id, by=current_identity())
    flash(_("Put aside. Nothing was written."), "ok")
    return redirect(url_for(".imports"))


def _open(import_id: UUID) -> RosterImport:
    row = steps.reach_import(reading(), import_id, current_identity())
    if row.state != ImportState.OPEN:
        raise Conflict("import.closed", _("This import has been finished already."))
    return row


def _checked(row: RosterImport) -> steps.DryRun:
    """Return what an import would do, as judged last. Raises Conflict while a worker is at it."""
    run = later.checked_run(row)
    if run is None:
        raise Conflict("import.working", _("This import is being worked on. Wait until that has finished."))
    return run


def _present_choice(row: RosterImport) -> dict[str, Any]:
    options, today = Options.from_json(row.options), local_today(request_time())
    return {"sheet": row.sheet, "header_row": row.layout["header_row"] + 1,
            "complete": "yes" if options.complete else "no", "left_on": options.left_on or today,
            "since": options.since or today}


def _chosen_columns(row: RosterImport) -> dict[str, int]:
    names = [field.name for field in KINDS[ImportKind(row.kind)].fields]
    return {name: int(text) for name in names if (text := request.form.get(f"column-{name}", "")).isdecimal()}


def _columns(rows: Any, header_row: int) -> list[tuple[int, str, str, list[str]]]:
    """Return number, letter, heading and first values of each column."""
    width = max((len(row) for row in rows[:200]), default=0)
    below = rows[max(header_row + 1, 0):header_row + 40]
    found = []
    for column in range(width):
        values = [text for row in below if column < len(row) and (text := cell_text(row[column]))]
        heading = rows[header_row][column] if 0 <= header_row < len(rows) and column < len(rows[header_row]) else ""
        found.append((column, column_letter(column), cell_text(heading), values[:SAMPLE_CELLS]))
    return [it for it in found if it[2] or it[3]]


def _headings(row: RosterImport) -> dict[str, str]:
    sheet = next(sheet for sheet in steps.sheets_of(row) if sheet.name == row.sheet)
    headings = {column: heading for column, _letter, heading, _values
                in _columns(sheet.rows, int(row.layout["header_row"]))}
    return {name: headings.get(column, "") for name, column in row.layout["columns"].items()}


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors or form.form_errors else HTTPStatus.OK
