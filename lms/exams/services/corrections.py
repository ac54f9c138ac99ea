"""A key found wrong: propose what counts instead, let a second person approve the preview, mark every paper again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import KeyCorrection, KeyCorrectionDecision, KeyCorrectionResult
from lms.exams.queries.corrections import Impact, impact_of
from lms.exams.rules.corrections import CorrectionKind, asks_the_same
from lms.exams.services.closing import locked_sitting
from lms.exams.services.settling import mark_again
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.kernel.jobs import enqueue
from lms.records.corrections import CorrectionVerdict
from lms.records.services import audit
from question_bank import kinds
from question_bank import queries as bank
from question_bank.models import EditionState, Question

MARK_AGAIN = "exams.mark_again"
PUBLISHED = frozenset({EditionState.PUBLISHED, EditionState.SUPERSEDED})


def propose_correction(
    session: Session, edition_id: UUID, *, kind: CorrectionKind, corrected_id: UUID | None = None, reason: str,
    by: Identity, now: datetime,
) -> KeyCorrection:
    """Propose what is to count for one edition of a question; nothing changes before a second person approves it.

    Raises NotFound for an edition that was never published, Conflict while another proposal about it waits, Invalid
    without a reason or with a corrected edition that asks something else.
    """
    edition = bank.editions(session, [edition_id]).get(edition_id)
    if edition is None or edition.state not in PUBLISHED or by.person_id is None:
        raise NotFound
    session.execute(select(Question.id).where(Question.id == edition.question_id).with_for_update())
    waits = select(KeyCorrection.id).outerjoin(
        KeyCorrectionDecision, KeyCorrectionDecision.correction_id == KeyCorrection.id
    ).where(KeyCorrection.edition_id == edition_id, KeyCorrectionDecision.correction_id.is_(None))
    if session.scalar(waits):
        raise Conflict("correction.waits", _("A proposal about this edition waits for a decision already."))
    problems = [Problem("reason", _("Give a reason."))] if not reason.strip() else []
    problems += _flaws_of_edition(session, edition, corrected_id) if kind is CorrectionKind.EDITION else []
    if problems:
        raise Invalid(problems)
    row = KeyCorrection(
        question_id=edition.question_id, edition_id=edition_id, kind=kind, reason=reason.strip(),
        corrected_id=corrected_id if kind is CorrectionKind.EDITION else None, proposed_by=by.person_id,
        proposed_at=now,
    )
    session.add(row)
    session.flush()
    audit(session, by=by, action="key.propose", subject=f"question:{edition.code}", reason=reason, now=now,
          changes={"kind": [None, kind.value], "edition": [None, edition.number]})
    return row


def _flaws_of_edition(session: Session, edition: bank.Edition, corrected_id: UUID | None) -> list[Problem]:
    """Return why an edition can't lend its key to another."""
    other = bank.editions(session, [corrected_id]).get(corrected_id) if corrected_id else None
    if other is None or other.question_id != edition.question_id or other.id == edition.id \
            or other.state not in PUBLISHED:
        return [Problem("corrected_id", _("Choose a published edition of the same question with the right key."))]
    before, after = (kinds.candidate_view(it.kind, it.content, None) for it in (edition, other))
    paths = [{part.path for part in kinds.by_hand(it.kind, it.content, 100)} for it in (edition, other)]
    if asks_the_same(before, after) and paths[0] == paths[1]:
        return []
    return [Problem("corrected_id", _("That edition asks something else: its options, blanks or parts differ. Answers "
                                      "to the one can't be marked by the other."))]


def decide_correction(
    session: Session, correction_id: UUID, *, verdict: CorrectionVerdict, reason: str, seen: str = "", by: Identity,
    now: datetime,
) -> KeyCorrectionDecision:
    """Approve or reject a proposal, once; an approval queues the work of marking again.

    seen   the digest of the preview that was looked at

    Raises Refused when the proposer approves, Conflict when it is decided or the preview has changed since, Invalid
    without a reason.
    """
    row = session.scalar(
        select(KeyCorrection).where(KeyCorrection.id == correction_id).with_for_update(of=KeyCorrection)
    )
    if row is None or by.person_id is None:
        raise NotFound
    if session.get(KeyCorrectionDecision, correction_id, populate_existing=True):
        raise Conflict("correction.decided", _("This proposal has been decided."))
    if verdict is CorrectionVerdict.APPROVED and row.proposed_by == by.person_id:
        raise Refused("correction.own", _("A second person approves what you proposed."))
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    impact = impact_of(session, row, at=now) if verdict is CorrectionVerdict.APPROVED else None
    if impact is not None and impact.digest != seen:
        raise Conflict("correction.other_preview", _("The preview has changed in the meantime. Look at it again."))
    decision = _decide(session, row, verdict, reason.strip(), impact, by=by, now=now)
    if impact is not None:
        enqueue(session, MARK_AGAIN, {"correction_id": str(row.id)}, key=f"{MARK_AGAIN}:{row.id}", by=by.person_id)
    return decision


def _decide(
    session: Session, row: KeyCorrection, verdict: CorrectionVerdict, reason: str, impact: Impact | None, *,
    by: Identity, now: datetime,
) -> KeyCorrectionDecision:
    seen: dict[str, Any] = impact.as_seen() if impact else {}
    decision = KeyCorrectionDecision(
        correction_id=row.id, verdict=verdict, reason=reason, seen=seen, decided_by=by.person_id, decided_at=now
    )
    session.add(decision)
    session.flush()
    audit(session, by=by, action=f"key.{'approve' if impact else 'reject'}", subject=f"key_correction:{row.id}",
          reason=reason, now=now)
    return decision


def mark_sitting_again(
    session: Session, correction_id: UUID, sitting_id: UUID, *, by: Identity, now: datetime
) -> bool:
    """Mark one sitting by an approved correction, once; tell whether its record changed. Doing it again does nothing.

    by   who approved: the corrected record names them
    """
    sitting = locked_sitting(session, sitting_id)
    row = session.get_one(KeyCorrection, correction_id)
    if session.get(KeyCorrectionResult, (correction_id, sitting_id)):
        return False
    fact_before = sitting.fact_id
    change = mark_again(session, sitting, cause=f"correction:{row.id}", reason=row.reason, by=by, now=now)
    corrected = sitting.fact_id != fact_before
    session.add(
        KeyCorrectionResult(
            correction_id=row.id, sitting_id=sitting.id, points_before=change.before.counted,
            points_after=change.after.counted, out_of_before=change.before.out_of, out_of_after=change.after.out_of,
            passed_before=change.before.passed, passed_after=change.after.passed,
            fact_id=sitting.fact_id if corrected else None, marked_at=now,
        )
    )
    session.flush()
    return corrected


def corrections_unfinished(session: Session, *, since: datetime) -> list[UUID]:
    """Return the corrections approved since an instant: those whose sittings a late closing may have passed by."""
    return list(
        session.scalars(
            select(KeyCorrectionDecision.correction_id).where(
                KeyCorrectionDecision.verdict == CorrectionVerdict.APPROVED, KeyCorrectionDecision.decided_at >= since
            ).order_by(KeyCorrectionDecision.decided_at)
        )
    )
