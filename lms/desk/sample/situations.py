"""Where the sample's people stand today: suspended, waived, supervised, waiting, about to lapse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.services.assigning import assign_course
from lms.access.identity import SYSTEM
from lms.certification.models import WaiverState
from lms.certification.queries.floor import decide_many
from lms.certification.rules.projection import FloorState
from lms.certification.services.phases import log_time, start_phase
from lms.certification.services.suspending import suspend_person
from lms.certification.services.waivers import approve_waiver, refuse_waiver, request_waiver
from lms.desk.sample import calls
from lms.desk.sample.doing import Worker
from lms.desk.sample.people import ZONE, Staff
from lms.exams.models import Exam
from lms.exams.services.assigning import add_to_session, assign_exam
from lms.exams.services.planning import plan_session
from lms.exams.services.stations import assign_station
from lms.people.models import MentorAssignment, Person, PersonState, Queue

SUSPENDED, SUPERVISED, WAITING_CALLS = 4, 6, 7
MANAGER, ADMIN = "2101", "2401"


Wanting = list[tuple[Person, Queue]]  # people and the queues they may not take calls of


def make_situations(
    session: Session, staff: Staff, random: Random, scripts: Sequence[calls.SampleScript], *, now: datetime
) -> None:
    """Bring about what a manager has to decide and a board has to show."""
    working = [
        person
        for person in staff.operators()
        if person.state in (PersonState.ACTIVE, PersonState.PROBATION) and person.staff_no != "3276"
    ]
    cells = decide_many(session, [person.id for person in working], [queue.id for queue in staff.queues.values()], now)
    holding = [
        person
        for person in working
        if any(
            cells[person.id, queue.id].state in (FloorState.YES, FloorState.SOON) for queue in _queues(staff, person)
        )
    ]
    random.shuffle(holding)
    _suspend(session, staff, holding[:SUSPENDED], random, now=now)
    missing = [
        (person, queue)
        for person in working
        for queue in _queues(staff, person)
        if cells[person.id, queue.id].state in (FloorState.NO, FloorState.NONE)
    ]
    random.shuffle(missing)
    supervised = _supervise(session, staff, missing, now=now)
    others = [(person, queue) for person, queue in missing if person.id not in supervised]
    _waive(session, staff, others, now=now)
    _assign(session, staff, missing, now=now)
    _plan_exams(session, staff, others, now=now)
    _leave_calls(session, missing, scripts, random, now=now)


def _queues(staff: Staff, person: Person) -> list[Queue]:
    return [staff.queues[code] for code in staff.serves[person.id]]


def _suspend(session: Session, staff: Staff, people: list[Person], random: Random, *, now: datetime) -> None:
    by = Worker(staff.people[ADMIN], 1).identity
    for person, reason in zip(
        people,
        (
            "监听评分连续两次低于 70 分，改进计划进行中",
            "本月录单差错 5 处，超过 3 处，停岗复训",
            "客户投诉属实，停岗面谈后再定",
            "未经核实透露他人信息，停岗复训",
        ),
        strict=False,
    ):
        suspend_person(
            session,
            person.id,
            reason=reason,
            by=by,
            now=now - timedelta(days=random.randrange(1, 9)),
            queue_id=None if random.random() < 0.5 else _queues(staff, person)[0].id,
        )


@dataclass(frozen=True)
class _Waiver:
    """One waiver: asked for and decided when, in days from now; decided: None while it waits."""

    starts: float
    ends: float
    reason: str
    asked: float
    decided: WaiverState | None = WaiverState.APPROVED
    asked_by: str = MANAGER
    note: str = "同意"


WAIVERS = (
    _Waiver(0.5, 4, "系统切换期间支援", asked=-0.8, decided=None),
    _Waiver(-1, 2, "夜班人手不足，复训已排本周", asked=-1.4),
    _Waiver(-26, -20, "证书续期考试排在下周", asked=-27),
    _Waiver(1, 6, "同岗位人员请假", asked=-0.3, decided=None, asked_by=ADMIN),
    _Waiver(-12, -6, "同岗位人员请假", asked=-12.5, decided=WaiverState.REFUSED, note="当班人数够，先安排补考"),
    _Waiver(-2, 4, "应急值守，师傅同班", asked=-2.5),
    _Waiver(-45, -40, "节后来电高峰，班长在场", asked=-46),
)


def _waive(session: Session, staff: Staff, missing: Wanting, *, now: datetime) -> None:
    """Ask for waivers of one site's people: some in force, some over, one refused, some waiting for somebody."""
    manager, admin = (Worker(staff.people[number], 1).identity for number in (MANAGER, ADMIN))
    long_here = (now - timedelta(days=90)).date()
    once = {
        person.id: (person, queue)
        for person, queue in missing
        if person.unit.path.startswith(staff.units["hz"].path) and person.hired_on < long_here
    }
    for (person, queue), planned in zip(once.values(), WAIVERS, strict=False):
        asked_at = now + timedelta(days=planned.asked)
        waiver = request_waiver(
            session,
            person_id=person.id,
            queue_id=queue.id,
            starts_at=now + timedelta(days=planned.starts),
            ends_at=now + timedelta(days=planned.ends),
            reason=planned.reason,
            by=manager if planned.asked_by == MANAGER else admin,
            now=asked_at,
        )
        if planned.decided is not None:
            decide = approve_waiver if planned.decided is WaiverState.APPROVED else refuse_waiver
            decide(session, waiver.id, note=planned.note, by=admin, now=asked_at + timedelta(hours=5))


