"""A small call centre that shows something on every page: one person a role, bundled content, a little history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from random import Random
from uuid import UUID

from PIL import Image
from sqlalchemy import select

from courses.services.assigning import assign_course
from lms.access.identity import SYSTEM, Identity, Role
from lms.certification.models import Certification
from lms.certification.services.founding import approve_grant, propose_grant
from lms.certification.services.suspending import suspend_person
from lms.certification.services.waivers import request_waiver
from lms.desk.bundled import load_bundled_content
from lms.desk.sample.doing import Worker, show_practice, sit, study
from lms.exams.models import Exam, ExamPurpose
from lms.exams.queries.population import Population
from lms.exams.rules.months import DayRule, MonthRule
from lms.exams.rules.paper import Part
from lms.exams.rules.sections import Section
from lms.exams.rules.spot_draw import SizeKind
from lms.exams.rules.terms import Terms
from lms.exams.services.assigning import add_to_session, assign_exam
from lms.exams.services.authoring import create_exam, fix_draft, publish_edition
from lms.exams.services.planning import plan_session
from lms.exams.services.plans import PlanTerms, make_plan
from lms.exams.services.rounds import changes_of, follow_members, make_month
from lms.exams.services.spot_checks import CheckTerms, close_missed, plan_check, start_check
from lms.exams.services.stations import assign_station
from lms.kernel.db import reading, unit_of_work
from lms.people.models import HeadsNeeded, MentorAssignment, Person, Shift
from lms.people.rules.photo import portrait
from lms.people.services.photos import keep_photo
from lms.records.models import Outcome
from lms.records.services import append_fact
from tests.conftest import NOW
from tests.factories import make_person, make_queue, make_unit

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """Who is there: one person a role, and one who is off the floor."""

    people: Mapping[Role, Person]
    suspended: UUID


def set_scene() -> Scene:
    """Fill an empty database; needs an application context."""
    site = make_unit("hz", name="杭州中心")
    team = make_unit("t01", parent=site, name="早一班")
    gas = make_queue("gas", name="燃气抢修", name_en="Gas repair", short="抢修", position=1)
    service = make_queue("service", name="业务咨询", name_en="Enquiries", short="咨询", position=2)
    people = {
        role: make_person(f"{name}{role.value[:2]}", roles=[role], unit=team, queues=[gas, service],
                          email=f"{role}@localhost")
        for role, name in zip(Role, "陈林周王李张刘黄吴徐", strict=True)
    }
    others = [make_person(name, unit=team, queues=[gas, service]) for name in ("何梦洁", "高文博", "罗心怡")]
    with unit_of_work() as session:
        load_bundled_content(session, now=NOW - 60 * DAY)
        session.add(MentorAssignment(learner_id=people[Role.LEARNER].id, mentor_id=people[Role.MENTOR].id,
                                     starts_on=date(2026, 1, 5), ends_on=None))
        session.add(HeadsNeeded(queue_id=gas.id, weekday=0, hour=9, valid_from=date(2026, 1, 1), heads=3))
        for person in (people[Role.LEARNER], others[0]):
            session.add(Shift(person_id=person.id, queue_id=None, starts_at=NOW - HOUR, ends_at=NOW + 7 * HOUR))
    _license(people)
    _learn(people[Role.LEARNER], people[Role.ASSESSOR])
    _examine(people)
    _wait(people, others, gas.id)
    session = reading()
    for person in people.values():
        session.refresh(person)
    session.refresh(others[2])
    session.expunge_all()
    return Scene(people, others[2].id)


def _license(people: Mapping[Role, Person]) -> None:
    """Give the assessor the first licence: two administrators found it."""
    first, second = (Worker(people[role], 1).identity for role in (Role.TRAINING_ADMIN, Role.SYSTEM_ADMIN))
    with unit_of_work() as session:
        licence = session.scalars(select(Certification.id).where(Certification.code == "assessor")).one()
        grant = propose_grant(session, person_id=people[Role.ASSESSOR].id, certification_id=licence,
                              last_day=date(2026, 12, 31), reason="首批考评员", by=first, now=NOW - 50 * DAY)
        approve_grant(session, grant.id, by=second, now=NOW - 49 * DAY)


def _learn(learner: Person, assessor: Person) -> None:
    """Give the learner a history: courses, exams passed and failed, a station, a call."""
    random = Random(7)
    good, poor, judge = Worker(learner, 0.95), Worker(learner, 0.55), Worker(assessor, 1)
    with unit_of_work() as session:
        for days, course in ((40, "service-norms"), (30, "phone-etiquette")):
            study(session, good, course, since=NOW - days * DAY - HOUR, until=NOW - days * DAY)
        sit(session, good, "service-theory", random, at=NOW - 25 * DAY)
        sit(session, poor, "gas-theory", random, at=NOW - 10 * DAY)
        show_practice(session, good, judge, "gas-dispatch", random, at=NOW - 8 * DAY)
        append_fact(session, person_id=learner.id, activity="call:gas-leak-01", edition="1", outcome=Outcome.PASSED,
                    score=8500, out_of=10000, occurred_at=NOW - 7 * DAY, by=SYSTEM, now=NOW - 7 * DAY)


def _examine(people: Mapping[Role, Person]) -> None:
    """Let exams come by themselves: a paper in sections and forms, sat in a session; a month; a spot check; a photo."""
    learner, trainer, manager = (people[role] for role in (Role.LEARNER, Role.TRAINER, Role.MANAGER))
    by, unit = Worker(trainer, 1).identity, learner.unit_id
    sections = (Section("单项选择题", "每题一个最合适的答案。", minimum=50), Section("判断题", in_order=True))
    parts = (Part(4, 200, kind="single"), Part(3, 100, kind="true_false", section=1))
    photo = BytesIO()
    Image.new("RGB", (300, 400), "teal").save(photo, "JPEG")
    with unit_of_work() as session:
        exam = create_exam(session, code="in-sections", title="分卷综合考试", purpose=ExamPurpose.STAGE, by=by,
                           terms=Terms(parts, sections=sections, forms=2), now=NOW - 2 * DAY)
        publish_edition(session, exam.id, by=by, now=NOW - 2 * DAY)
        fixed = create_exam(session, code="fixed", title="固定试卷", purpose=ExamPurpose.STAGE, by=by,
                            terms=Terms(parts, sections=sections), now=NOW - 2 * DAY)
        fix_draft(session, fixed.id, seed="1", by=by, now=NOW - 2 * DAY)
        planned = plan_session(session, exam.id, title="三月场", opens_at=NOW - HOUR, closes_at=NOW + 3 * HOUR,
                               by=by, now=NOW - DAY)
        add_to_session(session, planned.id, person_ids=[learner.id], by=by, now=NOW - DAY)
        sit(session, Worker(learner, 0.3), "in-sections", Random(3), at=NOW - HOUR)
        keep_photo(session, learner.id, portrait(photo.getvalue()), consented=True, by=SYSTEM, now=NOW)
        exams = {row.code: row.id for row in session.execute(select(Exam.code, Exam.id))}
        rule = MonthRule(DayRule.WORKING_DAY, 1, 9 * 60, 48, 5, date(2026, 3, 1))
        plan = make_plan(session, exams["monthly-skills"], PlanTerms("班组月考", "", unit, Population(), rule), by=by,
                         now=NOW - DAY)
        row = make_month(session, plan.id, now=NOW)
        assert row is not None
        for members in list(changes_of(session, row.id, now=NOW)):
            follow_members(session, row.id, members, now=NOW)
        terms = CheckTerms("早班抽查", unit, Population(), SizeKind.COUNT, 2, False, 0, False, 30)
        check = plan_check(session, exams["spot-check"], terms, starts_at=NOW - HOUR, by=Worker(manager, 1).identity,
                           now=NOW - 2 * HOUR, seed="scene")
        start_check(session, check.id, now=NOW - HOUR)
        close_missed(session, now=NOW)


def _wait(people: Mapping[Role, Person], others: list[Person], gas_id: object) -> None:
    """Let something wait: a course and an exam that are due, somebody at a station, a waiver, a suspension."""
    learner, manager = people[Role.LEARNER], people[Role.MANAGER]
    by = Identity(manager.id, manager.name, manager.staff_no, "/hz/t01/")
    with unit_of_work() as session:
        assign_course(session, "gas-leak", person_ids=[learner.id], due_at=NOW + 3 * DAY, reason="", by=SYSTEM,
                      now=NOW - DAY)
        assign_exam(session, "gas-theory", person_id=learner.id, due_at=NOW + 5 * DAY, by=SYSTEM, now=NOW - DAY)
        assign_station(session, "gas-dispatch", person_id=others[0].id, due_at=NOW + DAY, by=SYSTEM, now=NOW - DAY)
        request_waiver(session, person_id=others[1].id, queue_id=gas_id, starts_at=NOW, ends_at=NOW + 2 * DAY,
                       reason="夜班人手不足", by=by, now=NOW - HOUR)
        suspend_person(session, others[2].id, reason="监听评分连续两次低于 70 分", by=by, now=NOW - DAY)
