"""Reads of simulated calls."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.i18n import choose_locale
from lms.people.models import Person, Queue, Unit
from simulations import (
    ENGINE_VERSION,
    CallScore,
    CallSetup,
    CheckpointScore,
    CompiledScript,
    Event,
    Evidence,
    Outcome,
    fold,
    score,
    step,
    verify_chain,
    visible,
)
from simulations import CallState as PlayState
from simulations.engines import Engine, callable_versions, engine_of
from simulations.models import (
    CallAssignment,
    CallEvent,
    CallReview,
    CallScoreRow,
    CallState,
    EditionState,
    Purpose,
    ScriptEdition,
    SimulatedCall,
)
from simulations.recounting.models import CallResult
from simulations.rules import Counted, counted
from simulations.script.tree import CoachNote

KEPT_SCORES: Final = 512
KEPT_STATES: Final = 256
_folded: dict[UUID, PlayState] = {}
_LATER = aliased(CallResult)
_counted: dict[tuple[str, str, str, str, bool], CallScore] = {}  # by engine, script, rubric, log, calibration


def compiled(edition: ScriptEdition) -> CompiledScript:
    """Return an edition's script, compiled with the very phrase libraries it was published with."""
    return engine_of(ENGINE_VERSION).compiled(edition.text, edition.phrases)


def kept_score(session: Session, call_id: UUID) -> CallScoreRow | None:
    """Return what was kept of a call when it ended, None while it goes on."""
    return session.scalars(
        select(CallScoreRow).where(CallScoreRow.call_id == call_id).order_by(CallScoreRow.scored_at).limit(1)
    ).first()


def engine_for(kept: CallScoreRow | None) -> Engine:
    """Return the engine that counts a call: the version that counted it first, where it can still be called."""
    version = kept.engine_version if kept else ENGINE_VERSION
    return engine_of(version if version in callable_versions() else ENGINE_VERSION)


def log_of(session: Session, call_id: UUID) -> list[Event]:
    """Return a call's events in order."""
    rows = session.scalars(select(CallEvent.event).where(CallEvent.call_id == call_id).order_by(CallEvent.seq))
    return [Event.from_json(row) for row in rows]


def replayed(session: Session, call: SimulatedCall) -> PlayState:
    """Return the state of a call: the fold of its log.

    What was folded before is taken up where the log still holds it, hash for hash; only later events are folded.
    """
    known = _folded.get(call.id)
    rows = select(CallEvent.event).where(CallEvent.call_id == call.id).order_by(CallEvent.seq)
    if known is not None:
        last = known.events[-1]
        later = [Event.from_json(row) for row in session.scalars(rows.where(CallEvent.seq >= last.seq))]
        if not later or later[0].hash != last.hash:
            known = None
    if known is None:
        state = fold(compiled(call.edition), log_of(session, call.id))
    else:
        state = known
        for event in later[1:]:
            state, _effects = step(state, event)
    _folded[call.id] = state
    for oldest in list(_folded)[:-KEPT_STATES]:
        _folded.pop(oldest, None)
    return state


def newest_result(session: Session, call_id: UUID) -> CallResult | None:
    """Return what a second look made of a call last, None without one."""
    return session.scalars(
        select(CallResult).where(CallResult.call_id == call_id).order_by(CallResult.number.desc()).limit(1)
    ).unique().first()


def rubric_of(session: Session, call: SimulatedCall) -> ScriptEdition:
    """Return the edition by whose rubric a call counts: its own, unless a correction put another in its place."""
    result = newest_result(session, call.id)
    return result.rubric if result else call.edition


