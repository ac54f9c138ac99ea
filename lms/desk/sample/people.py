"""The sample's 240 people: shift teams with their leaders, mentors and operators, and a training department."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.desk.sample.names import names, phone
from lms.desk.sample.organisation import POSTS, QUEUES, ROOT, SITES, TEAMS, SampleQueue, busyness
from lms.kernel.db import new_id
from lms.kernel.pinyin import first_letters, spelt_out
from lms.people.models import (
    Employment,
    HeadsNeeded,
    Leave,
    MentorAssignment,
    Person,
    PersonState,
    Post,
    Queue,
    QueueMembership,
    RoleAssignment,
    Shift,
    Unit,
    UnitKind,
)

ZONE = ZoneInfo("Asia/Shanghai")
PEOPLE = 240
OPERATORS_A_TEAM = 18
SENIORS_A_TEAM = 2
SHIFT_HOURS = {"early": (7, 15), "middle": (13, 21), "late": (20, 32)}
SHIFT_DAYS = range(-7, 15)


@dataclass(frozen=True)
class SignIn:
    """One of the sample's sign-ins: somebody a visitor can be."""

    staff_no: str
    name: str
    roles: tuple[Role, ...]
    post: str
    unit: str
    what_for: str  # English, translated where it is printed


SIGN_INS = (
    SignIn("3276", "陈雨桐", (), "operator", "t01", "new hire"),
    SignIn("3210", "王思远", (Role.MENTOR,), "senior", "t01", "experienced operator and mentor"),
    SignIn("2101", "沈慧敏", (Role.MANAGER,), "lead", "hz", "manager of the Hangzhou site"),
    SignIn("2207", "周岚", (Role.TRAINER, Role.MENTOR), "trainer", "training", "trainer"),
    SignIn("2209", "何梦洁", (Role.TRAINER, Role.REVIEWER), "trainer", "training", "second trainer, reviewer"),
    SignIn("2310", "高文博", (Role.ASSESSOR,), "quality", "training", "assessor"),
    SignIn("2401", "罗建新", (Role.TRAINING_ADMIN,), "office", "training", "training administrator"),
    SignIn("2402", "彭可欣", (Role.TRAINING_ADMIN,), "office", "training", "second training administrator"),
    SignIn("2501", "苏佩玲", (Role.HR,), "office", "training", "human resources"),
    SignIn("2601", "魏国栋", (Role.AUDITOR,), "office", "training", "auditor"),
    SignIn("2701", "丁永康", (Role.SYSTEM_ADMIN,), "office", "training", "system administrator"),
)


@dataclass
class Staff:
    """Everything the history needs to know of the people made."""

    units: dict[str, Unit] = field(default_factory=dict)
    queues: dict[str, Queue] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)  # by staff number
    serves: dict[UUID, list[str]] = field(default_factory=dict)  # person -> queue codes
    leaves: dict[UUID, date] = field(default_factory=dict)  # who has left meanwhile, and their last day
    shift_of: dict[UUID, str] = field(default_factory=dict)  # person -> early | middle | late

    def operators(self) -> list[Person]:
        """Everybody meant to serve a queue, in order of staff number."""
        return [person for person in self.people.values() if self.serves.get(person.id)]


def make_people(session: Session, random: Random, *, today: date, now: datetime) -> Staff:
    """Write the organisation, its people, roles, mentors, shifts and heads needed; return who there is."""
    staff = Staff()
    _organisation(session, staff)
    invented = names(random)
    for person in SIGN_INS:
        _person(
            session,
            staff,
            random,
            person.staff_no,
            person.name,
            person.unit,
            person.post,
            today,
            now,
            roles=person.roles,
            tenure=16 if person.staff_no == "3276" else None,
        )
    _department(session, staff, random, invented, today, now)
    _teams(session, staff, random, invented, today, now)
    session.flush()
    _serve(session, staff, random)
    _mentors(session, staff, random, today)
    _shifts(session, staff, random, today)
    _heads(session, staff, today)
    session.flush()
    return staff


