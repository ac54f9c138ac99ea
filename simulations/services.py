"""Use cases of simulated calls: load and publish scripts, play, score, review."""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.kernel.jobs import enqueue
from lms.records.models import Outcome
from lms.records.services import append_fact, audit
from simulations import (
    CallScore,
    Compilation,
    Event,
    catch_up,
    client_event,
    compile_script,
    load_library,
    new_call,
    server_event,
    step,
)
from simulations import CallState as PlayState
from simulations.analytics.calibration import stands_by_itself
from simulations.analytics.gathering import keep_figures
from simulations.analytics.services import settle_calibration
from simulations.authoring.notices import tell_script_waits
from simulations.authoring.queries import wrote_on
from simulations.authoring.trails import keep_trail
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
from simulations.phrases.queries import citable
from simulations.queries import compiled, replayed, rubric_of, scored, setup_of
from simulations.recounting.services import follow_review
from simulations.rules import Verdict, decide

ABANDONED_AFTER = timedelta(minutes=30)  # a call nobody came back to is closed where its log ends


def load_bundled(session: Session, *, now: datetime) -> int:
    """Bring in the bundled scripts whose text was never here; return how many.

    Where an organisation plays an edition of its own, the bundled one waits as a draft: people decide what is played.
    """
    bundle = load_library()
    texts = {name: library.text for name, library in bundle.phrases.items()}
    known = set(session.execute(select(ScriptEdition.code, ScriptEdition.digest)).tuples())
    loaded = 0
    for script in bundle.scripts:
        if (script.code, script.script.digest) in known:
            continue
        newest, played = _newest(session, script.code), published_edition(session, script.code)
        ours = played is not None and played.source == "own"
        session.add(
            ScriptEdition(
                code=script.code, number=newest.number + 1 if newest else 1, title=script.title, queue=script.queue,
                difficulty=script.difficulty, text=script.text, phrases=texts, digest=script.script.digest,
                source="bundled", state=EditionState.DRAFT if ours else EditionState.PUBLISHED, written_at=now,
                published_at=None if ours else now,
            )
        )
        loaded += 1
        if played is not None and not ours:
            settle_calibration(session, script.code, by=SYSTEM, now=now)
    session.flush()
    return loaded


def check_script(session: Session, text: str) -> Compilation:
    """Compile a trainer's script against every phrase library it may cite; the diagnostics say what is wrong where."""
    return compile_script(text, citable(session))


def save_draft(
    session: Session, text: str, *, writers: Collection[UUID | None] = (), by: Identity, now: datetime
) -> ScriptEdition:
    """Keep a script without errors as the next draft edition of its code; whoever may publish it is told.

    writers   who wrote on it besides: they aren't asked

    Raises Invalid with every error, located `line:column`.
    """
    libraries = citable(session)
    compilation = compile_script(text, libraries)
    script = compilation.script
    if script is None:
        raise Invalid([
            Problem(f"{found.line}:{found.column}", found.message("zh_CN")) for found in compilation.errors
        ])
    newest = _newest(session, script.code)
    if newest is not None and newest.digest == script.digest:
        raise Conflict("script.unchanged", _("Edition %(number)s has exactly this text.", number=newest.number))
    edition = ScriptEdition(
        code=script.code, number=newest.number + 1 if newest else 1, title=script.title, queue=script.queue or "",
        difficulty=script.difficulty, text=text, digest=script.digest,
        phrases={key: libraries[key].text for key in script.settings.references},
        written_by=by.person_id, written_at=now,
    )
    session.add(edition)
    session.flush()
    audit(session, by=by, action="script.draft", subject=f"script:{edition.code}@{edition.number}", now=now)
    tell_script_waits(session, edition, writers=writers, by=by, now=now)
    return edition


def publish_script(session: Session, edition_id: UUID, *, by: Identity, now: datetime) -> ScriptEdition:
    """Publish a draft. Raises Refused for its own author, Conflict when it is published already."""
    edition = session.get(ScriptEdition, edition_id)
    if edition is None:
        raise NotFound
    if edition.state == EditionState.PUBLISHED:
        raise Conflict("script.published_already", _("This edition is published already."))
    if not may_publish(session, edition, by):
        raise Refused("script.own_draft", _("A second person publishes a script; you wrote this draft yourself."))
    edition.state, edition.published_by, edition.published_at = EditionState.PUBLISHED, by.person_id, now
    audit(session, by=by, action="script.publish", subject=f"script:{edition.code}@{edition.number}", now=now)
    settle_calibration(session, edition.code, by=by, now=now)
    enqueue(session, "voice.render", {"edition_id": str(edition.id)})
    return edition


def may_publish(session: Session, edition: ScriptEdition, by: Identity) -> bool:
    """Tell whether somebody is the second person for an edition: they neither sent it nor wrote on it."""
    return edition.written_by != by.person_id and not wrote_on(session, edition.id, by.person_id)


