"""Patterns that trainers write: `(关/拧)..阀 / 阀..关`, `^喂`, `平安燃气..{工号}号`.

`/` separates alternatives, parentheses group them, `..` is a gap of at most six tokens (`....` twelve), `^` the start
of the call, `{工号}` or `{数}` any number, `{name}` a fact of the script. Patterns become a small tree for the matcher
and one RE2 expression that quickly tells when nothing can match: no pattern can make matching slow.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import re2

from .characters import plain
from .reading import literal_tokens
from .sounds import syllables

GAP: Final = 6
STAFF_NUMBER_NAMES: Final = frozenset({"工号", "staff"})
NUMBER_NAMES: Final = STAFF_NUMBER_NAMES | {"数", "number"}
_MAX_LENGTH: Final = 2000
_MAX_DEPTH: Final = 8
_FOLD: Final = str.maketrans("（）／．｛｝＾", "()/.{}^")


@dataclass(frozen=True, slots=True)
class Literal:
    """Words that must be said; `tokens` as replies are read."""

    text: str
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """At most `size` tokens of anything within the sentence."""

    size: int


@dataclass(frozen=True, slots=True)
class CallStart:
    """`^`: the very first words of the call."""


@dataclass(frozen=True, slots=True)
class Digits:
    """`{工号}` and `{数}`: a run of digits, however they were spoken."""


@dataclass(frozen=True, slots=True)
class FactWords:
    """`{name}` before the script's facts are filled in."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, each a sequence."""

    options: tuple["Sequence", ...]


@dataclass(frozen=True, slots=True)
class Sequence:
    """Items one after the other; `text` is what the author wrote."""

    items: tuple["Item", ...]
    text: str


Item = Literal | Gap | CallStart | Digits | FactWords | Choice


class PatternError(ValueError):
    """A pattern that can't be read. `reason` is a message key, `at` the offset in the pattern's text."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.at = at


@lru_cache(maxsize=2_048)
def parse_pattern(text: str) -> Choice:
    """Parse the right side of a phrase. Raises PatternError with the offset of the trouble."""
    if len(text) > _MAX_LENGTH:
        raise PatternError("pattern_too_long", _MAX_LENGTH)
    reader = _Reader(text)
    choice = reader.choice(depth=0)
    if reader.at < len(reader.text):
        raise PatternError("unexpected_bracket", reader.at)
    return choice


class _Reader:
    """Recursive descent over one pattern."""

    def __init__(self, text: str) -> None:
        self.original = text
        self.text = text.translate(_FOLD)
        self.at = 0

    def choice(self, depth: int) -> Choice:
        if depth > _MAX_DEPTH:
            raise PatternError("too_deep", self.at)
        options = [self.sequence(depth)]
        while self.peek() == "/":
            self.at += 1
            options.append(self.sequence(depth))
        return Choice(tuple(options))

    def sequence(self, depth: int) -> Sequence:
        start = self.at
        items: list[Item] = []
        while (c := self.peek()) and c not in "/)":
            items.append(self.item(c, depth))
        text = self.original[start : self.at].strip()
        items = [i for i in items if not (isinstance(i, Literal) and not i.tokens)]
        if not any(isinstance(i, Literal | Digits | FactWords | Choice) for i in items):
            raise PatternError("empty_alternative", start)
        if isinstance(items[0], Gap) or isinstance(items[-1], Gap):
            raise PatternError("gap_at_edge", start)
        if any(isinstance(i, CallStart) for i in items[1:]):
            raise PatternError("start_inside", start)
        return Sequence(tuple(items), text)

    def item(self, c: str, depth: int) -> Item:
        if c == "(":
            opened = self.at
            self.at += 1
            inner = self.choice(depth + 1)
            if self.peek() != ")":
                raise PatternError("unclosed_bracket", opened)
            self.at += 1
            return inner
        if c == "^":
            self.at += 1
            return CallStart()
        if c == "{":
            return self.reference()
        if c == "…" or self.text.startswith("..", self.at):
            return self.gap()
        return self.literal()

    def gap(self) -> Gap:
        size = 0
        while self.text.startswith("..", self.at) or self.peek() == "…":
            self.at += 1 if self.peek() == "…" else 2
            size += GAP
        return Gap(min(size, GAP * 3))

    def reference(self) -> Item:
        end = self.text.find("}", self.at)
        if end < 0:
            raise PatternError("unclosed_bracket", self.at)
        name = self.original[self.at + 1 : end].strip()
        if not name:
            raise PatternError("empty_alternative", self.at)
        self.at = end + 1
        return Digits() if plain(name) in NUMBER_NAMES else FactWords(plain(name))

    def literal(self) -> Literal:
        start = self.at
        while (c := self.peek()) and c not in "/()^{…" and not self.text.startswith("..", self.at):
            if c == "}":
                raise PatternError("unexpected_bracket", self.at)
            self.at += 1
        text = self.original[start : self.at].strip()
        return Literal(text, literal_tokens(text))

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]


def with_facts(choice: Choice, facts: Mapping[str, str]) -> Choice:
    """Fill in `{name}` from the script's facts. Raises KeyError with the name of an unknown fact."""

    def fill(item: Item) -> Item:
        if isinstance(item, FactWords):
            return Literal(facts[item.name], literal_tokens(facts[item.name]))
        return with_facts(item, facts) if isinstance(item, Choice) else item

    return Choice(tuple(Sequence(tuple(fill(i) for i in s.items), s.text) for s in choice.options))


