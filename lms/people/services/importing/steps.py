"""The steps of an import: hand in, choose columns, look, write, undo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access.door import allows
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.people.models import ImportKind, ImportState, RosterChange, RosterImport
from lms.people.rules.changes import Change, Compensation, Kept, brake_needed, compensate, digest
from lms.people.rules.columns import Layout, guess_layout
from lms.people.rules.roster import Move, RosterPlan, move_of
from lms.people.services.importing.kinds import KINDS, Options, Plan
from lms.records.services import audit
from lms.web.spreadsheets.reading import Sheet, read_spreadsheet
from lms.web.uploads import StoredFile, stored_path

UNDO_WITHIN: Final = timedelta(hours=24)
OPEN_FOR: Final = timedelta(days=7)


@dataclass(frozen=True)
class DryRun:
    """What an import would do, with what it takes to confirm it.

    fingerprint   handed back with the confirmation
    brake         how many would leave, when that many need a second confirmation; else 0
    """

    plan: Plan
    fingerprint: str
    brake: int = 0


@dataclass(frozen=True)
class UndoDryRun:
    """What undoing would change back, what it would leave, and what it takes to confirm it."""

    changes: tuple[Change, ...]
    kept: tuple[Kept, ...]
    fingerprint: str


def start_import(session: Session, kind: ImportKind, stored: StoredFile, *, by: Identity, now: datetime) -> UUID:
    """Begin an import with a file; its sheet and columns are guessed. Return its id; nothing else is written.

    Raises Invalid for a file that can't be read, Refused for heads without rights over the whole organisation.
    """
    _check_kind(kind, by)
    sheets = read_spreadsheet(stored_path(stored.sha256), stored.kind)
    guesses = [guess_layout(sheet.rows, KINDS[kind].fields) for sheet in sheets]
    best = max(range(len(sheets)), key=lambda number: len(guesses[number].columns))
    if by.person_id is None:
        raise Refused("import.nobody")
    row = RosterImport(
        kind=kind, filename=stored.filename, file_kind=stored.kind, sha256=stored.sha256, sheet=sheets[best].name,
        layout=_layout_json(guesses[best]), options=Options().as_json(), created_by=by.person_id, created_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def choose_layout(
    session: Session, import_id: UUID, *, sheet: str, layout: Layout, options: Options, by: Identity
) -> None:
    """Say which sheet, headings and columns are meant, and how to take the file.

    Raises NotFound, Conflict (written already) or Invalid (a required column isn't chosen, one is chosen twice).
    """
    row = open_import(session, import_id, by)
    fields = KINDS[ImportKind(row.kind)].fields
    problems = [Problem(field.name, _("Choose a column for this.")) for field in fields
                if field.required and field.name not in layout.columns]
    if len(set(layout.columns.values())) < len(layout.columns):
        problems.append(Problem("columns", _("One column is chosen for two things.")))
    if problems:
        raise Invalid(problems)
    row.sheet, row.layout, row.options = sheet, _layout_json(layout), options.as_json()


def choose_sheet(session: Session, import_id: UUID, name: str, *, by: Identity) -> None:
    """Take another sheet of the file, its columns guessed afresh. Raises NotFound or Conflict."""
    row = open_import(session, import_id, by)
    sheet = next((sheet for sheet in sheets_of(row) if sheet.name == name), None)
    if sheet is None:
        raise NotFound("import.sheet")
    row.sheet, row.layout = name, _layout_json(guess_layout(sheet.rows, KINDS[ImportKind(row.kind)].fields))


def layout_of(row: RosterImport) -> Layout:
    """Return where an import finds its headings and columns."""
    return Layout(int(row.layout["header_row"]), {str(k): int(v) for k, v in row.layout["columns"].items()})


def sheets_of(row: RosterImport) -> tuple[Sheet, ...]:
    """Return the sheets of an import's file."""
    return read_spreadsheet(stored_path(row.sha256), row.file_kind)


def dry_run(session: Session, import_id: UUID, *, by: Identity, now: datetime) -> DryRun:
    """Return what an import would do now. Raises NotFound or Conflict."""
    row = open_import(session, import_id, by)
    kind = KINDS[ImportKind(row.kind)]
    sheet = next((sheet for sheet in sheets_of(row) if sheet.name == row.sheet), None)
    if sheet is None:
        raise NotFound("import.sheet")
    plan = kind.plan(session, sheet.rows, layout_of(row), Options.from_json(row.options), by, now)
    leaving = 0
    if isinstance(plan, RosterPlan):
        leaving = sum(move_of(change) is Move.LEAVING for change in plan.changes)
        if not leaving or not brake_needed(leaving, plan.present, get_settings().roster_brake_percent):
            leaving = 0
    return DryRun(plan, digest(plan.changes), leaving)


def apply_import(
    session: Session, import_id: UUID, *, fingerprint: str, typed: int | None = None, by: Identity, now: datetime
) -> int:
    """Write an import, all of it or nothing; return how many records changed.

    fingerprint   of the dry run that was looked at
    typed         the number of people leaving, typed once more where the brake asks for it

    Raises NotFound, Conflict (written already, or something changed since the dry run), Invalid (bad rows, or the
    brake isn't released).
    """
    _take_turns(session)
    row = open_import(session, import_id, by)
    run = dry_run(session, import_id, by=by, now=now)
    refuse_unless_fit(run, fingerprint=fingerprint, typed=typed)
    reason = _("Import %(file)s", file=row.filename)
    KINDS[ImportKind(row.kind)].write(session, run.plan.changes, by, now, reason, False)
    _record(session, row, run.plan.changes, by, now)
    return len(run.plan.changes)


def refuse_unless_fit(run: DryRun, *, fingerprint: str, typed: int | None) -> None:
    """Raise Conflict or Invalid, as `apply_import` does, unless a dry run may be written as it was confirmed."""
    if run.plan.refused:
        raise Invalid([Problem("", _("There are still bad rows. Nothing was written."))], "import.bad_rows")
    if run.fingerprint != fingerprint:
        raise Conflict("import.changed_meanwhile", _("Somebody changed people meanwhile. Look at the list again."))
    if run.brake and typed != run.brake:
        raise Invalid([Problem("typed", _("Type the number of people who leave: %(number)s.", number=run.brake))],
                      "import.brake")
    if not run.plan.changes:
        raise Invalid([Problem("", _("The file changes nothing."))], "import.nothing")


def undo_dry_run(session: Session, import_id: UUID, *, by: Identity, now: datetime) -> UndoDryRun:
    """Return what undoing an import would do now. Raises NotFound, or Conflict when it can't be undone (any more)."""
    row = undoable_import(session, import_id, by, now)
    done = changes_of(session, import_id)
    found: Compensation = compensate(done, KINDS[ImportKind(row.kind)].current(session, [it.key for it in done]))
    return UndoDryRun(found.changes, found.kept, digest(found.changes))


def undo_import(session: Session, import_id: UUID, *, fingerprint: str, by: Identity, now: datetime) -> UUID:
    """Undo an import by a compensating one; return that one's id. Raises NotFound, Conflict or Invalid."""
    _take_turns(session)
    row = undoable_import(session, import_id, by, now)
    run = undo_dry_run(session, import_id, by=by, now=now)
    if run.fingerprint != fingerprint:
        raise Conflict("import.changed_meanwhile", _("Somebody changed people meanwhile. Look at the list again."))
    if not run.changes:
        raise Invalid([Problem("", _("There is nothing left to change back."))], "import.nothing")
    if by.person_id is None:
        raise Refused("import.nobody")
    back = RosterImport(
        kind=row.kind, filename=row.filename, file_kind=row.file_kind, sha256=row.sha256, sheet=row.sheet,
        layout=row.layout, options=row.options, created_by=by.person_id, created_at=now, undoes_id=row.id,
    )
    session.add(back)
    session.flush()
    KINDS[ImportKind(row.kind)].write(session, run.changes, by, now, _("Undo of import %(file)s", file=row.filename),
                                      True)
    _record(session, back, run.changes, by, now)
    row.state = ImportState.UNDONE
    return back.id


def discard_import(session: Session, import_id: UUID, *, by: Identity) -> None:
    """Put an import aside that was never written. Raises NotFound or Conflict."""
    open_import(session, import_id, by).state = ImportState.DISCARDED


def changes_of(session: Session, import_id: UUID) -> tuple[Change, ...]:
    """Return what an import changed when it was written."""
    rows = session.scalars(
        select(RosterChange).where(RosterChange.import_id == import_id).order_by(RosterChange.position)
    )
    return tuple(Change(row.key, row.before, row.after) for row in rows)


def reach_import(session: Session, import_id: UUID, by: Identity) -> RosterImport:
    """Return an import that `by` may see: their own, or any with rights over the whole organisation.

    Raises NotFound.
    """
    row = session.get(RosterImport, import_id)
    if row is None:
        raise NotFound("import.unknown")
    permission = KINDS[ImportKind(row.kind)].permission
    if row.created_by != by.person_id and not allows(by, permission, Subject(unit_path="/")):
        raise NotFound("import.unknown")
    if not allows(by, permission):
        raise NotFound("import.unknown")
    return row


def open_import(session: Session, import_id: UUID, by: Identity) -> RosterImport:
    """Return an import that isn't finished. Raises NotFound or Conflict."""
    row = reach_import(session, import_id, by)
    if row.state != ImportState.OPEN:
        raise Conflict("import.closed", _("This import has been finished already."))
    return row


def undoable_import(session: Session, import_id: UUID, by: Identity, now: datetime) -> RosterImport:
    """Return an import that was written and can be undone. Raises NotFound or Conflict."""
    row = reach_import(session, import_id, by)
    if row.state != ImportState.APPLIED or row.applied_at is None or row.undoes_id is not None:
        raise Conflict("import.not_undoable", _("This import can't be undone."))
    if now - row.applied_at > UNDO_WITHIN:
        raise Conflict("import.too_late", _("An import can be undone for 24 hours. Import a corrected file instead."))
    return row


def _record(session: Session, row: RosterImport, changes: tuple[Change, ...], by: Identity, now: datetime) -> None:
    row.state, row.applied_at, row.applied_by = ImportState.APPLIED, now, by.person_id
    session.add_all(
        RosterChange(import_id=row.id, position=position, key=change.key, before=_json(change.before),
                     after=_json(change.after))
        for position, change in enumerate(changes)
    )
    action = "import.undo" if row.undoes_id else "import.apply"
    audit(session, by=by, action=action, subject=f"import:{row.id}", now=now,
          changes={"kind": [None, row.kind], "records": [0, len(changes)], "file": [None, row.filename]})


def _take_turns(session: Session) -> None:
    """Let one import be written at a time; SQLite's transactions see to it by themselves."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext("roster_import"))))


def _json(record: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if record is None else dict(record)


def _layout_json(layout: Layout) -> dict[str, object]:
    return {"header_row": layout.header_row, "columns": dict(layout.columns)}


def _check_kind(kind: ImportKind, by: Identity) -> None:
    """See that this kind is theirs. Heads needed belong to queues, and queues to everybody."""
    whole = Subject(unit_path="/")
    if not allows(by, KINDS[kind].permission):
        raise Refused("import.kind", _("You may not import this."))
    if kind is ImportKind.HEADS and not allows(by, Permission.SHIFT_IMPORT, whole):
        raise Refused("import.whole", _("Heads needed belong to the whole organisation; you may change only a part."))
