"""Run a plan against its script and say every difference: how bundled scripts prove themselves."""

import re

from .player.events import Event
from .player.options import options
from .player.player import catch_up, client_event, new_call, step
from .player.setup import CallSetup
from .player.state import CallState
from .player.timers import next_timer
from .scoring.score import CallScore, score
from .script.machine import CompiledScript
from .script.plans import Plan, PlanError, PlanStep, action_named
from .script.vocabulary import name_key

_WHO = {"客户": "caller", "话务员": "learner", "系统": "system"}
_MOST_TIMERS = 200


class PlanPlayer:
    """A call driven by steps, with a clock of its own that only moves when steps say so."""

    def __init__(self, script: CompiledScript, setup: CallSetup) -> None:
        self.state: CallState = new_call(script, setup)
        self.now = 0

    @property
    def events(self) -> tuple[Event, ...]:
        """The log so far."""
        return self.state.events

    def wait(self, ms: int) -> None:
        """Let time pass; what is due happens."""
        self.now += ms
        self.state, _, _ = catch_up(self.state, self.now)

    def send(self, kind: str, **data: object) -> None:
        """Send one client event now. Raises EventRefused."""
        event = client_event(
            self.state, kind, data, server_ms=self.now, client_ms=self.now, client_seq=self.state.client_seq + 1
        )
        self.state, _ = step(self.state, event)

    def listen(self) -> None:
        """Wait until the caller has finished speaking."""
        if self.state.speaking_until_ms > self.now:
            self.wait(self.state.speaking_until_ms - self.now)

    def let_end(self) -> None:
        """Let timers run until the call ends by itself."""
        for _ in range(_MOST_TIMERS):
            timer = next_timer(self.state)
            if timer is None:
                return
            self.wait(max(timer.due_ms - self.now, 0))

    def take(self, plan_step: PlanStep) -> None:
        """Take one step of a plan."""
        if self.state.ended:
            return
        if plan_step.kind == "wait":
            self.wait(plan_step.after_ms)
            return
        if plan_step.kind not in ("interrupt", "answer"):
            self.listen()
        if plan_step.kind not in ("fill", "act", "interrupt"):
            self.wait(plan_step.after_ms)
        if self.state.ended:
            return
        getattr(self, f"_{plan_step.kind}")(plan_step)

    def _answer(self, _step: PlanStep) -> None:
        self.send("answered")

    def _say(self, plan_step: PlanStep) -> None:
        self.send("utterance", mode="type", text=plan_step.text)

    def _voice(self, plan_step: PlanStep) -> None:
        self.send("utterance", mode="voice", text=plan_step.text)

    def _interrupt(self, plan_step: PlanStep) -> None:
        self.send("interrupted")
        self.send("utterance", mode="type", text=plan_step.text)

    def _choose(self, plan_step: PlanStep) -> None:
        wanted = name_key(plan_step.text)
        option = next((o for o in options(self.state) if wanted in name_key(o.text)), None)
        if option is None:
            raise PlanError(f"line {plan_step.line}: no option “{plan_step.text}”")
        self.send("choice", option=option.id)

    def _act(self, plan_step: PlanStep) -> None:
        action, target = action_named(plan_step.text)
        more = {"target": target} if target else {}
        self.wait(1000)
        if not self.state.ended:
            self.send("action", name=action.value, **more)

    def _fill(self, plan_step: PlanStep) -> None:
        for piece in re.split("[;；]", plan_step.text):
            name, _, value = piece.replace("＝", "=").partition("=")
            self.send("field_committed", name=name.strip(), value=value.strip())

    def _hangup(self, _step: PlanStep) -> None:
        self.send("hangup")


def play_plan(script: CompiledScript, plan: Plan) -> PlanPlayer:
    """Play a plan to the call's end."""
    modes = ("type", "voice", "choose")
    player = PlanPlayer(script, CallSetup("practice", modes, seed=1))
    for plan_step in plan.steps:
        player.take(plan_step)
    player.let_end()
    return player


def differences(script: CompiledScript, plan: Plan) -> list[str]:
    """Return every way in which playing the plan differs from what it states; none when it holds."""
    player = play_plan(script, plan)
    result = score(script, player.events)
    found = _ending_differs(plan, result)
    wanted = dict(plan.outcomes)
    for unknown in wanted.keys() - {name_key(c.id) for c in result.checkpoints}:
        found.append(f"no checkpoint {unknown}")
    for checkpoint in result.checkpoints:
        expected = wanted.get(name_key(checkpoint.id), "met")
        if checkpoint.outcome.value != expected:
            found.append(f"{checkpoint.id}: {checkpoint.outcome.value}, expected {expected}")
    if plan.total is not None:
        fits = result.total == plan.total * 100 if plan.exactly else result.total >= plan.total * 100
        if not fits:
            found.append(f"total {result.total / 100:g}, expected {plan.total}")
    return found


def _ending_differs(plan: Plan, result: CallScore) -> list[str]:
    if result.ended is None:
        return ["the call did not end"]
    got = (name_key(result.ended.node), result.ended.by)
    wanted = (plan.ending[0], _WHO.get(plan.ending[1], plan.ending[1]))
    return (
        []
        if got == wanted
        else [f"ended at {got[0]} by {got[1]} ({result.ended.reason}), expected {wanted[0]} by {wanted[1]}"]
    )
