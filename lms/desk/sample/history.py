"""Two years of history: everybody's way to the floor, renewals, failures, lapses, waivers, suspensions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.models import Course, CourseEdition, CourseUnit
from lms.access.identity import SYSTEM, Role
from lms.certification.library import ASSESSOR_LICENCE, TRAINER_LICENCE
from lms.certification.models import Certificate, Certification
from lms.certification.services.founding import approve_grant, propose_grant
from lms.certification.services.history import entering_history
from lms.desk.sample import calls
from lms.desk.sample.doing import Worker, grant_another_try, next_try, relearn, show_practice, sit, study
from lms.desk.sample.people import ZONE, Staff
from lms.desk.sample.rounds import make_rounds
from lms.desk.sample.situations import make_situations
from lms.exams.models import Exam, ExamEdition, RubricEdition, Sitting, Station
from lms.people.models import Person, Post, Queue, RoleAssignment, Unit
from lms.people.services.leaving import mark_left
from simulations.models import ScriptEdition

SERVICE_QUEUES = frozenset({"service", "billing", "install", "callback", "complaint"})
CALLS_FOR_A_CERTIFICATE = 3
FAVOURED = 0.34
MOST_TRIES = 4  # at one simulated call
LICENCE_DAYS = 360
LICENSED_DAYS_AGO = (731, 370, 9)  # each licence ends the day before the next is granted
LICENCE_STAGGER = 5  # days; so that there is always somebody who may assess
RENEW_EVERY = timedelta(days=350)  # renewed within the 60 days before twelve months are over
NEWCOMER = "3276"
KEPT = (
    Person,
    Unit,
    Post,
    Queue,
    ScriptEdition,
    Course,
    CourseEdition,
    CourseUnit,
    Exam,
    ExamEdition,
    Station,
    RubricEdition,
)  # rows that every career needs again
OFFICE_HOURS = (9, 17)
STRUGGLING_DAYS = range(45, 62)  # since they were hired: attempts used up, a manager decides
NEW_DAYS = 45  # whoever was hired since then learns beside their first calls, not all at once
UNDECIDED_SINCE = timedelta(days=25)  # what came up before has been decided by the manager
LAGGARDS = 0.14  # of operators: stuck on the way, or late with a renewal


@dataclass
class Career:
    """One person's way: what has been learnt and when they may go on."""

    worker: Worker
    at: datetime
    courses: set[str] = field(default_factory=set)
    pace: float = 1  # how many times longer than usual a course takes
    called: int = 0  # simulated calls passed in this cycle
    stopped: bool = False


@dataclass(frozen=True)
class World:
    """What every career needs to know."""

    session: Session
    staff: Staff
    random: Random
    now: datetime
    began: datetime
    assessors: Sequence[Worker]
    scripts: Sequence[calls.SampleScript]
    licences: dict[UUID, list[tuple[datetime, datetime]]]


def write_history(session: Session, staff: Staff, random: Random, *, today: date, now: datetime) -> None:
    """Write everybody's history up to `now`."""
    began = now - timedelta(days=2 * 365)
    assessors = [Worker(person, 0.99) for person in _holders(session, staff, Role.ASSESSOR)]
    world = World(session, staff, random, now, began, assessors, calls.sample_scripts(session), {})
    _license(world)
    world.licences.update(_licences(session))
    with entering_history(session):
        for person in staff.operators():
            _walk(world, Worker(person, _skill(staff, person, random, today)))
            session.flush()
            forget_details(session)
    for person_id, left_on in staff.leaves.items():
        at = datetime.combine(left_on + timedelta(days=1), time(2), now.tzinfo)
        mark_left(session, person_id, left_on, by=SYSTEM, now=at, reason="本人辞职")
    calls.mark_some_blind(session, assessors, Random(random.random()), now=now)
    trainers = [Worker(person, 0.99) for person in _holders(session, staff, Role.TRAINER)]
    calls.give_some_examples(session, trainers, Random(random.random()), now=now)
    make_situations(session, staff, random, world.scripts, now=now)
    make_rounds(session, staff, random, now=now)


def _skill(staff: Staff, person: Person, random: Random, today: date) -> float:
    """Return the share of questions somebody knows, 0..1; a few of the new ones at Hangzhou know too little."""
    drawn = min(0.985, max(0.7, random.gauss(0.9, 0.05)))
    if person.staff_no == NEWCOMER:
        return 0.93
    tenure = (today - person.hired_on).days
    if tenure in STRUGGLING_DAYS and person.unit.path.startswith(staff.units["hz"].path):
        return 0.5
    return drawn


