"""Founding licences: proposed by one administrator, decided by another."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import scopes_of
from lms.access.permissions import Permission
from lms.certification.forms import GrantForm
from lms.certification.queries import listing
from lms.certification.queries.rulebook import load_rulebook
from lms.certification.services import founding
from lms.certification.views.blueprint import bp, reach_by_staff_no, reach_holder
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound, Refused
from lms.kernel.i18n import _
from lms.people.wording import local_name
from lms.web.guard import current_identity, page, request_time, requires


@bp.route("/certificates/grants/", methods=["GET", "POST"])
@requires(Permission.LICENCE_GRANT)
def grants() -> ResponseReturnValue:
    """The founding grants, and the form that proposes one."""
    form = GrantForm()
    form.certification.choices = [(str(it.id), local_name(it.name, it.name_en))
                                  for it in load_rulebook(reading()).certifications.values()]
    if form.validate_on_submit():
        holder = reach_by_staff_no(form.staff_no.data or "", Permission.LICENCE_GRANT)
        try:
            if holder is None:
                form.staff_no.errors = [_("Nobody has this staff number.")]
            elif form.last_day.data is not None:
                with unit_of_work() as session:
                    founding.propose_grant(
                        session, person_id=holder.id, certification_id=UUID(form.certification.data),
                        last_day=form.last_day.data, reason=form.reason.data or "", by=current_identity(),
                        now=request_time())
                flash(_("Proposed. Another administrator decides."), "info")
                return redirect(url_for(".grants"))
        except Invalid as error:
            form.take(error)
        except Refused as error:
            form.form_errors.append(error.message)
    rows = listing.grants(reading(), scopes_of(current_identity(), Permission.LICENCE_GRANT))
    status = HTTPStatus.OK if request.method == "GET" else HTTPStatus.UNPROCESSABLE_ENTITY
    return page("certification/grants.html", form=form, rows=rows, me=current_identity().person_id), status


@bp.post("/certificates/grants/<uuid:grant_id>")
@requires(Permission.LICENCE_GRANT)
def decide_grant(grant_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a founding grant that another administrator proposed."""
    found = next((grant for grant, _holder, _name in listing.grants(reading(), ("/",)) if grant.id == grant_id), None)
    if found is None:
        raise NotFound
    reach_holder(found.person_id, Permission.LICENCE_GRANT)
    with unit_of_work() as session:
        if request.form.get("action") == "approve":
            founding.approve_grant(session, grant_id, by=current_identity(), now=request_time())
            flash(_("Approved: the certificate is issued."), "ok")
        else:
            founding.refuse_grant(session, grant_id, by=current_identity(), now=request_time())
            flash(_("Refused."), "info")
    return redirect(url_for(".grants"))
