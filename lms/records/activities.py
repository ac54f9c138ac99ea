"""The register of activities: each area says how its own are named, linked, assigned and found by knowledge point."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity


class ActivityKind(Protocol):
    """What an area offers for one kind of activity. A reference is `<prefix>:<code>`."""

    prefix: str

    def title(self, session: Session, code: str) -> str | None:
        """Return the activity's title, None when there is no such activity."""

    def link(self, code: str) -> str | None:
        """Return the address where a learner does it, None when there is none."""

    def assign(
        self, session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str,
        by: Identity, now: datetime,
    ) -> None:
        """Assign it to a person; assigning twice changes nothing."""

    def find_by_points(self, session: Session, points: Sequence[str]) -> list[str]:
        """Return codes of activities (or `code#unit`) that teach any of these knowledge points, best first."""


@dataclass(frozen=True)
class Description:
    """How to name and reach an activity."""

    ref: str
    title: str
    link: str | None


_kinds: dict[str, ActivityKind] = {}


def register(kind: ActivityKind) -> None:
    """Make a kind of activity known; the last registration of a prefix counts."""
    _kinds[kind.prefix] = kind


def kind_of(ref: str) -> tuple[ActivityKind | None, str]:
    """Split a reference into its kind and code."""
    prefix, _, code = ref.partition(":")
    return _kinds.get(prefix), code


def describe(session: Session, ref: str) -> Description:
    """Return how to name and reach an activity; an unknown one is named by its reference."""
    kind, code = kind_of(ref)
    title = kind.title(session, code) if kind else None
    return Description(ref, title or ref, kind.link(code) if kind and title else None)


def assign(
    session: Session, ref: str, *, person_id: UUID, due_at: datetime | None, reason: str, by: Identity, now: datetime
) -> bool:
    """Assign an activity to a person; False when no area knows it."""
    kind, code = kind_of(ref)
    if kind is None:
        return False
    kind.assign(session, code, person_id=person_id, due_at=due_at, reason=reason, by=by, now=now)
    return True


def find_by_points(session: Session, points: Sequence[str]) -> list[Description]:
    """Return the activities of every kind that teach any of these knowledge points."""
    return [
        describe(session, f"{kind.prefix}:{code}")
        for kind in _kinds.values()
        for code in kind.find_by_points(session, points)
    ]
