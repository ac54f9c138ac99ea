"""Compile a script: parse, gather phrases, check everything, and build the state machine if no error was found."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..wording.patterns import facts_in, one_character_alternatives
from ..wording.phrases import Phrase
from ..wording.polarity import turning_words
from .checks_flow import check_flow
from .checks_marks import check_marks
from .checks_names import all_atoms, check_names
from .checks_words import check_words
from .diagnostics import Diagnostic, Findings, Severity
from .formatter import format_script
from .libraries import PhraseLibrary, with_examples
from .machine import CompiledScript, fill
from .parser import parse_script
from .settings import Settings, read_settings
from .suggestions import nearest
from .tree import Script
from .vocabulary import FORBIDDEN_PHRASE, AtomKind


@dataclass(frozen=True)
class Compilation:
    """What came of a text: the script, unless there is an error, and every diagnostic in the order of the text."""

    script: CompiledScript | None
    tree: Script
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that keep the script from being published."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """The rest."""
        return tuple(d for d in self.diagnostics if d.severity is Severity.WARNING)


def compile_script(text: str, libraries: Mapping[str, PhraseLibrary] | None = None) -> Compilation:
    """Compile a script's text against the phrase libraries it may cite, keyed `name@version`. Never raises."""
    findings = Findings()
    tree = parse_script(text, findings)
    settings = read_settings(tree, findings)
    cited = _cited(tree, settings, libraries or {}, findings)
    phrases = _phrases(tree, cited, findings)
    check_names(tree, settings, phrases, findings)
    check_words(tree, phrases, findings)
    check_flow(tree, settings, findings)
    check_marks(tree, findings)
    diagnostics = findings.sorted()
    if findings.has_errors:
        return Compilation(None, tree, diagnostics)
    facts = {f.name.key: f.value for f in tree.facts}
    return Compilation(CompiledScript(tree, settings, _digest(tree, cited), text, phrases, facts), tree, diagnostics)


def _cited(
    tree: Script, settings: Settings, libraries: Mapping[str, PhraseLibrary], findings: Findings
) -> list[PhraseLibrary]:
    place = next((h.value_place for h in tree.headers if h.key == "引用"), None)
    found = []
    for reference in settings.references:
        if reference in libraries:
            found.append(libraries[reference])
        elif place:
            findings.add("CS216", place, nearest(reference, libraries), name=reference)
    return found


def _phrases(tree: Script, cited: list[PhraseLibrary], findings: Findings) -> dict[str, Phrase]:
    """Gather library and local phrases, mark how each is used, fill in facts and prove the examples."""
    phrases: dict[str, Phrase] = {}
    for library in cited:
        phrases.update(library.phrases)
    for line in tree.phrases:
        if line.name.key in phrases:
            findings.add("CS601", line.name.place, name=line.name.text)
        for text in one_character_alternatives(line.pattern):
            findings.add("CS602", line.source_place, name=line.name.text, text=text)
        phrases[line.name.key] = Phrase(line.name.key, line.pattern, line.source)
    said, unwanted, dissuaded = _uses(tree)
    facts = {f.name.key: f.value for f in tree.facts}
    for key, phrase in list(phrases.items()):
        unknown = sorted(facts_in(phrase.pattern) - facts.keys())
        for name in unknown:
            place = next((p.source_place for p in tree.phrases if p.name.key == key), None) or tree.headers[0].place
            findings.add("CS211", place, nearest(name, facts), name=name)
        if unknown:
            del phrases[key]
            continue
        leans = key == FORBIDDEN_PHRASE or (key in unwanted and key not in said)
        phrases[key] = replace(phrase.filled(facts), leans_negative=leans)
    phrases = with_examples(phrases, tree.examples, findings, dissuaded)
    return _with_usual(tree, _asking(tree, phrases, facts), facts)


def _uses(tree: Script) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the phrases that are to be said, that are unwanted, and that are to be dissuaded from."""
    uses: dict[AtomKind, set[str]] = {AtomKind.SAY: set(), AtomKind.NEVER_SAY: set(), AtomKind.DISSUADE: set()}
    for atom in all_atoms(tree):
        if atom.kind in uses:
            uses[atom.kind].update(n.key for n in atom.names)
    for node in tree.nodes:
        uses[AtomKind.DISSUADE].update(m.phrase.key for m in node.moves if m.negated)
    dissuaded = frozenset(uses[AtomKind.DISSUADE])
    return frozenset(uses[AtomKind.SAY]), frozenset(uses[AtomKind.NEVER_SAY]) | dissuaded, dissuaded


def _with_usual(tree: Script, phrases: Mapping[str, Phrase], facts: Mapping[str, str]) -> dict[str, Phrase]:
    """Note which turning words the examples and model replies of each phrase have themselves."""
    said: dict[str, list[str]] = {key: list(phrase.positive) for key, phrase in phrases.items()}
    for node in tree.nodes:
        for move in node.moves:
            said.get(move.phrase.key, []).append(fill(move.reply, facts))
    usual = {key: frozenset(word for text in texts for word in turning_words(text)) for key, texts in said.items()}
    return {key: replace(phrase, usual=usual[key]) for key, phrase in phrases.items()}


def _asking(tree: Script, phrases: dict[str, Phrase], facts: Mapping[str, str]) -> dict[str, Phrase]:
    """Mark phrases whose model replies are questions as questions by nature."""
    for node in tree.nodes:
        for move in node.moves:
            phrase = phrases.get(move.phrase.key)
            reply = fill(move.reply, facts)
            if phrase and not phrase.leans_negative and not phrase.says(reply) and phrase.only_asked(reply):
                phrases[move.phrase.key] = replace(phrase, asks=True)
    return phrases


def _digest(tree: Script, cited: list[PhraseLibrary]) -> str:
    parts = [format_script(tree), *(f"{library.key} {library.digest}" for library in cited)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
