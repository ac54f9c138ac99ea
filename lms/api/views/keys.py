"""The page where system administrators make and revoke keys. A key is shown once, on the answer that makes it."""

from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.api import queries, services
from lms.api.forms import KeyForm
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid
from lms.kernel.i18n import _
from lms.people.queries.organisation import queues
from lms.people.wording import local_name
from lms.web.formatting import display_zone
from lms.web.guard import current_identity, page, request_time, requires

bp = Blueprint("api", __name__)


@bp.route("/api-keys/", methods=["GET", "POST"])
@requires(Permission.APIKEY_MANAGE)
def keys() -> ResponseReturnValue:
    """Every key, and the form that makes one."""
    form, secret = KeyForm(), ""
    form.queues.choices = [(str(row.id), local_name(row.name, row.name_en)) for row in queues(reading())]
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                _key, secret = services.create_key(
                    session, name=form.name.data or "", queue_ids=[UUID(it) for it in form.queues.data or []],
                    all_queues=bool(form.all_queues.data), expires_at=_end_of_day(form), by=current_identity(),
                    now=request_time())
        except Invalid as error:
            form.take(error)
    failed = request.method == "POST" and not secret
    body = page("api/keys.html", form=form, rows=queries.keys(reading()), secret=secret, now=request_time(),
                example=f"GET {url_for('gate_api.answer', staff_no='3276', queue='gas', _external=True)}"
                        "  Authorization: Bearer …")
    response = make_response(body, HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK)
    if secret:
        response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/api-keys/<uuid:key_id>/revoke")
@requires(Permission.APIKEY_MANAGE)
def revoke(key_id: UUID) -> ResponseReturnValue:
    """Refuse a key from now on."""
    with unit_of_work() as session:
        key = services.revoke_key(session, key_id, by=current_identity(), now=request_time())
    flash(_("“%(name)s” is refused from now on.", name=key.name), "ok")
    return redirect(url_for(".keys"))


def _end_of_day(form: KeyForm) -> datetime | None:
    if form.expires_on.data is None:
        return None
    local = datetime.combine(form.expires_on.data + timedelta(days=1), time(), tzinfo=display_zone())
    return local.astimezone(UTC)
