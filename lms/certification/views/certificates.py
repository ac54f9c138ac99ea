"""My certificates, one certificate and its PDF, the register, revoking."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import allows, scopes_of
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.certification import wording
from lms.certification.forms import ReasonForm
from lms.certification.models import Certificate, Certification, DocumentState
from lms.certification.queries import checking, impact, listing, standing
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.rules.validity import local_day
from lms.certification.services.documents import produce_document
from lms.certification.services.revoking import revoke_certificate
from lms.certification.views.blueprint import bp, reach_holder
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.i18n import _, _l
from lms.people.models import Person
from lms.people.queries.people import matching
from lms.people.wording import local_name
from lms.web.formatting import list_of
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.responses import download
from lms.web.tables import Column, Filter, Table, export, paginate
from lms.web.uploads import stored_path


def _state(row: Any) -> str:
    return str(wording.CHECKS[_check(row[0])])


def _check(row: Certificate) -> checking.CheckState:
    now = request_time()
    if row.voided_at is not None or row.revoked_at is not None:
        return checking.CheckState.REVOKED
    return checking.CheckState.EXPIRED if row.ends_at <= now else checking.CheckState.VALID


REGISTER = Table(
    "certificates",
    columns=(
        Column("number", _l("Number"), sort=Certificate.number, value=lambda row: row[0].number, always=True),
        Column("name", _l("Name"), sort=Person.pinyin_initials, value=lambda row: row[1].name),
        Column("staff_no", _l("Staff number"), sort=Person.staff_no, value=lambda row: row[1].staff_no),
        Column("certification", _l("Kind of certificate"), sort=Certification.name,
               value=lambda row: local_name(row[2].name, row[2].name_en)),
        Column("starts", _l("From"), sort=Certificate.starts_at,
               value=lambda row: local_day(row[0].starts_at, row[0].zone)),
        Column("last_day", _l("Through"), sort=Certificate.last_day, value=lambda row: row[0].last_day),
        Column("state", _l("State"), value=_state),
        Column("cycle", _l("Cycle"), numeric=True, hidden=True, value=lambda row: row[0].cycle),
        Column("document", _l("PDF"), hidden=True,
               value=lambda row: str(wording.DOCUMENTS[DocumentState(row[0].document.state)])),
    ),
    filters=(
        Filter("kind", _l("Kind of certificate"), where=lambda value: Certification.code == value,
               options=lambda: [(it.code, local_name(it.name, it.name_en))
                                for it in load_rulebook(reading()).certifications.values()]),
        Filter("state", _l("State"), options=[("valid", _l("In force")), ("expired", _l("Ended")),
                                              ("revoked", _l("Revoked")), ("waiting", _l("PDF waits for a font"))],
               where=lambda value: _where(value)),
    ),
    search=lambda term: Certificate.number.startswith(term.upper(), autoescape=True) | matching(term),
    search_hint=_l("Number, name or staff number"),
    default_sort="last_day",
    title=_l("Certificates"),
)


def _where(value: str) -> Any:
    stands = Certificate.revoked_at.is_(None) & Certificate.voided_at.is_(None)
    if value == "valid":
        return stands & (Certificate.ends_at > request_time())
    if value == "expired":
        return stands & (Certificate.ends_at <= request_time())
    if value == "waiting":
        return Certificate.document.has(state=DocumentState.WAITING)
    return ~stands


@bp.get("/certificates/")
@requires(Permission.CERTIFICATE_READ)
def mine() -> ResponseReturnValue:
    """My certificates: what I hold, until when, and what is missing."""
    person_id = current_identity().person_id
    if person_id is None:
        raise NotFound
    return page("certification/mine.html", standings=standing.of_person(reading(), person_id, request_time()),
                history=listing.certificates_of(reading(), person_id), seals=wording.SEALS, check=_check,
                checks=wording.CHECKS)


@bp.get("/certificates/all")
@requires(Permission.CERTIFICATION_READ)
def register_list() -> ResponseReturnValue:
    """Every certificate of the people of the reader's part of the organisation."""
    state = REGISTER.state(request.args)
    select = listing.register_select(scopes_of(current_identity(), Permission.CERTIFICATION_READ))
    if state.export:
        answer: ResponseReturnValue = export(reading(), select, state, filename="certificates")
        return answer
    return page("certification/register.html", state=state, page=paginate(reading(), select, state), check=_check)