def scored(session: Session, call: SimulatedCall, rubric: ScriptEdition | None = None) -> CallScore:
    """Return the score of a call, counted from its log: by its own rubric with the version of the engine that first
    counted it, by another with the one at work.

    rubric   the edition by whose rubric to count; the one in force without

    The last hash of the chain stands for the whole log: what was counted before isn't read again.
    """
    last = session.scalars(
        select(CallEvent.event).where(CallEvent.call_id == call.id).order_by(CallEvent.seq.desc()).limit(1)
    ).one()
    kept, rubric = kept_score(session, call.id), rubric or rubric_of(session, call)
    engine, calibrated = engine_for(kept), is_calibrated_for(call, kept)
    head = (engine.version, call.edition.digest, rubric.digest, str(last["hash"]), calibrated)
    found = _counted.get(head)
    if found is None:
        found = _counted[head] = _count(engine, call, rubric, log_of(session, call.id), calibrated=calibrated)
        for oldest in list(_counted)[:-KEPT_SCORES]:
            _counted.pop(oldest, None)
    return found


def is_calibrated_for(call: SimulatedCall, kept: CallScoreRow | None) -> bool:
    """Tell what the engine is told of the script's calibration: as it was when the call was scored, or as it is."""
    return call.edition.is_calibrated if kept is None else kept.calibrated


def _count(
    engine: Engine, call: SimulatedCall, rubric: ScriptEdition, events: Sequence[Event], *, calibrated: bool
) -> CallScore:
    if rubric.id != call.edition.id:
        return score(compiled(call.edition), events, by=compiled(rubric), calibrated=calibrated)
    log = [event.as_json() for event in events]
    return engine.score(call.edition.text, call.edition.phrases, log, calibrated=calibrated)


@dataclass(frozen=True)
class ScriptLine:
    """One script as a learner sees it. best, last: hundredths of 100, of every purpose; counted: facts passed."""

    code: str
    title: str
    queue: str
    difficulty: int
    tries: int
    best: int | None
    last: int | None
    due_at: datetime | None
    required: bool


@dataclass(frozen=True)
class DueCall:
    """A script that somebody is to play for the record until an instant."""

    code: str
    title: str
    due_at: datetime


def due_calls(session: Session, person_id: UUID) -> list[DueCall]:
    """Return the published scripts that are required of a person until an instant."""
    rows = session.execute(
        select(ScriptEdition.code, ScriptEdition.title, CallAssignment.due_at)
        .join(CallAssignment, CallAssignment.code == ScriptEdition.code)
        .where(CallAssignment.person_id == person_id, CallAssignment.due_at.is_not(None),
               ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.number))
    return list({code: DueCall(code, title, due_at) for code, title, due_at in rows.tuples() if due_at}.values())


def scripts_for(session: Session, person_id: UUID) -> list[ScriptLine]:
    """Return every published script with this person's tries, those required of them first."""
    newest = (
        select(ScriptEdition.code, func.max(ScriptEdition.number).label("number"))
        .where(ScriptEdition.state == EditionState.PUBLISHED).group_by(ScriptEdition.code).subquery()
    )
    editions = session.scalars(
        select(ScriptEdition).join(
            newest, and_(ScriptEdition.code == newest.c.code, ScriptEdition.number == newest.c.number)
        ).order_by(ScriptEdition.difficulty, ScriptEdition.code)
    ).all()
    totals: dict[str, list[int]] = {}
    for tried in tries_of(session, person_id, limit=None):
        if tried.open:
            totals.setdefault(tried.code, []).append(tried.total)
    due = {row.code: row.due_at for row in session.scalars(
        select(CallAssignment).where(CallAssignment.person_id == person_id))}
    lines = [
        ScriptLine(
            edition.code, edition.title, edition.queue, edition.difficulty, len(totals.get(edition.code, [])),
            max(totals.get(edition.code, []), default=None), next(iter(totals.get(edition.code, [])), None),
            due.get(edition.code), edition.code in due,
        )
        for edition in editions
    ]
    return sorted(lines, key=lambda line: not line.required)


