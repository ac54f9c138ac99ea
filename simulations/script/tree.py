"""The syntax tree of a script. Frozen; places (line and columns, 1-based) never take part in comparison."""

from dataclasses import dataclass, field

from ..wording.patterns import Choice
from .vocabulary import AtomKind, CoachTopic, Dimension, FieldKind, Section


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the text: 1-based line, 1-based first column, column behind the last."""

    line: int
    column: int
    end: int


def nowhere() -> Place:
    """Return the place of things that no line made."""
    return Place(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Name:
    """A name that refers to something, with its place."""

    text: str
    key: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Header:
    """`key: value` in 剧本."""

    key: str
    value: str
    place: Place = field(compare=False)
    value_place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Fact:
    """`key = value` in 人物."""

    name: Name
    value: str
    value_place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Field:
    """`key: type = answer` in 工单."""

    name: Name
    kind: FieldKind
    options: tuple[str, ...]
    answer: str
    answer_place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """`name = pattern` in 短语 or in a library."""

    name: Name
    source: str
    pattern: Choice
    source_place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Example:
    """`正 name: reply | reply`."""

    positive: bool
    name: Name
    replies: tuple[str, ...]
    places: tuple[Place, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Limit:
    """`<= n unit`; amount in whole units: 秒 are kept as milliseconds."""

    amount: int
    unit: str


@dataclass(frozen=True, slots=True)
class Atom:
    """One question of a condition.

    names    phrases, facts, fields or an action with its target
    limit    `<=`;  since a node or a fact given;  at a node or, with `first`, the first words
    """

    kind: AtomKind
    names: tuple[Name, ...]
    limit: Limit | None
    since_node: Name | None
    since_fact: Name | None
    at_node: Name | None
    first: bool
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Conditions joined by 且."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Conditions joined by 或."""

    parts: tuple["Condition", ...]


Condition = Atom | AllOf | AnyOf


@dataclass(frozen=True, slots=True)
class Check:
    """A checkpoint line; points in hundredths of a mark."""

    id: Name
    title: str
    dimension: Dimension
    points: int
    condition: Condition
    critical: bool
    human_only: bool
    place: Place = field(compare=False)


def wordings(text: str) -> tuple[str, ...]:
    """Return the wordings of a caller's line, which are spoken in turn.

    >>> wordings("我问的是账单。 | 那账单到底怎么回事？")
    ('我问的是账单。', '那账单到底怎么回事？')
    """
    return tuple(part.strip() for part in text.replace("｜", "|").split("|") if part.strip()) or (text,)


def in_turn(text: str) -> str:
    """Write a line's wordings in the one way that the tree knows."""
    return " | ".join(wordings(text))


@dataclass(frozen=True, slots=True)
class Effects:
    """What follows a move, another reply or a silence. says: lines as written, each in one or several wordings."""

    gives: tuple[Name, ...] = ()
    mood: int = 0
    says: tuple[str, ...] = ()
    says_places: tuple[Place, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class CallerLine:
    """`客: text`, spoken on entering the node, in one or several wordings; with `min_mood` only from that mood on."""

    text: str
    min_mood: int | None
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Move:
    """`* model reply => phrase -> node; effects`."""

    reply: str
    phrase: Name
    negated: bool
    once: bool
    target: Name | None
    effects: Effects
    place: Place = field(compare=False)
    reply_place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Other:
    """`- -> node`: anything else."""

    target: Name | None
    effects: Effects
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Silence:
    """`~ n秒 ...`; after_ms of silence."""

    after_ms: int
    target: Name | None
    effects: Effects
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Exit:
    """`? condition -> node`."""

    condition: Condition
    target: Name
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class HangUp:
    """`挂机: who n秒后 [失败]`; by is "caller" or "system"."""

    by: str
    after_ms: int
    failed: bool
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Node:
    """`== name ==` and its lines."""

    name: Name
    lines: tuple[CallerLine, ...]
    moves: tuple[Move, ...]
    other: Other | None
    silence: Silence | None
    exits: tuple[Exit, ...]
    hang_up: HangUp | None


@dataclass(frozen=True, slots=True)
class CoachNote:
    """`要点: text` in 教练: what the call teaches, a typical mistake or a better wording. Never scored."""

    topic: CoachTopic
    text: str
    place: Place = field(compare=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script as written."""

    headers: tuple[Header, ...]
    facts: tuple[Fact, ...]
    fields: tuple[Field, ...]
    phrases: tuple[PhraseLine, ...]
    examples: tuple[Example, ...]
    checks: tuple[Check, ...]
    nodes: tuple[Node, ...]
    sections: tuple[Section, ...] = field(default=(), compare=False)
    coach: tuple[CoachNote, ...] = ()


def atoms(condition: Condition) -> tuple[Atom, ...]:
    """Return every atom of a condition from left to right."""
    if isinstance(condition, Atom):
        return (condition,)
    return tuple(atom for part in condition.parts for atom in atoms(part))
