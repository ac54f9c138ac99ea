"""One writer a process: saves wait here a moment, go to disk together, and are acknowledged after the commit.

Group commit: while one batch is being written, others gather; the next batch takes up to `BATCH` of them in one
transaction, so that many candidates share one flush of the disk. A save is answered only when its transaction has
been committed, with `synchronous=FULL` on SQLite and the default of PostgreSQL. If the process dies before, nobody
was told "saved"; the page still holds the answer and sends it again under the same key.
"""

import logging
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Engine, Row, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from lms.exams.models import Sitting, SittingAnswer
from lms.exams.rules.journal import Arrival, Key, Save, Verdict, judge
from lms.exams.rules.timing import last_accepting_instant
from lms.exams.saving.tokens import Seat
from lms.kernel.errors import DomainError
from lms.kernel.turns import turn

log = logging.getLogger(__name__)
BATCH = 64
QUEUE_LIMIT = 2_000
PATIENCE = 15.0  # seconds a request waits for its commit
IDLE = 20.0  # seconds without work after which the writer's thread ends; the next save starts another

_sitting = Sitting.__table__.c
_answer = SittingAnswer.__table__.c
_READ_SITTINGS = (
    select(_sitting.id, _sitting.person_id, _sitting.epoch, _sitting.questions, _sitting.deadline_at,
           _sitting.grace_seconds, _sitting.closed_at, _sitting.paused_at)
    .where(_sitting.id.in_(bindparam("ids", expanding=True)))
    .order_by(_sitting.id)
    .with_for_update(read=True)  # a closing waits for us, or we for it; SQLite has one writer anyway
)
_KEEP = {
    "sqlite": sqlite.insert(SittingAnswer).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(SittingAnswer).on_conflict_do_nothing(),
}
_READ_KEPT = select(_answer.body, _answer.flagged, _answer.verdict, _answer.received_at).where(
    _answer.sitting_id == bindparam("sitting"), _answer.item == bindparam("item"),
    _answer.epoch == bindparam("epoch"), _answer.sequence == bindparam("sequence"),
)


class Busy(DomainError):
    """The disk doesn't keep up or the database is away; the save may be tried again under the same key."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as a page sends it: item (position, 1..), client sequence (1..), canonical JSON, the flag."""

    item: int
    sequence: int
    body: str
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is on disk about one answer. `received_at` is when its first copy arrived."""

    item: int
    sequence: int
    arrival: Arrival
    verdict: Verdict
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """The sitting as it stood when the answers were written."""

    epoch: int
    deadline_at: datetime
    closed: bool
    paused: bool = False


@dataclass(slots=True, kw_only=True)
class Posted:
    """Something on its way to the disk."""

    done: threading.Event = field(default_factory=threading.Event)
    error: BaseException | None = None


Sent = TypeVar("Sent", bound=Posted)


@dataclass(slots=True)
class Delivery(Posted):
    """One request's answers on their way to the disk."""

    seat: Seat
    answers: Sequence[Answer]
    received_at: datetime
    receipts: list[Receipt] = field(default_factory=list)
    standing: Standing | None = None


class GroupWriter(ABC, Generic[Sent]):
    """Gathers what requests bring and writes it batch by batch in a thread of its own."""

    name = "writer"

    def __init__(self) -> None:
        self._waiting: deque[tuple[Engine, Sent]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    @property
    def thread_id(self) -> int | None:
        """The thread that writes now, None while there is nothing to write."""
        thread = self._thread
        return thread.ident if thread is not None else None

    @abstractmethod
    def _write(self, connection: Connection, batch: Sequence[Sent]) -> None:
        """Write a batch in the open transaction."""

    def _deliver(self, engine: Engine, sent: Sent) -> None:
        """Hand something to the thread and wait until it is on disk. Raises Busy."""
        with self._changed:
            if len(self._waiting) >= QUEUE_LIMIT:
                raise Busy("sitting.busy")
            self._waiting.append((engine, sent))
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)
                self._thread.start()
            self._changed.notify()
        if not sent.done.wait(PATIENCE):
            raise Busy("sitting.busy")
        if sent.error is not None:
            raise Busy("sitting.busy") from sent.error

    def _run(self) -> None:
        while batch := self._next_batch():
            engine = batch[0][0]
            deliveries = [delivery for _engine, delivery in batch]
            try:
                with (
                    turn(engine), engine.connect().execution_options(writing=True) as connection, connection.begin()
                ):
                    self._write(connection, deliveries)
            except Exception as error:
                log.exception("%s: a batch of %d was not written", self.name, len(deliveries))
                for delivery in deliveries:
                    delivery.error = error
            finally:
                for delivery in deliveries:
                    delivery.done.set()

    def _next_batch(self) -> list[tuple[Engine, Sent]]:
        """Wait for work and take up to `BATCH` of it; an empty list ends the thread."""
        with self._changed:
            if not self._changed.wait_for(lambda: bool(self._waiting), IDLE):
                self._thread = None
            return [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]