@bp.get("/certificates/<uuid:certificate_id>")
@requires(Permission.CERTIFICATE_READ)
def show(certificate_id: UUID) -> ResponseReturnValue:
    """One certificate: what stands on it, what it rests on, its PDF."""
    certificate = listing.certificate_of(reading(), certificate_id)
    holder = reach_holder(certificate.person_id, Permission.CERTIFICATE_READ)
    found = checking.checked(reading(), certificate, request_time())
    return page("certification/show.html", certificate=certificate, holder=holder, found=found, wording=wording,
                document_state=DocumentState(certificate.document.state) if certificate.document else None,
                may_revoke=_may_revoke(certificate, holder.unit_path))


@bp.get("/certificates/<uuid:certificate_id>/pdf")
@requires(Permission.CERTIFICATE_READ)
def pdf(certificate_id: UUID) -> ResponseReturnValue:
    """The signed PDF; printed now if it hasn't been yet."""
    certificate = listing.certificate_of(reading(), certificate_id)
    reach_holder(certificate.person_id, Permission.CERTIFICATE_READ)
    number = certificate.number
    if produce_document(certificate_id, now=request_time()) is not DocumentState.READY:
        missing = certificate.document.missing if certificate.document else ""
        raise Conflict("certificate.waits", _("The PDF waits for a font that prints: %(characters)s. "
                                              "The certificate itself stands.", characters=" ".join(missing)))
    reading().expire_all()
    document = listing.certificate_of(reading(), certificate_id).document
    if document is None or document.sha256 is None:
        raise NotFound
    return download(stored_path(document.sha256), f"{number}.pdf", "application/pdf",
                    inline=request.args.get("inline") == "1")


@bp.route("/certificates/<uuid:certificate_id>/revoke", methods=["GET", "POST"])
@requires(Permission.CERTIFICATE_REVOKE)
def revoke(certificate_id: UUID) -> ResponseReturnValue:
    """Revoke one certificate; the holder leaves the floor at once."""
    certificate = listing.certificate_of(reading(), certificate_id)
    holder = reach_holder(certificate.person_id, Permission.CERTIFICATE_REVOKE)
    form = ReasonForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            revoke_certificate(session, certificate_id, reason=form.reason.data or "", by=current_identity(),
                               now=request_time())
        flash(_("Revoked. What it opened is shut."), "ok")
        return redirect(url_for(".show", certificate_id=certificate_id))
    shut = impact.of_revocation(reading(), certificate, request_time())
    does = [_("%(number)s of %(name)s (%(staff_no)s) is no longer valid from this instant on; that can't be undone.",
              number=certificate.number, name=holder.name, staff_no=holder.staff_no),
            _("Live calls end at once on: %(queues)s.", queues=list_of(shut)) if shut else
            _("No queue shuts: something else keeps them open, or they are shut already."),
            _("The public check page says “revoked”, without the reason. Holder and managers are told the reason."),
            _("To be certified again, everything has to be done anew.")]
    return page("kit/confirm.html", title=_("Revoke a certificate"), does=does, form=form, submit=_("Revoke"),
                cancel=url_for(".show", certificate_id=certificate_id))


def _may_revoke(certificate: Certificate, unit_path: str) -> bool:
    over = certificate.revoked_at or certificate.voided_at or certificate.ends_at <= request_time()
    subject = Subject(certificate.person_id, unit_path)
    return not over and allows(current_identity(), Permission.CERTIFICATE_REVOKE, subject)
