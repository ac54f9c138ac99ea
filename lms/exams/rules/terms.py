"""The terms of an exam: its blueprint and everything else a published edition fixes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from lms.exams.rules import paper
from lms.exams.rules.forms import MOST_FORMS
from lms.exams.rules.hand_marks import MarkingTerms
from lms.exams.rules.paper import Part
from lms.exams.rules.release import Release, Shown, release_from_json, release_to_json
from lms.exams.rules.resits import ResitPolicy
from lms.exams.rules.sections import WHOLE, Section, sections_from_json, sections_to_json
from lms.records.appeals import DEFAULT_DAYS, MOST_DAYS


class TermsFlaw(StrEnum):
    """What can be wrong with the terms besides the blueprint."""

    DURATION = "duration"
    THRESHOLD = "threshold"
    GRACE = "grace"
    CAP = "cap"
    RELEASE = "release"
    APPEAL = "appeal"
    FORMS = "forms"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a candidate sits under.

    duration_minutes   1..720
    pass_percent       1..100
    grace_seconds      0..300
    appeal_days        0..60
    sections           1..20; `WHOLE` for a paper without sections
    forms              1: everybody gets a draw of their own; 2..8: so many equally hard forms, drawn at publishing
    forms_seed         draws the forms; another number deals them anew
    """

    parts: tuple[Part, ...]
    duration_minutes: int = 60
    pass_percent: int = 80
    grace_seconds: int = 10
    shuffle_questions: bool = True
    shuffle_options: bool = True
    resit: ResitPolicy = field(default_factory=ResitPolicy)
    release: Release = field(default_factory=Release)
    marking: MarkingTerms = field(default_factory=MarkingTerms)
    appeal_days: int = DEFAULT_DAYS
    sections: tuple[Section, ...] = WHOLE
    forms: int = 1
    forms_seed: int = 1

    @property
    def questions(self) -> int:
        """How many questions a paper has."""
        return sum(part.count for part in self.parts)

    @property
    def full_mark(self) -> int:
        """Hundredths of a mark on offer."""
        return paper.full_mark(self.parts)

    @property
    def in_order(self) -> frozenset[int]:
        """The sections (0..) whose questions are never mixed."""
        return frozenset(
            index for index, it in enumerate(self.sections) if it.in_order or not self.shuffle_questions
        )


def terms_flaws(terms: Terms) -> tuple[TermsFlaw, ...]:
    """Return what is wrong with the terms, the blueprint apart; empty when they are sound."""
    checks = {
        TermsFlaw.DURATION: 1 <= terms.duration_minutes <= 720,
        TermsFlaw.THRESHOLD: 1 <= terms.pass_percent <= 100,
        TermsFlaw.GRACE: 0 <= terms.grace_seconds <= 300,
        TermsFlaw.RELEASE: all(terms.release.rule(thing).sound for thing in Shown),
        TermsFlaw.APPEAL: 0 <= terms.appeal_days <= MOST_DAYS,
        TermsFlaw.FORMS: 1 <= terms.forms <= MOST_FORMS,
        TermsFlaw.CAP: not terms.resit.cap_hinders(terms.pass_percent),
    }
    return tuple(flaw for flaw, sound in checks.items() if not sound)


def parts_from_json(lines: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    """Read a stored blueprint."""
    return tuple(Part(**line) for line in lines)


def parts_to_json(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """Write a blueprint as it is stored; what a part leaves open is left out."""
    return [
        {key: value for key, value in asdict(part).items() if value is not None and (key, value) != ("section", 0)}
        for part in parts
    ]


def terms_from_json(stored: Mapping[str, Any]) -> Terms:
    """Read stored terms. Raises ValueError on a resit policy outside its ranges, TypeError on unknown names."""
    return Terms(
        **{
            **stored,
            "parts": parts_from_json(stored.get("parts", [])),
            "sections": sections_from_json(stored.get("sections", [])),
            "resit": ResitPolicy(**stored.get("resit", {})),
            "release": release_from_json(stored.get("release", {})),
            "marking": MarkingTerms(**stored.get("marking", {})),
        }
    )


def terms_to_json(terms: Terms) -> dict[str, Any]:
    """Write terms as they are stored."""
    return {
        **asdict(terms), "parts": parts_to_json(terms.parts), "release": release_to_json(terms.release),
        "sections": sections_to_json(terms.sections),
    }
