"""The graph drawn as SVG, by the server: places and classes only, so that the page's own style sheet colours it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from .graph import Branch, BranchKey, Graph, GraphNode

_WIDE, _HIGH, _GAP_X, _GAP_Y, _EDGE = 156, 52, 40, 58, 24
_SHOWN: Final = 11
_SHADES: Final = 5


@dataclass(frozen=True, slots=True)
class _Box:
    x: int
    y: int


def draw(
    graph: Graph, *, traffic: Mapping[BranchKey, int] | None = None, heat: Mapping[str, float] | None = None,
    label: str = "",
) -> Markup:
    """Draw a graph from top to bottom: the main path in the first column, orphans red, traffic as figures and width.

    traffic   how often each branch was taken in played calls
    heat      key of a node -> the share of calls that came there, 0..1: a figure, and the darker the more
    label     what the drawing is called for those who don't see it
    """
    if not graph.nodes:
        return Markup("")
    boxes = _placed(graph)
    width = max(box.x for box in boxes.values()) + _WIDE + 2 * _EDGE
    height = max(box.y for box in boxes.values()) + _HIGH + _EDGE
    ways = _ways(graph, traffic or {})
    most = max((count for _, _, count in ways.values()), default=0)
    parts = [_way(a, b, kinds, main, count, most, boxes) for (a, b), (kinds, main, count) in ways.items()]
    parts += [_node(node, boxes[node.key], node.key in graph.main, heat or {}) for node in graph.nodes]
    head = (
        f'<svg class="cg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}"><defs><marker id="cg-a" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" '
        'markerHeight="9" markerUnits="userSpaceOnUse" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker>'
        "</defs>"
    )
    return Markup(head + "".join(parts) + "</svg>")  # noqa: S704 - every word in it went through escape


def _placed(graph: Graph) -> dict[str, _Box]:
    """Give every node a row by its depth; the main path keeps the first column."""
    rows: dict[int, list[GraphNode]] = {}
    deepest = max(node.depth for node in graph.nodes)
    for node in graph.nodes:
        rows.setdefault(node.depth if node.reachable else deepest + 1, []).append(node)
    boxes: dict[str, _Box] = {}
    for row, depth in enumerate(sorted(rows)):
        places = sorted(rows[depth], key=lambda node: (node.key not in graph.main, node.line))
        shift = 0 if places[0].key in graph.main else 1
        for column, node in enumerate(places):
            boxes[node.key] = _Box(_EDGE + (column + shift) * (_WIDE + _GAP_X), _EDGE + row * (_HIGH + _GAP_Y))
    return boxes


def _ways(graph: Graph, traffic: Mapping[BranchKey, int]) -> dict[tuple[str, str], tuple[set[str], bool, int]]:
    """Gather the branches between two nodes into one arrow: its kinds, whether it is main, and its traffic."""
    steps = set(zip(graph.main, graph.main[1:], strict=False))
    found: dict[tuple[str, str], tuple[set[str], bool, int]] = {}
    for branch in graph.branches:
        if branch.target is None or branch.target == branch.node:
            continue
        key = branch.node, branch.target
        kinds, main, count = found.get(key, (set(), key in steps, 0))
        found[key] = kinds | {_kind(branch)}, main, count + traffic.get(branch.key, 0)
    return found


def _kind(branch: Branch) -> str:
    return "bad" if branch.bad else branch.kind


def _way(
    start: str, end: str, kinds: set[str], main: bool, count: int, most: int, boxes: Mapping[str, _Box]
) -> str:
    a, b = boxes[start], boxes[end]
    kind = next(k for k in ("move", "exit", "other", "silence", "bad") if k in kinds)
    x1, y1, x2, y2 = a.x + _WIDE // 2, a.y + _HIGH, b.x + _WIDE // 2, b.y
    if b.y > a.y and (b.x != a.x or b.y - a.y <= _HIGH + _GAP_Y):
        path = f"M{x1} {y1}C{x1} {y1 + 30} {x2} {y2 - 30} {x2} {y2}"
        at = (x1 + x2) // 2, (y1 + y2) // 2
    else:  # beside or above, or over a node between: round the outside
        side = max(a.x, b.x) + _WIDE + 14
        ya, yb = a.y + _HIGH // 2, b.y + _HIGH // 2
        path = f"M{a.x + _WIDE} {ya}C{side + 16} {ya} {side + 16} {yb} {b.x + _WIDE} {yb}"
        at = side + 4, (ya + yb) // 2
    heavy = f" cg-w{1 + 3 * count // most}" if most and count else ""
    figure = f'<text class="cg-n" x="{at[0]}" y="{at[1]}">{count}</text>' if count else ""
    looks = f'cg-e cg-{kind}{" cg-main" if main else ""}{heavy}'
    return f'<path class="{looks}" d="{path}" marker-end="url(#cg-a)"/>{figure}'


def _node(node: GraphNode, box: _Box, main: bool, heat: Mapping[str, float]) -> str:
    share = heat.get(node.key)
    looks = ["cg-node", *(["cg-orphan"] if not node.reachable else []), *(["cg-on"] if main else []),
             *([f"cg-end-{node.ends}"] if node.ends else []),
             *([f"cg-h{1 + min(int(share * _SHADES), _SHADES - 1)}"] if share is not None else [])]
    figure = "" if share is None else (
        f'<text class="cg-p" x="{box.x + _WIDE - 8}" y="{box.y + 40}" text-anchor="end">{100 * share:.0f}%</text>')
    room = _SHOWN if share is None else _SHOWN - 4
    says = node.says if len(node.says) <= room else node.says[: room - 1] + "…"
    return (
        f'<a href="#L{node.line}" data-goto="{node.line}" class="{" ".join(looks)}"><rect x="{box.x}" y="{box.y}" '
        f'width="{_WIDE}" height="{_HIGH}" rx="6"/><text class="cg-t" x="{box.x + 10}" y="{box.y + 21}">'
        f'{escape(node.name)}</text><text class="cg-s" x="{box.x + 10}" y="{box.y + 40}">{escape(says)}</text>'
        f'{figure}</a>'
    )
