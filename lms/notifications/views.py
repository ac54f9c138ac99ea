"""The notifications page, and the mail catcher of the sample set-up."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.access.permissions import Permission
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.kernel.settings import get_settings
from lms.notifications import queries, services
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.shell import is_local

bp = Blueprint("notifications", __name__)
LETTER_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@bp.get("/notifications/")
@requires(Permission.HOME_READ)
def index() -> ResponseReturnValue:
    """Show what the reader was told, newest first."""
    told = queries.told_to(reading(), _own_id())
    return page("notifications/index.html", told=told, unread=sum(each.read_at is None for each in told))


@bp.post("/notifications/<uuid:notification_id>/open")
@requires(Permission.HOME_READ)
def open_one(notification_id: UUID) -> ResponseReturnValue:
    """Mark one as read and go where it leads."""
    with unit_of_work() as session:
        link = services.mark_read(session, notification_id, person_id=_own_id(), now=request_time())
    return redirect(link if is_local(link) else url_for(".index"), HTTPStatus.SEE_OTHER)


@bp.post("/notifications/read")
@requires(Permission.HOME_READ)
def read_all() -> ResponseReturnValue:
    """Mark all as read."""
    with unit_of_work() as session:
        services.mark_all_read(session, person_id=_own_id(), now=request_time())
    return redirect(url_for(".index"), HTTPStatus.SEE_OTHER)


@bp.get("/mail-catcher/")
@requires(Permission.MAIL_CATCHER_READ)
def catcher() -> ResponseReturnValue:
    """Show the mails that a mail server would have sent."""
    _only_in_the_sample()
    return page("notifications/catcher.html", mails=queries.caught_mails(reading()))


@bp.get("/mail-catcher/<uuid:caught_id>")
@requires(Permission.MAIL_CATCHER_READ)
def caught(caught_id: UUID) -> ResponseReturnValue:
    """Show one caught mail."""
    _only_in_the_sample()
    return page("notifications/caught.html", mail=queries.caught_mail(reading(), caught_id))


@bp.get("/mail-catcher/<uuid:caught_id>/letter")
@requires(Permission.MAIL_CATCHER_READ)
def letter(caught_id: UUID) -> ResponseReturnValue:
    """Show the mail's own page, shut into a sandbox as a mail program would."""
    _only_in_the_sample()
    response: Response = make_response(queries.caught_mail(reading(), caught_id).html)
    response.headers["Content-Security-Policy"] = LETTER_POLICY
    return response


def _own_id() -> UUID:
    person_id = current_identity().person_id
    if person_id is None:
        raise NotFound
    return person_id


def _only_in_the_sample() -> None:
    """Mails hold what is meant for their readers alone: the catcher opens in the sample call centre only."""
    if not get_settings().sample:
        raise NotFound
