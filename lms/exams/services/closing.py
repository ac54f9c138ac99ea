"""Close a sitting and mark what the system can; what waits for people is settled when their last mark is in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import CloseKind, Sitting
from lms.exams.notices.sittings import tell_being_marked
from lms.exams.services.settling import mark_items, settle
from lms.kernel.errors import NotFound


def locked_sitting(session: Session, sitting_id: UUID) -> Sitting:
    """Return a sitting, held until the transaction ends. Raises NotFound."""
    sitting = session.scalar(
        select(Sitting).where(Sitting.id == sitting_id).with_for_update(of=Sitting)
        .execution_options(populate_existing=True)
    )
    if sitting is None:
        raise NotFound
    return sitting


def close_sitting(
    session: Session, sitting: Sitting, *, kind: CloseKind, as_of: datetime, reason: str = "", by: Identity,
    now: datetime,
) -> None:
    """End a sitting that its caller holds locked and open: mark it, and settle it unless people have to mark answers.

    as_of   when it ended: handing in, or the deadline, never after it
    """
    sitting.closed_at, sitting.close_kind, sitting.close_reason, sitting.paused_at = as_of, kind, reason, None
    sitting.assignment.session_id = None
    results = mark_items(session, sitting)
    session.flush()
    if not settle(session, sitting, results, by=by, now=now):
        tell_being_marked(session, sitting, now=now)
