"""What people of the sample do, through the same services the pages call, dated in the past."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from courses.services.history import record_finished
from lms.access.identity import SYSTEM, Identity
from lms.exams.models import ExamAssignment, Sitting, SittingAnswer, SittingItem, StationVisit
from lms.exams.queries.series import series_of
from lms.exams.rules.journal import Verdict
from lms.exams.rules.resits import DecisionKind
from lms.exams.rules.rubric_json import rubric_from_json
from lms.exams.saving.messages import canonical
from lms.exams.services.assigning import assign_exam, decide_resit
from lms.exams.services.settling import assign_remedial
from lms.exams.services.sitting import start_sitting, submit
from lms.exams.services.stations import Tap, assign_station, begin_visit, record_taps, submit_visit
from lms.people.models import Person
from lms.records.models import Outcome
from lms.records.services import append_fact
from question_bank import kinds
from question_bank import queries as bank

SEAT = "sample"


@dataclass(frozen=True)
class Worker:
    """A person of the sample and how well they do: skill is the share of questions they know, 0..1."""

    person: Person
    skill: float

    @property
    def identity(self) -> Identity:
        """The person as an actor; roles don't matter to services."""
        return Identity(self.person.id, self.person.name, self.person.staff_no, self.person.unit.path)


def study(session: Session, worker: Worker, course: str, *, since: datetime, until: datetime) -> None:
    """Go through a course and finish it at `until`."""
    record_finished(session, worker.person.id, course, started_at=since, finished_at=until)


def sit(session: Session, worker: Worker, exam: str, random: Random, *, at: datetime, boost: float = 0.0) -> Sitting:
    """Sit an exam from `at` on: draw a paper, answer what one knows, hand in. boost: added to the skill."""
    assignment = assign_exam(
        session, exam, person_id=worker.person.id, reason="", by=SYSTEM, now=at - timedelta(days=1)
    )
    sitting = start_sitting(
        session, assignment.id, seat=SEAT, by=worker.identity, now=at, seed=f"{random.getrandbits(64):x}"
    )
    _answer(session, sitting, worker.skill + boost, random, at=at)
    ended = at + timedelta(minutes=sitting.questions * random.uniform(0.5, 0.9))
    done = submit(session, sitting.id, epoch=1, by=worker.identity, now=min(ended, sitting.deadline_at))
    if done.passed is False:
        assign_remedial(session, done.id, now=ended)  # on that day, not when the worker first comes to it
    return done


def _answer(session: Session, sitting: Sitting, skill: float, random: Random, *, at: datetime) -> None:
    items = session.scalars(
        select(SittingItem).where(SittingItem.sitting_id == sitting.id).order_by(SittingItem.position)
    ).all()
    editions = bank.editions(session, [item.edition_id for item in items])
    rows = []
    for item in items:
        edition = editions[item.edition_id]
        known = random.random() < skill
        answer = (kinds.key_answer if known else kinds.wrong_answer)(edition.kind, edition.content)
        rows.append(
            {
                "sitting_id": sitting.id,
                "item": item.position,
                "epoch": 1,
                "sequence": item.position,
                "body": canonical(answer),
                "flagged": False,
                "received_at": at + timedelta(seconds=28 * item.position),
                "verdict": Verdict.COUNTED.value,
            }
        )
    session.execute(insert(SittingAnswer), rows)


def next_try(session: Session, sitting: Sitting, *, at: datetime) -> datetime | None:
    """Return when the person may sit again after a failure, having relearned by `at`; None when a manager decides."""
    assignment = session.get_one(ExamAssignment, sitting.assignment_id)
    step = series_of(session, assignment, at=at).step
    if step.may_sit:
        return at
    return step.not_before


def grant_another_try(session: Session, sitting: Sitting, manager: Worker, *, at: datetime) -> None:
    """Let a manager decide, after the last resit, that the person may sit once more."""
    decide_resit(
        session,
        sitting.assignment_id,
        kind=DecisionKind.MORE_ATTEMPTS,
        attempts=1,
        reason="面谈后安排一对一辅导，再给一次机会",
        by=manager.identity,
        now=at,
    )


def relearn(session: Session, worker: Worker, sitting: Sitting, *, at: datetime) -> None:
    """Do the units assigned after a failure, all finished at `at`."""
    for activity in remedial_of(session, sitting):
        append_fact(
            session,
            person_id=worker.person.id,
            activity=activity,
            edition="1",
            outcome=Outcome.COMPLETED,
            occurred_at=at,
            by=SYSTEM,
            now=at,
        )


def remedial_of(session: Session, sitting: Sitting) -> list[str]:
    """Return the activities a failed sitting asks for before the next try."""
    series = series_of(
        session, session.get_one(ExamAssignment, sitting.assignment_id), at=sitting.closed_at or sitting.started_at
    )
    return [task.activity for task in series.open_tasks]


def show_practice(
    session: Session, worker: Worker, assessor: Worker, station: str, random: Random, *, at: datetime
) -> StationVisit:
    """Be assessed at a station from `at` on."""
    assignment = assign_station(session, station, person_id=worker.person.id, by=SYSTEM, now=at - timedelta(days=2))
    visit = begin_visit(session, assignment.id, seat=SEAT, by=assessor.identity, now=at)
    rubric = rubric_from_json(visit.edition.content)
    taps = []
    for number, criterion in enumerate(rubric.criteria, 1):
        slip = 0 if random.random() < worker.skill else random.choice((1, 1, 2))
        level = criterion.levels[min(slip, len(criterion.levels) - 1)]
        taps.append(Tap(criterion.code, number, level.code, at + timedelta(minutes=number)))
    record_taps(session, visit.id, taps, epoch=1, by=assessor.identity, now=at + timedelta(minutes=8))
    return submit_visit(session, visit.id, by=assessor.identity, now=at + timedelta(minutes=9))