@dataclass(frozen=True)
class Try:
    """One finished call. total: hundredths of 100, the assessor's where there is one, else the engine's.

    reviewed   decided: an assessor has spoken, or the score stands by itself
    """

    id: UUID
    code: str
    title: str
    purpose: str
    started_at: datetime
    total: int
    passed: bool
    reviewed: bool

    @property
    def open(self) -> bool:
        """Whether the learner may know the mark: an exam's is with the assessor until it is decided."""
        return self.purpose == Purpose.PRACTICE or self.reviewed


def counting_total() -> ColumnElement[int]:
    """Return what a call comes to, hundredths of 100, in a query that joins its score and, outer, its review."""
    last = (
        select(CallResult.total).where(CallResult.call_id == SimulatedCall.id).order_by(CallResult.number.desc())
        .limit(1).correlate(SimulatedCall).scalar_subquery()
    )
    return func.coalesce(last, CallReview.total, CallScoreRow.total)


def tries_of(session: Session, person_id: UUID, code: str | None = None, *, limit: int | None = 200) -> list[Try]:
    """Return a person's finished calls, newest first. limit: how many at most, None for all of them."""
    last = (
        select(func.max(_LATER.number)).where(_LATER.call_id == SimulatedCall.id)
        .correlate(SimulatedCall).scalar_subquery()
    )
    query = (
        select(SimulatedCall.id, ScriptEdition.code, ScriptEdition.title, SimulatedCall.purpose,
               SimulatedCall.started_at, func.coalesce(CallResult.total, CallReview.total, CallScoreRow.total),
               func.coalesce(CallResult.passed, CallReview.passed, CallScoreRow.passed),
               or_(CallReview.id.is_not(None), CallScoreRow.alone))
        .join(ScriptEdition, ScriptEdition.id == SimulatedCall.edition_id)
        .join(CallScoreRow, CallScoreRow.call_id == SimulatedCall.id)
        .outerjoin(CallReview, CallReview.call_id == SimulatedCall.id)
        .outerjoin(CallResult, and_(CallResult.call_id == SimulatedCall.id, CallResult.number == last))
        .where(SimulatedCall.person_id == person_id).order_by(SimulatedCall.started_at.desc()).limit(limit)
    )
    if code is not None:
        query = query.where(ScriptEdition.code == code)
    return [Try(*row) for row in session.execute(query).tuples()]


def waiting_for_review(scopes: tuple[str, ...], *, not_of: UUID | None) -> Select[SimulatedCall, Person, CallScoreRow]:
    """Return the query of finished exam calls without a review, within the unit paths, not of this person."""
    return (
        select(SimulatedCall, Person, CallScoreRow)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .join(CallScoreRow, CallScoreRow.call_id == SimulatedCall.id)
        .outerjoin(CallReview, CallReview.call_id == SimulatedCall.id)
        .where(
            SimulatedCall.purpose == Purpose.EXAM, SimulatedCall.state == CallState.ENDED, CallReview.id.is_(None),
            CallScoreRow.alone.is_(False), SimulatedCall.person_id != not_of,
            or_(*(Unit.path.startswith(scope) for scope in scopes)),
        )
        .order_by(SimulatedCall.ended_at)
    )


