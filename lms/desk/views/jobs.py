"""A long job: a page that may be left, and its state for the page's script."""

from typing import Any
from uuid import UUID

from flask import jsonify, url_for
from flask.typing import ResponseReturnValue

from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.desk.views.blueprint import bp
from lms.kernel.db import reading
from lms.kernel.errors import NotFound
from lms.kernel.i18n import _
from lms.kernel.jobs import Job, JobState
from lms.web.guard import current_identity, page, requires

SHOWN = {JobState.WAITING: "queued", JobState.RUNNING: "running", JobState.DONE: "done", JobState.FAILED: "failed"}


@bp.get("/jobs/<uuid:job_id>")
@requires(Permission.JOB_READ)
def job(job_id: UUID) -> ResponseReturnValue:
    """Show the progress of a job somebody started; only they and system administrators see it."""
    _mine(job_id)
    return page("kit/job.html", title=_("Work in progress"), job_url=url_for(".job_state", job_id=job_id))


@bp.get("/jobs/<uuid:job_id>/state")
@requires(Permission.JOB_READ)
def job_state(job_id: UUID) -> ResponseReturnValue:
    """Return how far a job is, and its report row by row when it has one."""
    row = _mine(job_id)
    result: dict[str, Any] = row.result or {}
    return jsonify(state=SHOWN[JobState(row.state)], done=row.done, total=row.total, text=result.get("text", ""),
                   report=result.get("report", []))


def _mine(job_id: UUID) -> Job:
    row, me = reading().get(Job, job_id), current_identity()
    if row is None or not (row.created_by == me.person_id or me.has(Role.SYSTEM_ADMIN)):
        raise NotFound
    return row
