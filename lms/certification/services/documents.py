"""Print and sign a certificate. Done by a job after the certificate was issued, or when somebody opens it first."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from lms.certification.models import Certificate, CertificateDocument, DocumentState
from lms.certification.paper import Paper, print_paper
from lms.certification.queries.papers import paper_of
from lms.certification.signing import sign_pdf
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.kernel.settings import get_settings
from lms.web.uploads import store_bytes


def produce_document(certificate_id: UUID, *, now: datetime) -> DocumentState:
    """Print, sign and store a certificate's PDF unless it is there; return where it stands afterwards.

    A name with characters that no font prints makes it wait, naming them; the certificate itself stands. Opens its own
    transactions, since printing takes a tenth of a second. Raises NotFound when there is no such certificate.
    """
    session = reading()
    certificate = session.get(Certificate, certificate_id)
    if certificate is None or certificate.document is None:
        raise NotFound
    if certificate.document.state == DocumentState.READY:
        return DocumentState.READY
    paper = paper_of(session, certificate)
    if paper.missing:
        _write(certificate_id, state=DocumentState.WAITING, missing=paper.missing[:80], printed_at=now)
        return DocumentState.WAITING
    pdf = sign_pdf(print_paper(paper), settings=get_settings(), reason="上岗证书签发", location=paper.organisation)
    digest = store_bytes(pdf)
    _write(certificate_id, state=DocumentState.READY, missing="", sha256=digest, size=len(pdf),
           printed=printed_fields(paper), printed_at=now)
    return DocumentState.READY


def printed_fields(paper: Paper) -> dict[str, Any]:
    """Return what stands on a paper as JSON holds it; days as ISO text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(paper).items()}


def _write(certificate_id: UUID, **values: Any) -> None:
    """Write down the outcome; whoever printed it first stays."""
    with unit_of_work() as session:
        document = session.scalars(
            select(CertificateDocument).where(CertificateDocument.certificate_id == certificate_id)
            .with_for_update().execution_options(populate_existing=True)).one()
        if document.state != DocumentState.READY:
            for name, value in values.items():
                setattr(document, name, value)
