"""Practical stations: who is to be assessed, who may assess, the visit and its marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.library import ASSESSOR_LICENCE
from lms.certification.queries.licences import is_licensed
from lms.exams.models import (
    RubricEdition,
    Station,
    StationAssignment,
    StationAssignmentState,
    StationMark,
    StationVisit,
    VisitState,
)
from lms.exams.notices.sittings import tell_station_assigned, tell_station_result
from lms.exams.queries.visits import NOTE, SEEN, UNSEEN, marked_of, verdict_of
from lms.exams.rules.journal import Key, Save, judge
from lms.exams.rules.rubric import NOT_SEEN, Rubric
from lms.exams.rules.rubric_json import rubric_from_json
from lms.exams.saving.tokens import seat_hash
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.people.models import Person, PersonState
from lms.people.queries.mentors import mentors_of
from lms.people.queries.zones import zone_of_person
from lms.records.models import Outcome
from lms.records.services import append_fact, audit

NEVER = datetime.max.replace(tzinfo=UTC)
LONGEST_NOTE = 4_000


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap on the tablet: what was judged and how; the note is one of them."""

    target: str
    sequence: int
    value: str
    tapped_at: datetime


@dataclass(frozen=True, slots=True)
class TapReceipt:
    """What became of a tap."""

    target: str
    sequence: int
    verdict: str
    conflict: bool


def assign_station(
    session: Session, code: str, *, person_id: UUID, due_at: datetime | None = None, reason: str = "", by: Identity,
    now: datetime,
) -> StationAssignment:
    """Put a person on a station's list; whoever waits already stays where they are.

    Raises NotFound on an unknown code or person, Refused for whoever left.
    """
    station = session.scalar(select(Station).where(Station.code == code))
    person = session.get(Person, person_id)
    if station is None or person is None:
        raise NotFound
    if person.state == PersonState.LEFT:
        raise Refused("person.left", _("%(name)s has left.", name=person.name))
    waiting = session.scalar(
        select(StationAssignment).where(
            StationAssignment.person_id == person_id, StationAssignment.station_id == station.id,
            StationAssignment.state == StationAssignmentState.WAITING,
        )
    )
    if waiting is not None:
        waiting.due_at = due_at or waiting.due_at
        return waiting
    assignment = StationAssignment(
        person_id=person_id, station_id=station.id, reason=reason, due_at=due_at, assigned_at=now,
        assigned_by=by.person_id,
    )
    session.add(assignment)
    session.flush()
    tell_station_assigned(session, assignment, station, person, now=now)
    audit(session, by=by, action="station.assign", subject=f"station_assignment:{assignment.id}", reason=reason,
          now=now)
    return assignment


def begin_visit(
    session: Session, assignment_id: UUID, *, scenario: str = "", seat: str, by: Identity, now: datetime
) -> StationVisit:
    """Begin assessing a candidate; the same assessor beginning again gets the visit that runs.

    Raises Refused with a code when this assessor may not, Conflict when somebody else assesses the candidate now.
    """
    assignment = session.scalar(
        select(StationAssignment).where(StationAssignment.id == assignment_id).with_for_update(of=StationAssignment)
    )
    if assignment is None or by.person_id is None:
        raise NotFound
    if assignment.state != StationAssignmentState.WAITING:
        raise Conflict("station.not_waiting", _("This candidate no longer waits at the station."))
    refusal = refusal_to_assess(session, assignment.station, assignment.person_id, by, now=now)
    if refusal:
        raise Refused(refusal, REFUSALS[refusal]())
    running = session.scalar(
        select(StationVisit).where(
            StationVisit.assignment_id == assignment.id, StationVisit.state == VisitState.RUNNING
        )
    )
    if running is not None:
        if running.assessor_id != by.person_id:
            raise Conflict(
                "station.other_assessor", _("%(name)s is assessing this candidate.", name=running.assessor.name)
            )
        return running
    visit = StationVisit(
        assignment_id=assignment.id, station_id=assignment.station_id, person_id=assignment.person_id,
        assessor_id=by.person_id, rubric_edition_id=_newest_rubric(session, assignment.station).id,
        scenario=_scenario(assignment.station, scenario), started_at=now, seat_key=seat_hash(seat),
    )
    session.add(visit)
    session.flush()
    return visit


def refusal_to_assess(session: Session, station: Station, person_id: UUID, by: Identity, *, now: datetime) -> str:
    """Return why somebody may not assess a person at a station, as a code; empty when they may."""
    if by.person_id is None or by.person_id == person_id:
        return "station.self"
    if not is_licensed(session, by.person_id, ASSESSOR_LICENCE, now):
        return "station.licence"
    if station.final and _mentors(session, by.person_id, person_id, now):
        return "station.mentee"
    return ""


REFUSALS = {
    "station.self": lambda: _("Nobody assesses themselves."),
    "station.licence": lambda: _("Your assessor's licence isn't valid now. Ask the training administrator."),
    "station.mentee": lambda: _("A mentor doesn't assess the final of their own learner."),
}


def _mentors(session: Session, mentor_id: UUID, learner_id: UUID, now: datetime) -> bool:
    today = now.astimezone(zone_of_person(session, learner_id)).date()
    return any(it.person_id == mentor_id for it in mentors_of(session, learner_id, today))


def _newest_rubric(session: Session, station: Station) -> RubricEdition:
    return session.scalars(
        select(RubricEdition).where(RubricEdition.rubric_id == station.rubric_id)
        .order_by(RubricEdition.number.desc()).limit(1)
    ).one()


def _scenario(station: Station, wanted: str) -> str:
    codes = [it["code"] for it in station.scenarios]
    return wanted if wanted in codes else codes[0]


