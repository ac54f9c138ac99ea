"""Reads of the floor board: a page of people, their cells, the queues' needs."""

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select, tuple_
from sqlalchemy.orm import Session

from lms.certification.models import PermitRow
from lms.certification.queries.floor import FloorCell, count_states, decide_many, people_in_state
from lms.certification.rules.projection import FloorState
from lms.desk.rules.board import NEAR, QueueColumn
from lms.desk.rules.forecast import WEEKS, Week, forecast, people_needed, weeks_ahead
from lms.kernel.db import once
from lms.people.models import HeadsNeeded, Leave, Person, PersonState, Queue, QueueMembership, Shift, Unit

PAGE: Final = 100
CHUNK: Final = 500
SHORT_NAME: Final = 7  # characters of an English name that fit a column on a phone
EVERYWHERE: Final = ("/",)
AnySelect = Select[*tuple[Any, ...]]
MANY: Final = 3_000  # people from which on the counts and the forecast come after the page
CHIPS: Final = (FloorState.YES, FloorState.SOON, FloorState.SUPERVISED, FloorState.WAIVER, FloorState.NO,
                FloorState.SUSPENDED)
ALONE: Final = (FloorState.YES.value, FloorState.SOON.value, FloorState.WAIVER.value)


@dataclass(frozen=True)
class Choice:
    """What narrows the board, and in which language it names things. Empty fields narrow nothing."""

    q: str = ""
    state: str = ""
    queue: str = ""
    team: str = ""
    on_shift: bool = False
    sort: str = "no"
    page: int = 1
    english: bool = False


@dataclass(frozen=True)
class BoardPerson:
    """One row of the board."""

    id: UUID
    name: str
    staff_no: str
    team: str
    on_shift: bool


@dataclass(frozen=True)
class BoardPage:
    """One page of people with their cells; `total` counts everybody the choice leaves."""

    people: tuple[BoardPerson, ...]
    cells: dict[tuple[UUID, UUID], FloorCell]
    total: int
    number: int
    pages: int


@dataclass(frozen=True)
class QueueForecast:
    """A queue's coming weeks, and how many people its roster needs."""

    queue: QueueColumn
    needed: int
    weeks: tuple[Week, ...]


def queues_of_board(session: Session) -> list[Queue]:
    """Return every queue in the order of the board."""
    return list(session.scalars(select(Queue).order_by(Queue.position, Queue.code)))


def columns(
    session: Session, queues: Sequence[Queue], at: datetime, zone: ZoneInfo, scopes: Sequence[str], *, english: bool,
    counted: bool = True,
) -> list[QueueColumn]:
    """Return the heads of the board: need, who is ready, and when `counted` how many are in each state.

    A need is planned for the whole queue, so who is ready is counted over the whole queue as well, whatever part of the
    organisation the reader sees; the states are those of the people within the scopes.
    """
    ids = [queue.id for queue in queues]
    states = count_states(session, ids, at, scopes=scopes) if counted else dict.fromkeys(ids, {})
    needed, ready = heads_needed(session, at, zone), ready_heads(session, at)
    return [
        QueueColumn(
            queue.id, queue.code, queue.name_en or queue.name if english else queue.name,
            _short(queue, english=english), needed.get(queue.id),
            ready.get(queue.id, 0), {state.value: number for state, number in states[queue.id].items()},
        )
        for queue in queues
    ]


def _short(queue: Queue, *, english: bool) -> str:
    """Return the few letters that name a queue on a phone: in English its first word, cut where it is long."""
    if not english:
        return queue.short or queue.name[:2]
    word = re.split(r"[\s-]", queue.name_en or queue.code)[0]
    return word if len(word) <= SHORT_NAME else f"{word[:SHORT_NAME - 2]}."


def heads_needed(session: Session, at: datetime, zone: ZoneInfo) -> dict[UUID, int]:
    """Return the heads each queue needs in the local hour of `at`; queues nobody has planned are left out."""
    here = at.astimezone(zone)
    return {queue_id: hours[here.weekday(), here.hour] for queue_id, hours in weekly_heads(session, here).items()
            if (here.weekday(), here.hour) in hours}


def weekly_heads(session: Session, here: datetime) -> dict[UUID, dict[tuple[int, int], int]]:
    """Return each queue's heads by (weekday, hour) as planned for the local day of `here`: the latest plan counts."""
    return once(session, ("board.weekly_heads", here.date()), lambda: _weekly_heads(session, here.date()))


