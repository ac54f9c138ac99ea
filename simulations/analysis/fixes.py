"""One-click fixes: what a diagnostic's suggestion means for the text. Each is proposed only where it can be applied."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from ..script.compiler import Compilation
from ..script.diagnostics import Diagnostic
from ..script.tree import Check, PhraseLine, Script
from ..script.vocabulary import HEADERS, Dimension, Section, name_key
from .edits import Edit, Fix, apply, dropped, heading_of, last_line, swapped, written_after
from .gist import gists_of
from .meant import (
    checkpoint_meant,
    choices_meant,
    examples_to_write,
    field_meant,
    move_meant,
    phrase_to_write,
)
from .transcript import script_of
from .usual import fact_to_write, field_to_write, node_meant

__all__ = ["Edit", "Fix", "apply", "fix_for", "mended"]

_ENDS: Final = "。，！？；,.!?; "
_RIGHT_LINE: Final = frozenset({"CS102", "CS108", "CS117", "CS118", "CS123"})
MENDING: Final = frozenset({"replace", "rewrite", "insert", "widen", "loosen", "script"})
_LIBRARY: Final = "通用短语@6"
_MOST_ROUNDS: Final = 12
_OF_NODE: Final = frozenset({"CS401", "CS402"})
_DOUBLED: Final = frozenset({"CS104", "CS201", "CS203", "CS609"})
_EXAMPLE_HEADERS: Final = {"编号": "编号: my-script-01", "标题": "标题: 给剧本起个名字"}
_FULL: Final = 10_000
_CHECK_COLUMNS: Final = 4


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
    if found.code in _DOUBLED or (found.code == "CS106" and not found.suggestion):
        return Fix("delete", lines[found.line - 1].strip(), (dropped(found.line),))
    return swapped(found, lines)


def _rewrite(found: Diagnostic, lines: list[str]) -> Fix | None:
    if not found.suggestion or "…" in found.suggestion:
        return None
    return Fix("rewrite", found.suggestion, (Edit(found.line, 1, 1, found.suggestion, whole=True),))


def _in_node(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Write a missing line at the end of its node."""
    if not found.suggestion:
        return None
    return written_after(last_line(found.line, lines, ("==", "【")), found.suggestion, lines)


