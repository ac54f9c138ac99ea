"""Appeals: until when one may be made, which wait for a decision, and what is before whoever decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.exams.models import Appeal, AppealDecision, ItemMarking, Sitting
from lms.exams.queries.visits import within
from lms.exams.rules.hand_marks import Round
from lms.people.models import Person, Unit
from lms.people.queries.zones import zone_of_person
from lms.records.appeals import appeal_until


@dataclass(frozen=True)
class AppealLine:
    """An appeal in the queue.

    position   the question, None for the whole sitting
    mine       the reader sat or marked it, and may not decide
    """

    id: UUID
    sitting_id: UUID
    title: str
    title_en: str
    person_id: UUID
    name: str
    staff_no: str
    unit: str
    position: int | None
    text: str
    raised_at: datetime
    outcome: str | None
    decided_at: datetime | None
    mine: bool


def appeals_until(session: Session, sitting: Sitting, *, at: datetime) -> datetime | None:
    """Return the first instant at which an appeal comes too late; None when none may be made any more at `at`."""
    if sitting.settled_at is None:
        return None
    zone = zone_of_person(session, sitting.person_id)
    until = appeal_until(sitting.settled_at, sitting.edition.appeal_days, zone)
    return until if until is not None and at < until else None


def waiting_appeals(session: Session, scopes: Sequence[str], reader_id: UUID | None) -> tuple[AppealLine, ...]:
    """Return the appeals that wait within these parts of the organisation, longest first."""
    return _lines(session, scopes, reader_id, AppealDecision.appeal_id.is_(None), newest=False)


def decided_appeals(
    session: Session, scopes: Sequence[str], reader_id: UUID | None, *, limit: int = 50
) -> tuple[AppealLine, ...]:
    """Return the appeals decided last."""
    return _lines(session, scopes, reader_id, AppealDecision.appeal_id.is_not(None), newest=True)[:limit]


def _lines(
    session: Session, scopes: Sequence[str], reader_id: UUID | None, chosen: ColumnElement[bool], *, newest: bool
) -> tuple[AppealLine, ...]:
    order = AppealDecision.decided_at.desc() if newest else Appeal.raised_at
    rows = session.execute(
        select(Appeal, Sitting, Person, Unit.name, AppealDecision)
        .join(Sitting, Sitting.id == Appeal.sitting_id).join(Person, Person.id == Sitting.person_id)
        .join(Unit, Unit.id == Person.unit_id).outerjoin(AppealDecision, AppealDecision.appeal_id == Appeal.id)
        .where(chosen, within(scopes)).order_by(order).limit(500)
    ).tuples()
    return tuple(
        AppealLine(
            appeal.id, sitting.id, sitting.edition.title, sitting.edition.title_en, person.id, person.name,
            person.staff_no, unit, appeal.position, appeal.text, appeal.raised_at,
            decision.outcome if decision else None, decision.decided_at if decision else None,
            reader_id in {person.id, *markers_of(session, sitting.id, appeal.position)},
        )
        for appeal, sitting, person, unit, decision in rows
    )


def markers_of(session: Session, sitting_id: UUID, position: int | None) -> set[UUID]:
    """Return who marked a question by hand, or any question of the sitting; deciding appeals is no marking."""
    query = select(ItemMarking.marker_id).where(ItemMarking.sitting_id == sitting_id, ItemMarking.round != Round.APPEAL)
    if position is not None:
        query = query.where(ItemMarking.position == position)
    return set(session.scalars(query))
