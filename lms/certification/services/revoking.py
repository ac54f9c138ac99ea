"""Take a certificate back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.certification.models import Certificate
from lms.certification.services.issuing import hold, is_news
from lms.certification.services.messages import tell_revoked
from lms.certification.services.projecting import project
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.records.services import audit


def revoke_certificate(session: Session, certificate_id: UUID, *, reason: str, by: Identity, now: datetime) -> None:
    """Revoke a certificate from `now` on; what it alone opens is shut at once.

    Raises NotFound, Invalid without a reason, Conflict when it is revoked, voided or over already.
    """
    certificate = session.get(Certificate, certificate_id)
    if certificate is None:
        raise NotFound
    hold(session, certificate.person_id)
    session.refresh(certificate)
    if not reason.strip():
        raise Invalid([Problem("reason", _("Give a reason."))])
    if certificate.revoked_at is not None or certificate.voided_at is not None:
        raise Conflict("certificate.already_revoked", _("This certificate was revoked before."))
    if certificate.ends_at <= now:
        raise Conflict("certificate.over", _("This certificate is over; there is nothing to revoke."))
    certificate.revoked_at, certificate.revoked_by, certificate.revoked_reason = now, by.person_id, reason.strip()
    audit(session, by=by, action="certificate.revoke", subject=f"certificate:{certificate.id}", reason=reason.strip(),
          changes={"revoked_at": [None, now.isoformat()]}, now=now)
    project(session, [certificate.person_id])
    if is_news(now):
        tell_revoked(session, certificate, now=now)
