"""The public check page: by the QR code's random code, or by number and name. Rate-limited, nothing stored."""

from http import HTTPStatus

from flask import request
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.certification import wording
from lms.certification.forms import CheckForm
from lms.certification.queries import checking
from lms.certification.views.blueprint import bp
from lms.kernel.db import reading
from lms.web.guard import page, request_time, requires
from lms.web.rate_limits import limiter


@bp.get("/check/")
@limiter.limit("30 per minute; 300 per hour")
@requires(Permission.PUBLIC_READ)
def check_form() -> ResponseReturnValue:
    """Check a certificate by its number and its holder's name."""
    form = CheckForm(request.args)
    if not request.args.get("number") and not request.args.get("name"):
        return page("certification/check.html", form=form, found=None, asked=False, checks=wording.CHECKS)
    found = None
    if form.validate():
        found = checking.by_number(reading(), form.number.data or "", form.name.data or "", request_time())
    return _answer(form, found)


@bp.get("/check/<code>")
@limiter.limit("30 per minute; 300 per hour")
@requires(Permission.PUBLIC_READ)
def check(code: str) -> ResponseReturnValue:
    """Check the certificate of a QR code."""
    return _answer(CheckForm(), checking.by_code(reading(), code, request_time()))




def _answer(form: CheckForm, found: checking.Checked | None) -> ResponseReturnValue:
    status = HTTPStatus.OK if found else HTTPStatus.NOT_FOUND
    return page("certification/check.html", form=form, found=found, asked=True, checks=wording.CHECKS), status
