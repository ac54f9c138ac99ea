"""What operators are told of the calls they gave as examples. Words stand in `templates/email/call-example-*/`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.notifications.services import notify
from simulations.practice.models import CallExample
from simulations.recipients import recipient_of


def tell_operator(
    session: Session, example: CallExample, what: str, params: Mapping[str, Any] | None = None, *, now: datetime
) -> None:
    """Tell an operator what became of their example. what: approved, declined or withdrawn."""
    notify(session, to=[recipient_of(session, example.call.person_id)], slug=f"call-example-{what}",
           params={"title": example.call.edition.title, "note": "", **(params or {})},
           link=f"/calls/examples/{example.id}", key=f"call-example-{what}:{example.id}:{now.isoformat()}", now=now)
