"""The long parts of an import, done by a worker: reading and judging every row, and writing it or undoing it.

What a page showed is kept with the import. Writing still recomputes it in its own transaction, and writes nothing when
that comes out otherwise; then the rows are judged afresh, to be looked at again.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, DomainError, NotFound
from lms.kernel.i18n import _
from lms.kernel.jobs import Job, JobState, RunningJob, enqueue
from lms.people.models import ImportState, Person, RosterImport
from lms.people.rules.changes import Change
from lms.people.rules.duty import DutyPlan
from lms.people.rules.roster import RosterPlan
from lms.people.rules.rows import RowProblem
from lms.people.services.importing import steps
from lms.people.services.importing.steps import DryRun
from lms.people.sign_in import identity_of

CHECK: Final = "people.check_import"
WRITE: Final = "people.write_import"
UNFINISHED: Final = (JobState.WAITING, JobState.RUNNING)


def queue_check(session: Session, import_id: UUID, *, by: Identity) -> None:
    """Let a worker read the file and judge every row. Raises NotFound or Conflict."""
    row = steps.open_import(session, import_id, by)
    row.checked = None
    row.job_id = enqueue(session, CHECK, {"import_id": str(row.id)}, by=by.person_id)


def queue_writing(
    session: Session, import_id: UUID, *, fingerprint: str, typed: int | None = None, by: Identity
) -> None:
    """Let a worker write an import. What can be refused by what was looked at is refused at once.

    Raises as `steps.apply_import` does, and Conflict while it is being written.
    """
    row = steps.open_import(session, import_id, by)
    run = checked_run(row)
    if run is None or working(session, row):
        raise Conflict("import.working", _("This import is being worked on. Wait until that has finished."))
    steps.refuse_unless_fit(run, fingerprint=fingerprint, typed=typed)
    row.job_id = _queue(session, row, by, fingerprint=fingerprint, typed=typed, undo=False)


def queue_undoing(session: Session, import_id: UUID, *, fingerprint: str, by: Identity, now: datetime) -> None:
    """Let a worker undo an import. Raises NotFound, or Conflict when it can't be undone (any more)."""
    row = steps.undoable_import(session, import_id, by, now)
    if working(session, row):
        raise Conflict("import.working", _("This import is being worked on. Wait until that has finished."))
    row.job_id = _queue(session, row, by, fingerprint=fingerprint, typed=None, undo=True)


def _queue(session: Session, row: RosterImport, by: Identity, **said: Any) -> UUID:
    return enqueue(session, WRITE, {"import_id": str(row.id), **said}, by=by.person_id)


def working(session: Session, row: RosterImport) -> bool:
    """Tell whether a worker has something to do with an import."""
    job = job_of(session, row)
    return job is not None and job.state in UNFINISHED


def job_of(session: Session, row: RosterImport) -> Job | None:
    """Return the latest job of an import."""
    return session.get(Job, row.job_id, populate_existing=True) if row.job_id else None


def refusal_of(session: Session, row: RosterImport) -> str:
    """Return why the latest writing or undoing wrote nothing; empty when it did, or there was none."""
    job = job_of(session, row)
    return str((job.result or {}).get("refused", "")) if job is not None else ""


def checked_run(row: RosterImport) -> DryRun | None:
    """Return what an import would do, as it was judged last; None while that isn't known."""
    return None if row.checked is None else _unpacked(row.checked)


def check(import_id: UUID, job: RunningJob) -> Mapping[str, Any] | None:
    """Judge the rows of an import and keep what comes out. Nothing of it is written."""
    session = reading()
    row = session.get(RosterImport, import_id)
    if row is None or row.state != ImportState.OPEN or row.job_id != job.id:
        return None  # put aside meanwhile, or other columns were chosen
    try:
        return _judge(import_id, _actor(session, job), job)
    except DomainError as error:
        return {"refused": error.message}


def write(payload: Mapping[str, Any], job: RunningJob) -> Mapping[str, Any]:
    """Write or undo an import as it was confirmed, all of it or nothing; running again writes nothing twice."""
    import_id, undo = UUID(payload["import_id"]), bool(payload["undo"])
    by = _actor(reading(), job)
    if _done_already(import_id, job, undo=undo):
        return {}
    try:
        with unit_of_work() as session:
            if undo:
                steps.undo_import(session, import_id, fingerprint=str(payload["fingerprint"]), by=by, now=job.now)
                return {}
            steps.apply_import(session, import_id, fingerprint=str(payload["fingerprint"]), typed=payload["typed"],
                               by=by, now=job.now)
            session.get_one(RosterImport, import_id).checked = None
            return {}
    except DomainError as error:
        refused = {"refused": str(error.message or error.code)}
    if not undo:
        with suppress(DomainError):
            _judge(import_id, by, job)
    return refused


def _done_already(import_id: UUID, job: RunningJob, *, undo: bool) -> bool:
    """Tell whether this very job was carried out before, by a worker that died before it could say so."""
    row = reading().get(RosterImport, import_id)
    done = ImportState.UNDONE if undo else ImportState.APPLIED
    return row is not None and row.job_id == job.id and row.state == done


def _judge(import_id: UUID, by: Identity, job: RunningJob) -> Mapping[str, Any]:
    run = steps.dry_run(reading(), import_id, by=by, now=job.now)
    with unit_of_work() as session:
        row = session.get_one(RosterImport, import_id)
        if row.state == ImportState.OPEN and row.job_id == job.id:
            row.checked = _packed(run)
    return {"rows": run.plan.rows, "changes": len(run.plan.changes)}


def _actor(session: Session, job: RunningJob) -> Identity:
    """Return whoever asked, with the roles they hold now. Raises NotFound."""
    person = session.get(Person, job.created_by) if job.created_by else None
    if person is None:
        raise NotFound("import.nobody")
    return identity_of(session, person)


def _packed(run: DryRun) -> dict[str, Any]:
    plan = run.plan
    kept: dict[str, Any] = {
        "changes": [[it.key, _plain(it.before), _plain(it.after)] for it in plan.changes],
        "problems": [asdict(it) for it in plan.problems], "unchanged": plan.unchanged, "left_out": plan.left_out,
        "rows": plan.rows,
    }
    if isinstance(plan, RosterPlan):
        kept |= {"present": plan.present, "row_of": dict(plan.row_of)}
    return {"fingerprint": run.fingerprint, "brake": run.brake, "plan": kept}


def _unpacked(kept: Mapping[str, Any]) -> DryRun:
    plan = dict(kept["plan"])
    plan["changes"] = tuple(Change(key, before, after) for key, before, after in plan["changes"])
    plan["problems"] = tuple(RowProblem(**it) for it in plan["problems"])
    made = RosterPlan(**plan) if "present" in plan else DutyPlan(**plan)
    return DryRun(made, str(kept["fingerprint"]), int(kept["brake"]))


def _plain(record: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if record is None else dict(record)
