"""Where the sample's people stand today: suspended, waived, supervised, waiting, about to lapse."""

from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.services.assigning import assign_course
from lms.access.identity import SYSTEM
from lms.certification.queries.floor import decide_many
from lms.certification.rules.projection import FloorState
from lms.certification.services.phases import start_phase
from lms.certification.services.suspending import suspend_person
from lms.certification.services.waivers import approve_waiver, request_waiver
from lms.desk.sample.doing import Worker
from lms.desk.sample.people import Staff
from lms.exams.services.assigning import assign_exam
from lms.exams.services.stations import assign_station
from lms.people.models import MentorAssignment, Person, PersonState, Queue

SUSPENDED, WAIVED, ASKED, SUPERVISED = 4, 3, 3, 9


def make_situations(session: Session, staff: Staff, random: Random, *, today: date, now: datetime) -> None:
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
    _waive(session, staff, missing, now=now)
    _supervise(session, staff, missing[WAIVED + ASKED :], now=now)
    _assign(session, staff, missing, now=now)


def _queues(staff: Staff, person: Person) -> list[Queue]:
    return [staff.queues[code] for code in staff.serves[person.id]]


def _suspend(session: Session, staff: Staff, people: list[Person], random: Random, *, now: datetime) -> None:
    by = Worker(staff.people["2401"], 1).identity
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


def _waive(session: Session, staff: Staff, missing: list[tuple[Person, Queue]], *, now: datetime) -> None:
    manager, admin = (Worker(staff.people[number], 1).identity for number in ("2101", "2401"))
    reasons = (
        "夜班人手不足，复训已排本周",
        "应急值守，师傅同班",
        "证书续期考试排在后天",
        "节后来电高峰，班长在场",
        "系统切换期间支援",
        "同岗位人员请假",
    )
    once: dict[str, tuple[Person, Queue]] = {}
    for person, queue in missing:
        once.setdefault(person.staff_no, (person, queue))
    chosen = list(once.values())
    for index, (person, queue) in enumerate(chosen[: WAIVED + ASKED]):
        waiver = request_waiver(
            session,
            person_id=person.id,
            queue_id=queue.id,
            starts_at=now,
            reason=reasons[index],
            ends_at=now + timedelta(days=2 + index),
            by=manager,
            now=now - timedelta(hours=20),
        )
        if index < WAIVED:
            approve_waiver(session, waiver.id, note="同意", by=admin, now=now - timedelta(hours=3))


def _supervise(session: Session, staff: Staff, missing: list[tuple[Person, Queue]], *, now: datetime) -> None:
    mentors = {row.learner_id: row.mentor_id for row in session.scalars(select(MentorAssignment))}
    started: set[str] = set()
    for person, queue in missing:
        mentor_id = mentors.get(person.id)
        if mentor_id is None or person.staff_no in started or len(started) == SUPERVISED:
            continue
        cell = decide_many(session, [mentor_id], [queue.id], now)[mentor_id, queue.id]
        if cell.state in (FloorState.YES, FloorState.SOON):
            start_phase(
                session,
                person_id=person.id,
                mentor_id=mentor_id,
                queue_ids=[queue.id],
                starts_at=now - timedelta(days=4),
                ends_at=now + timedelta(days=24),
                minutes_cap=40 * 60,
                by=Worker(staff.people["2101"], 1).identity,
                now=now,
            )
            started.add(person.staff_no)


def _assign(session: Session, staff: Staff, missing: list[tuple[Person, Queue]], *, now: datetime) -> None:
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
