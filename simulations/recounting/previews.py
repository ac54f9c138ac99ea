"""What a correction would do, before anybody approves: counted at once for few calls, by a worker for many.

What the worker counted is taken only while the calls stand as they stood; certificates are looked at anew each time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.jobs import Job, JobState, enqueue
from simulations.models import CallReview, SimulatedCall
from simulations.recounting.models import CallResult, RubricCorrection
from simulations.recounting.queries import Impact, Touched, calls_to_recount, impact_from, touched_by

PREVIEW: Final = "simulations.preview"
IN_REQUEST: Final = 40  # calls: they take a few seconds; more are a worker's
STEP: Final = 10  # calls between two words about progress


def impact_now(session: Session, correction: RubricCorrection, *, at: datetime) -> Impact | None:
    """Return what a correction would change now, None while a worker has yet to count its many calls."""
    ids = calls_to_recount(session, correction)
    if len(ids) <= IN_REQUEST:
        return impact_from(session, len(ids), touched_by(session, correction, ids), at=at)
    job = preview_job(session, correction.id)
    if job is None or job.result is None or job.result["calls"] != fingerprint(session, correction):
        return None
    touched = tuple(Touched(**{**it, "call_id": UUID(it["call_id"]), "person_id": UUID(it["person_id"])})
                    for it in job.result["touched"])
    return impact_from(session, len(ids), touched, at=at)


def begin_preview(session: Session, correction: RubricCorrection, *, by: UUID | None) -> UUID | None:
    """Let a worker count what a correction of many calls would change; return the job, None where that isn't needed."""
    if len(calls_to_recount(session, correction)) <= IN_REQUEST:
        return None
    prefix = f"{PREVIEW}:{correction.id}:"
    failed = session.scalar(select(func.count()).select_from(Job).where(
        Job.key.startswith(prefix), Job.state == JobState.FAILED))
    key = f"{prefix}{fingerprint(session, correction)}:{failed}"
    return enqueue(session, PREVIEW, {"correction_id": str(correction.id)}, key=key, by=by)


def preview_job(session: Session, correction_id: UUID) -> Job | None:
    """Return the job that counted a correction's calls last, or is about to."""
    return session.scalars(
        select(Job).where(Job.key.startswith(f"{PREVIEW}:{correction_id}:")).order_by(Job.created_at.desc()).limit(1)
        .execution_options(populate_existing=True)).first()


def count_preview(
    session: Session, correction_id: UUID, *, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Count a correction's calls, as plain data with a word for how those calls stood."""
    row = session.get_one(RubricCorrection, correction_id)
    stood, ids = fingerprint(session, row), calls_to_recount(session, row)
    touched: list[Touched] = []
    for start in range(0, len(ids), STEP):
        row = session.get_one(RubricCorrection, correction_id)  # telling progress ends what was read
        touched += touched_by(session, row, ids[start : start + STEP])
        progress(min(start + STEP, len(ids)), len(ids))
    rows = [{**asdict(it), "call_id": str(it.call_id), "person_id": str(it.person_id)} for it in touched]
    return {"calls": stood, "touched": rows}


def fingerprint(session: Session, correction: RubricCorrection) -> str:
    """Return a word for the calls a correction would count anew and what people made of each until now."""
    rows = session.execute(
        select(SimulatedCall.id, CallReview.id, func.max(CallResult.number))
        .outerjoin(CallReview, CallReview.call_id == SimulatedCall.id)
        .outerjoin(CallResult, CallResult.call_id == SimulatedCall.id)
        .where(SimulatedCall.edition_id == correction.edition_id).group_by(SimulatedCall.id, CallReview.id)).tuples()
    waiting = set(calls_to_recount(session, correction))
    stood = sorted(f"{call}:{review}:{number}" for call, review, number in rows if call in waiting)
    return hashlib.sha256("\n".join(stood).encode()).hexdigest()[:32]
