"""The answer journal: what was saved, and which answer is the final one.

Each save carries a key: (sitting, item, seat epoch, client sequence). The journal keeps everything and never
changes a row. Three things can happen to a sitting: a save arrives, another seat takes over (the epoch rises by one),
the sitting is closed.

- The same key with the same body is the same save, however often it arrives.
- The same key with another body is a conflict; the first body stands.
- A save of an epoch that is no longer the current one is kept as *stale*: a seat given up can't change answers.
- A save received after the last accepting instant is kept as *late*, one that reaches a closed sitting as *closed*.

The final answer of an item is the body of its *counted* save with the highest (epoch, sequence), whatever order
the network delivered them in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import dropwhile

NOT_GIVEN = frozenset({"null", '""', "[]"})  # answers that are none, as the journal keeps them


class Verdict(StrEnum):
    """What became of a save."""

    COUNTED = "counted"
    STALE = "stale"
    LATE = "late"
    CLOSED = "closed"


class Arrival(StrEnum):
    """What the journal did with a save that arrived."""

    KEPT = "kept"
    REPEATED = "repeated"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Key:
    """Which save: item (position on a paper, 1.., or a criterion's code), seat epoch (1..), client sequence (1..)."""

    item: int | str
    epoch: int
    sequence: int

    @property
    def rank(self) -> tuple[int, int]:
        """What decides between two saves of one item: the epoch, then the sequence."""
        return (self.epoch, self.sequence)


@dataclass(frozen=True, slots=True)
class Save:
    """One save as it arrived: its key, the answer as text, and when the server received it."""

    key: Key
    body: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class TakeOver:
    """Another seat took over; the epoch rose to `epoch`."""

    epoch: int


@dataclass(frozen=True, slots=True)
class Close:
    """The sitting was closed: handed in, ended by an invigilator, or by its deadline."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A save on disk, with what became of it."""

    save: Save
    verdict: Verdict


@dataclass
class Journal:
    """A sitting's journal, folded event by event.

    last_accepting   the last instant at which a save counts
    epoch            the seat epoch that may write now, 1 or more
    """

    last_accepting: datetime
    epoch: int = 1
    closed: bool = False
    kept: dict[Key, Kept] = field(default_factory=dict)

    def receive(self, save: Save) -> tuple[Arrival, Verdict]:
        """Take one save in; return what was done with it and the verdict of the body that stands under its key."""
        known = self.kept.get(save.key)
        if known is not None:
            arrival = Arrival.REPEATED if known.save.body == save.body else Arrival.CONFLICT
            return arrival, known.verdict
        verdict = judge(
            save, epoch=self.epoch, closed=self.closed, last_accepting=self.last_accepting
        )
        self.kept[save.key] = Kept(save, verdict)
        return Arrival.KEPT, verdict

    def take_over(self, event: TakeOver) -> None:
        """Let another seat write. Raises ValueError unless the epoch rises by exactly one."""
        if event.epoch != self.epoch + 1:
            raise ValueError("a take-over raises the epoch by one")
        self.epoch = event.epoch

    def close(self) -> None:
        """Let nothing more count; closing twice is closing once."""
        self.closed = True

    def final_answers(self) -> dict[int | str, str]:
        """Return item -> the answer that counts."""
        return final_answers(self.kept.values())


def judge(save: Save, *, epoch: int, closed: bool, last_accepting: datetime) -> Verdict:
    """Decide what becomes of a save, given the sitting as it stands when the save is written.

    An epoch the server never gave out is stale too: only the current seat may write.
    """
    if closed:
        return Verdict.CLOSED
    if save.received_at > last_accepting:
        return Verdict.LATE
    return Verdict.COUNTED if save.key.epoch == epoch else Verdict.STALE


def final_answers(kept: Iterable[Kept]) -> dict[int | str, str]:
    """Return item -> the answer that counts; items without a counted save are absent."""
    best: dict[int | str, Save] = {}
    for entry in kept:
        save = entry.save
        if entry.verdict is not Verdict.COUNTED:
            continue
        standing = best.get(save.key.item)
        if standing is None or save.key.rank > standing.key.rank:
            best[save.key.item] = save
    return {item: save.body for item, save in best.items()}


def fold(events: Iterable[Save | TakeOver | Close], *, last_accepting: datetime) -> Journal:
    """Replay what happened to a sitting, in the order in which the server wrote it."""
    journal = Journal(last_accepting)
    for event in events:
        match event:
            case Save():
                journal.receive(event)
            case TakeOver():
                journal.take_over(event)
            case Close():
                journal.close()
    return journal


def changed_items(kept: Iterable[Kept]) -> Mapping[int | str, int]:
    """Return item -> how often its answer was changed after it was first given (for the result page)."""
    bodies: dict[int | str, list[tuple[tuple[int, int], str]]] = {}
    for entry in kept:
        if entry.verdict is Verdict.COUNTED:
            bodies.setdefault(entry.save.key.item, []).append((entry.save.key.rank, entry.save.body))
    changes: dict[int | str, int] = {}
    for item, saves in bodies.items():
        ordered = list(dropwhile(lambda body: body in NOT_GIVEN, (body for _rank, body in sorted(saves))))
        changes[item] = sum(before != after for before, after in zip(ordered, ordered[1:], strict=False))
    return changes
