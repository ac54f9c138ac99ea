"""Simulated calls of the sample: bundled plans played by the engine itself, dated in the past."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.desk.sample.doing import Worker
from lms.desk.sample.slips import with_slips
from simulations import CallSetup, load_library, score
from simulations.models import CallEvent, CallReview, CallState, EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.plan_runs import PlanPlayer
from simulations.queries import compiled, scored
from simulations.script.plans import Plan
from simulations.services import finish_call, review_call, verdict_of

PLANNED_NUMBER = "3276"  # the staff number that bundled plans say
SLIPS_BY_SKILL, MOST_SLIPS = 3.5, 6  # somebody of skill 0.9 slips twice a call
PRAISE = ("", "", "", "复述清楚，号码一次对上。", "语气稳，先安抚再问址。", "收尾完整，注意别抢话。")
ADVICE = (
    "号码照着纸念，不靠记；先指令，后问址。",
    "复述漏了门牌，工单也就错了。",
    "先致歉，再查单。",
    "铃响三声内接起。",
)


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
    session: Session,
    worker: Worker,
    script: SampleScript,
    assessor: Worker,
    random: Random,
    *,
    at: datetime,
    tries: int = 0,
) -> CallReview:
    """Let a person play a script from `at` on and an assessor decide about it some hours later.

    tries   how often they failed it before: they slip less each time
    """  # fmt: skip
    plan = _as_they_do(worker, script, random, tries)
    call, ended = _play(session, worker, script.edition, plan, at=at, seed=random.randrange(2**31))
    result = scored(session, call)
    doubts = {item.id: random.choice(("met", "met", "partly")) for item in result.checkpoints
              if item.outcome == "doubtful"}  # fmt: skip
    passed = verdict_of(session, call, doubts).passed if doubts else result.passed
    return review_call(
        session,
        call.id,
        overrides=doubts,
        reason="听过全程，按录音判定" if doubts else "",
        by=assessor.identity,
        remark=random.choice(PRAISE if passed else ADVICE),
        now=ended + timedelta(minutes=random.randrange(30, 170)),
    )


def leave_for_review(session: Session, worker: Worker, script: SampleScript, random: Random, *, at: datetime) -> None:
    """Let a person play a script that no assessor has looked at yet."""
    _play(session, worker, script.edition, _as_they_do(worker, script, random, 0), at=at,
          seed=random.randrange(2**31))  # fmt: skip


def _as_they_do(worker: Worker, script: SampleScript, random: Random, tries: int) -> Plan:
    """Return what a person says and does: rarely all wrong, mostly right but for some slips, the fewer the better."""
    if script.failing and random.random() < (1 - worker.skill) / (2 + 2 * tries):
        return random.choice(script.failing)
    clumsy = min(0.9, (1 - worker.skill) * SLIPS_BY_SKILL) / (1 + tries)
    slips = sum(random.random() < clumsy for _chance in range(MOST_SLIPS))
    return with_slips(random.choice(script.passing), slips, random)


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
        execution_options={"render_nulls": True},
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
