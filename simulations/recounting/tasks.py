"""The work of an approved correction: every call of the edition, each in a transaction of its own."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.kernel.db import reading, unit_of_work
from lms.kernel.jobs import RunningJob, periodic, task
from lms.people.models import Person
from lms.people.sign_in import identity_of
from lms.records.corrections import CorrectionVerdict
from simulations.recounting.models import RubricCorrection, RubricDecision
from simulations.recounting.previews import PREVIEW, count_preview
from simulations.recounting.queries import calls_to_recount
from simulations.recounting.services import RECOUNT, recount_call

LOOK_BACK = timedelta(days=2)  # how long after its approval a correction looks for calls that were under way


@task(RECOUNT)
def recount(payload: dict[str, Any], job: RunningJob) -> dict[str, int]:
    """Count an edition's calls by a corrected rubric; a retry goes on where it stopped."""
    return recount_all(UUID(payload["correction_id"]), now=job.now, progress=job.progress)


@task(PREVIEW)
def preview(payload: dict[str, Any], job: RunningJob) -> dict[str, Any]:
    """Count what a correction of many calls would change; nothing is written but the job's own result."""
    return count_preview(reading(), UUID(payload["correction_id"]), progress=job.progress)


@periodic("simulations.recount_late", every=timedelta(minutes=10))
def recount_late(now: datetime) -> None:
    """Count the calls of corrected editions that were under way at the approval."""
    approved = reading().scalars(select(RubricDecision.correction_id).where(
        RubricDecision.verdict == CorrectionVerdict.APPROVED, RubricDecision.decided_at >= now - LOOK_BACK)).all()
    for correction_id in approved:
        recount_all(correction_id, now=now)


def recount_all(correction_id: UUID, *, now: datetime, progress: Any = None) -> dict[str, int]:
    """Count what a correction hasn't counted yet; return how many calls there were and how many changed."""
    row = reading().get_one(RubricCorrection, correction_id, populate_existing=True)
    if row.decision is None or row.decision.verdict != CorrectionVerdict.APPROVED:
        return {"calls": 0, "changed": 0}
    approver = identity_of(reading(), reading().get_one(Person, row.decision.decided_by))
    ids, changed = calls_to_recount(reading(), row), 0
    for done, call_id in enumerate(ids, start=1):
        with unit_of_work() as session:
            changed += recount_call(session, correction_id, call_id, by=approver, now=now)
        if progress is not None:
            progress(done, len(ids))
    return {"calls": len(ids), "changed": changed}
