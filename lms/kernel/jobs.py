"""Work done later. The truth is this table; a broker only carries ids.

A use case calls `enqueue` in its own transaction. After the commit the id is handed to the deliverer (Celery in a
running installation, nothing in tests). A worker claims the job with a lease by one UPDATE and runs its handler;
`sweep` delivers again what nobody holds. A job may therefore run more than once after a crash: handlers are
idempotent. A failing job is tried again with growing pauses, `MAX_ATTEMPTS` times in all.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, Text, and_, delete, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from lms.kernel import clock
from lms.kernel.db import Model, enum_check, new_id, reading, session_after_commit, unit_of_work
from lms.kernel.settings import get_settings

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5
KEEP_DONE = timedelta(days=14)


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Model):
    """One piece of work; `key` keeps the same work from being queued twice."""

    __tablename__ = "job"
    __table_args__ = (
        enum_check("state", JobState),
        CheckConstraint("attempts >= 0", name="attempts_not_negative"),
        Index("ix_job_open", "run_at", sqlite_where=text("state IN ('waiting', 'running')"),
              postgresql_where=text("state IN ('waiting', 'running')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    task: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(String(40), default=JobState.WAITING)
    run_at: Mapped[datetime]
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None]


@dataclass
class RunningJob:
    """What a handler sees of its own job."""

    id: UUID
    now: datetime  # the instant it was claimed at
    attempt: int  # 1 for the first try
    created_by: UUID | None = None

    def progress(self, done: int, total: int) -> None:
        """Tell how far the work is, in whole steps, and keep the lease; call it at most a few times a second."""
        now = clock.now()
        with unit_of_work() as session:
            lease = now + timedelta(seconds=get_settings().lease_seconds)
            session.execute(update(Job).where(Job.id == self.id).values(done=done, total=total, lease_until=lease))


Handler = Callable[[dict[str, Any], RunningJob], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Periodic:
    """A handler that beat runs every so often, once a slot whatever the number of machines."""

    name: str
    every: timedelta


@dataclass
class Register:
    """The tasks this process knows."""

    tasks: dict[str, Handler] = field(default_factory=dict)
    periodics: dict[str, Periodic] = field(default_factory=dict)
    deliver: Callable[[UUID], None] | None = None


REGISTER = Register()


def task(name: str) -> Callable[[Handler], Handler]:
    """Register a handler `(payload, job) -> result or None` under `name`; ValueError when the name is taken."""

    def register(handler: Handler) -> Handler:
        if REGISTER.tasks.get(name, handler).__qualname__ != handler.__qualname__:
            raise ValueError(f"two handlers are named {name}")
        REGISTER.tasks[name] = handler
        return handler

    return register


def periodic(name: str, *, every: timedelta) -> Callable[[Callable[[datetime], object]], Callable[[datetime], object]]:
    """Register a handler `(now) -> None` that runs every so often, through the jobs table."""

    def register(handler: Callable[[datetime], object]) -> Callable[[datetime], object]:
        def run(_payload: dict[str, Any], job: RunningJob) -> None:
            handler(job.now)

        run.__qualname__ = handler.__qualname__
        task(name)(run)
        REGISTER.periodics[name] = Periodic(name, every)
        return handler

    return register


def enqueue(
    session: Session,
    name: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    by: UUID | None = None,
) -> UUID:
    """Queue work in the caller's transaction; return the job's id.

    key      the same key is the same work: the job already queued under it is returned instead
    run_at   the earliest instant to run it; now by default

    Raises KeyError when no handler has that name.
    """
    if name not in REGISTER.tasks:
        raise KeyError(name)
    now, fresh = clock.now(), new_id()
    values = {
        "id": fresh, "task": name, "payload": payload, "key": key, "state": JobState.WAITING,
        "run_at": run_at or now, "created_at": now, "created_by": by, "attempts": 0, "done": 0, "total": 0,
    }
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    inserted = session.execute(insert(Job).values(values).on_conflict_do_nothing(index_elements=["key"]))
    job_id = fresh if _rows(inserted) else session.scalars(select(Job.id).where(Job.key == key)).one()
    if _rows(inserted) and (run_at is None or run_at <= now):
        session_after_commit(session, lambda: _deliver(job_id))
    return job_id


def run_job(job_id: UUID, *, worker: str = "inline") -> bool:
    """Claim one job and run it; False when it isn't due, is held by another worker or is finished."""
    now = clock.now()
    with unit_of_work() as session:
        job = _claim(session, job_id, worker, now)
    if job is None:
        return False
    try:
        result = REGISTER.tasks[job.task](dict(job.payload), RunningJob(job.id, now, job.attempts, job.created_by))
    except Exception as error:
        log.exception("job %s (%s) failed at attempt %d", job.id, job.task, job.attempts)
        _put_back(job, error)
        return True
    with unit_of_work() as session:
        session.execute(
            update(Job).where(*_held(job)).values(
                state=JobState.DONE, result=dict(result) if result else None, finished_at=clock.now(),
                lease_until=None, error=None,
            )
        )
    return True


