"""Rosters, shifts, leave and heads, damaged, through the whole import: all of a file is written, or nothing of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import select

from lms.access.identity import Identity, Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.jobs import Job, JobState, run_due_jobs
from lms.people.models import ImportKind, ImportState, RosterImport
from lms.people.rules.changes import Change, Record, apply
from lms.people.services.importing import later, steps
from lms.people.services.importing.kinds import KINDS, Options
from lms.web.uploads import StoredFile, store_bytes
from tests.factories import identity_with, make_person, make_post, make_queue, make_unit
from tests.soak.fuzz import valid_files
from tests.soak.mutations import damaged

FORMS: Final[Mapping[str, ImportKind]] = {
    "roster": ImportKind.PEOPLE,
    "roster-csv": ImportKind.PEOPLE,
    "shifts": ImportKind.SHIFTS,
    "leave": ImportKind.LEAVE,
    "heads": ImportKind.HEADS,
}


def an_organisation() -> Identity:
    """Make the units, posts, queues and people that the valid files name; return an HR officer of everything."""
    site = make_unit("pa", name="平安客服")
    team = make_unit("t1", parent=site, name="早一班")
    make_unit("t2", parent=site, name="夜班")
    make_post("operator", name="话务员")
    for code, name in (("gas", "燃气抢修"), ("service", "综合服务")):
        make_queue(code, name=name)
    make_person("陈雨桐", staff_no="3001", unit=team, hired_on=date(2025, 6, 2))
    officer = make_person("沈慧敏", staff_no="9001", unit=site, roles=[Role.HR])
    return identity_with(Role.HR, person_id=officer.id)


def half_rosters(by: Identity, drawn: random.Random, *, each: int) -> tuple[int, list[str]]:
    """Send damaged files through the import, and undo what was written; return how many were, and what is wrong."""
    wrong, written = [], 0
    for form, kind in FORMS.items():
        file_kind, content = valid_files()[form]
        for number in range(each):
            bad = damaged(content, drawn, most=2)
            stored = StoredFile(store_bytes(bad), len(bad), file_kind, f"soak.{file_kind}")
            before, import_id, expected = _stands(kind), None, None
            with suppress(Invalid, Conflict):
                import_id, expected = _imported(kind, stored, by, leave_out=number % 2 == 1)
            if _stands(kind) != (before if expected is None else apply(before, expected)):
                wrong.append(f"{form} {number}: written by half")
            if expected is not None:
                written += 1
                _undo(import_id, by)
            wrong += [f"{form} {number}: {broken}" for broken in _broken_jobs()]
    return written, wrong


def _imported(
    kind: ImportKind, stored: StoredFile, by: Identity, *, leave_out: bool
) -> tuple[UUID, tuple[Change, ...] | None]:
    """Hand a file in, look, and confirm; return what was written, None when nothing was. Raises Invalid, Conflict."""
    with unit_of_work() as session:
        import_id = steps.start_import(session, kind, stored, by=by, now=clock.now())
        row = session.get_one(RosterImport, import_id)
        if leave_out:
            steps.choose_layout(
                session, import_id, sheet=row.sheet, layout=steps.layout_of(row), options=Options(leave_out=True), by=by
            )
        later.queue_check(session, import_id, by=by)
    run_due_jobs()
    run = later.checked_run(_import(import_id))
    if run is None:
        return import_id, None
    with unit_of_work() as session:
        later.queue_writing(session, import_id, fingerprint=run.fingerprint, typed=run.brake or None, by=by)
    run_due_jobs()
    return import_id, run.plan.changes if _import(import_id).state == ImportState.APPLIED else None


def _undo(import_id: UUID | None, by: Identity) -> None:
    assert import_id is not None
    run = steps.undo_dry_run(reading(), import_id, by=by, now=clock.now())
    with unit_of_work() as session:
        steps.undo_import(session, import_id, fingerprint=run.fingerprint, by=by, now=clock.now())


def _import(import_id: UUID) -> RosterImport:
    reading().rollback()
    return reading().get_one(RosterImport, import_id, populate_existing=True)


def _stands(kind: ImportKind) -> dict[str, Record]:
    reading().rollback()
    return KINDS[kind].current(reading(), None)


def _broken_jobs() -> list[str]:
    """Tell which jobs broke, and forget them."""
    broken = select(Job).where(Job.error.is_not(None), Job.state != JobState.DONE)
    with unit_of_work() as session:
        found = session.scalars(broken).all()
        told = [f"{job.task} failed: {job.error}" for job in found]
        for job in found:
            session.delete(job)
        return told
