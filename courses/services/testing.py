"""The test inside a course: drawn from the question bank, marked at once; and calls played for a unit."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from courses.models import CourseEvent, CourseRun, CourseTest, CourseUnit
from courses.queries.editions import progress_of
from courses.rules.completion import spread
from courses.rules.progress import EventKind
from courses.rules.units import UnitKind
from courses.services.studying import enter, log_event, mark_done
from lms.access.identity import Identity
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import _
from lms.people.models import Person
from question_bank import kinds, queries
from question_bank.queries import DrawnItem, Pick
from simulations.queries import tries_of

ONE_MARK = 100  # hundredths: in a course every question weighs the same


def start_test(session: Session, person_id: UUID, course_code: str, unit_code: str, *, now: datetime) -> CourseTest:
    """Draw a test for a unit, or return the one that is open. Questions not seen before come first.

    Raises NotFound, Refused while the unit is locked, Conflict when the bank has no question on the unit's points or
    the course is finished.
    """
    run, unit = _place(session, person_id, course_code, unit_code, now)
    before = session.scalars(_tests(run, unit)).all()
    if before and before[-1].submitted_at is None:
        return before[-1]
    if progress_of(session, run.id, unit.id).opened_at is None:
        log_event(session, run, unit, EventKind.OPENED, now=now)
    number = len(before) + 1
    seen = frozenset(item["question_id"] for test in before for item in test.items)
    items = _draw(session, unit, person_id, seed=f"{run.id}:{unit.code}:{number}", seen=seen)
    if not items:
        raise Conflict("test.no_questions", _("The question bank has no published question on these points yet."))
    test = CourseTest(
        run_id=run.id, unit_id=unit.id, number=number, started_at=now,
        out_of=ONE_MARK * len(items),
        items=[
            {"question_id": str(item.question_id), "edition_id": str(item.edition_id), "points": ONE_MARK,
             "seed": f"{run.id}:{number}:{item.code}"}
            for item in items
        ],
    )
    session.add(test)
    session.flush()
    return test


def submit_test(
    session: Session, test_id: UUID, person_id: UUID, answers: Sequence[Any], *, by: Identity, now: datetime
) -> CourseTest:
    """Mark a test; a passed one finishes its unit. Handing the same test in twice changes nothing.

    answers   one an item, in order; missing ones count as unanswered

    Raises NotFound when it isn't this person's test.
    """
    row = session.execute(
        select(CourseTest, CourseRun, CourseUnit)
        .join(CourseRun, CourseRun.id == CourseTest.run_id).join(CourseUnit, CourseUnit.id == CourseTest.unit_id)
        .where(CourseTest.id == test_id, CourseRun.person_id == person_id)
        .with_for_update(of=CourseTest)
    ).first()
    if row is None:
        raise NotFound
    test, run, unit = row._tuple()
    if test.submitted_at is not None:
        return test
    given = [*answers, *([None] * len(test.items))][: len(test.items)]
    editions = queries.editions(session, [UUID(item["edition_id"]) for item in test.items])
    points = 0
    for item, answer in zip(test.items, given, strict=True):
        edition = editions[UUID(item["edition_id"])]
        points += kinds.mark(edition.kind, edition.content, answer, item["points"]).hundredths
    test.answers, test.points, test.submitted_at = given, points, now
    test.passed = points * 100 >= (unit.pass_percent or 100) * test.out_of
    session.flush()
    log_event(session, run, unit, EventKind.TESTED, now=now,
              data={"percent": points * 100 // test.out_of, "passed": test.passed, "test": str(test.id)})
    if test.passed and run.finished_at is None:
        mark_done(session, run, unit, by=by, now=now)
    return test


def take_calls(
    session: Session, person_id: UUID, course_code: str, unit_code: str, *, by: Identity, now: datetime
) -> bool:
    """Count the simulated calls a person has played since the run began; a good enough one finishes the unit.

    Return whether the unit is done. Raises NotFound, Refused while the unit is locked.
    """
    place = enter(session, person_id, course_code, unit_code, now=now)
    run, unit = place.run, place.unit
    if run is None:
        return True
    progress = progress_of(session, run.id, unit.id)
    if progress.completed_at is not None:
        return True
    counted = {(data or {}).get("call") for data in session.scalars(
        select(CourseEvent.data).where(CourseEvent.run_id == run.id, CourseEvent.unit_id == unit.id,
                                       CourseEvent.kind == EventKind.CALLED))}
    passed = progress.passed
    for call in reversed(tries_of(session, person_id, unit.script)):
        if call.started_at < run.started_at or str(call.id) in counted:
            continue
        enough = call.total >= unit.pass_percent * 100 if unit.pass_percent else call.passed
        log_event(session, run, unit, EventKind.CALLED, now=now,
                  data={"percent": call.total // 100, "passed": enough, "call": str(call.id)})
        passed = passed or enough
    if passed:
        mark_done(session, run, unit, by=by, now=now)
    return passed


def _place(
    session: Session, person_id: UUID, course_code: str, unit_code: str, now: datetime
) -> tuple[CourseRun, CourseUnit]:
    place = enter(session, person_id, course_code, unit_code, now=now)
    if place.unit.kind != UnitKind.TEST:
        raise NotFound
    if place.run is None:
        raise Conflict("course.finished", _("You have finished this course; its tests are closed."))
    return place.run, place.unit


def _tests(run: CourseRun, unit: CourseUnit) -> Select[CourseTest]:
    mine = CourseTest.run_id == run.id, CourseTest.unit_id == unit.id
    return select(CourseTest).where(*mine).order_by(CourseTest.number)


def _draw(
    session: Session, unit: CourseUnit, person_id: UUID, *, seed: str, seen: frozenset[str]
) -> tuple[DrawnItem, ...]:
    """Draw a unit's questions, evenly over its points; those seen before only when the bank has no others.

    Questions are those of the whole organisation and of the parts of it that the person belongs to.
    """
    within = session.get_one(Person, person_id).unit.path
    points = list(unit.points)
    supply = queries.supply(session, [Pick(point=point, count=1, by_hand=False) for point in points], within=within)
    shares = spread(unit.questions or 0, points, dict(zip(points, supply, strict=True)))
    picks = [Pick(point=point, count=count, by_hand=False) for point, count in shares.items()]
    fresh = queries.draw(session, picks, seed=seed, exclude=frozenset(UUID(one) for one in seen),
                         within=within)
    if not fresh.short:
        return fresh.items
    return queries.draw(session, picks, seed=seed, within=within).items
