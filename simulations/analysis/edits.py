"""Edits of a script's text, and where its lines stand."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..script.diagnostics import Diagnostic
from ..script.vocabulary import Section


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
    """One proposal; shown: what will stand there.

    kind: replace, rewrite, insert, delete, widen, loosen, move, points or script
    """

    kind: str
    shown: str
    edits: tuple[Edit, ...]


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


def written_after(line: int, text: str, lines: list[str]) -> Fix:
    """Write a line behind another."""
    kept = lines[line - 1]
    return Fix("insert", text.strip(), (Edit(line, 1, 1, f"{kept}\n{text}", whole=True),))


def dropped(line: int) -> Edit:
    return Edit(line, 1, 1, None, whole=True)


def heading_of(lines: Iterable[str], section: Section) -> int:
    """Return the line of a section's heading, 0 when there is none."""
    return next((i for i, line in enumerate(lines, 1) if line.strip().startswith(f"【{section.value}")), 0)


def last_line(start: int, lines: list[str], stops: tuple[str, ...]) -> int:
    """Return the last written line of the block that begins at `start`."""
    last = start
    for number in range(start + 1, len(lines) + 1):
        line = lines[number - 1].strip().replace("＝", "=")
        if line.startswith(stops):
            break
        if line and not line.startswith("//"):
            last = number
    return last


def swapped(found: Diagnostic, lines: list[str]) -> Fix | None:
    """Put the nearest name in place of the wrong one."""
    if not found.suggestion:
        return None
    line, wrong = lines[found.line - 1], found.params.get("name") or found.params.get("value", "")
    at = line.find(wrong, found.column - 1) if wrong else -1
    if at < 0:
        return None
    return Fix("replace", found.suggestion, (Edit(found.line, at + 1, at + 1 + len(wrong), found.suggestion),))
