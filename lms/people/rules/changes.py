"""What an import changes, and what undoing it would change back.

Whatever is imported is seen as records: a key (a staff number; a person and an instant; a queue and an hour) and a flat
mapping from field to text, "" for nothing. Everything else here follows from that.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

Record = Mapping[str, str]


class ChangeKind(StrEnum):
    """What happens to one record."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; "" is nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One record before and after; None where there is none. At least one side is a record, and they differ."""

    key: str
    before: Record | None
    after: Record | None

    @property
    def kind(self) -> ChangeKind:
        """Tell what happens to the record."""
        if self.before is None:
            return ChangeKind.ADDED
        return ChangeKind.REMOVED if self.after is None else ChangeKind.CHANGED

    @property
    def fields(self) -> tuple[FieldChange, ...]:
        """The fields that differ, in the order of the record."""
        before, after = self.before or {}, self.after or {}
        names = [*before, *(name for name in after if name not in before)]
        return tuple(
            FieldChange(name, before.get(name, ""), after.get(name, ""))
            for name in names if before.get(name, "") != after.get(name, "")
        )


@dataclass(frozen=True)
class Kept:
    """Something that undoing leaves as it is, because it was changed after the import.

    field    the field; empty when the whole record is concerned
    now      what stands there now; empty when the record is gone
    wanted   what it was before the import
    """

    key: str
    field: str
    now: str
    wanted: str


@dataclass(frozen=True)
class Compensation:
    """What undoing an import does, and what it will not touch."""

    changes: tuple[Change, ...]
    kept: tuple[Kept, ...]


def diff(current: Mapping[str, Record], wanted: Mapping[str, Record | None]) -> tuple[Change, ...]:
    """Return what must change so that every wanted record stands; None wants it gone. Ordered by `wanted`.

    >>> changes = diff({"3001": {"name": "陈"}}, {"3001": {"name": "沈"}, "3002": {"name": "周"}})
    >>> [change.kind.value for change in changes]
    ['changed', 'added']
    """
    return tuple(
        Change(key, current.get(key), record)
        for key, record in wanted.items() if not _same(current.get(key), record)
    )


def apply(current: Mapping[str, Record], changes: Sequence[Change]) -> dict[str, Record]:
    """Return the records after the changes. What services write must come to the same."""
    result = dict(current)
    for change in changes:
        if change.after is None:
            result.pop(change.key, None)
        else:
            result[change.key] = change.after
    return result


def compensate(done: Sequence[Change], current: Mapping[str, Record]) -> Compensation:
    """Return what would undo an import now: each field goes back unless somebody changed it since.

    done      what the import changed
    current   what stands now
    """
    changes: list[Change] = []
    kept: list[Kept] = []
    for change in done:
        back, left = _take_back(change, current.get(change.key))
        if back is not None:
            changes.append(back)
        kept.extend(left)
    return Compensation(tuple(changes), tuple(kept))


def _take_back(change: Change, now: Record | None) -> tuple[Change | None, list[Kept]]:
    if change.kind is ChangeKind.ADDED:
        if now is None:
            return None, []
        touched = Change(change.key, change.after, now).fields
        if not touched:
            return Change(change.key, now, None), []
        return None, [Kept(change.key, it.field, it.after, it.before) for it in touched]
    if now is None:
        if change.kind is ChangeKind.REMOVED:
            return Change(change.key, None, change.before), []
        return None, [Kept(change.key, it.field, "", it.before) for it in change.fields]
    if change.kind is ChangeKind.REMOVED:
        return None, [] if _same(now, change.before) else [Kept(change.key, "", "", "")]
    return _restore_fields(change, now)


def _restore_fields(change: Change, now: Record) -> tuple[Change | None, list[Kept]]:
    restored, kept = dict(now), []
    for it in change.fields:
        if now.get(it.field, "") == it.after:
            restored[it.field] = it.before
        elif now.get(it.field, "") != it.before:
            kept.append(Kept(change.key, it.field, now.get(it.field, ""), it.before))
    return (None if _same(restored, now) else Change(change.key, now, restored)), kept


def digest(changes: Sequence[Change]) -> str:
    """Return a fingerprint of changes: who confirms hands it back, so that nothing else is written than was shown."""
    text = json.dumps([[it.key, _plain(it.before), _plain(it.after)] for it in changes], sort_keys=True)
    return sha256(text.encode()).hexdigest()


def brake_needed(leaving: int, present: int, percent: int) -> bool:
    """Tell whether so many leaving at once need a second confirmation.

    leaving   people the import makes leave
    present   people who are there before it, within the part of the organisation it is about
    percent   whole percent, 0..100; more than this share brakes

    >>> brake_needed(5, 100, 5), brake_needed(6, 100, 5), brake_needed(1, 1000, 0)
    (False, True, True)
    """
    return leaving * 100 > percent * present


def _same(one: Record | None, other: Record | None) -> bool:
    if one is None or other is None:
        return one is other
    names = {*one, *other}
    return all(one.get(name, "") == other.get(name, "") for name in names)


def _plain(record: Record | None) -> dict[str, str] | None:
    return None if record is None else {name: value for name, value in record.items() if value}
