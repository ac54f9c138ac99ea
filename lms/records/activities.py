"""The register of activities: each area says how its own are named, linked, assigned and found by knowledge point."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity


class ActivityKind(Protocol):
    """What an area offers for one kind of activity. A reference is `<prefix>:<code>`."""

    prefix: str

    def titles(self, session: Session, codes: Collection[str]) -> Mapping[str, str]:
        """Return the titles of activities by code, in one or two statements; unknown ones are left out."""

    def link(self, code: str) -> str | None:
        """Return the address where a learner does it, None when there is none."""

    def assign(
        self, session: Session, code: str, *, person_id: UUID, due_at: datetime | None, reason: str,
        by: Identity, now: datetime,
    ) -> None:
        """Assign it to a person; assigning twice changes nothing."""

    def best_by_point(self, session: Session, points: Sequence[str]) -> Mapping[str, str]:
        """Return knowledge point -> code of the activity (or `code#unit`) that teaches it best, all read at once.

        Points that nothing teaches are left out.
        """


class RecordOnly(Protocol):
    """What an area offers besides, when some of its activities may never count for a certificate."""

    def only_for_the_record(self, session: Session, codes: Collection[str]) -> Collection[str]:
        """Return those of the codes whose results stand in the record alone."""


@dataclass(frozen=True)
class Description:
    """How to name and reach an activity."""

    ref: str
    title: str
    link: str | None


_kinds: dict[str, ActivityKind] = {}
_record_only: dict[str, RecordOnly] = {}


def register(kind: ActivityKind) -> None:
    """Make a kind of activity known; the last registration of a prefix counts."""
    _kinds[kind.prefix] = kind


def register_record_only(prefix: str, kind: RecordOnly) -> None:
    """Let a kind say which of its activities may never count for a certificate."""
    _record_only[prefix] = kind


def only_for_the_record(session: Session, refs: Iterable[str]) -> frozenset[str]:
    """Return those of the references whose results stand in the record alone: no certificate may ask for them."""
    asked: defaultdict[str, list[str]] = defaultdict(list)
    for prefix, _, code in (ref.partition(":") for ref in refs):
        asked[prefix].append(code)
    return frozenset(
        f"{prefix}:{code}" for prefix, codes in asked.items() if prefix in _record_only
        for code in _record_only[prefix].only_for_the_record(session, codes)
    )


def kind_of(ref: str) -> tuple[ActivityKind | None, str]:
    """Split a reference into its kind and code."""
    prefix, _, code = ref.partition(":")
    return _kinds.get(prefix), code


def describe(session: Session, ref: str) -> Description:
    """Return how to name and reach an activity; an unknown one is named by its reference."""
    return describe_many(session, [ref])[ref]


def describe_many(session: Session, refs: Iterable[str]) -> dict[str, Description]:
    """Return how to name and reach activities, by reference: each kind is asked once, however many there are."""
    found: dict[str, Description] = {}
    of_kind: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for ref in refs:
        prefix, _, code = ref.partition(":")
        of_kind[prefix][code] = ref
    for prefix, asked in of_kind.items():
        kind = _kinds.get(prefix)
        titles = kind.titles(session, asked) if kind else {}
        for code, ref in asked.items():
            title = titles.get(code)
            found[ref] = Description(ref, title or ref, kind.link(code) if kind and title else None)
    return found


def assign(
    session: Session, ref: str, *, person_id: UUID, due_at: datetime | None, reason: str, by: Identity, now: datetime
) -> bool:
    """Assign an activity to a person; False when no area knows it."""
    kind, code = kind_of(ref)
    if kind is None:
        return False
    kind.assign(session, code, person_id=person_id, due_at=due_at, reason=reason, by=by, now=now)
    return True


def best_by_point(session: Session, points: Sequence[str]) -> dict[str, str]:
    """Return knowledge point -> reference of the activity that teaches it best; those that nothing teaches are absent.

    Where several kinds teach a point, the kind that was registered first counts.
    """
    found: dict[str, str] = {}
    for kind in _kinds.values():
        for point, code in kind.best_by_point(session, points).items():
            found.setdefault(point, f"{kind.prefix}:{code}")
    return found
