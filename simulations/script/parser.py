"""Parse a script into its tree, line by line. Every line that can't be read is reported, and the rest is still read."""

from collections.abc import Callable
from typing import Final, TypeVar

from . import parse_checks, parse_dialogue, parse_words
from .diagnostics import Findings
from .lines import Span, lines_of
from .parse_dialogue import NodeBuilder
from .suggestions import nearest
from .tree import Check, CoachNote, Example, Fact, Field, Header, Name, PhraseLine, Place, Script
from .vocabulary import COACH_TOPICS, HEADERS, SECTIONS, Section, name_key

MAX_LINES: Final = 3000
MAX_WIDTH: Final = 1000
_REQUIRED: Final = (Section.SCRIPT, Section.CHECKS, Section.DIALOGUE)
Named = TypeVar("Named", Fact, Field, PhraseLine, Check)


def parse_script(text: str, findings: Findings) -> Script:
    """Parse a script; troubles go to `findings`, the tree holds what could be read."""
    parser = _Parser(findings)
    lines = lines_of(text)
    if len(lines) > MAX_LINES or any(len(line.raw) > MAX_WIDTH for line in lines):
        worst = next((line for line in lines if len(line.raw) > MAX_WIDTH), lines[min(len(lines), MAX_LINES) - 1])
        findings.add("CS125", worst.place, limit=MAX_LINES, width=MAX_WIDTH)
        return parser.finish()
    for line in lines:
        parser.read(line)
    return parser.finish()


class _Parser:
    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.section: Section | None = None
        self.lost = False
        self.sections: list[Section] = []
        self.headers: list[Header] = []
        self.facts: list[Fact] = []
        self.fields: list[Field] = []
        self.phrases: list[PhraseLine] = []
        self.examples: list[Example] = []
        self.checks: list[Check] = []
        self.nodes: list[NodeBuilder] = []
        self.coach: list[CoachNote] = []
        self.readers: dict[Section, Callable[[Span], None]] = {
            Section.SCRIPT: self.header,
            Section.CALLER: self.fact,
            Section.TICKET: self.field,
            Section.PHRASES: self.phrase,
            Section.CHECKS: self.check,
            Section.DIALOGUE: self.dialogue,
            Section.COACH: self.coach_note,
        }

    def read(self, line: Span) -> None:
        """Read one line of whatever section is open."""
        shape = line.shape
        if shape.startswith(("【", "〖")) or (
            shape.startswith("[") and shape.endswith("]") and name_key(shape[1:-1]) in SECTIONS
        ):
            self.open_section(line)
        elif self.section is None:
            if not self.lost:
                self.findings.add("CS101", line.place)
            self.lost = True  # one line says it for all that follow
        else:
            self.readers[self.section](line)

    def open_section(self, line: Span) -> None:
        inside = line.cut(1, len(line.shape) - 1 if line.shape.endswith(("】", "〗", "]")) else None)
        section = SECTIONS.get(name_key(inside.text))
        self.lost = section is None
        if section is None:
            self.section = None
            self.findings.add("CS103", line.place, nearest(inside.text, [s.value for s in Section]), name=inside.text)
            return
        if section in self.sections:
            self.findings.add("CS104", line.place, name=section.value)
        self.sections.append(section)
        self.section = section

    def header(self, line: Span) -> None:
        halves = line.around((":",))
        if halves is None:
            self.findings.add("CS102", line.place)
            return
        key, value = halves
        known = HEADERS.get(name_key(key.text))
        if known is None:
            self.findings.add("CS106", key.place, nearest(key.text, list(HEADERS)), name=key.text)
        elif not value.text:
            self.findings.add("CS124", line.place, name=known)
        elif any(h.key == known for h in self.headers) and known != "引用":
            first = next(h.place.line for h in self.headers if h.key == known)
            self.findings.add("CS203", key.place, name=known, first=first)
        else:
            self.headers.append(Header(known, value.text, key.place, value.place))

    def fact(self, line: Span) -> None:
        made = parse_words.fact(line, self.findings)
        if made:
            self.keep(self.facts, made, made.name, "CS203")

    def field(self, line: Span) -> None:
        made = parse_words.ticket_field(line, self.findings)
        if made:
            self.keep(self.fields, made, made.name, "CS203")

    def phrase(self, line: Span) -> None:
        made = parse_words.phrase_or_example(line, self.findings)
        if isinstance(made, Example):
            self.examples.append(made)
        elif made:
            self.keep(self.phrases, made, made.name, "CS203")

    def check(self, line: Span) -> None:
        made = parse_checks.check(line, self.findings)
        if made:
            self.keep(self.checks, made, made.id, "CS201")

    def keep(self, kept: list[Named], made: Named, name: Name, code: str) -> None:
        """Add something named unless the name is taken."""
        for other in kept:
            other_name = other.id if isinstance(other, Check) else other.name
            if other_name.key == name.key:
                self.findings.add(code, name.place, name=name.text, first=other_name.place.line)
                return
        kept.append(made)

    def dialogue(self, line: Span) -> None:
        name = parse_dialogue.node_name(line, self.findings)
        if name is not None:
            twin = next((n for n in self.nodes if n.name.key == name.key), None)
            if twin:
                self.findings.add("CS202", name.place, name=name.text, first=twin.name.place.line)
            self.nodes.append(NodeBuilder(name, is_twin=twin is not None))
        elif not self.nodes:
            self.findings.add("CS116", line.place)
        else:
            parse_dialogue.node_line(line, self.nodes[-1], self.findings)

    def coach_note(self, line: Span) -> None:
        halves = line.around((":",))
        if halves is None:
            self.findings.add("CS102", line.place)
            return
        key, words = halves
        topic = COACH_TOPICS.get(name_key(key.text))
        if topic is None:
            self.findings.add("CS126", key.place, nearest(key.text, list(COACH_TOPICS)), name=key.text)
        elif not words.text:
            self.findings.add("CS124", line.place, name=topic.value)
        else:
            self.coach.append(CoachNote(topic, words.text, line.place))

    def finish(self) -> Script:
        """Report missing sections and return the tree."""
        if not self.findings.has_errors or self.sections:
            for section in _REQUIRED:
                if section not in self.sections:
                    self.findings.add("CS105", Place(1, 1, 1), name=section.value)
        nodes = tuple(n.built() for n in self.nodes if not n.is_twin)
        return Script(
            tuple(self.headers),
            tuple(self.facts),
            tuple(self.fields),
            tuple(self.phrases),
            tuple(self.examples),
            tuple(self.checks),
            nodes,
            tuple(self.sections),
            tuple(self.coach),
        )
