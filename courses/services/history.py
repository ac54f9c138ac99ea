"""A course finished in the past, written with its events: what the sample call centre and a migration need."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from courses.models import AssignmentState, CourseAssignment, CourseEdition, CourseEvent, CourseRun, CourseUnit
from courses.queries.editions import course_by_code, current_edition
from courses.rules.progress import MAX_BEAT_MS, EventKind
from courses.rules.units import UnitKind
from lms.access.identity import SYSTEM, Identity
from lms.kernel.db import new_id
from lms.kernel.errors import NotFound
from lms.records.models import Outcome
from lms.records.services import append_fact

RESULTS = {UnitKind.TEST: EventKind.TESTED, UnitKind.CALL: EventKind.CALLED}


def record_finished(
    session: Session, person_id: UUID, code: str, *, started_at: datetime, finished_at: datetime,
    percents: Mapping[str, int] | None = None, by: Identity = SYSTEM,
) -> CourseRun:
    """Write a whole run through a course's current edition, its units spread evenly between start and finish.

    code       of the course, or `code#unit` for one unit studied by itself
    percents   results of tests and calls by unit code, whole percent; what the unit asks for by default

    The facts are recorded as of `finished_at`, and open assignments of what was studied are closed. Raises NotFound
    without such a published edition or unit, ValueError when the finish doesn't follow the start.
    """
    course_code, _hash, unit_code = code.partition("#")
    course = course_by_code(session, course_code)
    edition = current_edition(session, course.id) if course else None
    units = [unit for unit in edition.units if unit_code in ("", unit.code)] if edition else []
    if course is None or edition is None or not units:
        raise NotFound
    if finished_at <= started_at:
        raise ValueError("a course is finished after it was started")
    run = CourseRun(id=new_id(), person_id=person_id, course_id=course.id, edition_id=edition.id, edition=edition,
                    unit_code=unit_code, started_at=started_at, finished_at=finished_at)
    session.add(run)
    session.flush()
    rows = sorted(_events(run, units, percents or {}), key=lambda row: row["data"] is None)
    session.execute(insert(CourseEvent), rows)  # results apart, so that it takes two statements
    _finish(session, run, edition, {unit.code for unit in units}, by)
    return run


def _events(run: CourseRun, units: Sequence[CourseUnit], percents: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Return the rows of the event log: each unit opened, seen as long as it asks, its result, its completion."""
    finished_at = run.finished_at or run.started_at
    step = (finished_at - run.started_at) / len(units)
    for number, unit in enumerate(units):
        opened = run.started_at + number * step
        ended = finished_at if number == len(units) - 1 else opened + step
        row = {"run_id": run.id, "unit_id": unit.id, "person_id": run.person_id, "seen_ms": 0, "data": None}
        yield row | {"id": new_id(), "kind": EventKind.OPENED, "at": opened}
        for left in range(unit.seconds * 1000, 0, -MAX_BEAT_MS):
            yield row | {"id": new_id(), "kind": EventKind.BEAT, "at": ended, "seen_ms": min(left, MAX_BEAT_MS)}
        if unit.kind in RESULTS:
            result = {"percent": percents.get(unit.code, unit.pass_percent or 100), "passed": True}
            yield row | {"id": new_id(), "kind": RESULTS[UnitKind(unit.kind)], "at": ended, "data": result}
        yield row | {"id": new_id(), "kind": EventKind.COMPLETED, "at": ended}


def _finish(session: Session, run: CourseRun, edition: CourseEdition, studied: set[str], by: Identity) -> None:
    """Write the facts and close the assignments of what was studied."""
    at = run.finished_at or run.started_at
    evidence = {run.unit_code: f"course_run:{run.id}"}
    open_ones = session.scalars(
        select(CourseAssignment).where(
            CourseAssignment.person_id == run.person_id, CourseAssignment.course_id == run.course_id,
            CourseAssignment.state == AssignmentState.OPEN, CourseAssignment.assigned_at <= at,
        )
    )
    for assignment in open_ones:
        if assignment.unit_code in studied:
            evidence[assignment.unit_code] = f"course_assignment:{assignment.id}"
        elif assignment.unit_code or run.unit_code:
            continue  # another unit, or the whole course while only one unit was studied
        assignment.state, assignment.closed_at = AssignmentState.DONE, at
    for unit_code, proof in evidence.items():
        activity = f"course:{edition.course.code}" + (f"#{unit_code}" if unit_code else "")
        append_fact(session, person_id=run.person_id, activity=activity, edition=str(edition.number),
                    outcome=Outcome.COMPLETED, occurred_at=at, by=by, now=at, evidence=proof)