def _organisation(session: Session, staff: Staff) -> None:
    def unit(code: str, name: str, name_en: str, kind: UnitKind, parent: str | None) -> None:
        above = staff.units[parent] if parent else None
        staff.units[code] = Unit(
            id=new_id(),
            code=code,
            name=name,
            name_en=name_en,
            kind=kind,
            parent_id=above.id if above else None,
            path=f"{above.path if above else '/'}{code}/",
            timezone="" if above else ZONE.key,
        )
        session.add(staff.units[code])
        session.flush()

    unit(*ROOT, UnitKind.DEPARTMENT, None)
    unit("training", "培训部", "Training Department", UnitKind.DEPARTMENT, ROOT[0])
    for code, name, name_en in SITES:
        unit(code, name, name_en, UnitKind.SITE, ROOT[0])
    for site, code, name, name_en in TEAMS:
        unit(code, name, name_en, UnitKind.TEAM, site)
    for code, name, name_en in POSTS:
        staff.posts[code] = Post(id=new_id(), code=code, name=name, name_en=name_en)
    for position, queue in enumerate(QUEUES):
        staff.queues[queue.code] = Queue(
            id=new_id(), code=queue.code, name=queue.name, name_en=queue.name_en, short=queue.short, position=position
        )
    session.add_all([*staff.posts.values(), *staff.queues.values()])
    session.flush()


def _person(
    session: Session,
    staff: Staff,
    random: Random,
    staff_no: str,
    name: str,
    unit: str,
    post: str,
    today: date,
    now: datetime,
    *,
    roles: tuple[Role, ...] = (),
    tenure: int | None = None,
    left: bool = False,
    on_leave: bool = False,
) -> Person:
    days = tenure if tenure is not None else min(random.randrange(100, 900), random.randrange(100, 900))
    state = PersonState.PROBATION if days < 60 else PersonState.ACTIVE
    if on_leave:
        state = PersonState.ON_LEAVE
    person = Person(
        id=new_id(),
        staff_no=staff_no,
        name=name,
        unit_id=staff.units[unit].id,
        unit=staff.units[unit],
        post_id=staff.posts[post].id,
        state=state,
        hired_on=today - timedelta(days=days),
        employment=random.choices(list(Employment), weights=(86, 10, 4))[0],
        name_latin=_latin(name),
        pinyin_initials="".join(first_letters(name)),
        phone=phone(random),
        email=f"{staff_no}@sample.invalid",
        created_at=now,
    )
    session.add(person)
    session.flush()
    staff.people[staff_no] = person
    if left:
        staff.leaves[person.id] = today - timedelta(days=random.randrange(5, min(200, days - 60)))
    for role in roles:
        session.add(
            RoleAssignment(
                person_id=person.id,
                role=role,
                granted_at=now,
                unit_id=staff.units[unit].id if role in (Role.MANAGER, Role.MENTOR) and unit != "training" else None,
            )
        )
    return person


def _latin(name: str) -> str:
    syllables = spelt_out(name)
    return f"{syllables[0].title()} {''.join(syllables[1:]).title()}" if syllables else ""


def _department(
    session: Session, staff: Staff, random: Random, invented: Iterator[str], today: date, now: datetime
) -> None:
    extra = (
        [("trainer", Role.TRAINER)] * 4
        + [("quality", Role.ASSESSOR)] * 6
        + [("office", Role.HR)] * 2
        + [("office", Role.REVIEWER)] * 2
    )
    for number, (post, role) in enumerate(extra):
        _person(session, staff, random, str(2800 + number), next(invented), "training", post, today, now, roles=(role,))


def _teams(session: Session, staff: Staff, random: Random, invented: Iterator[str], today: date, now: datetime) -> None:
    number = 3300
    for _site, team, _name, _name_en in TEAMS:
        already = sum(person.unit_id == staff.units[team].id for person in staff.people.values())
        room = min(OPERATORS_A_TEAM, PEOPLE - len(staff.people) - 1 + already)
        for place in range(already, room):
            number += random.randrange(1, 4)
            roles, post = _place(place - already)
            newcomer = not roles and random.random() < 0.12
            _person(
                session,
                staff,
                random,
                str(number),
                next(invented),
                team,
                post,
                today,
                now,
                roles=roles,
                tenure=random.randrange(5, 75) if newcomer else None,
                left=not roles and not newcomer and random.random() < 0.05,
                on_leave=not roles and not newcomer and random.random() < 0.03,
            )
    while len(staff.people) < PEOPLE:
        number += 1
        _person(session, staff, random, str(number), next(invented), random.choice(TEAMS)[1], "operator", today, now)