def assign_call(
    session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str, now: datetime
) -> None:
    """Ask a person to play a script for the record; asking twice changes nothing."""
    if session.get(CallAssignment, (person_id, code)) is None:
        session.add(CallAssignment(person_id=person_id, code=code, due_at=due_at, reason=reason, assigned_at=now))


@dataclass(frozen=True)
class Move:
    """What the console sends: see the engine's client events. client_ms: its own call clock; client_seq: 1, 2, 3 .."""

    kind: str
    data: Mapping[str, Any]
    client_ms: int
    client_seq: int


def start_call(
    session: Session, code: str, *, purpose: Purpose, modes: tuple[str, ...], by: Identity, now: datetime,
    seed: int | None = None,
) -> SimulatedCall:
    """Let a script ring for the signed-in person. Raises NotFound for a script that isn't published."""
    edition = published_edition(session, code)
    if edition is None or by.person_id is None:
        raise NotFound
    return begin_call(
        session, edition, person_id=by.person_id, staff_no=by.staff_no, purpose=purpose, modes=modes, now=now, seed=seed
    )


def begin_call(
    session: Session, edition: ScriptEdition, *, person_id: UUID, staff_no: str, purpose: Purpose,
    modes: tuple[str, ...], now: datetime, seed: int | None = None, live: bool = False,
) -> SimulatedCall:
    """Let a person's phone ring. live: a trainer plays the caller."""
    setup: dict[str, Any] = {
        "purpose": purpose.value, "modes": list(modes), "staff_no": staff_no, "time_percent": 100,
        "seed": secrets.randbelow(2**31) if seed is None else seed, **({"live": True} if live else {}),
    }
    call = SimulatedCall(
        person_id=person_id, edition_id=edition.id, purpose=purpose, setup=setup, started_at=now, edition=edition
    )
    session.add(call)
    session.flush()
    state = new_call(compiled(edition), setup_of(call))
    _store(session, call, state.events)
    return call


def play(session: Session, call_id: UUID, move: Move | None, *, now: datetime) -> PlayState:
    """Let everything due happen, then the learner's move, if any; return the state after it.

    A move that comes again is the same move. Raises EventRefused when the engine refuses the move, after the call's
    end whatever it is: what was due before it has happened all the same, so the caller commits and answers with the
    state.
    """
    def made(state: PlayState, server_ms: int) -> Event | None:
        return None if move is None else client_event(
            state, move.kind, dict(move.data), server_ms=server_ms, client_ms=move.client_ms,
            client_seq=move.client_seq,
        )

    return advance(session, call_id, made, now=now)


def advance(
    session: Session, call_id: UUID, made: Callable[[PlayState, int], Event | None], *, now: datetime
) -> PlayState:
    """Let everything due happen, then the event that is made of the state and the call clock; return the state after.

    Raises NotFound, and EventRefused as `made` does.
    """
    call = session.scalars(
        select(SimulatedCall).where(SimulatedCall.id == call_id).with_for_update(of=SimulatedCall)
    ).unique().one_or_none()
    if call is None:
        raise NotFound
    state = replayed(session, call)
    server_ms = max(since_ring(call, now), state.now_ms)  # a clock set back doesn't stop a call
    if call.state == CallState.OPEN:
        state, due, _effects = catch_up(state, server_ms)
        _store(session, call, due)
    event = made(state, server_ms)
    if event is not None:
        known = len(state.events)
        state, _effects = step(state, event)
        _store(session, call, state.events[known:])
    if state.ended is not None and call.state == CallState.OPEN:
        finish_call(session, call, now=now)
    return state


def note_on_record(session: Session, call_id: UUID, kind: str, data: Mapping[str, Any], *, now: datetime) -> PlayState:
    """Write an event of the server's own into a call's log, after everything that was due; return the state after it.

    kind   "audio_track" or "transcribed": they are taken of a call that has ended as well

    Raises EventRefused when the engine refuses it.
    """
    state = play(session, call_id, None, now=now)
    call = session.get_one(SimulatedCall, call_id)
    at = max(since_ring(call, now), state.events[-1].server_ms)
    state, _effects = step(state, server_event(state, kind, data, server_ms=at))
    _store(session, call, state.events[-1:])
    return state


def finish_call(session: Session, call: SimulatedCall, *, now: datetime) -> None:
    """Close a call and keep the engine's score of it; spoken words are to be written down first."""
    call.state, call.ended_at = CallState.ENDED, now
    session.flush()
    state = replayed(session, call)
    keep_trail(session, call, state)
    if not state.unheard:
        keep_score(session, call, state, now=now)