def facts_in(choice: Choice) -> frozenset[str]:
    """Return the names of the facts that a pattern mentions."""
    found: set[str] = set()
    for sequence in choice.options:
        for item in sequence.items:
            if isinstance(item, FactWords):
                found.add(item.name)
            elif isinstance(item, Choice):
                found |= facts_in(item)
    return frozenset(found)


def one_character_alternatives(choice: Choice) -> tuple[str, ...]:
    """Return the top-level alternatives that are a single character and so match far too much."""
    return tuple(
        s.text
        for s in choice.options
        if len(s.items) == 1
        and isinstance(s.items[0], Literal)
        and len(s.items[0].tokens) == 1
        and len(s.items[0].tokens[0]) == 1
    )


@dataclass(frozen=True, slots=True)
class Searchable:
    """One alternative made ready for searching.

    quick     finds every sentence worth a closer look
    begins    tokens it can begin with; empty when it can begin with anything
    sounds    how these can be heard
    """

    sequence: Sequence
    quick: "re2._Regexp[str]"
    begins: frozenset[str]
    sounds: frozenset[str]


def searchable(choice: Choice) -> tuple[Searchable, ...]:
    """Make the alternatives of a pattern ready for searching."""
    return tuple(_ready(s) for s in choice.options)


def _ready(sequence: Sequence) -> Searchable:
    begins = _begins(sequence)
    sounds = frozenset(syllable for token in begins for syllable in syllables(token))
    return Searchable(sequence, re2.compile(_expression(Choice((sequence,)))), begins, sounds)


def _begins(sequence: Sequence) -> frozenset[str]:
    """Return the tokens with which a sequence can begin, empty for any."""
    first = sequence.items[0]
    if isinstance(first, Literal):
        return frozenset(first.tokens[:1])
    if isinstance(first, Choice):
        parts = [_begins(option) for option in first.options]
        return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset()


def _expression(choice: Choice) -> str:
    return "|".join("".join(_piece(item) for item in s.items) for s in choice.options)


def _piece(item: Item) -> str:
    if isinstance(item, Literal):
        return str(re2.escape("".join(item.tokens)))
    if isinstance(item, Gap):
        return ".*"
    if isinstance(item, Digits):
        return "[0-9]"
    if isinstance(item, Choice):
        return f"(?:{_expression(item)})"
    return ""
