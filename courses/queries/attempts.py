"""A unit's test as its pages show it: questions without their keys before, with everything after."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import CourseRun, CourseTest, CourseUnit
from question_bank import kinds, queries


@dataclass(frozen=True, slots=True)
class Question:
    """One question of an open test. name: of its form fields; view: what the widget draws, without the key."""

    number: int
    name: str
    view: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One question of a marked test. review: what the widget draws, with key and explanation; points in hundredths."""

    number: int
    review: dict[str, Any]
    point: str
    point_en: str
    points: int
    out_of: int


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """A test of a person. questions while it is open, reviewed once it is marked. points, out_of: hundredths."""

    id: UUID
    number: int
    submitted_at: datetime | None
    passed: bool
    points: int
    out_of: int
    questions: tuple[Question, ...]
    reviewed: tuple[Reviewed, ...]

    @property
    def percent(self) -> int:
        """Whole percent, rounded down."""
        return self.points * 100 // self.out_of


def attempt_of(session: Session, test_id: UUID, person_id: UUID) -> tuple[CourseTest, CourseUnit, CourseRun] | None:
    """Return a test with its unit and run; None when it isn't this person's."""
    row = session.execute(
        select(CourseTest, CourseUnit, CourseRun)
        .join(CourseUnit, CourseUnit.id == CourseTest.unit_id).join(CourseRun, CourseRun.id == CourseTest.run_id)
        .where(CourseTest.id == test_id, CourseRun.person_id == person_id)
    ).first()
    return None if row is None else (row[0], row[1], row[2])



def attempt_page(session: Session, test: CourseTest) -> AttemptPage:
    """Return what the player shows of a test."""
    editions = queries.editions(session, [UUID(item["edition_id"]) for item in test.items])
    found = [(item, editions[UUID(item["edition_id"])]) for item in test.items]
    questions: list[Question] = []
    reviewed: list[Reviewed] = []
    for number, (item, edition) in enumerate(found, start=1):
        if test.submitted_at is None:
            view = kinds.candidate_view(edition.kind, edition.content, item["seed"])
            questions.append(Question(number, f"q{number}", view))
            continue
        answer = (test.answers or [])[number - 1]
        mark = kinds.mark(edition.kind, edition.content, answer, item["points"])
        review = kinds.review_view(edition.kind, edition.content, answer, item["points"])
        names = edition.point_name, edition.point_name_en
        reviewed.append(Reviewed(number, review, *names, mark.hundredths, mark.out_of))
    return AttemptPage(test.id, test.number, test.submitted_at, test.passed, test.points or 0, test.out_of,
                    tuple(questions), tuple(reviewed))
