"""Appeals: a candidate asks for another look, a second person decides; marks only rise."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import Appeal, AppealDecision, ItemMarking, Sitting
from lms.exams.notices.sittings import tell_appeal, tell_appeal_decided
from lms.exams.queries.appeals import appeals_until, markers_of
from lms.exams.queries.keys import items_of
from lms.exams.rules.hand_marks import Round
from lms.exams.services.closing import locked_sitting
from lms.exams.services.settling import mark_again
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.records.appeals import AppealOutcome
from lms.records.services import audit


def raise_appeal(
    session: Session, sitting_id: UUID, *, position: int | None = None, text: str, by: Identity, now: datetime
) -> Appeal:
    """Ask for another look at a question of one's own sitting, or at all of it (position None).

    Raises NotFound for anybody else's sitting, Refused when the time is over, Conflict for a second appeal about the
    same, Invalid without words or for a question the paper lacks.
    """
    sitting = locked_sitting(session, sitting_id)
    if sitting.person_id != by.person_id:
        raise NotFound
    if appeals_until(session, sitting, at=now) is None:
        raise Refused("appeal.too_late", _("The time for appeals is over, or this exam has none."))
    problems = []
    if not text.strip():
        problems.append(Problem("text", _("Say what should be looked at again.")))
    if position is not None and not 1 <= position <= sitting.questions:
        problems.append(Problem("position", _("This paper has no such question.")))
    if problems:
        raise Invalid(problems)
    if session.scalar(select(Appeal.id).where(Appeal.sitting_id == sitting_id, Appeal.position.is_not_distinct_from(
            position))):
        raise Conflict("appeal.there_already", _("You have appealed about this already."))
    appeal = Appeal(sitting_id=sitting_id, position=position, text=text.strip(), raised_at=now)
    session.add(appeal)
    session.flush()
    audit(session, by=by, action="appeal.raise", subject=f"sitting:{sitting_id}", now=now,
          changes={"position": [None, position]})
    tell_appeal(session, sitting, appeal.id, position, now=now)
    return appeal


def decide_appeal(
    session: Session, appeal_id: UUID, *, outcome: AppealOutcome, marks: Mapping[int, int] | None = None, reason: str,
    by: Identity, now: datetime,
) -> AppealDecision:
    """Decide about an appeal, once.

    marks   position -> hundredths the question is to earn; for an upheld appeal, at least one that rises

    Raises Refused for whoever marked the answers or sat them, Conflict when it is decided, Invalid without a reason or
    for marks that don't rise.
    """
    appeal = session.get(Appeal, appeal_id)
    if appeal is None or by.person_id is None:
        raise NotFound
    sitting = locked_sitting(session, appeal.sitting_id)
    refusal = refusal_to_decide(session, sitting, appeal, by)
    if refusal:
        raise Refused(refusal, REFUSALS[refusal]())
    if session.get(AppealDecision, appeal_id, populate_existing=True):
        raise Conflict("appeal.decided", _("This appeal has been decided."))
    rising = _rising(session, sitting, appeal, marks or {}) if outcome is AppealOutcome.UPHELD else {}
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    decision = AppealDecision(
        appeal_id=appeal.id, outcome=outcome, reason=reason.strip(), decided_by=by.person_id, decided_at=now
    )
    session.add(decision)
    for position, points in rising.items():
        session.add(
            ItemMarking(
                sitting_id=sitting.id, position=position, round=Round.APPEAL, marker_id=by.person_id,
                revision=_next_revision(session, sitting.id, position), points={"": points}, remark=reason.strip(),
                marked_at=now, appeal_id=appeal.id,
            )
        )
    session.flush()
    audit(session, by=by, action="appeal.decide", subject=f"sitting:{sitting.id}", reason=reason, now=now,
          changes={"outcome": [None, outcome.value], "marks": [None, {str(key): it for key, it in rising.items()}]})
    if rising:
        mark_again(session, sitting, cause=f"appeal:{appeal.id}", reason=reason.strip(), by=by, now=now)
    tell_appeal_decided(session, sitting, appeal.id, appeal.position, decision, now=now)
    return decision


def refusal_to_decide(session: Session, sitting: Sitting, appeal: Appeal, by: Identity) -> str:
    """Return why somebody may not decide an appeal, as a code; empty when they may."""
    if by.person_id == sitting.person_id:
        return "appeal.own"
    return "appeal.marked_it" if by.person_id in markers_of(session, sitting.id, appeal.position) else ""


REFUSALS = {
    "appeal.own": lambda: _("Nobody decides about their own appeal."),
    "appeal.marked_it": lambda: _("Somebody else decides: you marked these answers."),
}


def _rising(session: Session, sitting: Sitting, appeal: Appeal, marks: Mapping[int, int]) -> dict[int, int]:
    """Return the marks that rise. Raises Invalid for any that fall or don't fit, or when none rises."""
    items = {it.position: it for it in items_of(session, sitting.id) if appeal.position in (None, it.position)}
    problems, rising = [], {}
    for position, points in marks.items():
        item = items.get(position)
        if item is None or not (item.points or 0) <= points <= item.out_of or not item.counts:
            problems.append(Problem(f"points-{position}", _("Marks only rise, up to what the question offers.")))
        elif points > (item.points or 0):
            rising[position] = points
    if not problems and not rising:
        problems.append(Problem("outcome", _("An upheld appeal raises the marks of at least one question.")))
    if problems:
        raise Invalid(problems)
    return rising


def _next_revision(session: Session, sitting_id: UUID, position: int) -> int:
    last = session.scalar(
        select(func.max(ItemMarking.revision)).where(
            ItemMarking.sitting_id == sitting_id, ItemMarking.position == position, ItemMarking.round == Round.APPEAL
        )
    )
    return (last or 0) + 1
