"""Certifications and what queues ask for: editions are published, never changed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import (
    Certification,
    CertificationEdition,
    QueueRequirement,
    RequirementRow,
    RuleVersion,
)
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.rules.drafts import Draft, DraftProblem, Finding, draft_findings
from lms.certification.rules.requirements import RequirementKind
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _, _l
from lms.kernel.jobs import enqueue
from lms.people.models import Queue
from lms.records.activities import only_for_the_record
from lms.records.services import audit

REBUILD_TASK: Final = "certification.rebuild"
TEXTS: Final = {
    DraftProblem.CODE: _l("2 to 39 small letters, digits and hyphens, a letter first."),
    DraftProblem.CODE_TAKEN: _l("This code is taken."),
    DraftProblem.LETTERS: _l("Two to four capital letters."),
    DraftProblem.LETTERS_TAKEN: _l("Another certification uses these letters."),
    DraftProblem.NO_NAME: _l("Give it a name."),
    DraftProblem.NOTHING_ASKED: _l("Ask for at least one thing: a certification that asks for nothing opens no queue."),
    DraftProblem.TOO_MANY: _l("At most 20 requirements."),
    DraftProblem.REQUIREMENT: _l("This requirement can't be met by anybody: check activity, score and number."),
    DraftProblem.NEVER_RENEWED: _l("At least one course, exam or call must be done anew at renewal."),
    DraftProblem.UNKNOWN_CERTIFICATION: _l("There is no certification with this code."),
    DraftProblem.RECORD_ONLY: _l("The purpose of this exam is such that its results stand in the record alone."),
    DraftProblem.CIRCLE: _l("These certifications would ask for each other in a circle."),
}
PLACES: Final = {DraftProblem.CODE: "code", DraftProblem.CODE_TAKEN: "code", DraftProblem.LETTERS: "letters",
                 DraftProblem.LETTERS_TAKEN: "letters", DraftProblem.NO_NAME: "name"}


@dataclass(frozen=True)
class QueueChange:
    """What a change of a queue's requirements adds and drops, as certification codes."""

    added: tuple[str, ...]
    dropped: tuple[str, ...]


def publish(
    session: Session, draft: Draft, *, certification_id: UUID | None = None, note: str = "", source: str = "own",
    by: Identity, now: datetime,
) -> CertificationEdition:
    """Publish a certification's first edition, or its next. Certificates issued before keep their own edition.

    certification_id   None makes a new certification

    Raises NotFound, Invalid with every problem of the draft.
    """
    _refuse_broken(session, draft, certification_id)
    if certification_id is None:
        certification = Certification(code=draft.code, source=source, created_at=now, name="", letters=draft.letters)
        session.add(certification)
    else:
        found = session.get(Certification, certification_id, with_for_update=True)
        if found is None:
            raise NotFound
        certification = found
    certification.name, certification.name_en = draft.name.strip(), draft.name_en.strip()
    certification.letters, certification.description = draft.letters, draft.description.strip()
    session.flush()
    number = len(session.scalars(select(CertificationEdition.id).where(
        CertificationEdition.certification_id == certification.id)).all()) + 1
    edition = _edition(certification.id, number, draft, note, by, now)
    session.add(edition)
    session.flush()
    audit(session, by=by, action="certification.publish", subject=f"certification:{draft.code}", reason=note, now=now,
          changes={"edition": [number - 1 or None, number]})
    rules_changed(session, by=by, now=now)
    return edition


