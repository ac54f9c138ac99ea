"""Courses for tests: small ones that state only what matters."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask

from courses.models import Course, CourseEdition, CourseRun, CourseUnit
from courses.queries.editions import course_by_code, open_run
from courses.rules.editions import EditionState, Source
from courses.rules.units import UnitKind
from courses.services.editing import add_unit, start_draft
from courses.services.studying import Report, Studied, complete_unit, report_progress
from lms.access.identity import Identity, Role
from lms.kernel import clock
from lms.kernel.db import reading, unit_of_work
from lms.people.models import Person
from tests.factories import make_person

SECOND = timedelta(seconds=1)


def page(code: str, *, seconds: int = 10, **fields: Any) -> dict[str, Any]:
    """A page that takes so many seconds."""
    return {"code": code, "kind": UnitKind.PAGE, "seconds": seconds, "text": f"{code} 的正文", **fields}


def film(code: str, *, duration_ms: int = 10_000, **fields: Any) -> dict[str, Any]:
    """A film of some length."""
    return {"code": code, "kind": UnitKind.VIDEO, "file": {"duration_ms": duration_ms, "sha256": "0" * 64}, **fields}


def quiz(code: str, **fields: Any) -> dict[str, Any]:
    """A test of five questions."""
    return {"code": code, "kind": UnitKind.TEST, "questions": 5, "pass_percent": 80,
            "points": ["gas/dispatch"], **fields}


def call(code: str, **fields: Any) -> dict[str, Any]:
    """A simulated call."""
    return {"code": code, "kind": UnitKind.CALL, "script": "gas-leak-01", "pass_percent": 60, **fields}


def make_course(code: str, *units: dict[str, Any], ordered: bool = True, **fields: Any) -> Course:
    """Publish a course with these units, as if it had come with the product."""
    with unit_of_work() as session:
        course = course_by_code(session, code)
        if course is None:
            course = Course(code=code, created_at=clock.now())
            session.add(course)
            session.flush()
        number = 1 + session.query(CourseEdition).filter_by(course_id=course.id).count()
        edition = CourseEdition(
            course_id=course.id, number=number, state=EditionState.DRAFT, source=Source.BUNDLED, title=f"课程 {code}",
            title_en=f"Course {code}", minutes=10, ordered=ordered, points=[], created_at=clock.now(), edited_by=[],
            **fields,
        )
        for position, unit in enumerate(units):
            edition.units.append(CourseUnit(**{
                "position": position, "title": f"单元 {unit['code']}", "title_en": f"Unit {unit['code']}", "minutes": 5,
                "points": [], "chapter": "第一章", **unit,
            }))
        session.add(edition)
        session.flush()
        edition.state, edition.published_at = EditionState.PUBLISHED, clock.now()
    return course


class Learner:
    """A person at the browser: every act happens at an instant."""

    def __init__(self, person: Person, course: str, start: datetime) -> None:
        self.person, self.course, self.now = person, course, start
        self.identity = Identity(person.id, person.name, person.staff_no)

    def open(self, unit: str) -> Studied:
        """Open a unit."""
        return self.beat(unit, seconds=0)

    def beat(self, unit: str, *, seconds: float, after: float | None = None, played: Sequence[tuple[int, int]] = (),
             position: int | None = None) -> Studied:
        """Report so many seconds, so many seconds (the same by default) after the report before."""
        self.now += (seconds if after is None else after) * SECOND
        report = Report(int(seconds * 1000), tuple(played), position)
        with unit_of_work() as session:
            return report_progress(session, self.person.id, self.course, unit, report, now=self.now)

    def finish(self, unit: str) -> Studied:
        """Press "next" on a unit."""
        with unit_of_work() as session:
            return complete_unit(session, self.person.id, self.course, unit, by=self.identity, now=self.now)

    def study(self, *units: str, seconds: int = 10) -> None:
        """Open, read and finish pages, one after the other."""
        for unit in units:
            self.open(unit)
            self.beat(unit, seconds=seconds)
            self.finish(unit)

    def run(self) -> CourseRun | None:
        """The open run through the whole course."""
        session = reading()
        course = course_by_code(session, self.course)
        assert course is not None
        return open_run(session, self.person.id, course.id)


def draft_of(app: Flask, now: datetime, kind: UnitKind = UnitKind.PAGE) -> tuple[UUID, UUID]:
    """Begin a draft with one more unit of some kind; return the ids of edition and unit."""
    with app.app_context():
        person = make_person("编者", roles=[Role.TRAINER])
        by = Identity(person.id, person.name, person.staff_no)
        with unit_of_work() as session:
            edition = start_draft(session, course_by_code(session, "gas"), by=by, now=now)
            unit = add_unit(session, edition.id, kind=kind, title="新单元", by=by, now=now)
        return edition.id, unit.id
