"""One-click fixes: what a diagnostic's suggestion means for the text. Each is proposed only where it can be applied."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..script.diagnostics import Diagnostic
from ..script.tree import Script
from ..script.vocabulary import Dimension, Section, name_key

_ENDS: Final = "。，！？；,.!?; "
_RIGHT_LINE: Final = frozenset({"CS102", "CS114", "CS115", "CS118"})
_OF_NODE: Final = frozenset({"CS402", "CS604"})
_DOUBLED: Final = frozenset({"CS104", "CS201", "CS203", "CS609"})
_EXAMPLE_HEADERS: Final = {"编号": "编号: my-script-01", "标题": "标题: 给剧本起个名字"}
_FULL: Final = 10_000


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace [column, end_column) of a line; `whole` replaces the line with all of `text`, or drops it for None."""

    line: int
    column: int
    end_column: int
    text: str | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Fix:
    """One proposal. kind: replace, rewrite, insert, delete, widen, move, points; shown: what will stand there."""

    kind: str
    shown: str
    edits: tuple[Edit, ...]


def fix_for(found: Diagnostic, text: str, tree: Script) -> Fix | None:
    """Return the fix for a diagnostic of this text, None where only the author can know."""
    lines = text.splitlines()
    if not 1 <= found.line <= max(len(lines), 1):
        return None
    maker = _MAKERS.get(found.code)
    if maker:
        return maker(found, lines, tree)
    if found.code in _RIGHT_LINE:
        return _rewrite(found, lines)
    if found.code in _OF_NODE:
        return _in_node(found, lines, tree)
    if found.code in _DOUBLED:
        return Fix("delete", lines[found.line - 1].strip(), (_drop(found.line),))
    return _swap(found, lines)


def apply(fix: Fix, text: str) -> str:
    """Return the text after a fix."""
    lines = text.splitlines()
    for edit in sorted(fix.edits, key=lambda e: (e.line, e.column), reverse=True):
        line = lines[edit.line - 1] if edit.line <= len(lines) else ""
        if edit.whole:
            lines[edit.line - 1 : edit.line] = [] if edit.text is None else edit.text.split("\n")
        else:
            lines[edit.line - 1] = line[: edit.column - 1] + (edit.text or "") + line[edit.end_column - 1 :]
    return "\n".join(lines) + "\n"


def _swap(found: Diagnostic, lines: list[str]) -> Fix | None:
    """Put the nearest name in place of the wrong one."""
    if not found.suggestion:
        return None
    line, wrong = lines[found.line - 1], found.params.get("name") or found.params.get("value", "")
    at = line.find(wrong, found.column - 1) if wrong else -1
    if at < 0:
        return None
    return Fix("replace", found.suggestion, (Edit(found.line, at + 1, at + 1 + len(wrong), found.suggestion),))


def _rewrite(found: Diagnostic, lines: list[str]) -> Fix | None:
    if not found.suggestion or "…" in found.suggestion:
        return None
    return Fix("rewrite", found.suggestion, (Edit(found.line, 1, 1, found.suggestion, whole=True),))


