"""Studying: reports from the learner's browser, finishing a unit, finishing a course."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from courses.models import AssignmentState, CourseAssignment, CourseEdition, CourseEvent, CourseRun, CourseUnit
from courses.queries.editions import course_by_code, done_units, open_run, progress_of, spec_of, specs_of, unit_of
from courses.queries.ways import open_assignments, way_of
from courses.rules.completion import Verdict, is_finished, judge
from courses.rules.progress import EventKind, Progress, Span, credit, credit_spans
from lms.access.identity import Identity
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.records.models import Outcome
from lms.records.services import append_fact

ACTIVITY = "course"


@dataclass(frozen=True, slots=True)
class Report:
    """What a browser says happened since its last report: it is credited as far as the clock allows.

    seen_ms    milliseconds the unit was visible and in focus
    played     spans of the film played, milliseconds
    position   thousandths of the page, or milliseconds of the film
    """

    seen_ms: int = 0
    played: tuple[Span, ...] = ()
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Studied:
    """Where a learner stands in a unit after a report.

    counts   False when the course is finished and only looked at again: nothing is written then
    """

    progress: Progress
    verdict: Verdict
    done: bool
    counts: bool = True


@dataclass(slots=True)
class Place:
    """A learner in a unit of a run; `run` is None when a finished course is only looked at again."""

    edition: CourseEdition
    unit: CourseUnit
    run: CourseRun | None


def report_progress(
    session: Session, person_id: UUID, course_code: str, unit_code: str, report: Report, *, now: datetime
) -> Studied:
    """Write down one report from the browser. The first one of a unit opens it, and begins a run if need be.

    Raises NotFound for an unknown course or unit, Refused while the unit is locked.
    """
    place = enter(session, person_id, course_code, unit_code, now=now)
    if place.run is None:
        return Studied(Progress(), judge(spec_of(place.unit), Progress()), done=True, counts=False)
    before = progress_of(session, place.run.id, place.unit.id)
    opening = before.opened_at is None
    elapsed = _time_since_last(session, person_id, now)  # read while the person's row is held
    duration = (place.unit.file or {}).get("duration_ms") or 0
    played = () if opening else credit_spans(report.played, elapsed, duration)
    data = {"told": report.seen_ms, "played": [list(span) for span in played], "position": report.position}
    log_event(
        session, place.run, place.unit, EventKind.OPENED if opening else EventKind.BEAT, now=now,
        seen_ms=0 if opening else credit(report.seen_ms, elapsed),
        data={name: value for name, value in data.items() if value not in (None, [], 0)},
    )
    progress = progress_of(session, place.run.id, place.unit.id)
    verdict = judge(spec_of(place.unit), progress)
    return Studied(progress, verdict, done=progress.completed_at is not None)


def complete_unit(
    session: Session, person_id: UUID, course_code: str, unit_code: str, *, by: Identity, now: datetime
) -> Studied:
    """Mark a unit done when its conditions are met; finish the course when it was the last. Doing it again is harmless.

    Raises NotFound, Refused while locked, Conflict with what is missing while the conditions aren't met.
    """
    place = enter(session, person_id, course_code, unit_code, now=now)
    spec = spec_of(place.unit)
    if place.run is None:
        return Studied(Progress(), judge(spec, Progress()), done=True, counts=False)
    progress = progress_of(session, place.run.id, place.unit.id)
    verdict = judge(spec, progress)
    if progress.completed_at is None:
        if verdict.lack is not None:
            raise Conflict(f"unit.{verdict.lack}", _("This unit isn't finished yet."))
        mark_done(session, place.run, place.unit, by=by, now=now)
        progress = progress_of(session, place.run.id, place.unit.id)
    return Studied(progress, verdict, done=True)


def enter(session: Session, person_id: UUID, course_code: str, unit_code: str, *, now: datetime) -> Place:
    """Find the run in which a person studies a unit, and begin one where there is none.

    A unit assigned on its own comes before the whole course; a finished course that isn't assigned again is only
    looked at. The person's row is held until the transaction ends, so that two windows can't count the same minute.

    Raises NotFound for an unknown course or unit, Refused while the unit is locked.
    """
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    course = course_by_code(session, course_code)
    way = way_of(session, person_id, course, unit_code) if course else None
    unit = unit_of(way.edition, unit_code) if way else None
    if course is None or way is None or unit is None:
        raise NotFound
    if not way.opens(unit_code, way.done(session)):
        raise Refused("unit.locked", _("Finish the units before this one first."))
    run = way.run if way.begins is None else _begin(session, person_id, way.edition, way.begins, now)
    return Place(way.edition, unit, run)


def _begin(session: Session, person_id: UUID, edition: CourseEdition, focus: str, now: datetime) -> CourseRun:
    run = CourseRun(person_id=person_id, course_id=edition.course_id, edition_id=edition.id, edition=edition,
                    unit_code=focus, started_at=now)
    session.add(run)
    session.flush()
    return run


def _time_since_last(session: Session, person_id: UUID, now: datetime) -> timedelta:
    """Return the time since the person's last event anywhere: the most that a report can be about."""
    last = session.scalar(select(func.max(CourseEvent.at)).where(CourseEvent.person_id == person_id))
    return now - last if last else timedelta(0)


