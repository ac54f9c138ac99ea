"""What one edition changes against another, unit by unit, line by line."""

from dataclasses import dataclass
from enum import StrEnum

from courses.models import CourseEdition, CourseUnit
from lms.kernel.text_changes import TextLine, text_changes

COMPARED = ("kind", "chapter", "title", "title_en", "minutes", "points", "required", "seconds", "questions",
            "pass_percent", "film_percent", "script")


class ChangeKind(StrEnum):
    """What happened to a unit."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class UnitChange:
    """How a unit differs. settings: names of the fields that differ; moved: whether its place differs."""

    kind: ChangeKind
    code: str
    title: str
    title_en: str
    settings: tuple[str, ...] = ()
    lines: tuple[TextLine, ...] = ()
    moved: bool = False


def changes_between(before: CourseEdition, after: CourseEdition) -> tuple[UnitChange, ...]:
    """Return the units that differ between two editions of a course: in the later one's order, removed ones last."""
    old = {unit.code: unit for unit in before.units}
    new = {unit.code: unit for unit in after.units}
    found = []
    for unit in after.units:
        if unit.code not in old:
            found.append(UnitChange(ChangeKind.ADDED, unit.code, unit.title, unit.title_en))
        elif change := _change(old[unit.code], unit):
            found.append(change)
    found += [UnitChange(ChangeKind.REMOVED, unit.code, unit.title, unit.title_en)
              for unit in before.units if unit.code not in new]
    return tuple(found)


def _change(before: CourseUnit, after: CourseUnit) -> UnitChange | None:
    settings = [name for name in COMPARED if getattr(before, name) != getattr(after, name)]
    settings += [name for name in ("file", "captions") if _hash(before, name) != _hash(after, name)]
    lines = text_changes(before.text, after.text)
    moved = before.position != after.position
    if not settings and not lines and not moved:
        return None
    return UnitChange(ChangeKind.CHANGED, after.code, after.title, after.title_en, tuple(settings), lines, moved)


def _hash(unit: CourseUnit, slot: str) -> str:
    return str((getattr(unit, slot) or {}).get("sha256", ""))
