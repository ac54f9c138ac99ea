"""Reads of second looks: what a call comes to now, what a corrected rubric would change, which appeals wait."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.kernel.db import new_id
from lms.people.models import Person, Unit
from lms.people.queries.zones import zone_of_person
from lms.records.appeals import DEFAULT_DAYS, appeal_until
from lms.records.corrections import Consequence, consequences_of
from lms.records.models import Outcome, TrainingFact
from lms.records.queries import as_fact
from simulations.models import CallReview, CallState, EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.queries import compiled, kept_score, newest_result, scored
from simulations.recounting.models import CallAppeal, CallAppealDecision, CallResult, RubricCorrection, RubricDecision
from simulations.recounting.rules import changes_between, words_in_force
from simulations.rules import decide


@dataclass(frozen=True)
class Standing:
    """What a call comes to. total: hundredths of 100.

    words      checkpoint -> what people decided, whatever the engine says
    outcomes   checkpoint -> what counts
    decided    an assessor has spoken, or the score stands by itself
    """

    total: int
    passed: bool
    words: Mapping[str, str]
    outcomes: Mapping[str, str]
    rubric: ScriptEdition
    digest: str
    engine: str
    decided: bool


def review_of(session: Session, call_id: UUID) -> CallReview | None:
    """Return the assessor's first word on a call."""
    return session.scalar(select(CallReview).where(CallReview.call_id == call_id))


def standing_of(session: Session, call: SimulatedCall) -> Standing:
    """Return what a finished call comes to now. Raises ValueError for one that has no score yet."""
    later, review, kept = newest_result(session, call.id), review_of(session, call.id), kept_score(session, call.id)
    if kept is None:
        raise ValueError("a call under way has no standing")
    rubric = later.rubric if later else call.edition
    score = scored(session, call, rubric)
    words = later.words if later else {name: it[1] for name, it in review.overrides.items()} if review else {}
    last = later or review or kept
    outcomes = {it.id: words.get(it.id, str(it.outcome)) for it in score.checkpoints}
    return Standing(last.total, last.passed, words, outcomes, rubric, score.digest, score.engine_version,
                    review is not None or kept.alone)


def counted_by(session: Session, call: SimulatedCall, rubric: ScriptEdition, before: Standing) -> Standing:
    """Return what a call would come to by another edition's rubric; what people decided stands."""
    score, terms = scored(session, call, rubric), compiled(rubric).rubric
    words = words_in_force(score.checkpoints, before.words, before.outcomes) if before.decided else {}
    total, passed = score.total, score.passed
    if before.decided:
        verdict = decide(score.checkpoints, words, pass_mark=terms.pass_mark, floors=dict(terms.floors))
        total, passed = verdict.total, verdict.passed
    outcomes = {it.id: words.get(it.id, str(it.outcome)) for it in score.checkpoints}
    return Standing(total, passed, words, outcomes, rubric, score.digest, score.engine_version, before.decided)


def fact_of(session: Session, call: SimulatedCall) -> TrainingFact | None:
    """Return the fact that stands for a call now, None when nothing was recorded."""
    later = newest_result(session, call.id)
    if later is not None and later.fact_id is not None:
        return session.get(TrainingFact, later.fact_id)
    return session.scalar(select(TrainingFact).where(
        TrainingFact.person_id == call.person_id, TrainingFact.evidence == f"call:{call.id}"))


@dataclass(frozen=True)
class Touched:
    """A call that a correction would change. Totals in hundredths of 100."""

    call_id: UUID
    person_id: UUID
    name: str
    staff_no: str
    total_before: int
    total_after: int
    passed_before: bool
    passed_after: bool
    decided: bool