def log_event(
    session: Session, run: CourseRun, unit: CourseUnit, kind: EventKind, *, now: datetime, seen_ms: int = 0,
    data: dict[str, object] | None = None,
) -> None:
    """Append one event to the log of a run."""
    session.add(
        CourseEvent(run_id=run.id, unit_id=unit.id, person_id=run.person_id, kind=kind, at=now, seen_ms=seen_ms,
                    data=data or None)
    )
    session.flush()


def mark_done(session: Session, run: CourseRun, unit: CourseUnit, *, by: Identity, now: datetime) -> None:
    """Mark a unit done in every open run it counts for, close what it settles, and write the facts."""
    course = run.edition.course
    other = open_run(session, run.person_id, course.id, "" if run.unit_code else unit.code)
    for each in (run, other):
        if each is not None and (same := unit_of(each.edition, unit.code)) is not None:
            _mark_in(session, each, same, by=by, now=now)
    for assignment in session.scalars(open_assignments(run.person_id, course.id, unit.code)):
        _settle(session, assignment, run.edition, f"{ACTIVITY}:{course.code}#{unit.code}", by=by, now=now)


def _mark_in(session: Session, run: CourseRun, unit: CourseUnit, *, by: Identity, now: datetime) -> None:
    done = done_units(session, [run.id]).get(run.id, {})
    if unit.code in done:
        return
    log_event(session, run, unit, EventKind.COMPLETED, now=now)
    if not is_finished(specs_of(run.edition, run.unit_code), {*done, unit.code}):
        return
    run.finished_at = now
    if run.unit_code:
        return  # the assignment of the unit makes the fact
    course = run.edition.course
    append_fact(
        session, person_id=run.person_id, activity=f"{ACTIVITY}:{course.code}", edition=str(run.edition.number),
        outcome=Outcome.COMPLETED, occurred_at=now, by=by, now=now, evidence=f"course_run:{run.id}",
    )
    for assignment in session.scalars(open_assignments(run.person_id, course.id, "")):
        assignment.state, assignment.closed_at = AssignmentState.DONE, now


def _settle(
    session: Session, assignment: CourseAssignment, edition: CourseEdition, activity: str, *, by: Identity,
    now: datetime,
) -> None:
    assignment.state, assignment.closed_at = AssignmentState.DONE, now
    append_fact(
        session, person_id=assignment.person_id, activity=activity, edition=str(edition.number),
        outcome=Outcome.COMPLETED, occurred_at=now, by=by, now=now, evidence=f"course_assignment:{assignment.id}",
    )