def _weekly_heads(session: Session, day: date) -> dict[UUID, dict[tuple[int, int], int]]:
    rows = session.execute(
        select(HeadsNeeded.queue_id, HeadsNeeded.weekday, HeadsNeeded.hour, HeadsNeeded.heads)
        .where(HeadsNeeded.valid_from <= day).order_by(HeadsNeeded.valid_from)
    )
    plan: defaultdict[UUID, dict[tuple[int, int], int]] = defaultdict(dict)
    for queue_id, weekday, hour, heads in rows:
        plan[queue_id][weekday, hour] = heads
    return plan


def ready_heads(session: Session, at: datetime) -> dict[UUID, int]:
    """Return by queue how many people on shift for it may take its calls alone at `at`.

    A shift without a queue counts for every queue the person may serve; one for a queue counts there alone. The two are
    asked apart: each is then answered from the people on shift, however many permits there are.
    """
    anywhere = select(Shift.person_id).where(_on_shift(at), Shift.queue_id.is_(None))
    somewhere = select(Shift.person_id, Shift.queue_id).where(_on_shift(at), Shift.queue_id.is_not(None))
    alone = (  # names no queues: they would lead SQLite to every permit of them instead of those of people on shift
        select(PermitRow.queue_id, func.count()).group_by(PermitRow.queue_id)
        .where(PermitRow.starts_at <= at, PermitRow.ends_at > at,
               PermitRow.state.in_([FloorState.YES, FloorState.WAIVER]))
    )
    found: defaultdict[UUID, int] = defaultdict(int)
    for query in (
        alone.where(PermitRow.person_id.in_(anywhere)),
        alone.where(tuple_(PermitRow.person_id, PermitRow.queue_id).in_(somewhere),
                    PermitRow.person_id.not_in(anywhere)),
    ):
        for queue_id, number in session.execute(query):
            found[queue_id] += number
    return found


