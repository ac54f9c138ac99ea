"""A blueprint as the editor's form posts it: sections in order, lines in order, each line naming its section's key."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from itertools import chain, islice, repeat
from uuid import UUID

from werkzeug.datastructures import MultiDict

from lms.exams.rules.paper import MAX_QUESTIONS, Part
from lms.exams.rules.sections import (
    LONGEST_INSTRUCTION,
    LONGEST_TITLE,
    MOST_SECTIONS,
    WHOLE,
    Section,
)

COLUMNS = ("topic", "difficulty", "kind", "count", "marks", "edition", "section")


def parts_from_form(form: MultiDict[str, str]) -> tuple[Part, ...]:
    """Read the lines of a blueprint, section by section.

    A line without a number of questions is left out, nonsense counts as 0; an edition that is no id is left out.
    """
    keys = {key: index for index, key in enumerate(_keys(form))}
    columns = [_column(form, name) for name in COLUMNS]
    parts = [
        _part(topic, difficulty, kind, count, marks, edition, keys.get(section, 0))
        for topic, difficulty, kind, count, marks, edition, section in islice(
            zip(*columns, strict=False), len(form.getlist("part_count"))
        )
        if (edition and _is_id(edition)) or (count.strip() and not edition)
    ]
    return tuple(sorted(parts, key=lambda part: part.section))


def sections_from_form(form: MultiDict[str, str]) -> tuple[Section, ...]:
    """Read the sections; one without title, instruction, order and minimum is a paper without sections."""
    in_order = set(form.getlist("section_in_order"))
    columns = (form.getlist(f"section_{name}") for name in ("title", "instruction", "minimum"))
    sections = tuple(
        Section(title.strip()[:LONGEST_TITLE], told.strip()[:LONGEST_INSTRUCTION], key in in_order,
                _whole(minimum) if minimum.strip() else None)
        for key, title, told, minimum in zip(_keys(form), *columns, strict=False)
    )
    return sections or WHOLE


def _keys(form: MultiDict[str, str]) -> list[str]:
    return form.getlist("section_key")[: MOST_SECTIONS + 1]


def _column(form: MultiDict[str, str], name: str) -> Iterator[str]:
    return chain(form.getlist(f"part_{name}")[:MAX_QUESTIONS], repeat(""))


def _part(topic: str, difficulty: str, kind: str, count: str, marks: str, edition: str, section: int) -> Part:
    if edition:
        return Part(1, _hundredths(marks), edition=str(UUID(edition)), section=section)
    return Part(
        count=_whole(count), points=_hundredths(marks), difficulty=difficulty or None, kind=kind or None,
        subject=topic.removeprefix("subject:") if topic.startswith("subject:") else None,
        point=topic.removeprefix("point:") if topic.startswith("point:") else None, section=section,
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _whole(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text) < 6 else 0


def _hundredths(text: str) -> int:
    """Read marks with at most two decimals as hundredths; 0 for anything else."""
    try:
        hundredths = Decimal(text.strip()) * 100
    except InvalidOperation:
        return 0
    fits = hundredths.is_finite() and hundredths == hundredths.to_integral_value() and 0 < hundredths < 10**6
    return int(hundredths) if fits else 0
