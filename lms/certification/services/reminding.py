"""Reminders before a certificate ends: 30, 7 and 1 days, each once, whatever the number of times the job runs."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.certification.models import Certificate
from lms.certification.services.messages import tell_ending
from lms.people.models import Person, PersonState

DAYS: Final = (1, 7, 30)


def remind(session: Session, *, now: datetime) -> int:
    """Remind of every certificate that ends within 30, 7 or 1 days; return how many reminders are due.

    Only the nearest of the three is sent: whoever comes late to 7 isn't told about 30. Renewed, revoked and voided
    certificates, and people who left, are passed over.
    """
    later = aliased(Certificate)
    renewed = select(later.id).where(
        later.person_id == Certificate.person_id, later.certification_id == Certificate.certification_id,
        later.cycle > Certificate.cycle, later.voided_at.is_(None), later.revoked_at.is_(None)).exists()
    ending = session.scalars(
        select(Certificate).join(Person, Person.id == Certificate.person_id)
        .where(Certificate.ends_at > now, Certificate.ends_at <= now + timedelta(days=max(DAYS)),
               Certificate.revoked_at.is_(None), Certificate.voided_at.is_(None), Certificate.starts_at <= now,
               Person.state != PersonState.LEFT, ~renewed)
        .order_by(Certificate.ends_at)).unique().all()
    for certificate in ending:
        left = certificate.ends_at - now
        tell_ending(session, certificate, days=next(it for it in DAYS if left <= timedelta(days=it)), now=now)
    return len(ending)
