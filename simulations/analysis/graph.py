"""A script as a graph: nodes, the ways between them, the main path, and the nodes that nothing leads to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ..script.checks_flow import reach
from ..script.settings import Settings
from ..script.tree import Effects, Move, Name, Node, Script, atoms
from ..script.vocabulary import AtomKind

BranchKey = tuple[str, str, int]  # kind, node's key, index within the node; as the player's BranchTaken says it
_LENGTH: Final = {"move": 1, "exit": 1, "other": 4, "silence": 8, "bad": 12}


@dataclass(frozen=True, slots=True)
class Branch:
    """One way of going on.

    kind     move, exit, other, silence, hang_up
    target   key of the node it leads to, None when the call stays in the node or ends
    bad      a move that is there to be wrong: it says what some 不说 forbids
    line     1-based line of the script
    """

    kind: str
    node: str
    index: int
    target: str | None
    text: str
    line: int
    bad: bool = False

    @property
    def key(self) -> BranchKey:
        """What identifies the branch in the player's words."""
        return self.kind, self.node, self.index


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One node. ends: "", "well" or "failed"; reachable: something leads to it; depth: steps from the start."""

    key: str
    name: str
    line: int
    ends: str
    reachable: bool
    depth: int
    says: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A script as a graph. main: the keys of the nodes that a good call goes through, in order."""

    nodes: tuple[GraphNode, ...]
    branches: tuple[Branch, ...]
    main: tuple[str, ...]

    @property
    def orphans(self) -> tuple[GraphNode, ...]:
        """The nodes that nothing leads to."""
        return tuple(node for node in self.nodes if not node.reachable)


def graph_of(script: Script, settings: Settings) -> Graph:
    """Return the graph of a tree; it may be one with errors, whose unknown targets are left out."""
    nodes = {node.name.key: node for node in script.nodes}
    if not nodes:
        return Graph((), (), ())
    start = next(iter(nodes))
    branches = tuple(branches_of(script, settings))
    reachable = reach(start, nodes, settings)
    ways = _ways(start, branches)
    deepest = max((len(way) for way in ways.values()), default=1)
    shown = tuple(
        GraphNode(
            key,
            node.name.text,
            node.name.place.line,
            "" if node.hang_up is None else "failed" if node.hang_up.failed else "well",
            key in reachable,
            len(ways[key]) - 1 if key in ways else deepest,
            node.lines[0].text if node.lines else "",
        )
        for key, node in nodes.items()
    )
    good = [node.key for node in shown if node.ends == "well"] or [node.key for node in shown if node.ends]
    main = min((ways[key] for key in good if key in ways), key=len, default=())
    return Graph(shown, branches, main)


def branches_of(script: Script, settings: Settings) -> Iterator[Branch]:
    """Yield every branch in the order of the text; the script's own silence counts at each node that it rules."""
    known = {node.name.key for node in script.nodes}
    bad = forbidden(script)

    def target(name: Name | None) -> str | None:
        return name.key if name and name.key in known else None

    for node in script.nodes:
        key = node.name.key
        for i, move in enumerate(node.moves):
            yield Branch("move", key, i, target(move.target), move.reply, move.place.line, is_bad(move, bad))
        for i, exit_ in enumerate(node.exits):
            yield Branch("exit", key, i, target(exit_.target), "", exit_.place.line)
        if node.other:
            yield Branch("other", key, 0, target(node.other.target), said(node.other.effects), node.other.place.line)
        silence = node.silence or (None if node.hang_up else settings.silence)
        if silence:
            line = node.silence.place.line if node.silence else _silence_line(script)
            yield Branch("silence", key, 0, target(silence.target), said(silence.effects), line)
        if node.hang_up:
            yield Branch("hang_up", key, 0, None, "", node.hang_up.place.line)


def forbidden(script: Script) -> frozenset[str]:
    """Return the keys of the phrases that some 不说 forbids."""
    return frozenset(
        name.key
        for check in script.checks
        for atom in atoms(check.condition)
        if atom.kind is AtomKind.NEVER_SAY
        for name in atom.names
    )


def is_bad(move: Move, unwanted: frozenset[str]) -> bool:
    """Tell whether a move is there to be wrong."""
    return move.phrase.key in unwanted and not move.negated


def said(effects: Effects) -> str:
    """Return what the caller answers, "" for nothing."""
    return " ".join(effects.says)


def shortest_ways(graph_nodes: Mapping[str, Node], branches: tuple[Branch, ...], goal: str) -> dict[str, Branch]:
    """Return for each node the branch by which a well-meaning learner gets nearest to `goal`."""
    far: dict[str, int] = {goal: 0}
    by: dict[str, Branch] = {}
    for _ in graph_nodes:
        for branch in branches:
            if branch.target not in far or branch.target == branch.node:
                continue
            length = far[branch.target] + _length(branch)
            if length < far.get(branch.node, length + 1):
                far[branch.node], by[branch.node] = length, branch
    return by


def _length(branch: Branch) -> int:
    return _LENGTH["bad" if branch.bad else branch.kind]


def _ways(start: str, branches: tuple[Branch, ...]) -> dict[str, tuple[str, ...]]:
    """Return the likeliest way to every node that can be reached, the node itself included."""
    ways: dict[str, tuple[int, tuple[str, ...]]] = {start: (0, (start,))}
    waiting = [start]
    while waiting:
        waiting.sort(key=lambda key: ways[key][0])
        here = waiting.pop(0)
        length, way = ways[here]
        for branch in branches:
            if branch.node != here or branch.target is None:
                continue
            longer = length + _length(branch)
            if branch.target not in ways or longer < ways[branch.target][0]:
                ways[branch.target] = longer, (*way, branch.target)
                waiting.append(branch.target)
    return {key: way for key, (_, way) in ways.items()}


def _silence_line(script: Script) -> int:
    return next((h.place.line for h in script.headers if h.key == "沉默"), 1)
