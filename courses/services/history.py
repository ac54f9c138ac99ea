"""A course finished in the past, written with its events: what the sample call centre and a migration need."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from courses.models import CourseRun
from courses.queries.editions import course_by_code, current_edition, spec_of
from courses.rules.progress import MAX_BEAT_MS, EventKind
from courses.rules.units import UnitKind
from courses.services.studying import log_event, mark_done
from lms.access.identity import SYSTEM, Identity
from lms.kernel.errors import NotFound


def record_finished(
    session: Session, person_id: UUID, code: str, *, started_at: datetime, finished_at: datetime,
    percents: dict[str, int] | None = None, by: Identity = SYSTEM,
) -> CourseRun:
    """Write a whole run through a course's current edition, its units spread evenly between start and finish.

    percents   results of tests and calls by unit code, whole percent; what the unit asks for by default

    The fact is recorded as of `finished_at`. Raises NotFound without a published edition, ValueError when the finish
    doesn't follow the start.
    """
    course = course_by_code(session, code)
    edition = current_edition(session, course.id) if course else None
    if course is None or edition is None:
        raise NotFound
    if finished_at <= started_at:
        raise ValueError("a course is finished after it was started")
    run = CourseRun(person_id=person_id, course_id=course.id, edition_id=edition.id, edition=edition,
                    started_at=started_at)
    session.add(run)
    session.flush()
    step = (finished_at - started_at) / len(edition.units)
    for number, unit in enumerate(edition.units):
        opened = started_at + number * step
        ended = finished_at if number == len(edition.units) - 1 else opened + step
        log_event(session, run, unit, EventKind.OPENED, now=opened)
        spec = spec_of(unit)
        if spec.kind in (UnitKind.TEST, UnitKind.CALL):
            percent = (percents or {}).get(unit.code, unit.pass_percent or 100)
            kind = EventKind.TESTED if spec.kind is UnitKind.TEST else EventKind.CALLED
            log_event(session, run, unit, kind, now=ended, data={"percent": percent, "passed": True})
        for beat in range(-(-spec.seconds * 1000 // MAX_BEAT_MS)):
            seen = min(MAX_BEAT_MS, spec.seconds * 1000 - beat * MAX_BEAT_MS)
            log_event(session, run, unit, EventKind.BEAT, now=ended, seen_ms=seen)
        mark_done(session, run, unit, by=by, now=ended)
    return run