def people_page(
    session: Session, queues: Sequence[Queue], at: datetime, scopes: Sequence[str], choice: Choice, *, size: int = PAGE
) -> BoardPage:
    """Return one page of the people who serve some queue, with their cells."""
    query = _people(queues, at, scopes, choice)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    pages = max(1, -(-total // size))
    number = min(max(choice.page, 1), pages)
    people = _rows(session, query.limit(size).offset((number - 1) * size), english=choice.english)
    cells = decide_many(session, [person.id for person in people], [queue.id for queue in queues], at) if people else {}
    return BoardPage(people, cells, total, number, pages)


def everybody(
    session: Session, queues: Sequence[Queue], at: datetime, scopes: Sequence[str], choice: Choice
) -> list[tuple[BoardPerson, dict[UUID, FloorCell]]]:
    """Return every person the choice leaves with their cells by queue, for the export."""
    people = _rows(session, _people(queues, at, scopes, choice), english=choice.english)
    ids = [queue.id for queue in queues]
    found = []
    for start in range(0, len(people), CHUNK):
        chunk = people[start : start + CHUNK]
        cells = decide_many(session, [person.id for person in chunk], ids, at)
        found += [(person, {queue_id: cells[person.id, queue_id] for queue_id in ids}) for person in chunk]
    return found


def people_count(session: Session, scopes: Sequence[str]) -> int:
    """Return how many people serve some queue."""
    query = select(func.count(Person.id)).join(Unit, Unit.id == Person.unit_id).where(within(scopes), _serves())
    return session.scalar(query) or 0


def on_shift_count(session: Session, at: datetime, scopes: Sequence[str]) -> int:
    """Return how many people who serve some queue are on shift."""
    query = (
        select(func.count(Person.id.distinct())).join(Unit, Unit.id == Person.unit_id)
        .where(within(scopes), _serves(), Person.id.in_(select(Shift.person_id).where(_on_shift(at))))
    )
    return session.scalar(query) or 0


def ending_soon(session: Session, queues: Sequence[Queue], at: datetime, scopes: Sequence[str]) -> int:
    """Return how many people's permission for some queue ends within seven days of `at`."""
    query = _ending(queues, at, at + NEAR, scopes).with_only_columns(func.count(PermitRow.person_id.distinct()))
    return session.scalar(query) or 0


def forecasts(
    session: Session, heads: Sequence[QueueColumn], at: datetime, zone: ZoneInfo, scopes: Sequence[str]
) -> list[QueueForecast]:
    """Return for every queue the coming twelve weeks, if nobody renews, as its roster's need is: of the whole queue.

    scopes   what the heads' states were counted in; they are counted anew where that isn't everything
    """
    ids = [head.id for head in heads]
    states = {head.id: head.states for head in heads} if "/" in scopes else {
        queue_id: {state.value: number for state, number in found.items()}
        for queue_id, found in count_states(session, ids, at, scopes=EVERYWHERE).items()
    }
    edges = weeks_ahead(at, zone)
    sums = [func.sum(case(((PermitRow.until >= start) & (PermitRow.until < end), 1), else_=0))
            for start, end in pairwise(edges)]
    query = _ending(heads, at, edges[-1], EVERYWHERE).with_only_columns(PermitRow.queue_id, *sums)
    rows = session.execute(query.group_by(PermitRow.queue_id)).all()
    ending = {row[0]: [int(number) for number in row[1:]] for row in rows}
    plans = weekly_heads(session, at.astimezone(zone))
    return [
        QueueForecast(
            head, people_needed(plans.get(head.id, {})),
            tuple(forecast(
                sum(states[head.id].get(state, 0) for state in ALONE), ending.get(head.id, [0] * WEEKS), edges)),
        )
        for head in heads
    ]


def _ending(
    queues: Sequence[Queue] | Sequence[QueueColumn], since: datetime, until: datetime, scopes: Sequence[str]
) -> AnySelect:
    """Return the permits whose permission ends in [since, until)."""
    query = select(PermitRow.person_id).where(
        PermitRow.queue_id.in_([queue.id for queue in queues]), PermitRow.ends_at >= since, PermitRow.ends_at < until,
        PermitRow.until == PermitRow.ends_at, PermitRow.allowed.is_(True))
    if "/" in scopes:
        return query
    return query.where(PermitRow.person_id.in_(
        select(Person.id).join(Unit, Unit.id == Person.unit_id).where(within(scopes))))


def teams(session: Session, scopes: Sequence[str]) -> list[Unit]:
    """Return the units within the scopes in which somebody serves a queue, in tree order."""
    used = select(Person.unit_id).where(_serves())
    return list(session.scalars(select(Unit).where(within(scopes), Unit.id.in_(used)).order_by(Unit.path)))


def within(scopes: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a unit lies within the scopes; nowhere when there are none."""
    return or_(false(), *(Unit.path.startswith(scope, autoescape=True) for scope in scopes))


def _people(queues: Sequence[Queue], at: datetime, scopes: Sequence[str], choice: Choice) -> AnySelect:
    shift = select(Shift.person_id).where(_on_shift(at))
    query: AnySelect = (
        select(Person.id, Person.name, Person.staff_no, Unit.name, Unit.name_en, Person.id.in_(shift))
        .join(Unit, Unit.id == Person.unit_id).where(within(scopes), _serves())
    )
    asked = [queue for queue in queues if queue.code == choice.queue] or list(queues)
    if choice.queue and len(asked) == 1 and not choice.state:
        query = query.where(Person.id.in_(_members(asked)))
    if choice.state:
        query = query.where(Person.id.in_(people_in_state(FloorState(choice.state), [it.id for it in asked], at)))
    if choice.team:
        query = query.where(Unit.code == choice.team)
    if choice.on_shift:
        query = query.where(Person.id.in_(shift))
    if choice.q:
        query = query.where(or_(
            Person.name.contains(choice.q, autoescape=True), Person.staff_no.startswith(choice.q, autoescape=True),
            Person.pinyin_initials.startswith(choice.q.lower(), autoescape=True)))
    order = {"name": (Person.pinyin_initials, Person.staff_no), "team": (Unit.path, Person.staff_no)}
    return query.order_by(*order.get(choice.sort, (Person.staff_no,)))


def _rows(session: Session, query: AnySelect, *, english: bool) -> tuple[BoardPerson, ...]:
    return tuple(
        BoardPerson(key, name, staff_no, team_en or team if english else team, bool(duty))
        for key, name, staff_no, team, team_en, duty in session.execute(query)
    )


def _members(queues: Collection[Queue]) -> AnySelect:
    return select(QueueMembership.person_id).where(QueueMembership.queue_id.in_([queue.id for queue in queues]))


def _serves() -> ColumnElement[bool]:
    member = select(QueueMembership.person_id).where(QueueMembership.person_id == Person.id)
    return and_(Person.state != PersonState.LEFT, member.exists())


def _on_shift(at: datetime) -> ColumnElement[bool]:
    away = select(Leave.id).where(Leave.person_id == Shift.person_id, Leave.starts_at <= at, Leave.ends_at > at)
    return and_(Shift.starts_at <= at, Shift.ends_at > at, ~away.exists())
