"""Simulated calls of the sample: bundled plans played by the engine itself, dated in the past."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.desk.sample.doing import Worker
from lms.desk.sample.slips import with_slips
from lms.people.models import Person
from simulations import CallSetup, load_library, score
from simulations.analytics.blind import mark_blind
from simulations.analytics.models import CallFigures
from simulations.models import CallEvent, CallReview, CallState, EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.plan_runs import PlanPlayer
from simulations.practice.queries import good_enough
from simulations.practice.services import decide_example, offer_example
from simulations.queries import compiled, report_of, scored
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


FAVOURITE = "bill-01"  # played more than the others, so that there are enough calls to prove how it is scored
MARKED_BLIND = ((FAVOURITE, 54, False), ("gas-leak-01", 17, True))  # how many calls, and whether one passed falsely
EXAMPLES, EXAMPLES_WAITING, EXAMPLE_TOTAL = 8, 2, 9500
SEEN_OTHERWISE = 0.02  # of the checkpoints that aren't critical


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
        verdicts = [(plan, _passes(edition, plan)) for plan in plans.get(edition.code, ()) if _can_be_typed(plan)]
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


def mark_some_blind(session: Session, assessors: Sequence[Worker], random: Random, *, now: datetime) -> None:
    """Let assessors mark calls without the system's word: enough of one script to prove it, too few of another."""
    for code, number, falsely in MARKED_BLIND:
        rows = session.execute(
            select(SimulatedCall.id, CallReview.assessor_id, CallFigures.items)
            .join(CallReview, CallReview.call_id == SimulatedCall.id)
            .join(CallFigures, CallFigures.call_id == SimulatedCall.id)
            .join(ScriptEdition, ScriptEdition.id == SimulatedCall.edition_id).where(ScriptEdition.code == code)
            .order_by(SimulatedCall.started_at.desc()).limit(number)
        ).all()
        for place, (call_id, reviewer_id, items) in enumerate(rows):
            marker = random.choice([it for it in assessors if it.person.id != reviewer_id])
            said = {item["id"]: _seen_by_a_person(item, random) for item in items}
            if falsely and place == len(rows) // 2:
                said[next(item["id"] for item in items if item["critical"])] = "not_met"
            mark_blind(session, call_id, said, remark="", by=marker.identity,
                       now=now - timedelta(days=20) + timedelta(hours=3 * place))  # fmt: skip


def give_some_examples(session: Session, trainers: Sequence[Worker], random: Random, *, now: datetime) -> None:
    """Let people give their best calls as examples, one a script, and trainers take in all but the newest two."""
    rows = session.execute(
        select(SimulatedCall.id, Person, ScriptEdition.code)
        .join(CallReview, CallReview.call_id == SimulatedCall.id)
        .join(ScriptEdition, ScriptEdition.id == SimulatedCall.edition_id)
        .join(Person, Person.id == SimulatedCall.person_id)
        .where(CallReview.passed, CallReview.total >= EXAMPLE_TOTAL)
        .order_by(SimulatedCall.started_at.desc()).limit(200)
    ).tuples()
    best = [(call_id, person) for call_id, person in {code: (it, who) for it, who, code in rows}.values()
            if good_enough(session, report_of(session, session.get_one(SimulatedCall, call_id)))]
    for place, (call_id, person) in enumerate(best[:EXAMPLES]):
        at = now - timedelta(days=1 + 3 * place)
        example = offer_example(session, call_id, named=random.random() < 0.4, by=Worker(person, 1).identity, now=at)
        if place >= EXAMPLES_WAITING:
            decide_example(session, example.id, approve=True, note=random.choice(PRAISE[3:]),
                           by=random.choice(trainers).identity, now=at + timedelta(hours=5))  # fmt: skip


def _seen_by_a_person(item: Mapping[str, Any], random: Random) -> str:
    """Return what somebody makes of a checkpoint: mostly what the system does."""
    outcome = "met" if item["outcome"] == "doubtful" else str(item["outcome"])
    if item["critical"] or random.random() >= SEEN_OTHERWISE:
        return outcome
    return random.choice(("met", "partly", "not_met"))


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


def _can_be_typed(plan: Plan) -> bool:
    return all(step.kind not in ("voice", "choose") for step in plan.steps)


def _passes(edition: ScriptEdition, plan: Plan) -> bool:
    player = _played(edition, plan, CallSetup("exam", ("type",), seed=1, staff_no=PLANNED_NUMBER))
    return score(compiled(edition), player.events).passed
