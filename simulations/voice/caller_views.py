"""Addresses of the caller's voice: in a call, only what has been said; on a trainer's page, every line."""

from http import HTTPStatus
from uuid import UUID

from flask import flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import reach
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.i18n import _
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.uploads import MEDIA_TYPES, receive_upload, stored_path
from simulations.models import ScriptEdition, SimulatedCall
from simulations.queries import replayed
from simulations.voice import caller, synthesis
from simulations.voice.models import CallerVoice
from simulations.voice.views import bp


@bp.get("/calls/<uuid:call_id>/lines/<int:index>")
@requires(Permission.CALL_PLAY)
def line(call_id: UUID, index: int) -> ResponseReturnValue:
    """How a line sounds that the caller of one's own call has said."""
    call = reading().get(SimulatedCall, call_id)
    if call is None:
        raise NotFound
    reach(current_identity(), Permission.CALL_PLAY, Subject(call.person_id))
    return _sent(caller.sound_of_line(reading(), call.edition.code, replayed(reading(), call), index))


@bp.get("/scripts/<uuid:edition_id>")
@requires(Permission.SCRIPT_READ)
def lines(edition_id: UUID) -> ResponseReturnValue:
    """Every line of an edition: hear it, and record it yourself."""
    return _lines_page(edition_id, "", HTTPStatus.OK)


@bp.get("/scripts/<uuid:edition_id>/lines/<digest>")
@requires(Permission.SCRIPT_READ)
def sample(edition_id: UUID, digest: str) -> ResponseReturnValue:
    """How one line of an edition sounds."""
    edition = reading().get(ScriptEdition, edition_id)
    found = caller.voices_of(reading(), edition.code, {digest}).get(digest) if edition else None
    if found is None:
        raise NotFound
    return _sent(found)


@bp.post("/scripts/<uuid:edition_id>/lines/<digest>")
@requires(Permission.SCRIPT_WRITE)
def record(edition_id: UUID, digest: str) -> ResponseReturnValue:
    """Hand in a recording of a line."""
    try:
        file = receive_upload(request.files.get("sound"), max_bytes=caller.RECORDING_LIMIT,
                              kinds=caller.RECORDING_KINDS, where="sound")
    except Invalid as refused:
        return _lines_page(edition_id, refused.problems[0].text, HTTPStatus.UNPROCESSABLE_ENTITY)
    with unit_of_work() as session:
        caller.keep_recording(session, edition_id, digest, file, by=current_identity(), now=request_time())
    flash(_("Kept: callers of this script say the line in your voice."), "ok")
    return redirect(url_for(".lines", edition_id=edition_id))


@bp.post("/scripts/<uuid:edition_id>/lines/<digest>/remove")
@requires(Permission.SCRIPT_WRITE)
def remove(edition_id: UUID, digest: str) -> ResponseReturnValue:
    """Take a recording of a line away."""
    with unit_of_work() as session:
        caller.remove_recording(session, edition_id, digest, by=current_identity(), now=request_time())
    flash(_("The recording is taken away."), "ok")
    return redirect(url_for(".lines", edition_id=edition_id))


def _lines_page(edition_id: UUID, problem: str, status: HTTPStatus) -> ResponseReturnValue:
    edition = reading().get(ScriptEdition, edition_id)
    if edition is None:
        raise NotFound
    return page("calls/voices.html", edition=edition, lines=caller.voiced(reading(), edition), problem=problem,
                installed=synthesis.is_installed()), status


def _sent(voice: CallerVoice) -> ResponseReturnValue:
    response = send_file(stored_path(voice.sha256), mimetype=MEDIA_TYPES[voice.kind], conditional=True,
                         etag=voice.sha256, max_age=0)
    response.cache_control.private = True
    response.headers["Content-Disposition"] = f'inline; filename="{voice.line[:8]}.{voice.kind}"'
    return response
