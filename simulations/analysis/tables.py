"""The form view: headers, facts, ticket, phrases and checkpoints as tables that write the same text.

A row that changed is written over its own line; a new row goes behind the last line of its section; everything else,
comments and layout included, stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..script.formatter import format_condition
from ..script.tree import Script
from ..script.vocabulary import FIELD_KIND_WORDS, Section

TABLES: Final = {
    "headers": Section.SCRIPT,
    "facts": Section.CALLER,
    "fields": Section.TICKET,
    "phrases": Section.PHRASES,
    "checks": Section.CHECKS,
}
_CHECK_COLUMNS: Final = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One row. line: 1-based line it stands on, 0 for a new one; cells as the author writes them.

    headers (key, value); facts and phrases (name, value); fields (name, kind, options, answer);
    checks (id, title, dimension, points, condition, mark), the mark being "", "!" or "?"
    """

    line: int
    cells: tuple[str, ...]


def tables_of(tree: Script) -> dict[str, tuple[Row, ...]]:
    """Return the tables of a script; lines that couldn't be read are in none."""
    return {
        "headers": tuple(Row(h.place.line, (h.key, h.value)) for h in tree.headers),
        "facts": tuple(Row(f.name.place.line, (f.name.text, f.value)) for f in tree.facts),
        "fields": tuple(
            Row(f.name.place.line, (f.name.text, FIELD_KIND_WORDS[f.kind], "/".join(f.options), f.answer))
            for f in tree.fields
        ),
        "phrases": tuple(Row(p.name.place.line, (p.name.text, p.source)) for p in tree.phrases),
        "checks": tuple(
            Row(
                c.place.line,
                (
                    c.id.text, c.title, c.dimension.value, f"{c.points / 100:g}", format_condition(c.condition),
                    ("!" if c.critical else "") + ("?" if c.human_only else ""),
                ),
            )
            for c in tree.checks
        ),
    }


def rewritten(text: str, tree: Script, table: str, rows: Sequence[Row]) -> str:
    """Return the text with one table as `rows` have it. Raises KeyError for an unknown table.

    Rows of `tree` that are missing from `rows` are dropped; rows whose cells are all empty are left out.
    """
    section = TABLES[table]
    known = {row.line: row for row in tables_of(tree)[table]}
    kept = {row.line: row for row in rows if row.line in known and any(row.cells)}
    lines = text.splitlines()
    for line in sorted(known, reverse=True):
        if line not in kept:
            del lines[line - 1]
        elif kept[line].cells != known[line].cells:
            lines[line - 1] = written(table, kept[line].cells)
    added = [written(table, row.cells) for row in rows if row.line not in known and any(row.cells)]
    if added:
        at = _end_of(lines, section)
        lines[at:at] = added
    return "\n".join(lines) + "\n"


def written(table: str, cells: Sequence[str]) -> str:
    """Return one row as a line of the script; line breaks in a cell become spaces."""
    clean = [" ".join(cell.split()) for cell in cells]
    if table == "headers":
        return f"{clean[0]}: {clean[1]}"
    if table == "fields":
        options = f"({clean[2]})" if clean[2] else ""
        return f"{clean[0]}: {clean[1]}{options} = {clean[3]}"
    if table == "checks":
        id_, title, dimension, points, condition, mark = (clean + [""] * _CHECK_COLUMNS)[:_CHECK_COLUMNS]
        return f"[{mark}{id_}] {title} | {dimension} | {points} | {condition}"
    return f"{clean[0]} = {clean[1]}"


def with_lines(text: str, section: Section, added: str) -> str:
    """Return the text with lines put at the end of a section, which is made if it isn't there."""
    lines = text.splitlines()
    at = _end_of(lines, section)
    lines[at:at] = added.rstrip("\n").splitlines()
    return "\n".join(lines) + "\n"


def _end_of(lines: list[str], section: Section) -> int:
    """Return where new lines of a section go, behind its last written line; adds the heading if need be."""
    heading = next((i for i, line in enumerate(lines) if line.strip().startswith(f"【{section.value}")), None)
    if heading is None:
        lines += ["", f"【{section.value}】"]
        return len(lines)
    end = heading + 1
    for i in range(heading + 1, len(lines)):
        if lines[i].strip().startswith("【"):
            break
        if lines[i].strip():
            end = i + 1
    return end