def _supervise(session: Session, staff: Staff, missing: Wanting, *, now: datetime) -> set[UUID]:
    """Let newcomers take calls beside their mentors, where those may; return who."""
    mentors = {row.learner_id: row.mentor_id for row in session.scalars(select(MentorAssignment))}
    by = Worker(staff.people[MANAGER], 1).identity
    started: set[UUID] = set()
    for person, queue in missing:
        mentor_id = mentors.get(person.id)
        if mentor_id is None or person.id in started or len(started) == SUPERVISED:
            continue
        cell = decide_many(session, [mentor_id], [queue.id], now)[mentor_id, queue.id]
        if cell.state not in (FloorState.YES, FloorState.SOON):
            continue
        phase = start_phase(
            session,
            person_id=person.id,
            mentor_id=mentor_id,
            queue_ids=[queue.id],
            starts_at=now - timedelta(days=4),
            ends_at=now + timedelta(days=24),
            minutes_cap=40 * 60,
            by=by,
            now=now - timedelta(days=4),
        )
        for days in (3, 2, 1):
            at = now - timedelta(days=days)
            worked_on = at.astimezone(ZONE).date()
            log_time(session, phase.id, worked_on=worked_on, minutes=60 + 35 * days, by=by, now=at)
        started.add(person.id)
    return started


def _plan_exams(session: Session, staff: Staff, missing: Wanting, *, now: datetime) -> None:
    """Plan the next exam days and put those who lack something into them."""
    trainer = Worker(staff.people["2207"], 1).identity
    tomorrow = (now.astimezone(ZONE) + timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0)
    ids = dict(session.execute(select(Exam.code, Exam.id)).tuples().all())
    for code, title, days, place, wanted in (
        ("service-theory", "客户服务理论补考", 0, "杭州中心 302 教室", "service"),
        ("gas-theory", "燃气应急理论考试", 3, "杭州中心 302 教室", "gas"),
        ("gas-theory", "燃气应急理论考试（宁波）", 5, "宁波中心 培训室", "gas"),
    ):
        opens_at = tomorrow + timedelta(days=days)
        planned = plan_session(
            session,
            ids[code],
            title=title,
            place=place,
            opens_at=opens_at,
            closes_at=opens_at + timedelta(hours=2),
            by=trainer,
            now=now - timedelta(days=6),
        )
        site = "/pa/nb/" if "宁波" in place else "/pa/hz/"
        people = [it.id for it, queue in missing if queue.code == wanted and it.unit.path.startswith(site)]
        add_to_session(session, planned.id, person_ids=people, by=trainer, now=now - timedelta(days=6))


def _leave_calls(
    session: Session, missing: Wanting, scripts: Sequence[calls.SampleScript], random: Random, *, now: datetime
) -> None:
    """Let some play calls that wait for an assessor."""
    people = list({person.id: person for person, queue in missing if queue.code in ("gas", "complaint")}.values())
    for number, person in enumerate(people[:WAITING_CALLS]):
        at = now - timedelta(hours=2 + 7 * number, minutes=random.randrange(60))
        calls.leave_for_review(session, Worker(person, 0.86), random.choice(scripts), random, at=at)


def _assign(session: Session, staff: Staff, missing: Wanting, *, now: datetime) -> None:
    """Give those who lack something their next task, and the newcomer what is left to do."""
    for index, (person, queue) in enumerate(missing[:60]):
        course = (
            "gas-leak" if queue.code == "gas" else "phone-etiquette" if queue.code == "complaint" else "service-norms"
        )
        assign_course(
            session,
            course,
            person_ids=[person.id],
            due_at=now + timedelta(days=3 + index % 20),
            by=SYSTEM,
            reason="",
            now=now - timedelta(days=8),
        )
        if index % 3 == 0:
            exam = "gas-theory" if queue.code == "gas" else "service-theory"
            assign_exam(
                session,
                exam,
                person_id=person.id,
                due_at=now + timedelta(days=5 + index % 12),
                by=SYSTEM,
                now=now - timedelta(days=8),
            )
        if queue.code == "gas" and index % 2 == 0:
            assign_station(
                session,
                "gas-dispatch",
                person_id=person.id,
                due_at=now + timedelta(days=6),
                by=SYSTEM,
                now=now - timedelta(days=8),
            )