def record_taps(
    session: Session, visit_id: UUID, taps: Sequence[Tap], *, epoch: int, by: Identity, now: datetime
) -> tuple[StationVisit, list[TapReceipt]]:
    """Keep taps in the visit's journal; return what became of each.

    Raises NotFound unless the visit is the assessor's own, Invalid on a code the rubric lacks.
    """
    visit = own_visit(session, visit_id, by=by, locked=True)
    rubric = rubric_from_json(visit.edition.content)
    problems = [Problem(tap.target, _("The rubric has no such item.")) for tap in taps if not _known(rubric, tap)]
    if problems:
        raise Invalid(problems, "station.bad_taps")
    return visit, [_keep(session, visit, tap, epoch=epoch, now=now) for tap in taps]


def _known(rubric: Rubric, tap: Tap) -> bool:
    if tap.sequence < 1:
        return False
    if tap.target == NOTE:
        return len(tap.value) <= LONGEST_NOTE
    if tap.target in {it.code for it in rubric.fail_all}:
        return tap.value in (SEEN, UNSEEN)
    levels = {it.code: {level.code for level in it.levels} | {NOT_SEEN} for it in rubric.criteria}
    return tap.value in levels.get(tap.target, ())


def _keep(session: Session, visit: StationVisit, tap: Tap, *, epoch: int, now: datetime) -> TapReceipt:
    save = Save(Key(tap.target, epoch, tap.sequence), tap.value, now)
    closed = visit.state != VisitState.RUNNING
    verdict = judge(save, epoch=visit.epoch, closed=closed, last_accepting=NEVER)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(StationMark).values(
            visit_id=visit.id, target=tap.target, epoch=epoch, sequence=tap.sequence, value=tap.value,
            tapped_at=min(tap.tapped_at, now), received_at=now, verdict=verdict,
        ).on_conflict_do_nothing()
    )
    stands = session.execute(
        select(StationMark.value, StationMark.verdict).where(
            StationMark.visit_id == visit.id, StationMark.target == tap.target, StationMark.epoch == epoch,
            StationMark.sequence == tap.sequence,
        )
    ).one()
    return TapReceipt(tap.target, tap.sequence, stands.verdict, stands.value != tap.value)


def take_over_visit(session: Session, visit_id: UUID, *, seat: str, by: Identity) -> StationVisit:
    """Let another tablet of the same assessor go on; the same tablet coming back keeps its epoch."""
    visit = own_visit(session, visit_id, by=by, locked=True)
    if visit.state == VisitState.RUNNING and visit.seat_key != seat_hash(seat):
        visit.epoch, visit.seat_key = visit.epoch + 1, seat_hash(seat)
    return visit


def submit_visit(
    session: Session, visit_id: UUID, *, paused_seconds: int = 0, by: Identity, now: datetime
) -> StationVisit:
    """Hand a visit in: the score, the fact, the message. Handing in again changes nothing.

    Raises Conflict while criteria are open and no fail-all item decides, Refused when the licence has lapsed since.
    """
    visit = own_visit(session, visit_id, by=by, locked=True)
    if visit.state != VisitState.RUNNING:
        return visit
    refusal = refusal_to_assess(session, visit.station, visit.person_id, by, now=now)
    if refusal:
        raise Refused(refusal, REFUSALS[refusal]())
    rubric = rubric_from_json(visit.edition.content)
    verdict = verdict_of(rubric, marked_of(session, visit.id, rubric))
    if not verdict.complete:
        raise Conflict("station.not_complete", _("%(n)s criteria are not judged yet.", n=len(verdict.missing)))
    visit.state, visit.ended_at, visit.paused_seconds = VisitState.SUBMITTED, now, max(0, paused_seconds)
    visit.points, visit.out_of, visit.passed = verdict.points, verdict.out_of, bool(verdict.passed)
    if visit.passed:
        assignment = session.get_one(StationAssignment, visit.assignment_id)
        assignment.state, assignment.closed_at = StationAssignmentState.PASSED, now
    session.flush()
    append_fact(
        session, person_id=visit.person_id, activity=f"practical:{visit.station.code}",
        edition=str(visit.edition.number), outcome=Outcome.PASSED if visit.passed else Outcome.FAILED,
        score=verdict.points, out_of=verdict.out_of, occurred_at=now, by=by, now=now, evidence=f"visit:{visit.id}",
    )
    tell_station_result(session, visit, now=now)
    return visit


def abandon_visit(session: Session, visit_id: UUID, *, reason: str, by: Identity, now: datetime) -> StationVisit:
    """Break a visit off without a result; the candidate waits again. Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    visit = own_visit(session, visit_id, by=by, locked=True)
    if visit.state == VisitState.RUNNING:
        visit.state, visit.ended_at, visit.end_reason = VisitState.ABANDONED, now, reason.strip()
        audit(session, by=by, action="station.abandon", subject=f"visit:{visit.id}", reason=reason, now=now)
    return visit


def own_visit(session: Session, visit_id: UUID, *, by: Identity, locked: bool = False) -> StationVisit:
    """Return a visit of this assessor. Raises NotFound for anybody else's."""
    query = select(StationVisit).where(StationVisit.id == visit_id, StationVisit.assessor_id == by.person_id)
    if locked:
        query = query.with_for_update(of=StationVisit).execution_options(populate_existing=True)
    visit = session.scalar(query)
    if visit is None:
        raise NotFound
    return visit


def scenario_of(visit: StationVisit) -> Mapping[str, str]:
    """Return the scenario a candidate was given: code, title, text."""
    scenarios: list[Mapping[str, str]] = visit.station.scenarios
    return next((it for it in scenarios if it["code"] == visit.scenario), scenarios[0])
