"""Keep a person off the floor for a time, and let them back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import SuspensionRow
from lms.certification.services.issuing import hold, is_news
from lms.certification.services.messages import tell_suspended
from lms.certification.services.projecting import project
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.records.services import audit


def suspend_person(
    session: Session, person_id: UUID, *, reason: str, by: Identity, now: datetime, ends_at: datetime | None = None,
    queue_id: UUID | None = None, certification_id: UUID | None = None,
) -> SuspensionRow:
    """Keep a person off the floor from `now` on: everywhere, from one queue, or from what one certification opens.

    ends_at   the instant they may come back; None until somebody lifts it

    Raises NotFound for an unknown person, Invalid without a reason or with an end in the past.
    """
    if session.get(Person, person_id) is None:
        raise NotFound
    hold(session, person_id)
    problems = [] if reason.strip() else [Problem("reason", _("Give a reason."))]
    if ends_at is not None and ends_at <= now:
        problems.append(Problem("ends_at", _("The end lies in the past.")))
    if queue_id is not None and certification_id is not None:
        problems.append(Problem("queue_id", _("Choose a queue or a certification, not both.")))
    if problems:
        raise Invalid(problems)
    row = SuspensionRow(person_id=person_id, queue_id=queue_id, certification_id=certification_id, starts_at=now,
                        ends_at=ends_at, reason=reason.strip(), imposed_by=by.person_id, imposed_at=now)
    session.add(row)
    session.flush()
    audit(session, by=by, action="floor.suspend", subject=f"person:{person_id}", reason=row.reason, now=now,
          changes={"suspension": [None, str(row.id)], "until": [None, ends_at.isoformat() if ends_at else None]})
    project(session, [person_id])
    if is_news(now):
        tell_suspended(session, row, now=now)
    return row


def lift_suspension(session: Session, suspension_id: UUID, *, reason: str, by: Identity, now: datetime) -> None:
    """Let a suspended person back from `now` on; what they held opens again.

    Raises NotFound, Invalid without a reason, Conflict when it is lifted or over already.
    """
    row = session.get(SuspensionRow, suspension_id)
    if row is None:
        raise NotFound
    hold(session, row.person_id)
    session.refresh(row)
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    if row.lifted_at is not None or (row.ends_at is not None and row.ends_at <= now):
        raise Conflict("suspension.over", _("This suspension is over already."))
    row.lifted_at, row.lifted_by, row.lifted_reason = now, by.person_id, reason.strip()
    audit(session, by=by, action="floor.lift_suspension", subject=f"person:{row.person_id}", reason=reason.strip(),
          changes={"suspension": [str(row.id), None]}, now=now)
    project(session, [row.person_id])
