"""Phrase libraries (`*.lib`): shared phrases and the forbidden words, pinned by `name@version`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ..wording.characters import plain
from ..wording.phrases import Phrase
from . import parse_words
from .diagnostics import Diagnostic, Findings
from .lines import lines_of
from .suggestions import nearest
from .tree import Example, PhraseLine
from .vocabulary import FORBIDDEN_PHRASE


@dataclass(frozen=True)
class PhraseLibrary:
    """A parsed library; `digest` is the sha256 of its text."""

    name: str
    version: int
    text: str = field(repr=False)
    phrases: Mapping[str, Phrase] = field(repr=False, compare=False)
    digest: str = field(compare=False)

    @property
    def key(self) -> str:
        """Return `name@version`, as 引用 quotes it."""
        return f"{plain(self.name)}@{self.version}"


def parse_library(name: str, version: int, text: str) -> tuple[PhraseLibrary, tuple[Diagnostic, ...]]:
    """Parse a library's text; what can't be read is reported and left out."""
    findings = Findings()
    lines: list[PhraseLine] = []
    examples: list[Example] = []
    for line in lines_of(text):
        if line.shape.startswith("【"):
            continue
        made = parse_words.phrase_or_example(line, findings)
        if isinstance(made, Example):
            examples.append(made)
        elif made is not None:
            twin = next((p for p in lines if p.name.key == made.name.key), None)
            if twin:
                findings.add("CS203", made.name.place, name=made.name.text, first=twin.name.place.line)
            else:
                lines.append(made)
    phrases = {
        p.name.key: Phrase(
            p.name.key,
            p.pattern,
            p.source,
            leans_negative=p.name.key == FORBIDDEN_PHRASE,
        )
        for p in lines
    }
    phrases = with_examples(phrases, tuple(examples), findings)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return PhraseLibrary(name, version, text, phrases, digest), findings.sorted()


def with_examples(
    phrases: Mapping[str, Phrase],
    examples: tuple[Example, ...],
    findings: Findings,
    dissuaded: frozenset[str] = frozenset(),
) -> dict[str, Phrase]:
    """Attach examples to their phrases and prove each; a phrase whose examples ask becomes a question by nature.

    dissuaded   phrases that are scored when negated: for them a negated example counts as matched
    """
    made = dict(phrases)
    for example in examples:
        phrase = made.get(example.name.key)
        if phrase is None:
            findings.add("CS213", example.name.place, nearest(example.name.text, made), name=example.name.text)
            continue
        for reply, place in zip(example.replies, example.places, strict=True):
            matched = matches_example(phrase, reply, dissuaded)
            if example.positive and not matched and phrase.only_asked(reply):
                phrase = phrase.proven_to_ask(reply)
            elif example.positive and not matched:
                findings.add("CS303", place, name=phrase.name, reply=reply)
            elif matched and not example.positive:
                findings.add("CS304", place, name=phrase.name, reply=reply)
        if example.positive:
            made[example.name.key] = replace(phrase, positive=phrase.positive + example.replies)
        else:
            made[example.name.key] = replace(phrase, negative=phrase.negative + example.replies)
    return made


def matches_example(phrase: Phrase, reply: str, dissuaded: frozenset[str]) -> bool:
    """Tell whether a reply counts as saying the phrase, negated too where the phrase is one to dissuade from."""
    if phrase.says(reply, opens_call=True):
        return True
    return phrase.name in dissuaded and phrase.says(reply, negated=True, opens_call=True)
