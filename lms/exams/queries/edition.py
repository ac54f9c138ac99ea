"""Published editions as the rules know them, and how people did in their sections."""

from collections.abc import Iterable
from typing import Any

from lms.exams.models import Exam, ExamEdition, SittingItem
from lms.exams.rules.sections import SectionMark, SectionResult, by_section, sections_from_json, sections_to_json
from lms.exams.rules.terms import Terms, parts_from_json, parts_to_json, terms_to_json


def paper_of(edition: ExamEdition) -> Terms:
    """Return the terms of an edition as far as they make its paper."""
    return Terms(
        parts=parts_from_json(edition.blueprint), sections=sections_from_json(edition.sections),
        shuffle_questions=edition.shuffle_questions, shuffle_options=edition.shuffle_options,
        duration_minutes=edition.duration_minutes, pass_percent=edition.pass_percent,
    )


def edition_values(exam: Exam, terms: Terms) -> dict[str, Any]:
    """Return what an edition published from these terms would hold, its forms apart: column -> value."""
    return {
        "title": exam.title, "title_en": exam.title_en, "blueprint": parts_to_json(terms.parts),
        "sections": sections_to_json(terms.sections),
        "questions": terms.questions, "full_mark": terms.full_mark, "duration_minutes": terms.duration_minutes,
        "pass_percent": terms.pass_percent, "grace_seconds": terms.grace_seconds,
        "shuffle_questions": terms.shuffle_questions, "shuffle_options": terms.shuffle_options,
        **{name: terms_to_json(terms)[name] for name in ("resit", "release", "marking", "appeal_days")},
    }


def section_of(edition: ExamEdition, part: int) -> int:
    """Return the section (0..) in which a line of an edition's blueprint stands."""
    return int(edition.blueprint[part].get("section", 0)) if part < len(edition.blueprint) else 0


def section_results(edition: ExamEdition, items: Iterable[SittingItem]) -> tuple[SectionResult, ...]:
    """Return how a person did in every section of an edition; `items` are a marked sitting's."""
    marks = [
        SectionMark(section_of(edition, it.part), it.points or 0, it.out_of) for it in items if it.counts
    ]
    return by_section(marks, sections_from_json(edition.sections))


def has_minimums(edition: ExamEdition) -> bool:
    """Tell whether a section of an edition has a minimum of its own."""
    return any(it.minimum is not None for it in sections_from_json(edition.sections))
