"""What a file says about one question, field by field, before anybody judges it.

Fields: kind, stem, options (a list), answer, explanation, point, difficulty, points, settings, picture. All are text as
the file has it. `cells` tells where each field stands: "F17" in a spreadsheet, "12" (a line) in a text file.
`parts` is a list of {"number", "fields", "cells"}: the questions of a case or an audio question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TEXT_FIELDS = ("kind", "stem", "answer", "explanation", "point", "difficulty", "points", "settings", "picture")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something to say about a record.

    cell     where: "F17", a line number as text, or ""
    code     stable word, said in the reader's language by `question_bank.wording`
    detail   values the sentence needs
    notice   True when the question can be written all the same
    fix      a field and the value that would settle it, where one is known
    """

    cell: str
    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    notice: bool = False
    fix: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One question of a file.

    number     its row (spreadsheet) or first line (text), from 1
    troubles   what the reader of the file already had to say
    """

    number: int
    fields: Mapping[str, Any]
    cells: Mapping[str, str] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()

    def text(self, name: str) -> str:
        """Return a text field, trimmed; "" where the file has none."""
        return str(self.fields.get(name) or "").strip()

    @property
    def options(self) -> tuple[str, ...]:
        """The option texts, A first."""
        return tuple(str(option) for option in self.fields.get("options") or ())

    @property
    def parts(self) -> tuple[Record, ...]:
        """The questions below a case or an audio question."""
        found = self.fields.get("parts")
        return tuple(Record(int(part["number"]), part["fields"], part["cells"]) for part in (found if found else ()))

    def cell(self, name: str) -> str:
        """Return where a field stands; where the record stands if the file lacks the field."""
        return self.cells.get(name) or self.cells.get(name.split(".")[0]) or self.cells.get("stem") or str(self.number)