def keep_score(session: Session, call: SimulatedCall, state: PlayState, *, now: datetime) -> CallScore:
    """Keep the engine's score of a call that has ended."""
    result, calibrated = scored(session, call), call.edition.is_calibrated
    alone = stands_by_itself(
        calibrated=calibrated, purpose=call.purpose, passed=result.passed, reviews=result.reviews)
    session.add(
        CallScoreRow(
            call_id=call.id, engine_version=result.engine_version, digest=result.digest, total=result.total,
            passed=result.passed, calibrated=calibrated, alone=alone, scored_at=now,
        )
    )
    keep_figures(session, call, result, state)
    if alone:
        _append_fact(session, call, result.total, passed=True, by=SYSTEM, now=now)
    return result


def close_abandoned(session: Session, *, now: datetime) -> int:
    """End calls whose own time limit passed long ago and that nobody looked at since; return how many."""
    left = session.scalars(
        select(SimulatedCall.id).where(
            SimulatedCall.state == CallState.OPEN, SimulatedCall.started_at < now - ABANDONED_AFTER
        )
    ).all()
    for call_id in left:
        play(session, call_id, None, now=now)
    return len(left)


def review_call(
    session: Session, call_id: UUID, *, overrides: Mapping[str, str], reason: str, remark: str, by: Identity,
    now: datetime,
) -> CallReview:
    """Confirm or override a finished call and let that make the training fact.

    overrides   checkpoint id -> outcome (met, partly, not_met, not_applicable)
    reason      required when anything is overridden

    Raises Conflict when somebody reviewed it first; Invalid when a doubtful item isn't decided or the reason is
    missing; Refused for the learner's own call.
    """
    call = session.get(SimulatedCall, call_id)
    if call is None or call.state != CallState.ENDED or call.purpose != Purpose.EXAM:
        raise NotFound
    if call.person_id == by.person_id or by.person_id is None:
        raise Refused("call.own", _("Nobody reviews a call of their own."))
    if session.scalar(select(CallReview.id).where(CallReview.call_id == call_id)):
        raise Conflict("call.reviewed_already", _("Somebody has reviewed this call already."))
    result = scored(session, call)
    verdict = verdict_of(session, call, overrides)
    changed = {
        checkpoint.id: [str(checkpoint.outcome), overrides[checkpoint.id]]
        for checkpoint in result.checkpoints
        if overrides.get(checkpoint.id, str(checkpoint.outcome)) != str(checkpoint.outcome)
    }
    problems = [Problem(name, _("This checkpoint is in doubt: decide it.")) for name in verdict.undecided]
    if changed and not reason.strip():
        problems.append(Problem("reason", _("Say why you decide otherwise than the system.")))
    if problems:
        raise Invalid(problems)
    review = CallReview(
        call_id=call.id, assessor_id=by.person_id, reviewed_at=now, total=verdict.total, passed=verdict.passed,
        overrides=changed, reason=reason.strip(), remark=remark.strip(),
    )
    session.add(review)
    audit(session, by=by, action="call.review", subject=f"call:{call.id}", reason=reason, changes=changed, now=now)
    _append_fact(session, call, verdict.total, passed=verdict.passed, by=by, now=now)
    follow_review(session, call, review, {name: pair[1] for name, pair in changed.items()})
    return review


def verdict_of(session: Session, call: SimulatedCall, overrides: Mapping[str, str]) -> Verdict:
    """Return what a call comes to under these overrides, without recording it."""
    result, rubric = scored(session, call), compiled(rubric_of(session, call)).rubric
    try:
        return decide(result.checkpoints, overrides, pass_mark=rubric.pass_mark, floors=dict(rubric.floors))
    except ValueError as error:
        raise Invalid([Problem("", _("A checkpoint or an outcome isn't known."))]) from error


def published_edition(session: Session, code: str) -> ScriptEdition | None:
    """Return the newest published edition of a script."""
    return session.scalars(
        select(ScriptEdition).where(ScriptEdition.code == code, ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.number.desc()).limit(1)
    ).first()


def _append_fact(
    session: Session, call: SimulatedCall, total: int, *, passed: bool, by: Identity, now: datetime
) -> None:
    append_fact(
        session, person_id=call.person_id, activity=f"call:{call.edition.code}", edition=str(call.edition.number),
        outcome=Outcome.PASSED if passed else Outcome.FAILED, score=total, out_of=10000,
        occurred_at=call.ended_at or now, by=by, now=now, evidence=f"call:{call.id}",
    )


def _newest(session: Session, code: str) -> ScriptEdition | None:
    return session.scalars(
        select(ScriptEdition).where(ScriptEdition.code == code).order_by(ScriptEdition.number.desc()).limit(1)
    ).first()


def _store(session: Session, call: SimulatedCall, events: tuple[Event, ...] | list[Event]) -> None:
    for event in events:
        session.add(
            CallEvent(call_id=call.id, seq=event.seq, client_seq=event.client_seq, event=event.as_json())
        )
    session.flush()


def since_ring(call: SimulatedCall, now: datetime) -> int:
    """Return the call clock at `now`: milliseconds since the first ring, never negative."""
    return max(0, (now - call.started_at) // timedelta(milliseconds=1))