@dataclass(frozen=True)
class Impact:
    """What a corrected rubric would do. calls: finished calls for the record that it counts anew."""

    calls: int
    touched: tuple[Touched, ...]
    consequences: tuple[Consequence, ...]

    @property
    def rising(self) -> tuple[Touched, ...]:
        """Those who would pass and don't now."""
        return tuple(it for it in self.touched if it.passed_after and not it.passed_before)

    @property
    def falling(self) -> tuple[Touched, ...]:
        """Those who pass now and wouldn't."""
        return tuple(it for it in self.touched if it.passed_before and not it.passed_after)

    @property
    def in_order(self) -> tuple[Touched, ...]:
        """All of them, those who would no longer pass first, then those who would."""
        return tuple(sorted(self.touched, key=lambda it: (it.passed_before == it.passed_after, it.passed_after)))

    def as_seen(self) -> dict[str, Any]:
        """Return it as plain data, to be kept with the decision."""
        return {
            "calls": self.calls,
            "touched": [[str(it.call_id), it.total_before, it.passed_before, it.total_after, it.passed_after]
                        for it in self.touched],
            "consequences": [{**asdict(it), "person_id": str(it.person_id)} for it in self.consequences],
        }

    @property
    def digest(self) -> str:
        """A word for exactly this preview: an approval names the one that was looked at."""
        seen = json.dumps(self.as_seen(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(seen.encode()).hexdigest()[:32]


def calls_to_recount(session: Session, correction: RubricCorrection) -> Sequence[UUID]:
    """Return the finished calls for the record that a correction hasn't counted yet."""
    done = select(CallResult.call_id).where(CallResult.cause == f"correction:{correction.id}")
    return session.scalars(
        select(SimulatedCall.id).where(
            SimulatedCall.edition_id == correction.edition_id, SimulatedCall.state == CallState.ENDED,
            SimulatedCall.purpose == Purpose.EXAM, SimulatedCall.id.not_in(done),
        ).order_by(SimulatedCall.ended_at, SimulatedCall.id)
    ).all()


def impact_of(session: Session, correction: RubricCorrection, *, at: datetime) -> Impact:
    """Return what scoring by the corrected rubric would change now; each call is counted from its log."""
    ids = calls_to_recount(session, correction)
    return impact_from(session, len(ids), touched_by(session, correction, ids), at=at)


def touched_by(session: Session, correction: RubricCorrection, ids: Sequence[UUID]) -> tuple[Touched, ...]:
    """Return which of these calls come to something else by the corrected rubric; each is counted from its log."""
    touched = []
    for call_id in ids:
        call = session.get_one(SimulatedCall, call_id)
        before = standing_of(session, call)
        after = counted_by(session, call, correction.corrected, before)
        if (before.total, before.passed) != (after.total, after.passed):
            person = session.get_one(Person, call.person_id)
            touched.append(Touched(call.id, person.id, person.name, person.staff_no, before.total, after.total,
                                   before.passed, after.passed, before.decided))
    return tuple(touched)


def impact_from(session: Session, calls: int, touched: Sequence[Touched], *, at: datetime) -> Impact:
    """Return what a correction would do that touches these of `calls` calls, with what becomes of certificates."""
    facts = []
    for it in touched:
        fact = fact_of(session, session.get_one(SimulatedCall, it.call_id))
        if fact is not None:
            outcome = Outcome.PASSED if it.passed_after else Outcome.FAILED
            facts.append(replace(as_fact(fact), id=new_id(), outcome=outcome.value, score=it.total_after,
                                 recorded_at=at, supersedes=fact.id))
    ordered = tuple(sorted(touched, key=lambda it: (it.staff_no, str(it.call_id))))
    return Impact(calls, ordered, consequences_of(session, facts, at))


def corrections(session: Session, *, limit: int = 100) -> Sequence[RubricCorrection]:
    """Return the proposals, those that wait first, then the newest."""
    rows = session.scalars(
        select(RubricCorrection).outerjoin(RubricDecision, RubricDecision.correction_id == RubricCorrection.id)
        .order_by(RubricDecision.decided_at.is_not(None), RubricCorrection.proposed_at.desc()).limit(limit)
    )
    return rows.unique().all()


def published_editions(session: Session, code: str) -> Sequence[ScriptEdition]:
    """Return a script's published editions, the newest first."""
    return session.scalars(
        select(ScriptEdition).where(ScriptEdition.code == code, ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.number.desc())
    ).all()


def results_of(session: Session, correction_id: UUID, *, limit: int = 500) -> list[tuple[CallResult, Person]]:
    """Return what an approved correction did to those calls whose result is another now, those that turned first."""
    rows = session.execute(
        select(CallResult, Person).join(SimulatedCall, SimulatedCall.id == CallResult.call_id)
        .join(Person, Person.id == SimulatedCall.person_id)
        .where(CallResult.cause == f"correction:{correction_id}",
               or_(CallResult.total != CallResult.total_before, CallResult.passed != CallResult.passed_before))
        .order_by(CallResult.passed == CallResult.passed_before, Person.staff_no).limit(limit)
    ).unique().tuples()
    return sorted(((it, person) for it, person in rows), key=lambda row: row[0].passed == row[0].passed_before)


def released_at(session: Session, call: SimulatedCall) -> datetime | None:
    """Return when the learner got to know the result of a call for the record, None before that."""
    review, kept = review_of(session, call.id), kept_score(session, call.id)
    if review is not None:
        return review.reviewed_at
    return kept.scored_at if kept is not None and kept.alone else None


def appeals_until(session: Session, call: SimulatedCall, *, at: datetime) -> datetime | None:
    """Return the first instant at which an appeal comes too late; None when none may be made at `at`.

    The days are those of exams: docs/policy/exams.md, "Appeals".
    """
    released = released_at(session, call)
    if call.purpose != Purpose.EXAM or released is None:
        return None
    until = appeal_until(released, DEFAULT_DAYS, zone_of_person(session, call.person_id))
    return until if until is not None and at < until else None


def appeal_of(session: Session, call_id: UUID) -> CallAppeal | None:
    """Return the appeal about a call."""
    return session.scalars(select(CallAppeal).where(CallAppeal.call_id == call_id)).unique().one_or_none()


def appeals(session: Session, scopes: Sequence[str], *, waiting: bool, limit: int = 100) -> list[
    tuple[CallAppeal, Person]
]:
    """Return the appeals within these unit paths: those that wait, longest first, or those decided last."""
    decided = CallAppealDecision.appeal_id
    inside = or_(*(Unit.path.startswith(it) for it in scopes))
    rows = session.execute(
        select(CallAppeal, Person).join(SimulatedCall, SimulatedCall.id == CallAppeal.call_id)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(CallAppealDecision, decided == CallAppeal.id)
        .where(decided.is_(None) if waiting else decided.is_not(None), inside)
        .order_by(CallAppeal.raised_at if waiting else CallAppealDecision.decided_at.desc()).limit(limit)
    ).unique().tuples()
    return [(appeal, person) for appeal, person in rows]


def changes_of(before: Standing, after: Standing) -> dict[str, list[str]]:
    """Return checkpoint -> [before, after] where they differ."""
    return changes_between(before.outcomes, after.outcomes)
