"""Plans: what is said and done in a call, in order, and what must come of it. They stand beside each bundled script.

    【完美】
    接听 6秒
    说: 您好，平安燃气3276号为您服务，请讲。
    动作: 派单
    填: 姓名=王桂芳；级别=特急
    等: 10秒
    结局: 收尾 客户
    总分: 100
    未达成: 后挂

`说 12秒: …` thinks for 12 s first (4 by default). Checkpoints that a plan doesn't name must be met.
"""

import re
from dataclasses import dataclass
from typing import Final

from .lines import lines_of
from .vocabulary import ACTIONS, Action, name_key

_STEP: Final = re.compile(r"(接听|说|语音|选|动作|填|等|打断|挂机)\s*(?:([0-9]{1,3})\s*秒)?\s*(?::\s*(.*))?$")
_EXPECTED: Final = re.compile(r"(结局|总分|达成|部分|未达成|存疑|不适用)\s*:\s*(.*)$")
_OUTCOMES: Final = {
    "达成": "met",
    "部分": "partly",
    "未达成": "not_met",
    "存疑": "doubtful",
    "不适用": "not_applicable",
}
_DEFAULT_MS: Final = 4_000


class PlanError(ValueError):
    """A plan that can't be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One step. kind: answer, say, voice, choose, act, fill, wait, interrupt, hangup; after_ms before it."""

    kind: str
    after_ms: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A named way through a script.

    ending     node and who hung up (客户, 话务员, 系统)
    total      least total in whole points, None when not stated; exact when `exactly`
    outcomes   checkpoint id -> outcome for those that aren't met
    """

    name: str
    steps: tuple[PlanStep, ...]
    ending: tuple[str, str]
    total: int | None
    exactly: bool
    outcomes: tuple[tuple[str, str], ...]


def parse_plans(text: str) -> tuple[Plan, ...]:
    """Read every plan of a file. Raises PlanError."""
    plans: list[Plan] = []
    block: _Block | None = None
    for line in lines_of(text):
        if line.shape.startswith("【"):
            if block:
                plans.append(block.built())
            block = _Block(line.text.strip("【】 "), line.number)
        elif block is None:
            raise PlanError(f"line {line.number}: a plan begins with its name in 【】")
        else:
            block.read(line.text, line.shape, line.number)
    if block:
        plans.append(block.built())
    return tuple(plans)


class _Block:
    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self.line = line
        self.steps: list[PlanStep] = []
        self.ending: tuple[str, str] | None = None
        self.total: int | None = None
        self.exactly = True
        self.outcomes: dict[str, str] = {}

    def read(self, text: str, shape: str, number: int) -> None:
        expected = _EXPECTED.match(shape)
        step = _STEP.match(shape)
        if expected:
            self.expect(expected[1], text[expected.start(2) :].strip(), number)
        elif step:
            kind = {
                "接听": "answer",
                "说": "say",
                "语音": "voice",
                "选": "choose",
                "动作": "act",
                "填": "fill",
                "等": "wait",
                "打断": "interrupt",
                "挂机": "hangup",
            }[step[1]]
            words = text[step.start(3) :].strip() if step[3] is not None else ""
            if kind == "wait":
                seconds = re.match(r"([0-9]+)", words or (step[2] or ""))
                if not seconds:
                    raise PlanError(f"line {number}: how long?")
                self.steps.append(PlanStep(kind, int(seconds[1]) * 1000, "", number))
            else:
                self.steps.append(PlanStep(kind, int(step[2]) * 1000 if step[2] else _DEFAULT_MS, words, number))
        else:
            raise PlanError(f"line {number}: {text}")

    def expect(self, word: str, value: str, number: int) -> None:
        if word == "结局":
            node, _, who = value.partition(" ")
            self.ending = (name_key(node), who.strip() or "客户")
        elif word == "总分":
            found = re.match(r"(>=|≥)?\s*([0-9]+)$", value)
            if not found:
                raise PlanError(f"line {number}: {value}")
            self.total, self.exactly = int(found[2]), not found[1]
        else:
            for id_ in re.split(r"[,，、\s]+", value):
                if id_:
                    self.outcomes[name_key(id_)] = _OUTCOMES[word]

    def built(self) -> Plan:
        if self.ending is None:
            raise PlanError(f"line {self.line}: {self.name} has no 结局")
        return Plan(
            self.name, tuple(self.steps), self.ending, self.total, self.exactly, tuple(sorted(self.outcomes.items()))
        )


def action_named(text: str) -> tuple[Action, str]:
    """Read `派单` or `转接:调度中心`. Raises PlanError for an unknown action."""
    word, _, target = text.replace("：", ":").partition(":")
    action = ACTIONS.get(name_key(word))
    if action is None:
        raise PlanError(f"unknown action {text}")
    return action, target.strip()
