"""Units, posts and queues by the names people type for them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from lms.people.rules.cells import CellProblem
from lms.people.rules.rows import RowReader
from lms.web.spreadsheets.reading import Cell, cell_text

_JOINTS: Final = re.compile(r"\s*[/>\\›»]\s*")
_LIST_JOINTS: Final = re.compile(r"[、,;/|\s]+")


@dataclass(frozen=True)
class UnitPlace:
    """A unit by its code, path and every name it goes by."""

    code: str
    path: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Places:
    """What there is to refer to.

    posts, queues   {name or code in small letters: code}
    """

    units: Sequence[UnitPlace]
    posts: Mapping[str, str]
    queues: Mapping[str, str]

    @cached_property
    def _by_code(self) -> Mapping[str, UnitPlace]:
        return {unit.code: unit for unit in self.units}

    def path(self, code: str) -> str:
        """Return the path of a unit; "" for none."""
        return self._by_code[code].path if code in self._by_code else ""

    def unit_name(self, code: str) -> str:
        """Return what a unit is called; its code when there is no such unit."""
        return self._by_code[code].names[0] if code in self._by_code else code

    def read_unit(self, row: RowReader) -> str | None:
        """Return the code of the unit a row names, by team and department together. Notes a problem when unsure."""
        name = "unit" if row.text("unit") else "parent_unit"
        parents = [row.text("parent_unit")] if row.text("unit") else []
        return row.read(name, lambda cell: self.find_unit([*parents, cell_text(cell)]))

    def find_unit(self, words: Iterable[str]) -> str:
        """Return the code of the unit that the words name, the last being its own name, earlier ones those above it.

        A word may itself be a path of names: `平安客服 / 杭州 / 早一班`. Raises CellProblem: unknown or ambiguous.
        """
        steps = [step for word in words for step in _JOINTS.split(word.strip().lower()) if step]
        shown = " / ".join(steps)
        found = [unit for unit in self.units if steps and steps[-1] in _lowered(unit)]
        narrowed = [unit for unit in found if all(self._above(unit, step) for step in steps[:-1])]
        if not found:
            raise CellProblem("unit_unknown", {"value": shown})
        if not narrowed:
            raise CellProblem("unit_elsewhere", {"value": shown, "found": found[0].names[0]})
        if len(narrowed) > 1:
            raise CellProblem("unit_ambiguous", {"value": shown, "found": ", ".join(it.code for it in narrowed)})
        return narrowed[0].code

    def _above(self, unit: UnitPlace, name: str) -> bool:
        return any(name in _lowered(other) and unit.path.startswith(other.path) for other in self.units)

    def read_post(self, row: RowReader) -> str | None:
        """Return the code of the post a row names."""
        return row.read("post", lambda cell: _known(self.posts, cell, "post_unknown"))

    def read_queues(self, row: RowReader, joint: str) -> str | None:
        """Return the codes of the queues a row names, sorted and joined."""
        def read(cell: Cell) -> str:
            words = [word for word in _LIST_JOINTS.split(cell_text(cell)) if word]
            return joint.join(sorted({_known(self.queues, word, "queue_unknown") for word in words}))

        return row.read("queues", read)

    def find_queue(self, cell: Cell) -> str:
        """Return the code of the queue a cell names. Raises CellProblem."""
        return _known(self.queues, cell, "queue_unknown")


def _lowered(unit: UnitPlace) -> set[str]:
    return {unit.code.lower(), *(name.lower() for name in unit.names)}


def _known(words: Mapping[str, str], cell: Cell, code: str) -> str:
    text = cell_text(cell)
    try:
        return words[text.lower()]
    except KeyError:
        raise CellProblem(code, {"value": text}) from None
