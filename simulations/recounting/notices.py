"""What people are told of second looks, on the bell and by mail. Words stand in `templates/email/call-*/`."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.notifications.services import notify
from lms.people.models import Person
from lms.people.queries.people import holders_of
from simulations.models import SimulatedCall
from simulations.recipients import recipient_of
from simulations.recounting.models import CallAppealDecision


def tell_appeal(session: Session, call: SimulatedCall, appeal_id: UUID, *, but: UUID | None, now: datetime) -> None:
    """Tell the assessors of the learner's part of the organisation that an appeal waits; not who reviewed the call."""
    person = session.get_one(Person, call.person_id)
    told = set(holders_of(session, Role.ASSESSOR, person.unit.path)) - {person.id, but}
    notify(session, to=[recipient_of(session, it) for it in sorted(told, key=str)], slug="call-appeal",
           params={"title": call.edition.title}, link=f"/calls/appeals/{appeal_id}", key=f"call-appeal:{appeal_id}",
           now=now)


def tell_appeal_decided(
    session: Session, call: SimulatedCall, appeal_id: UUID, decision: CallAppealDecision, *, now: datetime
) -> None:
    """Tell a learner what was decided about their appeal."""
    notify(session, to=[recipient_of(session, call.person_id)], slug="call-appeal-decided",
           params={"title": call.edition.title, "outcome": decision.outcome, "reason": decision.reason},
           link=f"/calls/runs/{call.id}/report#appeal", key=f"call-appeal-decided:{appeal_id}", now=now)


def tell_changed(
    session: Session, call: SimulatedCall, before: int, after: int, *, passed_before: bool, passed: bool, cause: str,
    reason: str, now: datetime,
) -> None:
    """Tell a learner that the mark of a call changed, from what to what and why. Marks in hundredths."""
    notify(session, to=[recipient_of(session, call.person_id)], slug="call-changed",
           params={"title": call.edition.title, "before": before, "after": after, "passed_before": passed_before,
                   "passed": passed, "reason": reason},
           link=f"/calls/runs/{call.id}/report", key=f"call-changed:{call.id}:{cause}", now=now)
