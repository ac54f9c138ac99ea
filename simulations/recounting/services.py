"""Second looks: correct a rubric as two people, appeal, decide. A result moves only by a row of its own and a fact
that supersedes; nobody's certificate flips before somebody has seen whose.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.kernel.jobs import enqueue
from lms.records.appeals import AppealOutcome
from lms.records.corrections import CorrectionVerdict
from lms.records.models import Outcome, TrainingFact
from lms.records.services import append_fact, audit
from simulations.models import CallReview, CallState, EditionState, ScriptEdition, SimulatedCall
from simulations.practice.services import withdraw_fallen
from simulations.queries import compiled, newest_result, scored
from simulations.recounting import queries
from simulations.recounting.models import CallAppeal, CallAppealDecision, CallResult, RubricCorrection, RubricDecision
from simulations.recounting.notices import tell_appeal, tell_appeal_decided, tell_changed
from simulations.recounting.previews import begin_preview, impact_now
from simulations.recounting.queries import Standing, standing_of
from simulations.recounting.rules import changes_between, flaws_of_rubric
from simulations.rules import FINAL_OUTCOMES, decide

RECOUNT = "simulations.recount"


def propose_correction(
    session: Session, edition_id: UUID, *, corrected_id: UUID, reason: str, by: Identity, now: datetime
) -> RubricCorrection:
    """Propose to score an edition's calls by another edition's rubric; nothing changes before a second person approves.

    Raises NotFound for an edition that isn't published, Conflict while another proposal about it waits, Invalid
    without a reason or with an edition whose rubric those calls can't be scored by.
    """
    edition, corrected = session.get(ScriptEdition, edition_id), session.get(ScriptEdition, corrected_id)
    if edition is None or corrected is None or by.person_id is None:
        raise NotFound
    if {edition.state, corrected.state} != {EditionState.PUBLISHED}:
        raise NotFound
    waits = select(RubricCorrection.id).outerjoin(
        RubricDecision, RubricDecision.correction_id == RubricCorrection.id
    ).where(RubricCorrection.edition_id == edition_id, RubricDecision.correction_id.is_(None))
    if session.scalar(waits):
        raise Conflict("correction.waits", _("A proposal about this edition waits for a decision already."))
    problems = [Problem("reason", _("Give a reason."))] if not reason.strip() else []
    if edition.id == corrected.id:
        problems.append(Problem("corrected_id", _("Choose another edition of the same script.")))
    elif flaws := flaws_of_rubric(compiled(edition), compiled(corrected)):
        problems.append(Problem("corrected_id", _(
            "Those calls can't be scored by that edition: they never had %(what)s.",
            what=", ".join(it.partition(":")[2] or edition.code for it in flaws))))
    if problems:
        raise Invalid(problems)
    row = RubricCorrection(edition_id=edition.id, corrected_id=corrected.id, reason=reason.strip(),
                           proposed_by=by.person_id, proposed_at=now)
    session.add(row)
    session.flush()
    audit(session, by=by, action="rubric.propose", subject=f"script:{edition.code}@{edition.number}", reason=reason,
          changes={"rubric": [edition.number, corrected.number]}, now=now)
    begin_preview(session, row, by=by.person_id)
    return row


def decide_correction(
    session: Session, correction_id: UUID, *, verdict: CorrectionVerdict, reason: str, seen: str = "", by: Identity,
    now: datetime,
) -> RubricDecision:
    """Approve or reject a proposal, once; an approval queues the counting.

    seen   the digest of the preview that was looked at

    Raises Refused when the proposer approves, Conflict when it is decided or the preview has changed since, Invalid
    without a reason.
    """
    row = session.scalars(
        select(RubricCorrection).where(RubricCorrection.id == correction_id).with_for_update(of=RubricCorrection)
    ).unique().one_or_none()
    if row is None or by.person_id is None:
        raise NotFound
    if session.get(RubricDecision, correction_id, populate_existing=True):
        raise Conflict("correction.decided", _("This proposal has been decided."))
    approved = verdict is CorrectionVerdict.APPROVED
    if approved and row.proposed_by == by.person_id:
        raise Refused("correction.own", _("A second person approves what you proposed."))
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    impact = impact_now(session, row, at=now) if approved else None
    if approved and (impact is None or impact.digest != seen):
        raise Conflict("correction.other_preview", _("The preview has changed in the meantime. Look at it again."))
    decision = RubricDecision(correction_id=row.id, verdict=verdict, reason=reason.strip(),
                              seen=impact.as_seen() if impact else {}, decided_by=by.person_id, decided_at=now)
    session.add(decision)
    session.flush()
    audit(session, by=by, action="rubric.approve" if approved else "rubric.reject",
          subject=f"rubric_correction:{row.id}", reason=reason, now=now)
    if approved:
        enqueue(session, RECOUNT, {"correction_id": str(row.id)}, key=f"{RECOUNT}:{row.id}", by=by.person_id)
    return decision


def recount_call(session: Session, correction_id: UUID, call_id: UUID, *, by: Identity, now: datetime) -> bool:
    """Count one call by an approved correction, once; tell whether its result is another. Again does nothing.

    by   who approved: the corrected record names them
    """
    call, row = _locked(session, call_id), session.get_one(RubricCorrection, correction_id)
    cause = f"correction:{row.id}"
    if session.scalar(select(CallResult.id).where(CallResult.call_id == call.id, CallResult.cause == cause)):
        return False
    before = standing_of(session, call)
    after = queries.counted_by(session, call, row.corrected, before)
    return _write(session, call, before, after, cause=cause, reason=row.reason, by=by, now=now)


def follow_review(session: Session, call: SimulatedCall, review: CallReview, words: Mapping[str, str]) -> None:
    """Let a review of a call that was counted anew before it was reviewed be its newest result."""
    last = newest_result(session, call.id)
    if last is None:
        return
    score = scored(session, call, last.rubric)
    outcomes = {it.id: words.get(it.id, str(it.outcome)) for it in score.checkpoints}
    fact = session.scalar(select(TrainingFact.id).where(
        TrainingFact.person_id == call.person_id, TrainingFact.evidence == f"call:{call.id}"))
    session.add(CallResult(
        call_id=call.id, number=last.number + 1, cause=f"review:{review.id}", rubric_id=last.rubric_id,
        engine_version=score.engine_version, digest=score.digest, total=review.total, passed=review.passed,
        total_before=last.total, passed_before=last.passed, words=dict(words),
        changes=changes_between({it.id: str(it.outcome) for it in score.checkpoints}, outcomes),
        reason=review.reason or _("Reviewed"), made_by=review.assessor_id, made_at=review.reviewed_at, fact_id=fact,
    ))


def raise_appeal(session: Session, call_id: UUID, *, text: str, by: Identity, now: datetime) -> CallAppeal:
    """Ask for another look at a call of one's own.

    Raises NotFound for anybody else's call, Refused when the result isn't out or its days are over, Conflict for a
    second appeal, Invalid without words.
    """
    call = _locked(session, call_id)
    if call.person_id != by.person_id:
        raise NotFound
    if queries.appeals_until(session, call, at=now) is None:
        raise Refused("appeal.too_late", _("The time for appeals is over, or there is no result yet."))
    if queries.appeal_of(session, call_id):
        raise Conflict("appeal.there_already", _("You have appealed about this already."))
    if not text.strip():
        raise Invalid([Problem("text", _("Say what should be looked at again."))])
    appeal = CallAppeal(call_id=call_id, text=text.strip(), raised_at=now)
    session.add(appeal)
    session.flush()
    audit(session, by=by, action="appeal.raise", subject=f"call:{call_id}", now=now)
    tell_appeal(session, call, appeal.id, but=_decider(session, call), now=now)
    return appeal


def decide_appeal(
    session: Session, appeal_id: UUID, *, outcome: AppealOutcome, words: Mapping[str, str] | None = None, reason: str,
    by: Identity, now: datetime,
) -> CallAppealDecision:
    """Decide about an appeal, once; the call's mark only rises by it.

    words   checkpoint -> outcome, for an upheld appeal

    Raises Refused for the learner and for the assessor who decided the call, Conflict when it is decided, Invalid
    without a reason or for words by which nothing rises.
    """
    appeal = session.get(CallAppeal, appeal_id)
    if appeal is None or by.person_id is None:
        raise NotFound
    call = _locked(session, appeal.call_id)
    refusal = refusal_to_decide(session, call, by)
    if refusal:
        raise Refused(refusal, REFUSALS[refusal]())
    if session.get(CallAppealDecision, appeal_id, populate_existing=True):
        raise Conflict("appeal.decided", _("This appeal has been decided."))
    before = standing_of(session, call)
    after = appealed(session, call, before, words or {}) if outcome is AppealOutcome.UPHELD else before
    problems = [] if reason.strip() else [Problem("reason", _("Give a reason."))]
    if outcome is AppealOutcome.UPHELD and not _rises(before, after):
        problems.append(Problem("outcome", _("An upheld appeal raises the mark: decide at least one checkpoint anew.")))
    if problems:
        raise Invalid(problems)
    decision = CallAppealDecision(appeal_id=appeal.id, outcome=outcome, reason=reason.strip(),
                                  decided_by=by.person_id, decided_at=now)
    session.add(decision)
    session.flush()
    audit(session, by=by, action="appeal.decide", subject=f"call:{call.id}", reason=reason, now=now,
          changes={"outcome": [None, outcome.value], **changes_between(before.outcomes, after.outcomes)})
    if outcome is AppealOutcome.UPHELD:
        _write(session, call, before, after, cause=f"appeal:{appeal.id}", reason=reason.strip(), by=by, now=now)
    tell_appeal_decided(session, call, appeal.id, decision, now=now)
    return decision


def refusal_to_decide(session: Session, call: SimulatedCall, by: Identity) -> str:
    """Return why somebody may not decide an appeal about a call, as a code; empty when they may."""
    if by.person_id == call.person_id:
        return "appeal.own"
    return "appeal.marked_it" if by.person_id == _decider(session, call) else ""


REFUSALS = {
    "appeal.own": lambda: _("Nobody decides about their own appeal."),
    "appeal.marked_it": lambda: _("Somebody else decides: you reviewed this call."),
}


def appealed(session: Session, call: SimulatedCall, before: Standing, words: Mapping[str, str]) -> Standing:
    """Return what a call comes to by these words beside those that stand. Raises Invalid for unknown ones."""
    score, terms = scored(session, call, before.rubric), compiled(before.rubric).rubric
    together = {**before.words, **words}
    if words.keys() - {it.id for it in score.checkpoints} or set(words.values()) - set(FINAL_OUTCOMES):
        raise Invalid([Problem("", _("A checkpoint or an outcome isn't known."))])
    verdict = decide(score.checkpoints, together, pass_mark=terms.pass_mark, floors=dict(terms.floors))
    outcomes = {it.id: together.get(it.id, str(it.outcome)) for it in score.checkpoints}
    return Standing(verdict.total, verdict.passed, together, outcomes, before.rubric, score.digest,
                    score.engine_version, decided=True)


def _rises(before: Standing, after: Standing) -> bool:
    """Tell whether an appeal does what appeals may: more marks or a pass, and nothing lost."""
    better = after.total > before.total or (after.passed and not before.passed)
    return better and after.total >= before.total and after.passed >= before.passed


def _locked(session: Session, call_id: UUID) -> SimulatedCall:
    call = session.scalars(
        select(SimulatedCall).where(SimulatedCall.id == call_id).with_for_update(of=SimulatedCall)
    ).unique().one_or_none()
    if call is None or call.state != CallState.ENDED:
        raise NotFound
    return call


def _decider(session: Session, call: SimulatedCall) -> UUID | None:
    review = queries.review_of(session, call.id)
    return review.assessor_id if review else None


def _write(
    session: Session, call: SimulatedCall, before: Standing, after: Standing, *, cause: str, reason: str, by: Identity,
    now: datetime,
) -> bool:
    """Keep what a call comes to now; where that is another result, supersede its fact and tell the learner."""
    fact = queries.fact_of(session, call)
    moved = (before.total, before.passed) != (after.total, after.passed)
    if moved and fact is not None:
        fact = append_fact(
            session, person_id=call.person_id, activity=f"call:{call.edition.code}", edition=str(call.edition.number),
            outcome=Outcome.PASSED if after.passed else Outcome.FAILED, score=after.total, out_of=10_000,
            occurred_at=fact.occurred_at, by=by, now=now, evidence=f"call:{call.id}#{cause}", supersedes=fact.id,
        )
    number = session.scalar(select(func.max(CallResult.number)).where(CallResult.call_id == call.id)) or 0
    session.add(CallResult(
        call_id=call.id, number=number + 1, cause=cause, rubric_id=after.rubric.id, engine_version=after.engine,
        digest=after.digest, total=after.total, passed=after.passed, total_before=before.total,
        passed_before=before.passed, words=dict(after.words), changes=changes_between(before.outcomes, after.outcomes),
        reason=reason, made_by=by.person_id, made_at=now, fact_id=fact.id if fact else None,
    ))
    session.flush()
    if moved:
        audit(session, by=by, action="call.mark_again", subject=f"call:{call.id}", reason=reason, now=now,
              changes={"total": [before.total, after.total], "passed": [before.passed, after.passed]})
        if before.decided:
            tell_changed(session, call, before.total, after.total, passed_before=before.passed, passed=after.passed,
                         cause=cause, reason=reason, now=now)
    withdraw_fallen(session, call, before=before.total, after=after.total, reason=reason, by=by, now=now)
    return moved
