"""Checks of names: everything that is mentioned exists, and limits make sense."""

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from .diagnostics import Findings
from .machine import mentions
from .settings import Settings
from .suggestions import nearest
from .tree import Atom, Name, Place, Script, atoms
from .vocabulary import ACTION_LABELS, ACTIONS, Action, AtomKind, name_key

_UNITS: Final = {
    AtomKind.ANSWERED: frozenset({"秒", "声"}),
    AtomKind.HOLD: frozenset({"秒", "次"}),
    AtomKind.INTERRUPT: frozenset({"次"}),
    AtomKind.NEVER_SAY: frozenset[str](),
    AtomKind.CALLER_HANGS_UP: frozenset[str](),
}
_USUAL_UNITS: Final = frozenset({"秒", "句"})
_WITHOUT_ANCHOR: Final = frozenset({AtomKind.ANSWERED, AtomKind.HOLD, AtomKind.INTERRUPT, AtomKind.CALLER_HANGS_UP})


def check_names(script: Script, settings: Settings, phrases: Collection[str], findings: Findings) -> None:
    """Report every unknown fact, node, phrase, field, action and transfer target."""
    names = _Names(script, settings, phrases, findings)
    for atom in all_atoms(script):
        names.atom(atom)
    for node in script.nodes:
        for line in node.lines:
            names.texts([line.text], [line.place])
        for move in node.moves:
            names.known(move.phrase, names.phrases, "CS213")
            names.texts([move.reply], [move.reply_place])
        for target in (t for t in (*(m.target for m in node.moves), *(e.target for e in node.exits)) if t):
            names.known(target, names.nodes, "CS212")
        for part in (*node.moves, node.other, node.silence):
            if part is None:
                continue
            if part in (node.other, node.silence) and part.target:
                names.known(part.target, names.nodes, "CS212")
            for given in part.effects.gives:
                names.known(given, names.facts, "CS211")
            names.texts(part.effects.says, part.effects.says_places)
    if settings.silence:
        if settings.silence.target:
            place = next(h.value_place for h in script.headers if h.key == "沉默")
            names.known(Name(settings.silence.target.text, settings.silence.target.key, place), names.nodes, "CS212")
        names.texts(settings.silence.effects.says, [h.value_place for h in script.headers if h.key == "沉默"])
    for field in script.fields:
        names.texts([field.answer], [field.answer_place])


def all_atoms(script: Script) -> Iterator[Atom]:
    """Yield the atoms of every checkpoint and exit."""
    for check in script.checks:
        yield from atoms(check.condition)
    for node in script.nodes:
        for exit_ in node.exits:
            yield from atoms(exit_.condition)


class _Names:
    def __init__(self, script: Script, settings: Settings, phrases: Collection[str], findings: Findings) -> None:
        self.facts = {f.name.key: f.name.text for f in script.facts}
        self.fields = {f.name.key: f.name.text for f in script.fields}
        self.nodes = {n.name.key: n.name.text for n in script.nodes}
        self.phrases = {p: p for p in phrases}
        self.targets = {name_key(t): t for t in settings.transfer_targets}
        self.findings = findings

    def known(self, name: Name, among: dict[str, str], code: str) -> None:
        if name.key not in among:
            self.findings.add(code, name.place, nearest(name.text, among.values()), name=name.text)

    def texts(self, texts: Iterable[str], places: Iterable[Place]) -> None:
        for text, place in zip(texts, places, strict=False):
            for fact in mentions(text):
                if fact not in self.facts:
                    self.findings.add("CS211", place, nearest(fact, self.facts.values()), name=fact)

    def atom(self, atom: Atom) -> None:
        self.limit(atom)
        for anchor in (atom.since_node, atom.at_node):
            if anchor:
                self.known(anchor, self.nodes, "CS212")
        if atom.since_fact:
            self.known(atom.since_fact, self.facts, "CS211")
        for name in atom.names:
            if atom.kind in (AtomKind.SAY, AtomKind.NEVER_SAY, AtomKind.DISSUADE):
                self.known(name, self.phrases, "CS213")
            elif atom.kind in (AtomKind.READ_BACK, AtomKind.GIVEN):
                self.known(name, self.facts, "CS211")
            elif atom.kind is AtomKind.FIELDS:
                self.known(name, self.fields, "CS214")
            elif atom.kind is AtomKind.ACTION:
                self.action(name)

    def action(self, name: Name) -> None:
        action, target = action_of(name)
        if action is None:
            self.findings.add("CS215", name.place, nearest(name.text, ACTION_LABELS.values()), name=name.text)
        elif target and (action is not Action.TRANSFER or target not in self.targets):
            shown = name.text.partition(":")[2].strip() or name.text.partition("：")[2].strip()
            self.findings.add("CS217", name.place, nearest(shown, self.targets.values()), name=shown)

    def limit(self, atom: Atom) -> None:
        if atom.limit and atom.limit.unit not in _UNITS.get(atom.kind, _USUAL_UNITS):
            self.findings.add(
                "CS506",
                atom.place,
                name=atom.kind.value,
                reason=f"不能用「{atom.limit.unit}」",
                reason_en=f"the unit {atom.limit.unit} does not fit",
            )
        anchored = atom.since_node or atom.since_fact or atom.at_node or atom.first
        if anchored and atom.kind in _WITHOUT_ANCHOR:
            self.findings.add(
                "CS506",
                atom.place,
                name=atom.kind.value,
                reason="不能限定在某一处",
                reason_en="it has no place in the dialogue",
            )


def action_of(name: Name) -> tuple[Action | None, str]:
    """Split `转接:调度中心` into the action and the key of its target ("" without one)."""
    word, _, target = name.key.partition(":")
    return ACTIONS.get(word), target
