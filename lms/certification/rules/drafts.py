"""A certification as somebody edits it, and what is wrong with it before it is published."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lms.certification.rules.requirements import (
    PREFIXES,
    BrokenRuleError,
    Requirement,
    RequirementKind,
    check_requirement,
)
from lms.certification.rules.validity import Validity

CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,38}")
LETTERS: Final = re.compile(r"[A-Z]{2,4}")
MOST: Final = 20


class DraftProblem(StrEnum):
    """Why a draft can't be published."""

    CODE = "code"
    CODE_TAKEN = "code_taken"
    LETTERS = "letters"
    LETTERS_TAKEN = "letters_taken"
    NO_NAME = "no_name"
    NOTHING_ASKED = "nothing_asked"
    TOO_MANY = "too_many"
    REQUIREMENT = "requirement"
    NEVER_RENEWED = "never_renewed"
    UNKNOWN_CERTIFICATION = "unknown_certification"
    CIRCLE = "circle"
    RECORD_ONLY = "record_only"


@dataclass(frozen=True)
class Draft:
    """A certification as somebody edits it. `letters` stand in the numbers of its certificates."""

    code: str
    name: str
    name_en: str
    letters: str
    description: str
    validity: Validity
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Finding:
    """One thing wrong, and the row of the requirement it is about (0, 1, ...)."""

    problem: DraftProblem
    row: int | None = None


def draft_findings(
    draft: Draft, *, asks: Mapping[str, Collection[str]], taken_letters: Collection[str], is_new: bool,
    record_only: Collection[str] = (),
) -> list[Finding]:
    """Return everything wrong with a draft.

    asks            every other certification's code, with the codes it asks for
    taken_letters   letters of other certifications
    record_only     activities whose results no certificate may ask for
    """
    found = _names(draft, set(asks), taken_letters, is_new=is_new)
    if not draft.requirements:
        found.append(Finding(DraftProblem.NOTHING_ASKED))
    if len(draft.requirements) > MOST:
        found.append(Finding(DraftProblem.TOO_MANY))
    for row, requirement in enumerate(draft.requirements):
        found += _requirement(draft.code, row, requirement, asks)
        if set(requirement.activities) & set(record_only):
            found.append(Finding(DraftProblem.RECORD_ONLY, row))
    own = [it for it in draft.requirements if it.kind is not RequirementKind.CERTIFICATION]
    if draft.requirements and not any(it.afresh for it in own):
        found.append(Finding(DraftProblem.NEVER_RENEWED))
    return found


def activity_ref(kind: RequirementKind, code: str) -> str:
    """Return the reference of an activity from what somebody typed: with or without its prefix."""
    code = code.strip()
    prefix = PREFIXES.get(kind, "")
    return code if not code or code.startswith(prefix) else f"{prefix}{code}"


def _names(draft: Draft, others: set[str], taken_letters: Collection[str], *, is_new: bool) -> list[Finding]:
    found = []
    if not CODE.fullmatch(draft.code):
        found.append(Finding(DraftProblem.CODE))
    elif is_new and draft.code in others:
        found.append(Finding(DraftProblem.CODE_TAKEN))
    if not LETTERS.fullmatch(draft.letters):
        found.append(Finding(DraftProblem.LETTERS))
    elif draft.letters in taken_letters:
        found.append(Finding(DraftProblem.LETTERS_TAKEN))
    if not draft.name.strip():
        found.append(Finding(DraftProblem.NO_NAME))
    return found


def _requirement(code: str, row: int, requirement: Requirement, asks: Mapping[str, Collection[str]]) -> list[Finding]:
    try:
        check_requirement(requirement)
    except BrokenRuleError:
        return [Finding(DraftProblem.REQUIREMENT, row)]
    if requirement.kind is not RequirementKind.CERTIFICATION:
        return []
    other = requirement.activities[0]
    if other not in asks:
        return [Finding(DraftProblem.CIRCLE if other == code else DraftProblem.UNKNOWN_CERTIFICATION, row)]
    return [Finding(DraftProblem.CIRCLE, row)] if code in _reached([other], asks) else []


def _reached(codes: Sequence[str], asks: Mapping[str, Collection[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = list(codes)
    while waiting:
        code = waiting.pop()
        if code not in seen:
            seen.add(code)
            waiting.extend(asks.get(code, ()))
    return seen
