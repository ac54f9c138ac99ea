"""The life of an edition: draft > review > published, and never changed after that."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from courses.rules.units import UnitKind


class EditionState(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    REVIEW = "review"
    PUBLISHED = "published"


class Source(StrEnum):
    """Where an edition comes from."""

    BUNDLED = "bundled"
    OWN = "own"


class Obstacle(StrEnum):
    """Why a step in an edition's life is refused."""

    NOT_A_DRAFT = "not_a_draft"
    NOT_IN_REVIEW = "not_in_review"
    OWN_WORK = "own_work"  # whoever wrote or handed in an edition doesn't publish it
    NO_UNITS = "no_units"


@dataclass(frozen=True, slots=True)
class EditionFacts:
    """What the rules ask of an edition: where it stands and who had a hand in it."""

    state: EditionState
    created_by: UUID | None
    submitted_by: UUID | None = None
    edited_by: frozenset[UUID] = frozenset()


def may_edit(edition: EditionFacts) -> Obstacle | None:
    """Say why an edition can't be edited, None when it can."""
    return None if edition.state is EditionState.DRAFT else Obstacle.NOT_A_DRAFT


def may_publish(edition: EditionFacts, publisher: UUID | None) -> Obstacle | None:
    """Say why this person can't publish (or send back) an edition, None when they can: a second pair of eyes."""
    if edition.state is not EditionState.REVIEW:
        return Obstacle.NOT_IN_REVIEW
    hands = {edition.created_by, edition.submitted_by, *edition.edited_by}
    return Obstacle.OWN_WORK if publisher is None or publisher in hands else None


class Gap(StrEnum):
    """What a unit lacks before its edition can be handed in."""

    TEXT = "text"
    FILM = "film"
    FILE = "file"
    POINTS = "points"
    SCRIPT = "script"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class UnitDraft:
    """What the rules ask of a unit that is handed in."""

    code: str
    kind: UnitKind
    has_text: bool = False
    has_file: bool = False
    has_points: bool = False
    has_script: bool = False
    missing_pictures: tuple[str, ...] = ()


def gaps(unit: UnitDraft) -> tuple[Gap, ...]:
    """Return what a unit lacks; an edition can be handed in when no unit lacks anything."""
    found = {
        UnitKind.PAGE: [(Gap.TEXT, unit.has_text)],
        UnitKind.DOCUMENT: [(Gap.FILE, unit.has_text or unit.has_file)],
        UnitKind.VIDEO: [(Gap.FILM, unit.has_file)],
        UnitKind.TEST: [(Gap.POINTS, unit.has_points)],
        UnitKind.CALL: [(Gap.SCRIPT, unit.has_script)],
    }[unit.kind]
    missing = [gap for gap, filled in found if not filled]
    return tuple(missing + ([Gap.PICTURE] if unit.missing_pictures else []))
