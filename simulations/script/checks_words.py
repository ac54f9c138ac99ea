"""Checks of words: model replies say their phrases, examples hold, caller lines are fit to be spoken."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from ..wording.patterns import Literal, Sequence
from ..wording.phrases import Phrase
from ..wording.polarity import Polarity
from .checks_names import all_atoms
from .diagnostics import Findings
from .machine import fill, mentions
from .tree import Atom, Effects, Node, Place, Script, atoms, wordings
from .vocabulary import FORBIDDEN_PHRASE, AtomKind

_LONGEST_LINE: Final = 60
_POSITIVE, _NEGATIVE = 3, 2
_SENTENCE: Final = 7  # tokens
_MOBILE: Final = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_IDENTITY: Final = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_SPOKEN_ATOMS: Final = (AtomKind.SAY, AtomKind.NEVER_SAY, AtomKind.DISSUADE)


def forbidden_phrases(script: Script) -> frozenset[str]:
    """Return the phrases that some checkpoint forbids: moves that say them are deliberately bad."""
    return frozenset(n.key for a in all_atoms(script) if a.kind is AtomKind.NEVER_SAY for n in a.names)


def check_words(script: Script, phrases: Mapping[str, Phrase], findings: Findings) -> None:
    """Report model replies that miss or break, lines too long, phrases unused or unproven, and real-looking data."""
    facts = {f.name.key: f.value for f in script.facts}
    bad = forbidden_phrases(script)
    for i, node in enumerate(script.nodes):
        _check_moves(node, phrases, facts, bad, opens_call=i == 0, findings=findings)
    for text, place in caller_lines(script):
        count = len(fill(text, facts))
        if count > _LONGEST_LINE:
            findings.add("CS606", place, count=count)
    for text, place in _lines(script):
        if len({frozenset(mentions(wording)) for wording in wordings(text)}) > 1:
            findings.add("CS614", place)
    _check_usage(script, phrases, findings)
    _check_recorded(script, findings)
    _check_personal_data(script, findings)


def caller_lines(script: Script) -> list[tuple[str, Place]]:
    """Return everything that the caller may say, each wording by itself, with the place of its line."""
    return [(wording, place) for text, place in _lines(script) for wording in wordings(text)]


def _lines(script: Script) -> list[tuple[str, Place]]:
    lines = [(line.text, line.place) for node in script.nodes for line in node.lines]
    for node in script.nodes:
        for part in (*node.moves, node.other, node.silence):
            effects = part.effects if part else Effects()
            lines.extend(zip(effects.says, effects.says_places, strict=True))
    return lines


def _check_moves(
    node: Node,
    phrases: Mapping[str, Phrase],
    facts: Mapping[str, str],
    bad: frozenset[str],
    *,
    opens_call: bool,
    findings: Findings,
) -> None:
    for i, move in enumerate(node.moves):
        reply = fill(move.reply, facts)
        phrase = phrases.get(move.phrase.key)
        if phrase and not phrase.says(reply, negated=move.negated, opens_call=opens_call):
            findings.add("CS301", move.reply_place, name=move.phrase.text)
        forbidden = phrases.get(FORBIDDEN_PHRASE)
        if forbidden and move.phrase.key not in bad:
            said = [h for h in forbidden.heard_in(reply, opens_call=opens_call) if h.polarity is Polarity.AFFIRMED]
            for hearing in said[:1]:
                findings.add("CS302", move.reply_place, quote=reply[hearing.start : hearing.end])
        for earlier in node.moves[:i]:
            taken = phrases.get(earlier.phrase.key)
            same_way = earlier.phrase.key == move.phrase.key and earlier.target == move.target
            if (
                taken
                and earlier.target
                and not same_way
                and taken.says(reply, negated=earlier.negated, opens_call=opens_call)
            ):
                findings.add("CS608", move.reply_place, line=earlier.place.line)
                break


def _check_usage(script: Script, phrases: Mapping[str, Phrase], findings: Findings) -> None:
    moves = {m.phrase.key for n in script.nodes for m in n.moves}
    asked = {n.key for a in all_atoms(script) if a.kind in _SPOKEN_ATOMS for n in a.names}
    said = moves | {n.key for a in all_atoms(script) if a.kind is AtomKind.SAY for n in a.names}
    for line in script.phrases:
        if line.name.key not in moves | asked:
            findings.add("CS609", line.name.place, name=line.name.text)
        elif line.name.key in said and all(_only_word_for_word(s) for s in line.pattern.options):
            findings.add("CS613", line.source_place, name=line.name.text)
    reported: set[str] = set()
    for check in script.checks:
        for atom in atoms(check.condition):
            for name in _scored_names(atom):
                phrase = phrases.get(name)
                if phrase is None or name in reported or (not check.points and not check.critical):
                    continue
                reported.add(name)
                positive, negative = len(phrase.positive), len(phrase.negative)
                if positive < _POSITIVE or negative < _NEGATIVE:
                    place = next((p.name.place for p in script.phrases if p.name.key == name), check.place)
                    findings.add("CS610", place, name=name, positive=positive, negative=negative)


def _only_word_for_word(wording: Sequence) -> bool:
    """Tell whether an alternative is a whole sentence copied: nobody says it exactly so."""
    literal = wording.items[0] if len(wording.items) == 1 else None
    return isinstance(literal, Literal) and len(literal.tokens) >= _SENTENCE


def _scored_names(atom: Atom) -> tuple[str, ...]:
    return tuple(n.key for n in atom.names) if atom.kind in _SPOKEN_ATOMS else ()


def _check_recorded(script: Script, findings: Findings) -> None:
    recorded = {f for field in script.fields for f in mentions(field.answer)}
    known = {f.name.key for f in script.facts}
    seen: Counter[str] = Counter()
    for text, place in caller_lines(script):
        for fact in mentions(text):
            if fact in known and fact not in recorded and not seen[fact]:
                seen[fact] += 1
                findings.add("CS607", place, name=fact)


def _check_personal_data(script: Script, findings: Findings) -> None:
    texts = [(f.value, f.value_place) for f in script.facts]
    texts += caller_lines(script)
    texts += [(f.answer, f.answer_place) for f in script.fields]
    texts += [(m.reply, m.reply_place) for n in script.nodes for m in n.moves]
    for text, place in texts:
        for number in _MOBILE.findall(text):
            if not number.startswith("164"):
                findings.add("CS612", place, "164" + number[3:], value=number)
        for number in _IDENTITY.findall(text):
            if _is_identity_number(number):
                findings.add("CS612", place, number[:6] + "********" + number[14:], value=number)


def _is_identity_number(number: str) -> bool:
    """Check the last character of an 18-character resident identity number (GB 11643)."""
    total = sum(int(d) * w for d, w in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper()