class AnswerWriter(GroupWriter[Delivery]):
    """Writes answers."""

    name = "answer-writer"

    def save(
        self, engine: Engine, seat: Seat, answers: Sequence[Answer], received_at: datetime
    ) -> tuple[list[Receipt], Standing | None]:
        """Put answers on disk; return one receipt each, and the sitting's standing (None: no such sitting).

        Raises Busy when that took too long or failed; what was on its way may or may not be on disk then.
        """
        delivery = Delivery(seat, answers, received_at)
        self._deliver(engine, delivery)
        return delivery.receipts, delivery.standing

    def _write(self, connection: Connection, batch: Sequence[Delivery]) -> None:
        write_batch(connection, batch)


@dataclass(frozen=True, slots=True)
class _Asked:
    """An answer of a batch that belongs to a sitting, with its row and the verdict it gets if it is new."""

    delivery: Delivery
    answer: Answer
    verdict: Verdict

    @property
    def key(self) -> tuple[UUID, int, int, int]:
        return (self.delivery.seat.sitting_id, self.answer.item, self.delivery.seat.epoch, self.answer.sequence)

    @property
    def row(self) -> dict[str, object]:
        sitting_id, item, epoch, sequence = self.key
        return {
            "sitting_id": sitting_id, "item": item, "epoch": epoch, "sequence": sequence, "body": self.answer.body,
            "flagged": self.answer.flagged, "received_at": self.delivery.received_at, "verdict": self.verdict.value,
        }

    def receipt(self, arrival: Arrival, verdict: Verdict, received_at: datetime) -> Receipt:
        return Receipt(self.answer.item, self.answer.sequence, arrival, verdict, received_at)


def write_batch(connection: Connection, batch: Sequence[Delivery]) -> None:
    """Write deliveries in the open transaction and fill in their receipts.

    Answers to questions the paper lacks, and deliveries of a person the sitting isn't of, get no receipt.
    """
    found = connection.execute(_READ_SITTINGS, {"ids": list({it.seat.sitting_id for it in batch})})
    sittings = {row.id: row for row in found}
    asked: list[_Asked] = []
    for delivery in batch:
        sitting = sittings.get(delivery.seat.sitting_id)
        if sitting is None or sitting.person_id != delivery.seat.person_id:
            continue
        delivery.standing = Standing(
            sitting.epoch, sitting.deadline_at, sitting.closed_at is not None, sitting.paused_at is not None
        )
        asked += [
            _Asked(delivery, answer, _verdict(delivery, answer, sitting))
            for answer in delivery.answers
            if 1 <= answer.item <= sitting.questions
        ]
    rows = {it.key: it.row for it in reversed(asked)}
    if not rows:
        return
    kept = connection.execute(
        _KEEP[connection.dialect.name], list(rows.values()), execution_options={"preserve_rowcount": True}
    )
    all_new = kept.rowcount == len(rows) == len(asked)
    for it in asked:
        it.delivery.receipts.append(
            it.receipt(Arrival.KEPT, it.verdict, it.delivery.received_at) if all_new else _compared(connection, it)
        )


def _verdict(delivery: Delivery, answer: Answer, sitting: Row[*tuple[Any, ...]]) -> Verdict:
    save = Save(Key(answer.item, delivery.seat.epoch, answer.sequence), answer.body, delivery.received_at)
    last = last_accepting_instant(sitting.deadline_at, timedelta(seconds=sitting.grace_seconds))
    if sitting.paused_at is not None:  # no time runs out while the clock stands
        last = max(last, delivery.received_at)
    return judge(save, epoch=sitting.epoch, closed=sitting.closed_at is not None, last_accepting=last)


def _compared(connection: Connection, asked: _Asked) -> Receipt:
    """Compare an answer with what stands on disk under its key; what stands decides."""
    sitting_id, item, epoch, sequence = asked.key
    stands = connection.execute(
        _READ_KEPT, {"sitting": sitting_id, "item": item, "epoch": epoch, "sequence": sequence}
    ).one()
    if (stands.body, stands.flagged) != (asked.answer.body, asked.answer.flagged):
        arrival = Arrival.CONFLICT
    else:
        arrival = Arrival.KEPT if stands.received_at == asked.delivery.received_at else Arrival.REPEATED
    return asked.receipt(arrival, Verdict(stands.verdict), stands.received_at)
