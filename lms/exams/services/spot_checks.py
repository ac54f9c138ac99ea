"""Spot checks (抽查): plan one, draw and start it, take it back, say why somebody didn't begin."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.exams.models import (
    AssignmentState,
    ExamAssignment,
    ExamPurpose,
    ExamSession,
    Sitting,
    SpotCheck,
    SpotCheckPerson,
    SpotCheckState,
)
from lms.exams.notices.rounds import tell_check_started
from lms.exams.queries.population import Population, Someone, people_of, population_of
from lms.exams.rules.spot_draw import Candidate, SizeKind, Verdict, draw, list_hash, sample_size, verdict_before
from lms.exams.services.assigning import assign_exam
from lms.exams.services.plans import known_ids, require_exam
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Post, Queue, Unit
from lms.people.queries.duty import on_leave, on_shift
from lms.records.services import audit

FARTHEST = timedelta(days=60)  # ahead a check may be planned


@dataclass(frozen=True)
class CheckTerms:
    """What somebody plans to check.

    size            people (1..500), or whole percent (1..100)
    recent_days     whoever was drawn in that many days is left out, 0..366
    on_shift        only who is on shift when it starts
    begin_minutes   from the start, 1..720
    """

    title: str
    unit_id: UUID | None
    population: Population
    size_kind: SizeKind
    size: int
    stratified: bool
    recent_days: int
    on_shift: bool
    begin_minutes: int


def plan_check(
    session: Session, exam_id: UUID, terms: CheckTerms, *, starts_at: datetime, by: Identity, now: datetime,
    seed: str = "",
) -> SpotCheck:
    """Plan a check; nobody but its planner sees it before it starts. The seed is made and kept now.

    Raises NotFound, Invalid.
    """
    require_exam(session, exam_id, ExamPurpose.SPOT_CHECK)
    _refuse_terms(terms, starts_at, now)
    if by.person_id is None or (terms.unit_id is not None and session.get(Unit, terms.unit_id) is None):
        raise NotFound
    check = SpotCheck(
        exam_id=exam_id, unit_id=terms.unit_id, title=terms.title.strip(),
        posts=known_ids(session, Post, terms.population.posts),
        queues=known_ids(session, Queue, terms.population.queues), probation=terms.population.probation,
        size_kind=terms.size_kind, size=terms.size, stratified=terms.stratified, recent_days=terms.recent_days,
        on_shift=terms.on_shift, begin_minutes=terms.begin_minutes, seed=seed or secrets.token_hex(16),
        starts_at=max(starts_at, now), state_at=now, created_at=now, created_by=by.person_id,
    )
    session.add(check)
    session.flush()
    audit(session, by=by, action="spot_check.plan", subject=f"spot_check:{check.id}", now=now)
    return check


def _refuse_terms(terms: CheckTerms, starts_at: datetime, now: datetime) -> None:
    most = 100 if terms.size_kind is SizeKind.PERCENT else 500
    checks = (
        ("size", 1 <= terms.size <= most, _("Draw 1 to 500 people, or 1 to 100 percent.")),
        ("begin_minutes", 1 <= terms.begin_minutes <= 720, _("Give 1 to 720 minutes.")),
        ("recent_days", 0 <= terms.recent_days <= 366, _("Give 0 to 366 days.")),
        ("starts_at", starts_at <= now + FARTHEST, _("A check starts within 60 days.")),
    )
    problems = [Problem(where, text) for where, holds, text in checks if not holds]
    if problems:
        raise Invalid(problems)


def checks_to_start(session: Session, *, now: datetime) -> Sequence[UUID]:
    """Return the planned checks whose time has come."""
    return session.scalars(
        select(SpotCheck.id).where(SpotCheck.state == SpotCheckState.PLANNED, SpotCheck.starts_at <= now)
        .order_by(SpotCheck.starts_at)
    ).all()


def start_check(session: Session, check_id: UUID, *, now: datetime, by: Identity = SYSTEM) -> SpotCheck:
    """Draw and start a check whose time has come, once: those drawn are told and may begin at once.

    It lapses when its time to begin has passed already, because the system stood still, or when nobody can be drawn.
    """
    check = _locked(session, check_id)
    if check.state != SpotCheckState.PLANNED or check.starts_at > now:
        return check
    check.state_at = now
    if check.starts_at + timedelta(minutes=check.begin_minutes) <= now or check.exam.retired_at is not None:
        check.state = SpotCheckState.LAPSED
        tell_check_started(session, check, 0, now=now)
        return check
    people = people_of(session, population_of(check.unit, check.posts, check.queues, probation=check.probation))
    verdicts = _verdicts(session, check, people, now=now)
    candidates = [Candidate(it.person_id.hex, it.unit_path) for it in people if verdicts[it.person_id] is None]
    size = sample_size(SizeKind(check.size_kind), check.size, len(candidates))
    drawn = {UUID(key) for key in draw(candidates, size, seed=check.seed, stratified=check.stratified)}
    check.list_hash = list_hash(candidates)
    if drawn:
        _open(session, check, now=now)
    else:
        check.state = SpotCheckState.LAPSED
    for person in people:
        verdict = verdicts[person.person_id] or (Verdict.DRAWN if person.person_id in drawn else Verdict.NOT_DRAWN)
        _enter(session, check, person, verdict, now=now)
    session.flush()
    tell_check_started(session, check, len(drawn), now=now)
    audit(session, by=by, action="spot_check.start", subject=f"spot_check:{check.id}", now=now,
          changes={"drawn": [None, len(drawn)], "candidates": [None, len(candidates)], "seed": [None, check.seed],
                   "list": [None, check.list_hash]})
    return check


def _verdicts(
    session: Session, check: SpotCheck, people: Sequence[Someone], *, now: datetime
) -> dict[UUID, Verdict | None]:
    away, working = on_leave(session, now), on_shift(session, now)
    lately = frozenset(session.scalars(
        select(SpotCheckPerson.person_id).join(SpotCheck, SpotCheck.id == SpotCheckPerson.check_id)
        .where(SpotCheckPerson.verdict == Verdict.DRAWN, SpotCheck.state_at > now - timedelta(days=check.recent_days))
    )) if check.recent_days else frozenset()
    busy = frozenset(session.scalars(
        select(ExamAssignment.person_id)
        .where(ExamAssignment.exam_id == check.exam_id, ExamAssignment.state == AssignmentState.OPEN)
    ))
    return {
        it.person_id: verdict_before(
            away=it.person_id in away, off_shift=check.on_shift and it.person_id not in working,
            checked_lately=it.person_id in lately, busy=it.person_id in busy,
        ) for it in people
    }


def _open(session: Session, check: SpotCheck, *, now: datetime) -> None:
    planned = ExamSession(
        exam_id=check.exam_id, title=check.title, opens_at=now,
        closes_at=now + timedelta(minutes=check.begin_minutes), unit_id=check.unit_id, created_at=now,
        created_by=check.created_by,
    )
    session.add(planned)
    session.flush()
    check.session_id, check.state = planned.id, SpotCheckState.STARTED


def _enter(session: Session, check: SpotCheck, person: Someone, verdict: Verdict, *, now: datetime) -> None:
    assigned = None
    if verdict is Verdict.DRAWN:
        assigned = assign_exam(session, check.exam.code, person_id=person.person_id, session_id=check.session_id,
                               reason=check.title, by=SYSTEM, now=now)
    session.add(SpotCheckPerson(check_id=check.id, person_id=person.person_id, stratum=person.unit_path,
                                verdict=verdict, assignment_id=assigned.id if assigned else None))


def cancel_check(session: Session, check_id: UUID, *, by: Identity, now: datetime) -> SpotCheck:
    """Take a planned check back. Raises NotFound, Conflict once it has started."""
    check = _locked(session, check_id)
    if check.state != SpotCheckState.PLANNED:
        raise Conflict("spot_check.not_planned", _("This check has started or is over."))
    check.state, check.state_at = SpotCheckState.CANCELLED, now
    audit(session, by=by, action="spot_check.cancel", subject=f"spot_check:{check.id}", now=now)
    return check


def close_missed(session: Session, *, now: datetime) -> int:
    """Close the exams of those who were drawn and didn't begin in time; return how many."""
    missed = session.scalars(
        select(ExamAssignment).join(SpotCheckPerson, SpotCheckPerson.assignment_id == ExamAssignment.id)
        .join(ExamSession, ExamSession.id == ExamAssignment.session_id)
        .where(ExamAssignment.state == AssignmentState.OPEN, ExamSession.closes_at <= now,
               ~exists().where(Sitting.assignment_id == ExamAssignment.id))
        .with_for_update(of=ExamAssignment)
    ).unique().all()
    for assignment in missed:
        assignment.state, assignment.closed_at = AssignmentState.MISSED, now
    return len(missed)


def excuse_missed(
    session: Session, check_id: UUID, person_id: UUID, *, reason: str, by: Identity, now: datetime
) -> SpotCheckPerson:
    """Say why somebody who was drawn didn't begin. Raises NotFound, Invalid without a reason, Conflict otherwise."""
    row = session.get(SpotCheckPerson, (check_id, person_id), with_for_update=True)
    if row is None or row.assignment_id is None:
        raise NotFound
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    if session.get_one(ExamAssignment, row.assignment_id).state != AssignmentState.MISSED:
        raise Conflict("spot_check.not_missed", _("A reason is given for whoever didn't begin in time."))
    row.missed_reason, row.missed_by, row.missed_at = reason.strip(), by.person_id, now
    audit(session, by=by, action="spot_check.excuse", subject=f"spot_check:{check_id}", reason=reason, now=now,
          changes={"person": [None, str(person_id)]})
    return row


def _locked(session: Session, check_id: UUID) -> SpotCheck:
    check = session.scalar(
        select(SpotCheck).where(SpotCheck.id == check_id).with_for_update(of=SpotCheck)
        .execution_options(populate_existing=True)
    )
    if check is None:
        raise NotFound
    return check
