"""Checks of the way through: every call can go on and comes to an end."""

from collections.abc import Mapping
from typing import Final

from .checks_names import all_atoms
from .diagnostics import Findings
from .machine import mentions
from .settings import Settings
from .tree import Node, Script, atoms
from .vocabulary import AtomKind

_FAREWELL: Final = ("再见", "拜拜", "bye")


def check_flow(script: Script, settings: Settings, findings: Findings) -> None:
    """Report dead ends, missing fallbacks and silences, loops, unreachable nodes and waiting exits."""
    nodes = {n.name.key: n for n in script.nodes}
    if not nodes:
        return
    reachable = reach(next(iter(nodes)), nodes, settings)
    ending = {key for key in nodes if any(nodes[k].hang_up for k in reach(key, nodes, settings))}
    for key, node in nodes.items():
        after = next((n.name.place.line for n in script.nodes if n.name.place.line > node.name.place.line), None)
        if not findings.unread_between(node.name.place.line, after):
            _check_node(node, settings, findings, closes=after is None)
        if key not in reachable:
            findings.add("CS603", node.name.place, name=node.name.text)
        elif key not in ending and targets(node, settings, nodes):
            findings.add("CS403", node.name.place, name=node.name.text)
    _check_loops(nodes, settings, findings)
    _check_exits(script, settings, findings)
    for atom in all_atoms(script):
        for anchor in (atom.since_node, atom.at_node):
            if anchor and anchor.key in nodes and anchor.key not in reachable:
                findings.add("CS504", anchor.place, name=anchor.text)


def targets(node: Node, settings: Settings, nodes: Mapping[str, Node]) -> set[str]:
    """Return the keys of the existing nodes that a node leads to."""
    silence = node.silence or (None if node.hang_up else settings.silence)
    names = [
        *(m.target for m in node.moves),
        *(e.target for e in node.exits),
        node.other.target if node.other else None,
        silence.target if silence else None,
    ]
    return {n.key for n in names if n and n.key in nodes}


def reach(start: str, nodes: Mapping[str, Node], settings: Settings) -> set[str]:
    """Return every node that can follow from `start`, itself included."""
    seen, waiting = {start}, [start]
    while waiting:
        for key in targets(nodes[waiting.pop()], settings, nodes) - seen:
            seen.add(key)
            waiting.append(key)
    return seen


def _check_node(node: Node, settings: Settings, findings: Findings, *, closes: bool) -> None:
    place, name = node.name.place, node.name.text
    if node.hang_up:
        return
    leads_on = node.exits or any(m.target for m in node.moves) or (node.other and node.other.target)
    takes_leave = closes or any(word in line.text for line in node.lines for word in _FAREWELL)
    if takes_leave and not leads_on and not node.moves:
        findings.add("CS401", place, "挂机: 客户 4秒后", name=name)  # all that is missing is the end
        return
    if not leads_on:
        findings.add("CS401", place, name=name)
    if node.other is None:
        findings.add("CS402", place, "- 客: 我没听清，您再说一遍。", name=name)
    if node.silence is None and settings.silence is None:
        findings.add("CS604", place, "~ 8秒 客: 喂？还在吗？", name=name)


def _check_loops(nodes: Mapping[str, Node], settings: Settings, findings: Findings) -> None:
    """Without a time limit, following fallbacks alone must come to a hang-up."""
    if settings.time_limit_ms is not None:
        return
    for key, node in nodes.items():
        seen: list[str] = []
        at: str | None = key
        while at is not None and at in nodes and at not in seen and not nodes[at].hang_up:
            seen.append(at)
            other = nodes[at].other
            at = None if other is None else other.target.key if other.target else at
        if at == key and node.other:
            findings.add("CS404", node.other.place, "时限: 300秒", name=node.name.text)


def _check_exits(script: Script, settings: Settings, findings: Findings) -> None:
    given: set[str] = set()
    for node in script.nodes:
        for line in node.lines:
            given.update(mentions(line.text))
        for part in (*node.moves, node.other, node.silence, settings.silence):
            if part is not None:
                given.update(n.key for n in part.effects.gives)
                given.update(f for text in part.effects.says for f in mentions(text))
    known = {f.name.key for f in script.facts}
    for node in script.nodes:
        for exit_ in node.exits:
            for atom in atoms(exit_.condition):
                names = atom.names if atom.kind in (AtomKind.GIVEN, AtomKind.READ_BACK) else ()
                for name in names:
                    if name.key in known and name.key not in given:
                        findings.add("CS405", name.place, name=name.text)