def due_jobs(now: datetime, *, limit: int = 200) -> list[UUID]:
    """Return the ids of jobs that are due and held by nobody, oldest first."""
    return list(reading().scalars(select(Job.id).where(_claimable(now)).order_by(Job.run_at).limit(limit)))


def run_due_jobs(now: datetime | None = None) -> int:
    """Run everything that is due, in this process, until nothing is; return how many ran."""
    ran = 0
    while jobs := due_jobs(now or clock.now()):
        finished = sum(run_job(job_id) for job_id in jobs)
        if not finished:
            break
        ran += finished
    return ran


def sweep(now: datetime) -> int:
    """Deliver again what is due and held by nobody (a lost message, a lapsed lease); return how many.

    A job that took its worker down with it `MAX_ATTEMPTS` times is given up.
    """
    with unit_of_work() as session:
        session.execute(
            update(Job).where(_lapsed(now), Job.attempts >= MAX_ATTEMPTS).values(
                state=JobState.FAILED, finished_at=now, lease_until=None, error="the worker died each time"
            )
        )
    jobs = due_jobs(now)
    for job_id in jobs:
        _deliver(job_id)
    return len(jobs)


def enqueue_periodics(now: datetime) -> int:
    """Queue every periodic handler whose slot has begun; the key keeps it to one job a slot. Return how many."""
    with unit_of_work() as session:
        for entry in REGISTER.periodics.values():
            slot = int(now.timestamp() // entry.every.total_seconds())
            enqueue(session, entry.name, {}, key=f"{entry.name}:{slot}")
    return len(REGISTER.periodics)


def _claimable(now: datetime) -> Any:
    waiting = and_(Job.state == JobState.WAITING, Job.run_at <= now)
    return or_(waiting, and_(_lapsed(now), Job.attempts < MAX_ATTEMPTS))


def _lapsed(now: datetime) -> Any:
    return and_(Job.state == JobState.RUNNING, Job.lease_until < now)


def _claim(session: Session, job_id: UUID, worker: str, now: datetime) -> Job | None:
    lease = now + timedelta(seconds=get_settings().lease_seconds)
    claimed = session.execute(
        update(Job).where(Job.id == job_id, _claimable(now)).values(
            state=JobState.RUNNING, claimed_by=worker, lease_until=lease, attempts=Job.attempts + 1
        ).execution_options(synchronize_session=False)
    )
    if not _rows(claimed):
        return None
    return session.get_one(Job, job_id, populate_existing=True)


def _held(job: Job) -> tuple[Any, ...]:
    """Hold while this very claim does: a worker that lost its lease must not overwrite its successor."""
    return Job.id == job.id, Job.state == JobState.RUNNING, Job.attempts == job.attempts


def _put_back(job: Job, error: Exception) -> None:
    now = clock.now()
    over = job.attempts >= MAX_ATTEMPTS
    with unit_of_work() as session:
        session.execute(
            update(Job).where(*_held(job)).values(
                state=JobState.FAILED if over else JobState.WAITING,
                run_at=now + timedelta(seconds=5 * 4 ** (job.attempts - 1)),
                lease_until=None, error=f"{type(error).__name__}: {error}"[:2000],
                finished_at=now if over else None,
            )
        )


def _rows(result: Any) -> int:
    """Return how many rows a statement touched."""
    return result.rowcount if isinstance(result, CursorResult) else 0


def _deliver(job_id: UUID) -> None:
    if REGISTER.deliver is None:
        return
    try:
        REGISTER.deliver(job_id)
    except OSError:
        log.warning("job %s could not be delivered; the sweep will", job_id)


@periodic("kernel.forget_old_jobs", every=timedelta(days=1))
def forget_old_jobs(now: datetime) -> None:
    """Delete finished jobs older than `KEEP_DONE`."""
    with unit_of_work() as session:
        session.execute(delete(Job).where(Job.state == JobState.DONE, Job.finished_at < now - KEEP_DONE))
