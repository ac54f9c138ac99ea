"""What must hold after a soak, whoever was killed when. Every proof returns what it found wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.certification.models import Certificate, CertificateDocument, DocumentState
from lms.certification.services.projecting import check as permits_that_differ
from lms.exams.models import Sitting, SittingAnswer
from lms.kernel.db import reading
from lms.kernel.jobs import Job, JobState
from lms.notifications.models import CaughtMail, MailState, Notification, OutboxMail
from lms.records.models import TrainingFact
from lms.records.queries import verify_ledger
from tests.soak.candidates import Saved
from tests.soak.scene import EXAM, Candidate


@dataclass
class Rest:
    """Waits for an instant at which no job waits or runs, and keeps the youngest job of then: periodic ones go on."""

    app: Flask
    last: UUID | None = None

    def reached(self) -> bool:
        """Tell whether the installation has come to rest."""
        with self.app.app_context():
            waits = select(Job.id).where(Job.state.in_([JobState.WAITING, JobState.RUNNING])).exists()
            self.last = reading().scalar(select(Job.id).where(~waits).order_by(Job.id.desc()).limit(1))
            return self.last is not None


def prove(
    app: Flask, candidates: Sequence[Candidate], acknowledged: Sequence[Saved], last: UUID | None
) -> list[str]:
    """Return every proof that failed, in words; nothing when all hold. last: see `Rest`."""
    with app.app_context():
        session = reading()
        return [
            *saves_are_there(session, acknowledged),
            *each_sitting_made_one_fact(session, candidates),
            *each_passed_candidate_has_one_certificate(session, candidates),
            *each_job_had_its_effect_once(session, last),
            *(f"the ledger is broken: {each}" for each in verify_ledger(session).breaks),
            *(f"a permit differs from its facts: {each}" for each in permits_that_differ(session)),
        ]


def saves_are_there(session: Session, acknowledged: Sequence[Saved]) -> list[str]:
    """Compare what was acknowledged with the journal."""
    rows = session.execute(
        select(SittingAnswer.sitting_id, SittingAnswer.item, SittingAnswer.sequence, SittingAnswer.body)
    )
    journal = {(row.sitting_id, row.item, row.sequence): row.body for row in rows}
    return [
        f"lost or changed: {saved}" for saved in acknowledged
        if journal.get((saved.sitting_id, saved.item, saved.sequence)) != saved.body
    ]


def each_sitting_made_one_fact(session: Session, candidates: Sequence[Candidate]) -> list[str]:
    """Every candidate answered everything rightly at last: one sitting, closed, passed, with full marks."""
    facts = Counter(session.scalars(select(TrainingFact.person_id).where(TrainingFact.activity == f"exam:{EXAM}")))
    wrong = [f"candidate {it.number} has {facts[it.person_id]} facts" for it in candidates if facts[it.person_id] != 1]
    sittings = session.execute(select(Sitting.id, Sitting.passed, Sitting.points, Sitting.out_of))
    return wrong + [f"sitting {it.id} was not marked in full: {it}" for it in sittings if it.points != it.out_of]


def each_passed_candidate_has_one_certificate(session: Session, candidates: Sequence[Candidate]) -> list[str]:
    """One certificate each, with one printed document."""
    held = Counter(session.scalars(select(Certificate.person_id)))
    wrong = [f"candidate {it.number} has {held[it.person_id]} certificates" for it in candidates
             if held[it.person_id] != 1]
    states = Counter(session.scalars(select(CertificateDocument.state)))
    if states != {DocumentState.READY: len(candidates)}:
        wrong.append(f"documents: {dict(states)}")
    return wrong


def each_job_had_its_effect_once(session: Session, last: UUID | None) -> list[str]:
    """No job is left or failed; every mail went out, once."""
    wrong = [f"job {job.task} is {job.state}: {job.error}" for job in session.scalars(select(Job))
             if job.state != JobState.DONE and (last is None or job.id <= last)]
    mails = session.scalar(select(func.count()).select_from(OutboxMail)) or 0
    caught = session.scalar(select(func.count()).select_from(CaughtMail)) or 0
    sent = session.scalar(select(func.count()).select_from(OutboxMail).where(OutboxMail.state == MailState.SENT)) or 0
    if not mails == caught == sent:
        wrong.append(f"{mails} mails were written, {sent} noted as sent, {caught} caught")
    told = Counter(session.execute(select(Notification.person_id, Notification.slug, Notification.link)).tuples())
    return wrong + [
        f"{person} was told {slug} {link} {times} times" for (person, slug, link), times in told.items() if times > 1
    ]
