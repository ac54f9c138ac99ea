"""Use cases of the case library: an operator gives a good call, a trainer decides, either may take it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.i18n import _
from lms.records.services import audit
from simulations.models import CallState, SimulatedCall
from simulations.practice.models import CallExample, ExampleState
from simulations.practice.notices import tell_operator
from simulations.practice.queries import example_of, good_enough
from simulations.queries import report_of


def offer_example(session: Session, call_id: UUID, *, named: bool, by: Identity, now: datetime) -> CallExample:
    """Give a call of one's own to the case library; that is the operator's consent, and it can be taken back.

    named   whether the operator's name may stand beside it

    Raises NotFound for somebody else's or an unfinished call, Conflict when it isn't good enough or stands there.
    """
    call = session.get(SimulatedCall, call_id)
    if call is None or call.person_id != by.person_id or call.state != CallState.ENDED:
        raise NotFound
    if not good_enough(session, report_of(session, call)):
        raise Conflict("example.not_good_enough", _("An example is a decided call that passed with 90 or more."))
    example = example_of(session, call_id)
    if example is None:
        example = CallExample(call_id=call_id, named=named, offered_at=now)
        session.add(example)
    elif example.state != ExampleState.WITHDRAWN:
        raise Conflict("example.offered_already", _("This call was given already."))
    example.state, example.named, example.offered_at = ExampleState.OFFERED, named, now
    example.decided_by = example.decided_at = example.withdrawn_at = None
    session.flush()
    audit(session, by=by, action="call.offer", subject=f"call:{call_id}", now=now, changes={"named": named})
    return example


def decide_example(
    session: Session, example_id: UUID, *, approve: bool, note: str, by: Identity, now: datetime
) -> CallExample:
    """Take an offered call into the case library, or decline it.

    Raises NotFound, Refused for one's own call, Conflict when it isn't waiting any more.
    """
    example = session.get(CallExample, example_id)
    if example is None:
        raise NotFound
    if example.call.person_id == by.person_id:
        raise Refused("example.own", _("Somebody else decides on a call of yours."))
    if example.state != ExampleState.OFFERED:
        raise Conflict("example.decided", _("This call doesn't wait for a decision any more."))
    example.state = ExampleState.APPROVED if approve else ExampleState.DECLINED
    example.decided_by, example.decided_at, example.note = by.person_id, now, note.strip()
    audit(session, by=by, action="call.approve" if approve else "call.refuse", subject=f"call:{example.call_id}",
          reason=note.strip(), now=now)
    tell_operator(session, example, "approved" if approve else "declined", {"note": example.note}, now=now)
    return example


def withdraw_example(session: Session, example_id: UUID, *, any_call: bool, by: Identity, now: datetime) -> None:
    """Take a call out of the case library at once: its operator at any time, or whoever may decide.

    any_call   the person may take out others' calls too

    Raises NotFound for somebody else's call otherwise. Taking out twice changes nothing.
    """
    example = session.get(CallExample, example_id)
    if example is None or not (any_call or example.call.person_id == by.person_id):
        raise NotFound
    if example.state == ExampleState.WITHDRAWN:
        return
    example.state, example.withdrawn_at = ExampleState.WITHDRAWN, now
    audit(session, by=by, action="call.withdraw", subject=f"call:{example.call_id}", now=now)
    if example.call.person_id != by.person_id:
        tell_operator(session, example, "withdrawn", now=now)


def withdraw_fallen(
    session: Session, call: SimulatedCall, *, before: int, after: int, reason: str, by: Identity, now: datetime
) -> bool:
    """Take a call out of the case library whose new result is none to learn from; tell whether it stood there.

    before, after   hundredths of 100: what it came to, and what it comes to by the result that was just written
    reason          of that result; it is told, and shown to whoever decides about examples
    """
    example = example_of(session, call.id)
    if example is None or example.state not in (ExampleState.OFFERED, ExampleState.APPROVED):
        return False
    if good_enough(session, report_of(session, call)):
        return False
    example.state, example.withdrawn_at = ExampleState.WITHDRAWN, now
    audit(session, by=by, action="call.withdraw", subject=f"call:{call.id}", reason=reason, now=now)
    tell_operator(session, example, "withdrawn", {"reason": reason, "before": before, "after": after}, now=now)
    return True
