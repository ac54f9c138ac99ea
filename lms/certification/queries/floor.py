"""The floor, read fast: permits for the board and the gate, recomputed where they may be out of date."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import Select, and_, case, false, func, or_, select, union_all
from sqlalchemy.orm import Session

from lms.certification.models import PermitRow
from lms.certification.queries.cases import load_cases
from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.rules.floor import Basis, Case, FloorDecision, Reason, ReasonCode, decide_floor_access
from lms.certification.rules.projection import FloorState, state_of, unpack_reasons
from lms.people.models import Person, PersonState, QueueMembership, Unit

SOON: Final = timedelta(days=30)
PERMIT: Final = PermitRow.__table__.c
Known = Literal["now", "then"]
AnySelect = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class FloorCell:
    """What the board shows of a person and a queue.

    until         when allowed: the first instant at which it is no longer
    mentor_name   who must be there, in a supervised phase
    """

    state: FloorState
    allowed: bool
    until: datetime | None
    reasons: tuple[Reason, ...]
    mentor_name: str = ""


GONE: Final = FloorCell(FloorState.SUSPENDED, False, None, (Reason(ReasonCode.LEFT),))


def explain(
    session: Session, person_id: UUID | None, queue_id: UUID | None, at: datetime, *, known: Known = "now"
) -> FloorDecision:
    """Decide from facts and acts, not from permits: the reasons for an instant, past, present or to come.

    known   "then" leaves out what was learned after `at`: late records, corrections, later revocations
    """
    book = load_rulebook(session)
    known_at = at if known == "then" else None
    people = load_cases(session, book, [person_id], known_at=known_at) if person_id else {}
    person = people.get(person_id) if person_id else None
    rule = book.queues.get(queue_id) if queue_id else None
    return decide_floor_access(person.case if person else None, rule, book.editions, at=at)


def decide_many(
    session: Session, person_ids: Collection[UUID], queue_ids: Collection[UUID], at: datetime
) -> dict[tuple[UUID, UUID], FloorCell]:
    """Return the board's cells for a page of people: every pair asked for has one. One statement for any page.

    Permits computed under an older rule are computed anew for the people of the page.
    """
    book = load_rulebook(session)
    cells: dict[tuple[UUID, UUID], FloorCell] = {}
    stale: set[UUID] = set()
    for row in session.execute(_permits(person_ids, queue_ids, at)):
        if row.version != book.version:
            stale.add(row.person_id)
        cells[row.person_id, row.queue_id] = _cell(row, at)
    if stale:
        cells |= _recomputed(session, book, stale, queue_ids, at)
    untold = [pair for pair in itertools.product(person_ids, queue_ids) if pair not in cells]
    if untold:
        blank = {queue_id: _nothing_known(book, queue_id, at) for queue_id in queue_ids}
        member, left = _members(session, person_ids), _left(session, person_ids)
        cells |= {pair: GONE if pair[0] in left else blank[pair[1]][pair in member] for pair in untold}
    return cells


def count_states(
    session: Session,
    queue_ids: Collection[UUID],
    at: datetime,
    *,
    scopes: Sequence[str] = ("/",),
    among: AnySelect | None = None,
) -> dict[UUID, dict[FloorState, int]]:
    """Return how many people are in each state, by queue; SOON is counted apart from YES. Zeroes are left out.

    scopes   unit paths within which people count
    among    a select of person ids: count these alone
    """
    soon = and_(PERMIT.state == FloorState.YES, PERMIT.until.is_not(None), PERMIT.until <= at + SOON)
    shown = case((soon, FloorState.SOON.value), else_=PERMIT.state).label("shown")
    query = select(PERMIT.queue_id, shown, func.count()).where(
        PERMIT.queue_id.in_(queue_ids), PERMIT.starts_at <= at, PERMIT.ends_at > at).group_by(PERMIT.queue_id, shown)
    found: dict[UUID, dict[FloorState, int]] = {queue_id: {} for queue_id in queue_ids}
    for queue_id, state, number in session.execute(_within(query, PERMIT.person_id, scopes, among)).tuples():
        found[queue_id][FloorState(state)] = number
    for queue_id, number in _members_without_permit(session, queue_ids, at, scopes, among):
        found[queue_id][FloorState.NO] = found[queue_id].get(FloorState.NO, 0) + number
    return found


def people_in_state(state: FloorState, queue_ids: Collection[UUID], at: datetime) -> Select[UUID]:
    """Return a select of the people who are in a state on any of the queues."""
    now = and_(PERMIT.queue_id.in_(queue_ids), PERMIT.starts_at <= at, PERMIT.ends_at > at)
    soon = and_(PERMIT.until.is_not(None), PERMIT.until <= at + SOON)
    yes = PERMIT.state == FloorState.YES
    if state is FloorState.SOON:
        return select(PERMIT.person_id).where(now, yes, soon)
    if state is FloorState.YES:
        return select(PERMIT.person_id).where(now, yes, or_(PERMIT.until.is_(None), PERMIT.until > at + SOON))
    if state is FloorState.NO:
        either = union_all(select(PERMIT.person_id).where(now, PERMIT.state == state),
                           _unpermitted(queue_ids, at).with_only_columns(QueueMembership.person_id)).subquery()
        return select(either.c[0])
    if state is FloorState.NONE:
        return select(Person.id).where(false())
    return select(PERMIT.person_id).where(now, PERMIT.state == state)


def endings(
    session: Session, queue_ids: Collection[UUID], since: datetime, until: datetime, *, scopes: Sequence[str] = ("/",)
) -> list[tuple[UUID, UUID, datetime]]:
    """Return (queue, person, instant) of everybody allowed whose permission ends in [since, until), soonest first."""
    query = (
        select(PERMIT.queue_id, PERMIT.person_id, PERMIT.until)
        .where(PERMIT.queue_id.in_(queue_ids), PERMIT.allowed.is_(True), PERMIT.until >= since, PERMIT.until < until,
               PERMIT.ends_at == PERMIT.until)
        .order_by(PERMIT.until)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(_within(query, PERMIT.person_id, scopes, None))]


def _permits(person_ids: Collection[UUID], queue_ids: Collection[UUID], at: datetime) -> AnySelect:
    mentor = Person.__table__.alias("mentor")
    return (
        select(PERMIT.person_id, PERMIT.queue_id, PERMIT.allowed, PERMIT.state, PERMIT.until, PERMIT.reasons,
               PERMIT.version, mentor.c.name.label("mentor_name"))
        .outerjoin_from(PermitRow.__table__, mentor, mentor.c.id == PERMIT.mentor_id)
        .where(PERMIT.person_id.in_(person_ids), PERMIT.queue_id.in_(queue_ids), PERMIT.starts_at <= at,
               PERMIT.ends_at > at)
    )


def _cell(row: Any, at: datetime) -> FloorCell:
    state = _soon(FloorState(row.state), row.until, at)
    return FloorCell(state, row.allowed, row.until, unpack_reasons(row.reasons), row.mentor_name or "")


def _soon(state: FloorState, until: datetime | None, at: datetime) -> FloorState:
    return FloorState.SOON if state is FloorState.YES and until is not None and until <= at + SOON else state


def _recomputed(
    session: Session, book: Rulebook, person_ids: Collection[UUID], queue_ids: Collection[UUID], at: datetime
) -> dict[tuple[UUID, UUID], FloorCell]:
    cells, member = {}, _members(session, person_ids)
    for known in load_cases(session, book, person_ids).values():
        for queue_id in queue_ids:
            decision = decide_floor_access(known.case, book.queues[queue_id], book.editions, at=at)
            name = ""
            if decision.basis is Basis.SUPERVISED:
                name = session.scalar(select(Person.name).where(Person.id == UUID(decision.reasons[0].about))) or ""
            state = _soon(state_of(decision), decision.until, at)
            if state is FloorState.NO and (known.id, queue_id) not in member and _is_blank(decision):
                state = FloorState.NONE
            cells[known.id, queue_id] = FloorCell(state, decision.allowed, decision.until, decision.reasons, name)
    return cells


def _is_blank(decision: FloorDecision) -> bool:
    blank = {ReasonCode.CERTIFICATE_MISSING, ReasonCode.QUEUE_NOT_CONFIGURED}
    return all(it.code in blank for it in decision.reasons)


def _nothing_known(book: Rulebook, queue_id: UUID, at: datetime) -> tuple[FloorCell, FloorCell]:
    """Return the cells of people for whom nothing ever opened or closed a queue: not meant to serve it, meant to."""
    reasons = decide_floor_access(Case(), book.queues.get(queue_id), book.editions, at=at).reasons
    return FloorCell(FloorState.NONE, False, None, reasons), FloorCell(FloorState.NO, False, None, reasons)


def _members(session: Session, person_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    return {(row[0], row[1]) for row in session.execute(
        select(QueueMembership.person_id, QueueMembership.queue_id).where(QueueMembership.person_id.in_(person_ids)))}


def _left(session: Session, person_ids: Collection[UUID]) -> set[UUID]:
    return set(session.scalars(
        select(Person.id).where(Person.id.in_(person_ids), Person.state == PersonState.LEFT)))


def _members_without_permit(
    session: Session, queue_ids: Collection[UUID], at: datetime, scopes: Sequence[str], among: AnySelect | None
) -> Iterable[tuple[UUID, int]]:
    query = _unpermitted(queue_ids, at).with_only_columns(QueueMembership.queue_id, func.count())
    query = query.group_by(QueueMembership.queue_id)
    counted: defaultdict[UUID, int] = defaultdict(int)
    for queue_id, number in session.execute(_within(query, QueueMembership.person_id, scopes, among)).tuples():
        counted[queue_id] += number
    return counted.items()


def _unpermitted(queue_ids: Collection[UUID], at: datetime) -> AnySelect:
    """Return a select of the members of queues who never had anything that opens or closes them."""
    permit = PermitRow.__table__.alias("written")
    has = select(permit.c.person_id).where(permit.c.person_id == QueueMembership.person_id,
                                           permit.c.queue_id == QueueMembership.queue_id, permit.c.ends_at > at)
    left = select(Person.id).where(Person.state == PersonState.LEFT)
    return select(QueueMembership.person_id, QueueMembership.queue_id).where(
        QueueMembership.queue_id.in_(queue_ids), ~has.exists(), QueueMembership.person_id.not_in(left))


def _within(query: AnySelect, person_id: Any, scopes: Sequence[str], among: AnySelect | None) -> AnySelect:
    if "/" not in scopes:
        paths = [Unit.path.startswith(scope, autoescape=True) for scope in scopes]
        inside = select(Person.id).join(Unit, Unit.id == Person.unit_id).where(or_(false(), *paths))
        query = query.where(person_id.in_(inside))
    return query if among is None else query.where(person_id.in_(among))
