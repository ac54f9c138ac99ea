"""Rows beside what they resemble, and rows to take home with their reasons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from lms.kernel.i18n import _
from question_bank.formats.entries import PART_MARK
from question_bank.formats.records import Record
from question_bank.formats.workbook import HEADER, MOST_COLUMNS, write_rejected
from question_bank.queries.imports import RowLine
from question_bank.views.comparing import marked
from question_bank.wording import say_likeness, say_where


def marked_alike(line: RowLine, other: dict[str, Any]) -> list[tuple[Markup, Markup]]:
    """Return stem and options of a row and of what it resembles, what differs marked; the stem first."""
    theirs = [str(option.get("text", "")) for option in other["content"].get("options") or ()]
    ours = list(line.record.options)
    pairs = [(line.record.text("stem"), str(other["content"].get("stem", "")))]
    for place in range(max(len(ours), len(theirs))):
        pairs.append((ours[place] if place < len(ours) else "", theirs[place] if place < len(theirs) else ""))
    return [marked(left, right) for left, right in pairs]


def reasons_of(line: RowLine) -> list[tuple[str, str]]:
    """Return (cell, sentence) for everything there is to say about a row."""
    said = [(trouble.cell, say_where(trouble.code, trouble.detail)) for trouble in line.troubles]
    if line.like_percent:
        said.append((line.record.cell("stem"), say_likeness(line.like_percent, line.like_code, line.like_row)))
    return said


def rejected_workbook(lines: Iterable[RowLine]) -> bytes:
    """Return the rows in the form the import reads, with cells and reasons in two columns in front."""
    rows = []
    for line in lines:
        said = reasons_of(line)
        record = line.record
        cells = " ".join(dict.fromkeys(cell for cell, _text in said))
        reasons = "\n".join(text for _cell, text in said)
        rows.append([cells, reasons, *_cells(record)])
        rows += [["", "", *_cells(part, PART_MARK)] for part in record.parts]
    return write_rejected([_("Cell"), _("Reason"), *HEADER[1:]], rows)


def _cells(record: Record, mark: str = "") -> list[str]:
    """Return a record as it came, in the order of the header."""
    options = [*record.options, *[""] * MOST_COLUMNS][:MOST_COLUMNS]
    rest = [record.text(name) for name in ("answer", "explanation", "point", "difficulty", "points", "settings")]
    return [mark + record.text("kind"), record.text("stem"), *options, *rest]
