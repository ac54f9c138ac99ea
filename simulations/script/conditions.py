"""Read conditions: `说(关阀) <= 60秒 自 报险`, `给(地址) 且 给(电话)`, `动作(派单) <= 30秒 自 给(地址)`."""

import re
from typing import Final

from .diagnostics import Findings
from .lines import Span
from .tree import AllOf, AnyOf, Atom, Condition, Limit, Name
from .vocabulary import ATOMS, FIRST_WORDS, GIVES, UNITS, WITH_NAMES, name_key

_WORD: Final = re.compile(r"[^\s()<=@&|]+")
_LIMIT: Final = re.compile(
    r"(?:<=|≤|<)\s*([0-9]{1,5})\s*(分钟|seconds|turns|times|rings|turn|sec|min|秒|句|次|声|分|s)"
)
_SINCE: Final = re.compile(r"(?:自|从|from\b|since\b)\s*")
_AT: Final = re.compile(r"@\s*")
_AND: Final = re.compile(r"且|and\b|&&?")
_OR: Final = re.compile(r"或|or\b|\|\|")
_NODE: Final = re.compile(r"[^\s()@<≤]+?(?=\s|@|<|≤|且|或|\)|$)")
_SEPARATORS: Final = ",、"
_MAX_ATOMS: Final = 40


def parse_condition(span: Span, findings: Findings) -> Condition | None:
    """Read a condition; on trouble adds CS113 and returns None."""
    reader = _Reader(span)
    try:
        condition = reader.any_of()
        reader.blanks()
        if reader.at < len(reader.shape):
            raise _TroubleError(reader.at)
        return condition
    except _TroubleError as trouble:
        rest = span.cut(min(trouble.at, len(reader.shape)))
        findings.add("CS113", rest.place if rest.text else span.place, text=rest.text[:20] or span.text[-10:])
    return None


class _TroubleError(Exception):
    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


class _Reader:
    """Recursive descent; 且 binds closer than 或."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.shape = span.shape
        self.at = 0
        self.count = 0

    def any_of(self) -> Condition:
        parts = [self.all_of()]
        while self.take(_OR):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self) -> Condition:
        parts = [self.atom()]
        while self.take(_AND):
            parts.append(self.atom())
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def atom(self) -> Condition:
        self.blanks()
        self.count += 1
        if self.count > _MAX_ATOMS:
            raise _TroubleError(self.at)
        if self.shape.startswith("(", self.at):
            self.at += 1
            inner = self.any_of()
            self.expect(")")
            return inner
        start = self.at
        word = self.take(_WORD)
        kind = ATOMS.get(name_key(word[0])) if word else None
        if kind is None:
            raise _TroubleError(start)
        names: tuple[Name, ...] = ()
        if kind in WITH_NAMES:
            names = self.names()
        limit = self.limit()
        since_node, since_fact = self.since()
        at_node, first = self.place()
        if limit is None:
            limit = self.limit()
        return Atom(kind, names, limit, since_node, since_fact, at_node, first, self.span.cut(start, self.at).place)

    def names(self) -> tuple[Name, ...]:
        self.blanks()
        opened = self.at
        self.expect("(")
        closed = self.shape.find(")", self.at)
        if closed < 0:
            raise _TroubleError(opened)
        inside = self.span.cut(self.at, closed)
        self.at = closed + 1
        pieces = [piece for piece in inside.split(_SEPARATORS) if piece.text]
        if not pieces:
            raise _TroubleError(opened)
        return tuple(piece.name for piece in pieces)

    def limit(self) -> Limit | None:
        found = self.take(_LIMIT)
        if not found:
            return None
        unit = UNITS[found[2]]
        amount = int(found[1])
        if unit == "分":
            return Limit(amount * 60_000, "秒")
        return Limit(amount * 1000, unit) if unit == "秒" else Limit(amount, unit)

    def since(self) -> tuple[Name | None, Name | None]:
        if not self.take(_SINCE):
            return None, None
        start = self.at
        given = re.compile("|".join(GIVES | {"given"}) + r"(?=\s*\()").match(self.shape, self.at)
        if given:
            self.at = given.end()
            names = self.names()
            if len(names) != 1:
                raise _TroubleError(start)
            return None, names[0]
        return self.node(), None

    def place(self) -> tuple[Name | None, bool]:
        if not self.take(_AT):
            return None, False
        node = self.node()
        return (None, True) if node.key in FIRST_WORDS else (node, False)

    def node(self) -> Name:
        self.blanks()
        found = _NODE.match(self.shape, self.at)
        if not found:
            raise _TroubleError(self.at)
        name = self.span.cut(self.at, found.end()).name
        self.at = found.end()
        return name

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self.blanks()
        found = pattern.match(self.shape, self.at)
        if found:
            self.at = found.end()
        return found

    def expect(self, mark: str) -> None:
        self.blanks()
        if not self.shape.startswith(mark, self.at):
            raise _TroubleError(self.at)
        self.at += len(mark)

    def blanks(self) -> None:
        while self.at < len(self.shape) and self.shape[self.at] == " ":
            self.at += 1
