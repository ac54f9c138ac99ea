"""Lines of 人物, 工单 and 短语: facts, ticket fields, phrases and their examples."""

import re
from typing import Final

from ..wording.patterns import PatternError, parse_pattern
from .diagnostics import Findings
from .lines import Span, bracketed
from .messages import PATTERN_REASONS
from .suggestions import nearest
from .tree import Example, Fact, Field, PhraseLine, Place
from .vocabulary import FIELD_KINDS, POSITIVE, FieldKind, name_key

_EXAMPLE: Final = re.compile(r"(正|反|yes\b|no\b)例?\s*([^:=]+):")


def fact(line: Span, findings: Findings) -> Fact | None:
    """`姓名 = 王桂芳`."""
    halves = _halves(line, findings)
    return Fact(halves[0].name, halves[1].text, halves[1].place) if halves else None


def ticket_field(line: Span, findings: Findings) -> Field | None:
    """`级别: 单选(一般/紧急) = 紧急`."""
    named = line.around((":",))
    if named is None:
        findings.add("CS102", line.place)
        return None
    name, rest = named
    halves = rest.around(("=",))
    if halves is None:
        findings.add("CS118", line.place, f"{line.text} = …")
        return None
    kind_words, answer = halves
    kind, options = _kind(kind_words, findings)
    if kind is None:
        return None
    if not name.text or not answer.text:
        findings.add("CS124", line.place, name=name.text or line.text)
        return None
    return Field(name.name, kind, options, answer.text, answer.place)


def _kind(words: Span, findings: Findings) -> tuple[FieldKind | None, tuple[str, ...]]:
    parts = bracketed(words)
    word = parts[0] if parts else words
    kind = FIELD_KINDS.get(name_key(word.text))
    if kind is None:
        place = word.place if word.text else words.place
        findings.add("CS119", place, nearest(word.text, list(FIELD_KINDS)), name=word.text)
        return None, ()
    # Options are listed with 、 or ， as in any sentence, unless the author divides them by the sign of choice.
    divided = parts[1].split("/" if "/" in parts[1].shape else "、,") if parts else []
    options = tuple(o.text for o in divided if o.text)
    if kind in (FieldKind.ONE_OF, FieldKind.CONTAINS) and not options:
        findings.add("CS124", words.place, name=words.text)
        return None, ()
    return kind, options


def phrase_or_example(line: Span, findings: Findings) -> PhraseLine | Example | None:
    """`关阀 = (关/拧)..阀`, or an example of a phrase."""
    example = _EXAMPLE.match(line.shape)
    if example:
        return _example(line, example, findings)
    if re.match(r"(?:正|反)例?\s*[^=]*$", line.shape):
        findings.add("CS123", line.place, _example_meant(line))
        return None
    halves = _halves(line, findings)
    if halves is None:
        return None
    name, source = halves
    try:
        pattern = parse_pattern(source.text)
    except PatternError as error:
        chinese, english = PATTERN_REASONS[error.reason]
        at = min(source.start + error.at, max(source.end - 1, source.start))
        findings.add("CS109", Place(line.number, at + 1, source.end + 1), reason=chinese, reason_en=english)
        return None
    return PhraseLine(name.name, source.text, pattern, source.place)


def _example(line: Span, found: re.Match[str], findings: Findings) -> Example | None:
    name = line.cut(found.start(2), found.end(2))
    replies = [r for r in line.cut(found.end()).split("|") if r.text]
    if not replies or not name.text:
        findings.add("CS123", line.place)
        return None
    return Example(found[1] in POSITIVE, name.name, tuple(r.text for r in replies), tuple(r.place for r in replies))


def _example_meant(line: Span) -> str | None:
    """Return `正 关阀: 关总阀` for 正：关阀：关总阀."""
    found = re.match(r"(正|反)例?\s*:\s*([^:|]+):\s*(.+)", line.shape)
    if not found:
        return None
    name, replies = line.cut(found.start(2), found.end(2)), line.cut(found.start(3))
    return f"{found[1]} {name.text}: {replies.text}"


def _halves(line: Span, findings: Findings) -> tuple[Span, Span] | None:
    """Split `name = value`, neither side empty."""
    halves = line.around(("=",))
    if halves is None:
        named = line.around((":",))
        meant = (
            f"{named[0].text} = {named[1].text}" if named and named[0].text and named[1].text else f"{line.text} = …"
        )
        findings.add("CS118", line.place, meant)
        return None
    if not halves[0].text or not halves[1].text:
        findings.add("CS124", line.place, name=halves[0].text or line.text)
        return None
    return halves