def _holders(session: Session, staff: Staff, role: Role) -> list[Person]:
    ids = set(session.scalars(select(RoleAssignment.person_id).where(RoleAssignment.role == role)))
    return [person for person in staff.people.values() if person.id in ids]


def _license(world: World) -> None:
    """Grant the first licences, by two administrators, and prolong them yearly the same way."""
    first, second = (Worker(world.staff.people[number], 1).identity for number in ("2401", "2402"))
    ids = dict(world.session.execute(select(Certification.code, Certification.id)).tuples().all())
    for role, code in ((Role.ASSESSOR, ASSESSOR_LICENCE), (Role.TRAINER, TRAINER_LICENCE)):
        for number, person in enumerate(_holders(world.session, world.staff, role)):
            for days_ago in LICENSED_DAYS_AGO:
                at = world.now - timedelta(days=days_ago - number % 2 * LICENCE_STAGGER)
                grant = propose_grant(
                    world.session,
                    person_id=person.id,
                    certification_id=ids[code],
                    by=first,
                    now=at,
                    last_day=at.astimezone(ZONE).date() + timedelta(days=LICENCE_DAYS),
                    reason="首批资格，经培训部讨论确定"
                    if days_ago == LICENSED_DAYS_AGO[0]
                    else "年度资格延续，经培训部讨论确定",
                )
                approve_grant(world.session, grant.id, by=second, now=at + timedelta(hours=2))


def _walk(world: World, worker: Worker) -> None:
    """Let one person learn, sit and renew from their first day (or the history's) until today or until they left."""
    person = worker.person
    serves = set(world.staff.serves[person.id])
    hired = max(datetime.combine(person.hired_on, time(1, 30), world.now.tzinfo), world.began)
    career = Career(worker, hired + timedelta(days=1, minutes=world.random.randrange(240)))
    limit = world.now
    if person.id in world.staff.leaves:
        limit = min(limit, datetime.combine(world.staff.leaves[person.id], time(1), world.now.tzinfo))
    settled = person.staff_no == NEWCOMER or person.post_id == world.staff.posts["senior"].id
    lags = world.random.random() < LAGGARDS and not settled
    if world.now - hired < timedelta(days=NEW_DAYS) and not settled:
        career.pace = world.random.uniform(2, 7)
    for cycle in range(9):
        if career.at >= limit or career.stopped:
            break
        if cycle and lags:
            break  # forgets to renew, and falls off the floor
        if lags:
            limit = min(limit, career.at + timedelta(days=world.random.choice((2, 5, 7, 400, 400))))
        cycle_began = career.at
        if serves & SERVICE_QUEUES:
            _service(world, career, limit)
        if "gas" in serves:
            _gas(world, career, limit)
        if "complaint" in serves:
            _learn(world, career, "phone-etiquette", limit)
            _calls(world, career, limit)
        career.courses.clear()
        career.called = 0
        career.at = max(career.at, cycle_began + RENEW_EVERY + timedelta(days=world.random.randrange(-25, 22)))


def _service(world: World, career: Career, limit: datetime) -> None:
    _learn(world, career, "service-norms", limit)
    _pass_exam(world, career, "service-theory", limit)


def _gas(world: World, career: Career, limit: datetime) -> None:
    for course in ("phone-etiquette", "gas-leak"):
        _learn(world, career, course, limit)
    _pass_exam(world, career, "gas-theory", limit)
    if career.worker.person.staff_no == NEWCOMER:
        _calls(world, career, limit, number=CALLS_FOR_A_CERTIFICATE - 1)
        _practise(world, career, limit)
        career.stopped = True
        return
    _calls(world, career, limit)
    _practise(world, career, limit)


def _learn(world: World, career: Career, course: str, limit: datetime) -> None:
    until = in_hours(career.at + career.pace * timedelta(days=world.random.uniform(0.6, 1.6)))
    if course in career.courses or career.stopped or until >= limit:
        career.stopped = career.stopped or until >= limit
        return
    study(world.session, career.worker, course, since=career.at, until=until)
    career.courses.add(course)
    career.at = until + timedelta(hours=world.random.randrange(2, 30))