def _header_value(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    if not found.suggestion:
        return None
    return Fix("rewrite", found.suggestion, (Edit(found.line, 1, 1, found.suggestion, whole=True),))


def _in_node(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Write a missing line at the end of its node."""
    if not found.suggestion:
        return None
    return _after(_last_line(found.line, lines, ("==", "【")), found.suggestion, lines)


def _section(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    name = found.params["name"]
    return _after(len(lines), f"\n【{name}】", lines) if lines else None


def _header(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    text = _EXAMPLE_HEADERS.get(found.params["name"])
    heading = _heading(lines, Section.SCRIPT)
    return _after(heading, text, lines) if text and heading else None


def _limit(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    heading = _heading(lines, Section.SCRIPT)
    return _after(_last_line(heading, lines, ("【",)), "时限: 300秒", lines) if heading else None


def _widen(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Let a phrase of the script also hear this reply, word for word."""
    phrase = next((p for p in tree.phrases if p.name.key == name_key(found.params["name"])), None)
    reply = found.params.get("reply") or lines[found.line - 1][found.column - 1 : found.end_column - 1]
    words = _words_of(reply)
    if phrase is None or not words:
        return None
    end = phrase.source_place.end
    return Fix("widen", words, (Edit(phrase.source_place.line, end, end, f" / {words}"),))


def _drop_example(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Take one reply out of a line of examples."""
    line = lines[found.line - 1]
    for example in tree.examples:
        for i, place in enumerate(example.places):
            if (place.line, place.column) != (found.line, found.column):
                continue
            if len(example.places) == 1:
                return Fix("delete", example.replies[0], (_drop(found.line),))
            start = example.places[i - 1].end if i else place.column
            end = place.end if i else example.places[1].column
            return Fix("delete", line[place.column - 1 : place.end - 1], (Edit(found.line, start, end, ""),))
    return None


def _points(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Give or take the missing points at the largest checkpoint."""
    counted = [c for c in tree.checks if c.dimension is not Dimension.PROFICIENCY]
    largest = max(counted, key=lambda c: c.points, default=None)
    if largest is None:
        return None
    points = largest.points + _FULL - sum(c.points for c in counted)
    columns = lines[largest.place.line - 1].replace("｜", "|").split("|")
    if not 0 < points <= _FULL or len(columns) != 4:
        return None
    columns[2] = f" {points / 100:g} "
    new = "|".join(columns)
    return Fix("points", f"{largest.title} {points / 100:g}", (Edit(largest.place.line, 1, 1, new, whole=True),))


def _before(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """Move a reply before the one that takes it."""
    first, moved = int(found.params["line"]), lines[found.line - 1]
    kept = lines[first - 1]
    return Fix("move", moved.strip(), (Edit(first, 1, 1, f"{moved}\n{kept}", whole=True), _drop(found.line)))


def _option(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """Add the answer to a field's choices."""
    line = lines[found.line - 1]
    at = max(line.find(")"), line.find("）"))
    if at < 0:
        return None
    value = found.params["value"]
    return Fix("insert", value, (Edit(found.line, at + 1, at + 1, f"/{value}"),))


def _after(line: int, text: str, lines: list[str]) -> Fix:
    """Write a line behind another."""
    kept = lines[line - 1]
    return Fix("insert", text.strip(), (Edit(line, 1, 1, f"{kept}\n{text}", whole=True),))


def _drop(line: int) -> Edit:
    return Edit(line, 1, 1, None, whole=True)


def _heading(lines: Iterable[str], section: Section) -> int:
    """Return the line of a section's heading, 0 when there is none."""
    return next((i for i, line in enumerate(lines, 1) if line.strip().startswith(f"【{section.value}")), 0)


def _last_line(start: int, lines: list[str], stops: tuple[str, ...]) -> int:
    """Return the last written line of the block that begins at `start`."""
    last = start
    for number in range(start + 1, len(lines) + 1):
        line = lines[number - 1].strip().replace("＝", "=")
        if line.startswith(stops):
            break
        if line and not line.startswith("//"):
            last = number
    return last


def _words_of(reply: str) -> str:
    """Return a reply as a pattern that hears it: its clauses with gaps, free of pattern signs."""
    plain = "".join(" " if c in _ENDS else c for c in reply if c not in "/()（）^{}|")
    clauses = [clause for clause in plain.split() if clause]
    return max(clauses, key=len) if clauses else ""


_MAKERS: Final[Mapping[str, Callable[[Diagnostic, list[str], Script], Fix | None]]] = {
    "CS105": _section,
    "CS107": _header,
    "CS108": _header_value,
    "CS301": _widen,
    "CS303": _widen,
    "CS304": _drop_example,
    "CS404": _limit,
    "CS501": _points,
    "CS502": _option,
    "CS608": _before,
}
