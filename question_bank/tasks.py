"""Work done later."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lms.kernel.db import unit_of_work
from lms.kernel.jobs import RunningJob, periodic, task
from question_bank import services
from question_bank.services.duplicates import TASK as DUPLICATES
from question_bank.services.duplicates import compare_all
from question_bank.services.importing import TASK


@task(TASK)
def stage_import(payload: dict[str, Any], job: RunningJob) -> dict[str, Any] | None:
    """Read and judge the file of an import."""
    return services.stage_import(UUID(payload["import_id"]), job.progress)


@periodic("questions.forget_stale_imports", every=timedelta(hours=1))
def forget_stale_imports(now: datetime) -> None:
    """Give up imports that nobody wrote within their seven days."""
    with unit_of_work() as session:
        services.forget_stale_imports(session, now=now)


@task(DUPLICATES)
def find_duplicates(_payload: dict[str, Any], job: RunningJob) -> dict[str, Any] | None:
    """Look through the whole bank for questions that look alike."""
    return compare_all(job.progress)
