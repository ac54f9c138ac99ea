"""Simulated calls of the sample: bundled plans played by the engine itself, dated in the past."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.desk.sample.doing import Worker
from simulations import CallSetup, load_library, score
from simulations.models import CallEvent, CallState, EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.plan_runs import PlanPlayer
from simulations.queries import compiled, scored
from simulations.script.plans import Plan
from simulations.services import finish_call, review_call

PLANNED_NUMBER = "3276"  # the staff number that bundled plans say


@dataclass(frozen=True)
class SampleScript:
    """A published script with a plan that passes and, if it has one, a plan that fails."""

    edition: ScriptEdition
    passing: tuple[Plan, ...]
    failing: tuple[Plan, ...]


def sample_scripts(session: Session) -> list[SampleScript]:
    """Return the bundled scripts, their plans sorted by whether they reach the pass mark."""
    plans = {script.code: script.plans for script in load_library().scripts}
    editions = session.scalars(
        select(ScriptEdition).where(ScriptEdition.state == EditionState.PUBLISHED).order_by(ScriptEdition.code)
    ).all()
    found = []
    for edition in editions:
        verdicts = [(plan, _passes(edition, plan)) for plan in plans.get(edition.code, ())]
        passing = tuple(plan for plan, passes in verdicts if passes)
        if passing:
            found.append(SampleScript(edition, passing, tuple(plan for plan, passes in verdicts if not passes)))
    return found


def play_for_the_record(
    session: Session, worker: Worker, script: SampleScript, assessor: Worker, *, fails: bool, at: datetime, seed: int
) -> SimulatedCall:
    """Let a person play a script from `at` on and an assessor confirm it some hours later.

    fails   by a plan that fails, if the script has one
    """
    plans = script.failing if fails and script.failing else script.passing
    call, ended = _play(session, worker, script.edition, plans[seed % len(plans)], at=at, seed=seed)
    result = scored(session, call)
    doubts = {item.id: "met" for item in result.checkpoints if item.outcome == "doubtful"}
    review_call(
        session,
        call.id,
        overrides=doubts,
        reason="听过全程，意思到位" if doubts else "",
        by=assessor.identity,
        remark="" if result.passed else "号码照着纸念，不靠记；先指令，后问址。",
        now=ended + timedelta(hours=2),
    )
    return call


def leave_for_review(session: Session, worker: Worker, script: SampleScript, *, at: datetime, seed: int) -> None:
    """Let a person play a script that no assessor has looked at yet."""
    _play(session, worker, script.edition, script.passing[seed % len(script.passing)], at=at, seed=seed)


def _play(
    session: Session, worker: Worker, edition: ScriptEdition, plan: Plan, *, at: datetime, seed: int
) -> tuple[SimulatedCall, datetime]:
    setup = CallSetup("exam", ("type",), seed=seed, staff_no=worker.person.staff_no)
    player = _played(edition, plan, setup)
    call = SimulatedCall(
        person_id=worker.person.id,
        edition_id=edition.id,
        edition=edition,
        purpose=Purpose.EXAM,
        started_at=at,
        state=CallState.OPEN,
        setup={
            "purpose": "exam",
            "modes": ["type"],
            "seed": seed,
            "staff_no": worker.person.staff_no,
            "time_percent": 100,
        },
    )
    session.add(call)
    session.flush()
    session.execute(
        insert(CallEvent),
        [
            {"call_id": call.id, "seq": event.seq, "client_seq": event.client_seq, "event": event.as_json()}
            for event in player.events
        ],
    )
    ended = at + timedelta(milliseconds=player.now)
    finish_call(session, call, now=ended)
    return call, ended


def _played(edition: ScriptEdition, plan: Plan, setup: CallSetup) -> PlanPlayer:
    player = PlanPlayer(compiled(edition), setup)
    for step in plan.steps:
        player.take(replace(step, text=step.text.replace(PLANNED_NUMBER, setup.staff_no)))
    player.let_end()
    return player


def _passes(edition: ScriptEdition, plan: Plan) -> bool:
    if any(step.kind not in ("answer", "say", "act", "fill", "wait", "hangup", "interrupt") for step in plan.steps):
        return False
    player = _played(edition, plan, CallSetup("exam", ("type",), seed=1, staff_no=PLANNED_NUMBER))
    return score(compiled(edition), player.events).passed
