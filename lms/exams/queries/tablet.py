"""What an assessor's tablet and the result of a visit show."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import StationAssignment, StationAssignmentState, StationVisit
from lms.exams.queries.visits import Marked, last_tap, marked_of, not_counted, verdict_of
from lms.exams.rules.rubric import Dimension, Rubric, Verdict, by_dimension
from lms.exams.rules.rubric_json import rubric_from_json
from lms.people.models import Person
from lms.web.formatting import score


@dataclass(frozen=True)
class Tablet:
    """A visit with its rubric and what was marked; scores in hundredths of a mark."""

    visit: StationVisit
    rubric: Rubric
    marked: Marked
    verdict: Verdict
    dimensions: Mapping[Dimension, tuple[int, int]]
    scenario: Mapping[str, str]
    not_counted: int
    place: int
    of: int
    last_sequence: int

    def dimension_lines(self, names: Mapping[str, object]) -> list[tuple[str, str]]:
        """Return (name, "earned / offered") of every dimension that was judged."""
        return [
            (str(names[dimension]), f"{score(earned)} / {score(offered)}")
            for dimension, (earned, offered) in self.dimensions.items() if offered
        ]

    @property
    def seconds(self) -> int:
        """The station's time."""
        return self.visit.station.minutes * 60


def tablet_of(session: Session, visit: StationVisit) -> Tablet:
    """Return what the tablet shows of a visit."""
    rubric = rubric_from_json(visit.edition.content)
    marked = marked_of(session, visit.id, rubric)
    scenario = next((it for it in visit.station.scenarios if it["code"] == visit.scenario), visit.station.scenarios[0])
    waiting = _waiting(session, visit.station_id)
    place = waiting.index(visit.person_id) + 1 if visit.person_id in waiting else 0
    return Tablet(
        visit, rubric, marked, verdict_of(rubric, marked), by_dimension(rubric, marked.levels), scenario,
        not_counted(session, visit.id), place, len(waiting), last_tap(session, visit.id, visit.epoch),
    )


def _waiting(session: Session, station_id: UUID) -> list[UUID]:
    rows = session.scalars(
        select(Person.id).join(StationAssignment, StationAssignment.person_id == Person.id)
        .where(StationAssignment.station_id == station_id,
               StationAssignment.state == StationAssignmentState.WAITING)
        .order_by(StationAssignment.due_at.is_(None), StationAssignment.due_at, StationAssignment.assigned_at,
                  Person.staff_no)
    )
    return list(rows)


