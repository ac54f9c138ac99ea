"""Checks of marks and answers: points add up, answers are possible."""

import re
from collections import Counter
from datetime import date
from typing import Final

from .diagnostics import Findings
from .machine import fill
from .tree import Field, Place, Script
from .vocabulary import Dimension, FieldKind, Section, name_key

_FULL: Final = 10_000
_HIGHEST_SHARE: Final = 60
_DATE: Final = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")


def check_marks(script: Script, findings: Findings) -> None:
    """Report points that don't sum to 100, an overweight dimension, too many critical items, impossible answers."""
    if script.checks:
        _check_points(script, findings)
    elif Section.CHECKS in script.sections and not findings.has_unread_checks:
        findings.add("CS124", Place(1, 1, 1), name=Section.CHECKS.value)
    if not script.nodes and Section.DIALOGUE in script.sections:
        findings.add("CS406", Place(1, 1, 1))
    facts = {f.name.key: f.value for f in script.facts}
    for field in script.fields:
        _check_answer(field, fill(field.answer, facts), findings)


def _check_points(script: Script, findings: Findings) -> None:
    by_dimension: Counter[Dimension] = Counter()
    for check in script.checks:
        if check.dimension is not Dimension.PROFICIENCY:
            by_dimension[check.dimension] += check.points
    total = sum(by_dimension.values())
    place = script.checks[0].place
    if total != _FULL:
        findings.add("CS501", place, sum=f"{total / 100:g}")
    else:
        for dimension, points in sorted(by_dimension.items()):
            if points * 100 > _HIGHEST_SHARE * total:
                findings.add("CS611", place, name=dimension.value, percent=points * 100 // total)
    critical = sum(1 for c in script.checks if c.critical)
    if critical * 2 > len(script.checks):
        findings.add("CS605", place, critical=critical, count=len(script.checks))


def _check_answer(field: Field, answer: str, findings: Findings) -> None:
    place = field.answer_place
    key, options = name_key(answer), [name_key(o) for o in field.options]
    outside = field.kind is FieldKind.ONE_OF and key not in options
    if outside or (field.kind is FieldKind.CONTAINS and not any(o in key for o in options)):
        findings.add("CS502", place, value=answer)
    elif field.kind is FieldKind.PHONE and not re.fullmatch(r"1[0-9]{10}", re.sub(r"[\s-]", "", name_key(answer))):
        findings.add("CS503", place, value=answer)
    elif field.kind is FieldKind.NUMBER and number_in(answer) is None:
        findings.add("CS505", place, value=answer, kind="数字", kind_en="number")
    elif field.kind is FieldKind.DATE and date_in(answer) is None:
        findings.add("CS505", place, value=answer, kind="日期（如 2026-03-18）", kind_en="date such as 2026-03-18")


def number_in(text: str) -> str | None:
    """Return the canonical decimal of a number such as `1,280.50`, or None."""
    found = re.fullmatch(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?", name_key(text).replace(",", ""))
    if not found:
        return None
    whole, _, part = found[0].partition(".")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole))


def date_in(text: str) -> date | None:
    """Return the date written as 2026-03-18, 2026/3/18 or 2026年3月18日, or None."""
    found = _DATE.fullmatch(name_key(text))
    if not found:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
