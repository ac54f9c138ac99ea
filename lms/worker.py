"""Worker and beat: Celery carries ids of jobs, the jobs table holds the truth.

A message is only a nudge. When it is lost, beat's tick makes a worker look into the table; when it comes twice, the
second claim finds nothing to do. Importing this module builds no application, so that beat stays small.
"""

import logging
import os
import socket
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from celery import Celery
from celery.signals import worker_init
from flask import Flask
from kombu.exceptions import KombuError

from lms.kernel import clock, file_broker, jobs
from lms.kernel.settings import Settings

log = logging.getLogger(__name__)
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
        **common, "broker_url": f"{file_broker.ALIAS}://",
        "broker_transport_options": file_broker.transport_options(settings.data_dir),
    }


celery = Celery("floorready", set_as_current=False)
celery.config_from_object(configuration(Settings()))


@cache
def application() -> Flask:
    """Return this process's application, built at the first call."""
    from lms.app import create_app  # noqa: PLC0415 - beat imports this module and needs no application

    app = create_app()
    jobs.REGISTER.deliver = deliver
    return app


def deliver(job_id: UUID) -> None:
    """Nudge a worker to run a job. Raises OSError when the broker can't be reached; the sweep delivers later."""
    try:
        celery.send_task(RUN, [str(job_id)], retry=False)
    except KombuError as error:
        raise OSError(str(error)) from error


@worker_init.connect
def _warm_up(**_signal: object) -> None:
    file_broker.forget_taken(Settings().data_dir)
    application()


@celery.task(name=RUN)
def run(job_id: str) -> None:
    """Claim one job and run it; nothing happens when another worker has it."""
    with application().app_context():
        jobs.run_job(UUID(job_id), worker=f"{socket.gethostname()}:{os.getpid()}")


@celery.task(name=SWEEP)
def sweep() -> None:
    """Queue the periodic handlers whose time has come, and deliver again what is due and held by nobody."""
    with application().app_context():
        now = clock.now()
        jobs.enqueue_periodics(now)
        jobs.sweep(now)