def _aside(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Make a script of a conversation; put the heading over headers that lack it; else keep a stray line aside."""
    script = script_of("\n".join(lines), _LIBRARY)
    if script:
        first, *rest = range(1, len(lines) + 1)
        return Fix("script", script, (Edit(first, 1, 1, script.rstrip("\n"), whole=True), *map(dropped, rest)))
    line = lines[found.line - 1].strip()
    if name_key(re.split("[:：]", line)[0]) in HEADERS:
        above = (it.partition("：")[0].partition(":")[0].strip() for it in lines[: found.line - 1])
        if Section.SCRIPT in tree.sections or any(name_key(it) in HEADERS for it in above):
            return None
        new = f"【{Section.SCRIPT.value}】\n{line}"
    else:
        new = f"// {line}"
    return Fix("rewrite", new, (Edit(found.line, 1, 1, new, whole=True),))


def _section(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    name = found.params["name"]
    return written_after(len(lines), f"\n【{name}】", lines) if lines else None


def _header(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    text = _EXAMPLE_HEADERS.get(found.params["name"])
    heading = heading_of(lines, Section.SCRIPT)
    return written_after(heading, text, lines) if text and heading else None


def _limit(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    heading = heading_of(lines, Section.SCRIPT)
    return written_after(last_line(heading, lines, ("【",)), "时限: 300秒", lines) if heading else None


def _silence(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """One line in the headers answers silence everywhere."""
    heading = heading_of(lines, Section.SCRIPT)
    return written_after(last_line(heading, lines, ("【",)), "沉默: 8秒 客: 喂？还在吗？", lines) if heading else None


def _widen(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Let a phrase of the script also hear this reply and what is said like it; word for word where it has no gist."""
    phrase = _phrase(found, tree)
    reply = found.params.get("reply") or lines[found.line - 1][found.column - 1 : found.end_column - 1]
    if phrase is None:
        return None
    words = gists_of(phrase, tree, reply).of(reply) or _words_of(reply)
    return _widened(phrase, words) if words else None


def _loosen(found: Diagnostic, _lines: list[str], tree: Script) -> Fix | None:
    """Put the gist of a phrase's sentences in their place."""
    phrase = _phrase(found, tree)
    gist = gists_of(phrase, tree).all if phrase else None
    if phrase is None or gist is None or gist == phrase.source:
        return None
    place = phrase.source_place
    return Fix("loosen", gist, (Edit(place.line, place.column, place.end, gist),))


def _widened(phrase: PhraseLine, words: str) -> Fix:
    end = phrase.source_place.end
    return Fix("widen", words, (Edit(phrase.source_place.line, end, end, f" / {words}"),))


def _phrase(found: Diagnostic, tree: Script) -> PhraseLine | None:
    return next((p for p in tree.phrases if p.name.key == name_key(found.params["name"])), None)


def _drop_example(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Take one reply out of a line of examples."""
    line = lines[found.line - 1]
    for example in tree.examples:
        for i, place in enumerate(example.places):
            if (place.line, place.column) != (found.line, found.column):
                continue
            if len(example.places) == 1:
                return Fix("delete", example.replies[0], (dropped(found.line),))
            start = example.places[i - 1].end if i else place.column
            end = place.end if i else example.places[1].column
            return Fix("delete", line[place.column - 1 : place.end - 1], (Edit(found.line, start, end, ""),))
    return None


def _points(found: Diagnostic, lines: list[str], tree: Script) -> Fix | None:
    """Give or take the missing points at the largest checkpoint, or by share at every one if that took half of it."""
    counted = [c for c in tree.checks if c.dimension is not Dimension.PROFICIENCY and c.points]
    largest = max(counted, key=lambda c: c.points, default=None)
    if largest is None or any(len(_columns(lines, it)) != _CHECK_COLUMNS for it in counted):
        return None
    points = largest.points + _FULL - sum(c.points for c in counted)
    if largest.points <= 2 * points <= 2 * _FULL:
        return Fix("points", f"{largest.title} {points / 100:g}", (_pointed(lines, largest, points),))
    shares = _shared_out(_FULL // 100, [it.points for it in counted])
    if not all(shares):
        return None
    edits = tuple(_pointed(lines, it, 100 * share) for it, share in zip(counted, shares, strict=True))
    return Fix("points", " + ".join(str(share) for share in shares), edits)


def _columns(lines: list[str], check: Check) -> list[str]:
    return lines[check.place.line - 1].replace("｜", "|").split("|")


def _pointed(lines: list[str], check: Check, points: int) -> Edit:
    columns = _columns(lines, check)
    columns[2] = f" {points / 100:g} "
    return Edit(check.place.line, 1, 1, "|".join(columns), whole=True)


def _shared_out(whole: int, weights: list[int]) -> list[int]:
    """Share a whole number out by weight, the largest remainders first."""
    total = sum(weights)
    shares = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -(whole * weights[at] % total))
    for at in by_remainder[: whole - sum(shares)]:
        shares[at] += 1
    return shares


def _before(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """Move a reply before the one that takes it."""
    first, moved = int(found.params["line"]), lines[found.line - 1]
    kept = lines[first - 1]
    return Fix("move", moved.strip(), (Edit(first, 1, 1, f"{moved}\n{kept}", whole=True), dropped(found.line)))


def _option(found: Diagnostic, lines: list[str], _tree: Script) -> Fix | None:
    """Add the answer to a field's choices."""
    line = lines[found.line - 1]
    at = max(line.find(")"), line.find("）"))
    if at < 0:
        return None
    value = found.params["value"]
    return Fix("insert", value, (Edit(found.line, at + 1, at + 1, f"/{value}"),))


def _words_of(reply: str) -> str:
    """Return a reply as a pattern that hears it: its clauses with gaps, free of pattern signs."""
    plain = "".join(" " if c in _ENDS else c for c in reply if c not in "/()（）^{}|")
    clauses = [clause for clause in plain.split() if clause]
    return max(clauses, key=len) if clauses else ""


def mended(text: str, compiled: Callable[[str], Compilation]) -> str:
    """Return the text with everything put right that can be without taking anything out or shifting points."""
    tried: set[tuple[str, str, str]] = set()
    for _round in range(_MOST_ROUNDS):
        compilation = compiled(text)
        offered = [(found, fix_for(found, text, compilation.tree)) for found in compilation.diagnostics]
        touched: set[int] = set()
        for found, fix in sorted(offered, key=lambda it: it[0].line, reverse=True):
            key = (found.code, str(found.parameters), fix.shown if fix else "")
            lines = {edit.line for edit in fix.edits} if fix else set()
            below = min(touched, default=max(lines, default=0) + 1)
            if fix is None or fix.kind not in MENDING or key in tried or max(lines) >= below:
                continue  # lines that were written below have moved
            tried.add(key)
            touched |= lines
            text = apply(fix, text)
        if not touched:
            break
    return text


_MAKERS: Final[Mapping[str, Callable[[Diagnostic, list[str], Script], Fix | None]]] = {
    "CS101": _aside,
    "CS105": _section,
    "CS114": move_meant,
    "CS115": move_meant,
    "CS119": field_meant,
    "CS122": checkpoint_meant,
    "CS124": choices_meant,
    "CS107": _header,
    "CS211": fact_to_write,
    "CS212": node_meant,
    "CS213": phrase_to_write,
    "CS214": field_to_write,
    "CS301": _widen,
    "CS303": _widen,
    "CS304": _drop_example,
    "CS404": _limit,
    "CS501": _points,
    "CS502": _option,
    "CS604": _silence,
    "CS608": _before,
    "CS610": examples_to_write,
    "CS613": _loosen,
}
