"""How people differ from a plan: a sentence forgotten, a digit mistyped, a field left empty, the phone taken late."""

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Final

from simulations.script.plans import Plan, PlanStep

LATE_MS: Final = (9_000, 14_000)  # added to the time a phone rings
FIRST_SAID: Final = 2  # greeting and first question: without them there is no call
_SENTENCE: Final = re.compile(r"(?:[^。？！.?!]|[.?!](?=\S))+[。？！.?!]?\s*")
_CLAUSE: Final = re.compile(r"(?:[^，。？！,.?!]|[,.?!](?=\S))+[，。？！,.?!]?\s*")
_FIELD: Final = re.compile(r"[^;；]+")

Slip = Callable[[tuple[PlanStep, ...], Random], tuple[PlanStep, ...]]


def with_slips(plan: Plan, count: int, random: Random) -> Plan:
    """Return a plan with so many slips; one that finds nothing to spoil changes nothing."""
    steps = plan.steps
    for slip in random.choices(_SLIPS, weights=_WEIGHTS, k=count):
        steps = slip(steps, random)
    return replace(plan, steps=steps)


def _forget_part(pattern: re.Pattern[str], steps: tuple[PlanStep, ...], random: Random) -> tuple[PlanStep, ...]:
    """Leave out one part of something said, if it has several."""
    chances = [at for at, step in enumerate(steps) if step.kind == "say" and len(pattern.findall(step.text)) > 1]
    if not chances:
        return steps
    at = random.choice(chances)
    parts = pattern.findall(steps[at].text)
    del parts[random.randrange(len(parts))]
    return _with(steps, at, "".join(parts))


def _forget_sentence(steps: tuple[PlanStep, ...], random: Random) -> tuple[PlanStep, ...]:
    return _forget_part(_SENTENCE, steps, random)


def _forget_clause(steps: tuple[PlanStep, ...], random: Random) -> tuple[PlanStep, ...]:
    return _forget_part(_CLAUSE, steps, random)


def _forget_reply(steps: tuple[PlanStep, ...], random: Random) -> tuple[PlanStep, ...]:
    """Leave out something said, once the call is under way."""
    said = [at for at, step in enumerate(steps) if step.kind == "say"][FIRST_SAID:]
    if not said:
        return steps
    at = random.choice(said)
    return steps[:at] + steps[at + 1 :]


def _mistype(steps: tuple[PlanStep, ...], random: Random) -> tuple[PlanStep, ...]:
    """Get one digit of the ticket wrong."""
    places = [
        (at, found.start())
        for at, step in enumerate(steps)
        if step.kind == "fill"
        for found in re.finditer(r"\d", step.text)
    ]
    if not places:
        return steps
    at, place = random.choice(places)
    text = steps[at].text
    digit = (int(text[place]) + random.randrange(1, 10)) % 10
    return _with(steps, at, f"{text[:place]}{digit}{text[place + 1 :]}")


def _leave_empty(steps: tuple[PlanStep, ...], random: Random) -> tuple[PlanStep, ...]:
    """Leave one field of the ticket empty."""
    chances = [at for at, step in enumerate(steps) if step.kind == "fill" and len(_FIELD.findall(step.text)) > 1]
    if not chances:
        return steps
    at = random.choice(chances)
    fields = _FIELD.findall(steps[at].text)
    del fields[random.randrange(len(fields))]
    return _with(steps, at, "；".join(fields))


def _answer_late(steps: tuple[PlanStep, ...], random: Random) -> tuple[PlanStep, ...]:
    return tuple(
        replace(step, after_ms=step.after_ms + random.randrange(*LATE_MS)) if step.kind == "answer" else step
        for step in steps
    )


def _with(steps: tuple[PlanStep, ...], at: int, text: str) -> tuple[PlanStep, ...]:
    return (*steps[:at], replace(steps[at], text=text), *steps[at + 1 :])


_SLIPS: Final[tuple[Slip, ...]] = (
    _forget_sentence, _forget_clause, _forget_reply, _mistype, _leave_empty, _answer_late,
)  # fmt: skip
_WEIGHTS: Final = (4, 5, 3, 4, 2, 2)
