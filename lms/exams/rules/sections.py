"""Sections of a paper (大题): their heads, their own minimum, and what was reached in each.

A paper without sections is one section without a title. Questions are mixed inside a section, never across. A section
with a minimum that isn't reached fails the exam whatever the sum; a section in which nothing counts any more (every
question left out by a correction) is reached.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from lms.exams.rules.marking import missing_points, reaches_pass_mark
from lms.exams.rules.paper import Part

MOST_SECTIONS: Final = 20
LONGEST_TITLE: Final = 60
LONGEST_INSTRUCTION: Final = 300
NUMERALS: Final = (
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十",
    "十一", "十二", "十三", "十四", "十五", "十六", "十七", "十八", "十九", "二十",
)


@dataclass(frozen=True, slots=True)
class Section:
    """One section.

    title        without its numeral, at most 60 characters; "" only where a paper has no sections
    instruction  what candidates read under the title, at most 300 characters
    in_order     questions follow the blueprint's lines even where the exam shuffles
    minimum      percent of the section's marks without which the exam is failed, 1..100; None asks for none
    """

    title: str = ""
    instruction: str = ""
    in_order: bool = False
    minimum: int | None = None


WHOLE: Final = (Section(),)
"""The sections of a paper that has none."""


class SectionFlaw(StrEnum):
    """What can be wrong with sections."""

    MANY = "sections"
    TITLE = "section_title"
    EMPTY = "section_empty"
    MINIMUM = "section_minimum"
    LENGTH = "section_length"
    UNKNOWN = "section_unknown"


def section_flaws(sections: Sequence[Section], parts: Sequence[Part]) -> tuple[tuple[SectionFlaw, int | None], ...]:
    """Return everything wrong with sections, each with the section (0..) or None for the whole."""
    found: list[tuple[SectionFlaw, int | None]] = []
    if not 1 <= len(sections) <= MOST_SECTIONS:
        found.append((SectionFlaw.MANY, None))
    if any(not 0 <= part.section < len(sections) for part in parts):
        found.append((SectionFlaw.UNKNOWN, None))
    asked = {part.section for part in parts}
    for index, section in enumerate(sections):
        checks = {
            SectionFlaw.TITLE: bool(section.title.strip()) or len(sections) == 1,
            SectionFlaw.LENGTH: len(section.title) <= LONGEST_TITLE and len(section.instruction) <= LONGEST_INSTRUCTION,
            SectionFlaw.MINIMUM: section.minimum is None or 1 <= section.minimum <= 100,
            SectionFlaw.EMPTY: index in asked or len(sections) == 1,
        }
        found += [(flaw, index) for flaw, sound in checks.items() if not sound]
    return tuple(found)


def headed(section: Section, index: int) -> str:
    """Return a section's title as papers head it; "" where it has none.

    >>> headed(Section("单项选择题"), 0), headed(Section("二、判断题"), 1), headed(Section(), 0)
    ('一、单项选择题', '二、判断题', '')
    """
    if not section.title:
        return ""
    numeral = NUMERALS[index]
    return section.title if section.title.startswith(f"{numeral}、") else f"{numeral}、{section.title}"


@dataclass(frozen=True, slots=True)
class SectionMark:
    """What one question adds to its section: hundredths earned and on offer; questions left out don't come here."""

    section: int
    points: int
    out_of: int


@dataclass(frozen=True, slots=True)
class SectionResult:
    """How a person did in one section. points, out_of, missing: hundredths of a mark; minimum: percent or None."""

    section: int
    points: int
    out_of: int
    questions: int
    minimum: int | None

    @property
    def missing(self) -> int:
        """Hundredths missing to the section's own minimum, 0 when it is reached or there is none."""
        if self.minimum is None or not self.out_of:
            return 0
        return missing_points(self.points, self.out_of, self.minimum)

    @property
    def reached(self) -> bool:
        """Whether the section lets the exam pass."""
        if self.minimum is None or not self.out_of:
            return True
        return reaches_pass_mark(self.points, self.out_of, self.minimum)


def by_section(marks: Iterable[SectionMark], sections: Sequence[Section]) -> tuple[SectionResult, ...]:
    """Return the result of every section in order, also of those in which nothing counts."""
    groups: list[list[SectionMark]] = [[] for _section in sections]
    for mark in marks:
        groups[mark.section].append(mark)
    return tuple(
        SectionResult(index, sum(it.points for it in group), sum(it.out_of for it in group), len(group),
                      sections[index].minimum)
        for index, group in enumerate(groups)
    )


def all_reached(results: Iterable[SectionResult]) -> bool:
    """Tell whether no section fails the exam."""
    return all(result.reached for result in results)


def sections_from_json(stored: Sequence[Mapping[str, Any]]) -> tuple[Section, ...]:
    """Read stored sections; none stored is a paper without sections."""
    return tuple(Section(**it) for it in stored) or WHOLE


def sections_to_json(sections: Sequence[Section]) -> list[dict[str, Any]]:
    """Write sections as they are stored; what a section leaves open is left out."""
    if tuple(sections) == WHOLE:
        return []
    return [{name: value for name, value in asdict(it).items() if value not in ("", False, None)} for it in sections]