def require_for_queue(
    session: Session, queue_id: UUID, codes: Collection[str], *, by: Identity, now: datetime, reason: str = ""
) -> QueueChange:
    """Let a queue ask for exactly these certifications from `now` on; permits follow at once.

    Raises NotFound for an unknown queue, Invalid for an unknown certification or an empty list: a queue that asks for
    nothing is shut for everybody, so that must never happen by mistake.
    """
    if session.get(Queue, queue_id, with_for_update=True) is None:
        raise NotFound
    ids = dict(session.execute(select(Certification.code, Certification.id)).tuples().all())
    unknown = sorted(set(codes) - set(ids))
    if unknown or not codes:
        raise Invalid([Problem("certifications", _("Choose at least one certification."))])
    open_rows = {row.certification_id: row for row in session.scalars(select(QueueRequirement).where(
        QueueRequirement.queue_id == queue_id, QueueRequirement.required_until.is_(None)))}
    wanted = {ids[code]: code for code in codes}
    dropped = [row for certification_id, row in open_rows.items() if certification_id not in wanted]
    for row in dropped:
        if row.required_from >= now:
            raise Conflict("queue.changed_twice", _("This queue was changed at this very instant; try again."))
        row.required_until = now
    added = [code for certification_id, code in wanted.items() if certification_id not in open_rows]
    session.add_all(QueueRequirement(queue_id=queue_id, certification_id=ids[code], required_from=now)
                    for code in added)
    session.flush()
    names = {certification_id: code for code, certification_id in ids.items()}
    change = QueueChange(tuple(sorted(added)), tuple(sorted(names[row.certification_id] for row in dropped)))
    if change.added or change.dropped:
        audit(session, by=by, action="queue.require", subject=f"queue:{queue_id}", reason=reason, now=now,
              changes={"added": [None, list(change.added)], "dropped": [list(change.dropped), None]})
        rules_changed(session, by=by, now=now)
    return change


def rules_changed(session: Session, *, by: Identity, now: datetime) -> int:
    """Raise the rule version: permits computed before are recomputed when asked. Queue the rebuilding of all."""
    insert = (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(RuleVersion)
    version = session.scalar(
        insert.values(id=1, version=1)
        .on_conflict_do_update(index_elements=["id"], set_={"version": RuleVersion.version + 1})
        .returning(RuleVersion.version))
    session.flush()
    enqueue(session, REBUILD_TASK, {"version": version}, key=f"{REBUILD_TASK}:{version}", by=by.person_id)
    return int(version or 0)


def problems_of(session: Session, draft: Draft, certification_id: UUID | None) -> list[Problem]:
    """Return everything wrong with a draft, with its place in the editor."""
    book = load_rulebook(session)
    others = {it.code: it for it in book.certifications.values() if it.id != certification_id}
    asks = {code: {requirement.activities[0] for requirement in book.editions[code][-1].requirements
                   if requirement.kind is RequirementKind.CERTIFICATION} if book.editions[code] else set()
            for code in others}
    findings = draft_findings(
        draft, asks=asks, taken_letters={it.letters for it in others.values()}, is_new=certification_id is None,
        record_only=only_for_the_record(session, {ref for it in draft.requirements for ref in it.activities}),
    )
    return [Problem(_place(it), str(TEXTS[it.problem])) for it in findings]


def _refuse_broken(session: Session, draft: Draft, certification_id: UUID | None) -> None:
    problems = problems_of(session, draft, certification_id)
    if problems:
        raise Invalid(problems)


def _place(finding: Finding) -> str:
    if finding.row is not None:
        return f"requirements-{finding.row}"
    return PLACES.get(finding.problem, "")


def _edition(
    certification_id: UUID, number: int, draft: Draft, note: str, by: Identity, now: datetime
) -> CertificationEdition:
    validity = draft.validity
    return CertificationEdition(
        certification_id=certification_id, number=number, published_at=now, published_by=by.person_id,
        note=note.strip(), months=validity.months, ending=validity.ending, fixed_month=validity.fixed_month,
        fixed_day=validity.fixed_day, renewal=validity.renewal, window_days=validity.window_days,
        requirements=[
            RequirementRow(position=position, key=it.key, kind=it.kind, activities=list(it.activities),
                           need_percent=it.need_percent, need_count=it.need_count, period_months=it.period_months,
                           afresh=it.afresh)
            for position, it in enumerate(draft.requirements)])