@dataclass(frozen=True)
class Report:
    """Everything the report page shows of a finished call.

    intact     the event chain holds and a recount gives the digest that was kept
    result     what a second look made of it last
    """

    call: SimulatedCall
    person: Person
    score: CallScore
    review: CallReview | None
    reviewer: Person | None
    events: int
    intact: bool
    history: list[Try]
    transcript: list[dict[str, Any]]
    coach: tuple[CoachNote, ...] = ()
    result: CallResult | None = None

    @property
    def words(self) -> dict[str, str]:
        """Return checkpoint -> what people decided, whatever the engine says."""
        if self.result:
            return dict(self.result.words)
        return {name: pair[1] for name, pair in (self.review.overrides if self.review else {}).items()}

    @property
    def doubts(self) -> list[tuple[CheckpointScore, Evidence]]:
        """Return what passed and a listener might not let pass, each with a quote; nothing once people have decided."""
        if self.review or self.result:
            return []
        found: list[tuple[CheckpointScore, Evidence]] = []
        for item in self.score.checkpoints:
            if item.outcome != Outcome.MET:
                continue
            leaning = [quote for quote in item.near_misses if quote.note.code == "leans"]
            weak = [quote for quote in item.evidence if quote.quote] if item.weak and item.critical else []
            found += [(item, quote) for quote in leaning or weak]
        return found

    @property
    def outcomes(self) -> dict[str, str]:
        """Return checkpoint -> what counts: people's word where they spoke, else the engine's."""
        return {name: it.outcome for name, it in self.counted.checkpoints.items()}

    @property
    def counted(self) -> Counted:
        """Return what counts of the call."""
        return self.counted_with(self.words)

    def counted_with(self, words: Mapping[str, str]) -> Counted:
        """Return what would count of the call if people decided this. words: checkpoint -> outcome."""
        return counted(self.score.checkpoints, self.score.dimensions, words,
                       critical_failures=self.score.critical_failures)


def report_of(session: Session, call: SimulatedCall) -> Report:
    """Recount a finished call and put everything about it together."""
    events, kept = log_of(session, call.id), kept_score(session, call.id)
    engine, calibrated, later = engine_for(kept), is_calibrated_for(call, kept), newest_result(session, call.id)
    first = _count(engine, call, call.edition, events, calibrated=calibrated)  # counted anew, on purpose
    shown = _count(engine, call, later.rubric, events, calibrated=calibrated) if later else first
    review = session.scalar(select(CallReview).where(CallReview.call_id == call.id))
    intact = verify_chain(events) is None and kept is not None and (
        kept.digest == first.digest or kept.engine_version != engine.version) and (
        later is None or later.digest == shown.digest or later.engine_version != shown.engine_version)
    return Report(
        call, session.get_one(Person, call.person_id), shown, review,
        session.get(Person, review.assessor_id) if review else None, len(events), intact,
        tries_of(session, call.person_id, call.edition.code, limit=12)[::-1],
        visible(fold(compiled(call.edition), events), events[-1].server_ms).as_json()["transcript"],
        compiled(call.edition).tree.coach, later,
    )


def setup_of(call: SimulatedCall) -> CallSetup:
    """Return what the engine was given when the call began."""
    return CallSetup(**{**call.setup, "modes": tuple(call.setup["modes"])})


def editions() -> Select[ScriptEdition]:
    """Return the query of every edition of every script: what waits to be published first, newest first in a script."""
    return select(ScriptEdition).order_by(ScriptEdition.state, ScriptEdition.code, ScriptEdition.number.desc())


def newest_numbers(session: Session, codes: Collection[str], state: EditionState | None = None) -> dict[str, int]:
    """Return the number of each script's newest edition by its code. state: only of editions in it; of any without."""
    query = select(ScriptEdition.code, func.max(ScriptEdition.number)).where(ScriptEdition.code.in_(codes))
    if state is not None:
        query = query.where(ScriptEdition.state == state)
    return dict(session.execute(query.group_by(ScriptEdition.code)).tuples().all())


def queue_names(session: Session) -> dict[str, str]:
    """Return the queues' names by code, in the language of the request."""
    english = choose_locale() == "en"
    return {row.code: (row.name_en or row.name) if english else row.name for row in session.scalars(select(Queue))}


def is_reviewed(session: Session, call_id: UUID) -> bool:
    """Tell whether an assessor has spoken, or the score stands by itself."""
    spoken = session.scalar(select(CallReview.id).where(CallReview.call_id == call_id)) is not None
    return spoken or bool(session.scalar(
        select(CallScoreRow.id).where(CallScoreRow.call_id == call_id, CallScoreRow.alone).limit(1)))