def _place(number: int) -> tuple[tuple[Role, ...], str]:
    """Return roles and post of the n-th person of a team, from 0: its leader, two seniors who mentor, operators."""
    if number == 0:
        return (Role.MANAGER,), "lead"
    return ((Role.MENTOR,), "senior") if number <= SENIORS_A_TEAM else ((), "operator")


def _serve(session: Session, staff: Staff, random: Random) -> None:
    shifts = {code: ("early", "middle", "late")[index % 3] for index, (_site, code, *_rest) in enumerate(TEAMS)}
    for person in staff.people.values():
        code = person.unit.code
        if code not in shifts:
            continue
        staff.shift_of[person.id] = "late" if code == "t05" else shifts[code]
        wanted = [it.code for it in QUEUES if not it.among and random.random() < it.share] or [QUEUES[1].code]
        wanted += [
            it.code for it in QUEUES if it.among in wanted and Random(it.code + person.staff_no).random() < it.share
        ]
        if person.post_id == staff.posts["senior"].id:
            wanted = [queue.code for queue in QUEUES]  # whoever mentors answers everything
        if person.staff_no == "3276":
            wanted = ["gas", "service"]
        staff.serves[person.id] = wanted
        session.add_all(QueueMembership(person_id=person.id, queue_id=staff.queues[queue].id) for queue in wanted)


def _mentors(session: Session, staff: Staff, random: Random, today: date) -> None:
    for learner in staff.operators():
        tenure = (today - learner.hired_on).days
        colleagues = [
            person
            for person in staff.operators()
            if person.unit_id == learner.unit_id
            and person.post_id == staff.posts["senior"].id
            and person.id != learner.id
        ]
        if tenure < 90 and colleagues:
            mentor = staff.people["3210"] if learner.staff_no == "3276" else random.choice(colleagues)
            session.add(
                MentorAssignment(
                    learner_id=learner.id,
                    mentor_id=mentor.id,
                    starts_on=learner.hired_on + timedelta(days=1),
                    ends_on=learner.hired_on + timedelta(days=120),
                )
            )


def _shifts(session: Session, staff: Staff, random: Random, today: date) -> None:
    for person in staff.operators():
        if person.state == PersonState.ON_LEAVE or person.id in staff.leaves:
            continue
        off = random.randrange(7)
        begin, end = SHIFT_HOURS[staff.shift_of[person.id]]
        for offset in SHIFT_DAYS:
            if (offset + off) % 7 in (5, 6):
                continue
            midnight = datetime.combine(today + timedelta(days=offset), datetime.min.time(), ZONE)
            starts = midnight + timedelta(hours=begin)
            session.add(Shift(person_id=person.id, starts_at=starts, ends_at=midnight + timedelta(hours=end)))
            if random.random() < 0.02:
                session.add(
                    Leave(
                        person_id=person.id,
                        starts_at=starts,
                        ends_at=midnight + timedelta(hours=end),
                        reason=random.choice(("年休", "病假", "事假")),
                    )
                )


def _heads(session: Session, staff: Staff, today: date) -> None:
    since = today - timedelta(days=365)

    def heads(queue: SampleQueue, weekday: int, hour: int) -> int:
        need = queue.heads[busyness(hour)]
        return need if weekday < 5 or queue.code == "gas" else max(0, round(need * 0.7))

    for queue in QUEUES:
        session.add_all(
            HeadsNeeded(
                queue_id=staff.queues[queue.code].id,
                weekday=weekday,
                hour=hour,
                valid_from=since,
                heads=heads(queue, weekday, hour),
            )
            for weekday in range(7)
            for hour in range(24)
        )
