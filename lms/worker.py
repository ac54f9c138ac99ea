"""Worker and beat: Celery carries ids of jobs, the jobs table holds the truth.

A message is only a nudge. When it is lost, beat's tick makes a worker look into the table; when it comes twice, the
second claim finds nothing to do.
"""

import os
import socket
import warnings
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from celery import Celery
from celery.apps.beat import Beat
from celery.apps.worker import Worker
from celery.concurrency import solo
from celery.platforms import SecurityWarning
from celery.worker import consumer, strategy
from flask import Flask
from kombu.exceptions import KombuError

from lms.app import create_app
from lms.kernel import clock, file_broker, jobs
from lms.kernel.settings import Settings

SHARED = (solo, consumer, strategy)  # what Celery imports only as it starts: here it is shared by all processes
TICK = timedelta(seconds=5)
RUN, SWEEP = "jobs.run", "jobs.sweep"


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Celery's configuration: Redis when it is set, files in the data folder otherwise."""
    common: dict[str, Any] = {
        "task_ignore_result": True,
        "task_default_queue": "floorready",
        "worker_enable_remote_control": False,
        "worker_hijack_root_logger": False,
        "worker_prefetch_multiplier": 1,
        "broker_connection_retry_on_startup": True,
        "timezone": "UTC",
        "beat_schedule": {"sweep": {"task": SWEEP, "schedule": TICK, "options": {"expires": TICK.total_seconds()}}},
    }
    if settings.redis_url:
        timeouts = {"socket_connect_timeout": 2, "socket_timeout": 10}
        return {**common, "broker_url": settings.redis_url, "broker_transport_options": timeouts}
    return {
        **common, "broker_url": f"{file_broker.ALIAS}://localhost",
        "broker_transport_options": file_broker.transport_options(settings.data_dir),
    }


@cache
def application() -> Flask:
    """Return this process's application, which delivers its jobs to the workers. Built at the first call."""
    app = create_app()
    celery.config_from_object(configuration(app.extensions["settings"]))
    jobs.REGISTER.deliver = deliver
    return app


celery = Celery("floorready", set_as_current=False)


def deliver(job_id: UUID) -> None:
    """Nudge a worker to run a job. Raises OSError when the broker can't be reached; the sweep delivers later."""
    try:
        celery.send_task(RUN, [str(job_id)], retry=False)
    except KombuError as error:
        raise OSError(str(error)) from error


@celery.task(name=RUN)  # type: ignore[untyped-decorator]  # Celery ships no types
def run(job_id: str) -> None:
    """Claim one job and run it; nothing happens when another worker has it."""
    with application().app_context():
        jobs.run_job(UUID(job_id), worker=f"{socket.gethostname()}:{os.getpid()}")


@celery.task(name=SWEEP)  # type: ignore[untyped-decorator]  # Celery ships no types
def sweep() -> None:
    """Queue the periodic handlers whose time has come, and deliver again what is due and held by nobody."""
    with application().app_context():
        now = clock.now()
        jobs.enqueue_periodics(now)
        jobs.sweep(now)


def serve_worker() -> None:
    """Be a worker until told to stop: one job at a time, so that a second worker is a second process."""
    settings: Settings = application().extensions["settings"]
    warnings.simplefilter("ignore", SecurityWarning)  # the doctor speaks of running as root
    file_broker.forget_taken(settings.data_dir)
    worker = Worker(app=celery, pool_cls="solo", loglevel="WARNING", quiet=True, without_gossip=True,
                    without_mingle=True, without_heartbeat=True)
    worker.start()
    raise SystemExit(worker.exitcode)


def serve_beat() -> None:
    """Be the clock of periodic work until told to stop; one in the whole installation is enough."""
    application()
    Beat(app=celery, scheduler_cls="celery.beat:Scheduler", loglevel="WARNING", quiet=True).run()