def _pass_exam(world: World, career: Career, exam: str, limit: datetime) -> None:
    """Sit an exam, and again after relearning, until it is passed, the ladder ends or time is up."""
    tries = 0
    while not career.stopped:
        career.at = in_hours(career.at)
        if career.at + timedelta(hours=2) >= limit:
            career.stopped = True
            return
        sitting: Sitting = sit(world.session, career.worker, exam, world.random, at=career.at, boost=0.05 * tries)
        tries += 1
        career.at += timedelta(hours=world.random.randrange(3, 40))
        if sitting.passed:
            return
        relearnt = career.at + timedelta(days=1, hours=4)
        if relearnt >= limit:
            career.stopped = True
            return
        relearn(world.session, career.worker, sitting, at=relearnt)
        again = next_try(world.session, sitting, at=relearnt + timedelta(hours=1))
        decided = relearnt + timedelta(days=3)
        if again is None and decided < world.now - UNDECIDED_SINCE:
            manager = Worker(world.staff.people["2101"], 1)
            grant_another_try(world.session, sitting, manager, at=decided)
            again = decided
        career.stopped = again is None
        career.at = max(career.at, again or career.at) + timedelta(hours=1)


def _calls(world: World, career: Career, limit: datetime, number: int = CALLS_FOR_A_CERTIFICATE) -> None:
    """Play different scripts for the record, each until it is passed; what was played in this cycle counts."""
    if career.stopped or career.called >= number:
        return
    for script in _drawn(world, number - career.called):
        for tries in range(MOST_TRIES):
            career.at = in_hours(career.at)
            if career.at + timedelta(hours=3) >= limit:
                career.stopped = True
                return
            review = calls.play_for_the_record(
                world.session,
                career.worker,
                script,
                _assessor(world, career.at),
                world.random,
                at=career.at,
                tries=tries,
            )
            career.at += timedelta(hours=world.random.randrange(3, 26))
            if review.passed:
                career.called += 1
                break


def _drawn(world: World, number: int) -> list[calls.SampleScript]:
    """Return different scripts; every third time the favourite is the first of them."""
    drawn = world.random.sample(list(world.scripts), number)
    favourite = next((it for it in world.scripts if it.edition.code == calls.FAVOURITE), None)
    if favourite is not None and favourite not in drawn and world.random.random() < FAVOURED:
        drawn[0] = favourite
    return drawn


def _practise(world: World, career: Career, limit: datetime) -> None:
    for _attempt in range(3):
        if career.stopped or career.at + timedelta(days=3) >= limit:
            career.stopped = True
            return
        career.at = in_hours(career.at + timedelta(days=2))
        visit = show_practice(
            world.session, career.worker, _assessor(world, career.at), "gas-dispatch", world.random, at=career.at
        )
        career.at += timedelta(hours=world.random.randrange(2, 30))
        if visit.passed:
            return


def _assessor(world: World, at: datetime) -> Worker:
    """Return somebody whose licence holds at `at` and the next hours."""
    until = at + timedelta(hours=3)
    return world.random.choice(
        [
            assessor
            for assessor in world.assessors
            if any(starts <= at and until < ends for starts, ends in world.licences[assessor.person.id])
        ]
    )


def _licences(session: Session) -> dict[UUID, list[tuple[datetime, datetime]]]:
    """Return when each assessor's licence begins and ends."""
    spans: dict[UUID, list[tuple[datetime, datetime]]] = {}
    for person_id, starts, ends in session.execute(
        select(Certificate.person_id, Certificate.starts_at, Certificate.ends_at)
        .join(Certification, Certification.id == Certificate.certification_id)
        .where(Certification.code == ASSESSOR_LICENCE)
    ):
        spans.setdefault(person_id, []).append((starts, ends))
    return spans


def forget_details(session: Session) -> None:
    """Let go of what one person's way brought into the session: it would slow down everybody after them."""
    for row in list(session.identity_map.values()):
        if not isinstance(row, KEPT):
            session.expunge(row)


def in_hours(at: datetime) -> datetime:
    """Return an instant of office hours: the same, or the next morning's at that minute. Never earlier than `at`."""
    local = at.astimezone(ZONE)
    if OFFICE_HOURS[0] <= local.hour < OFFICE_HOURS[1]:
        return at
    day = local if local.hour < OFFICE_HOURS[0] else local + timedelta(days=1)
    return day.replace(hour=OFFICE_HOURS[0])
