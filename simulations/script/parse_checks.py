"""Lines of 考点: `[!关阀] 指导关阀 | 处置 | 15 | 说(关阀) <= 60秒 自 报险`."""

import re
from fractions import Fraction
from typing import Final

from .conditions import parse_condition
from .diagnostics import Findings
from .lines import Span
from .suggestions import nearest
from .tree import Check
from .vocabulary import DIMENSIONS, Dimension, name_key

_ID: Final = re.compile(r"\[([!?]*)\s*([^\]]*)\]")
_POINTS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,2})?")
_COLUMNS: Final = 4


def check(line: Span, findings: Findings) -> Check | None:
    """Read one checkpoint; every bad column is reported."""
    columns = _columns(line)
    head = columns[0]
    found = _ID.match(head.shape)
    if not found or not found[2].strip():
        findings.add("CS122", head.place if head.text else line.place)
        return None
    if len(columns) != _COLUMNS:
        findings.add("CS110", line.place, count=len(columns))
        return None
    dimension = DIMENSIONS.get(name_key(columns[1].text))
    if dimension is None:
        place = columns[1].place if columns[1].text else line.place
        findings.add("CS111", place, nearest(columns[1].text, [d.value for d in Dimension]), name=columns[1].text)
    points = _POINTS.fullmatch(columns[2].shape)
    hundredths = int(Fraction(points[0]) * 100) if points else -1
    if not 0 <= hundredths <= 10_000:
        findings.add("CS112", columns[2].place if columns[2].text else line.place, value=columns[2].text)
        hundredths = -1
    condition = parse_condition(columns[3], findings)
    title = head.cut(found.end())
    if not title.text:
        findings.add("CS124", line.place, name=found[0])
        return None
    if dimension is None or hundredths < 0 or condition is None:
        return None
    name = head.cut(found.start(2), found.end(2)).name
    return Check(name, title.text, dimension, hundredths, condition, "!" in found[1], "?" in found[1], line.place)


def _columns(line: Span) -> list[Span]:
    """Split at `|`; `||` inside the condition stays."""
    shape = line.shape
    cuts = [i for i, c in enumerate(shape) if c == "|" and "|" not in (shape[i - 1 : i], shape[i + 1 : i + 2])]
    edges = [-1, *cuts, len(shape)]
    return [line.cut(a + 1, b) for a, b in zip(edges, edges[1:], strict=False)]
