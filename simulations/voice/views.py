"""Addresses of recordings: agreeing, sending chunks, listening, erasing."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import wrap_file

from lms.access.door import allows, reach
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.web.guard import current_identity, request_time, requires
from lms.web.posted import json_object
from simulations.models import SimulatedCall
from simulations.voice import queries, services, store
from simulations.voice.models import VoiceTrack
from simulations.voice.rules import CHUNK_LIMIT, MEDIA

bp = Blueprint("voice", __name__, url_prefix="/calls/voice")


@bp.post("/consent")
@requires(Permission.VOICE_RECORD)
def agree() -> ResponseReturnValue:
    """Agree to be recorded; only then the page opens the microphone."""
    with unit_of_work() as session:
        consent = services.agree(session, str(json_object().get("edition")), by=current_identity(), now=request_time())
    return {"consent": str(consent.id)}


@bp.post("/calls/<uuid:call_id>/tracks")
@requires(Permission.VOICE_RECORD)
def begin(call_id: UUID) -> ResponseReturnValue:
    """Begin a track of one's own side, which began `ago_ms` before this request."""
    body = json_object()
    try:
        consent_id, ago_ms = UUID(str(body.get("consent"))), int(body.get("ago_ms") or 0)
    except (TypeError, ValueError):
        raise NotFound from None
    with unit_of_work() as session:
        track = services.open_track(
            session, call_id, consent_id, ago_ms=ago_ms, by=current_identity(), now=request_time())
    return {"track": str(track.id), "next": 0, "limit": CHUNK_LIMIT}


@bp.get("/tracks/<uuid:track_id>")
@requires(Permission.VOICE_RECORD)
def progress(track_id: UUID) -> ResponseReturnValue:
    """Which chunk of one's own track comes next, after a lost connection."""
    track = services.own_track(reading(), track_id, current_identity())
    return {"next": services.next_number(reading(), track_id), "closed": track.closed_at is not None}


@bp.put("/tracks/<uuid:track_id>/chunks/<int:number>")
@requires(Permission.VOICE_RECORD)
def take(track_id: UUID, number: int) -> ResponseReturnValue:
    """Take one chunk; the answer comes when it is on disk. The same one again is the same."""
    services.own_track(reading(), track_id, current_identity())
    content = request.stream.read(CHUNK_LIMIT + 1)
    if not 0 < len(content) <= CHUNK_LIMIT:
        raise Invalid([Problem("chunk", _("The recording is too large."))])
    digest = store.keep(content)
    if request.headers.get("X-Chunk-SHA256", digest) != digest:
        raise Invalid([Problem("chunk", _("The chunk arrived damaged: send it again."))])
    with unit_of_work() as session:
        following = services.add_chunk(session, track_id, number, digest, content, len(content),
                                       by=current_identity(), now=request_time())
    return {"sha256": digest, "next": following}


@bp.post("/tracks/<uuid:track_id>/close")
@requires(Permission.VOICE_RECORD)
def close(track_id: UUID) -> ResponseReturnValue:
    """End a track of so many chunks."""
    chunks = json_object().get("chunks")
    with unit_of_work() as session:
        track = services.close_track(session, track_id, chunks if isinstance(chunks, int) else -1,
                                     by=current_identity(), now=request_time())
    return {"manifest": track.manifest}


@bp.get("/tracks/<uuid:track_id>/sound")
@requires(Permission.VOICE_LISTEN)
def sound(track_id: UUID) -> ResponseReturnValue:
    """A track's sound, whole or in ranges; who else than the speaker listens is written down."""
    track = reading().get(VoiceTrack, track_id)
    if track is None or not may_listen(track.call_id) or track.erased_at is not None or not track.kind:
        raise NotFound
    with unit_of_work() as session:
        services.note_listening(session, track_id, by=current_identity(), now=request_time())
    joined = queries.sound_of(reading(), track_id)
    response = Response(wrap_file(request.environ, joined), mimetype=MEDIA[track.kind], direct_passthrough=True)  # type: ignore[arg-type]  # reads as a binary file does
    response.content_length = joined.size
    response.set_etag(f"{track.manifest or joined.size}")
    response.headers["Content-Disposition"] = f'inline; filename="{track.side}-{track.number}.{track.kind}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response.make_conditional(request, accept_ranges=True, complete_length=joined.size)


@bp.post("/calls/<uuid:call_id>/erase")
@requires(Permission.VOICE_ERASE)
def erase(call_id: UUID) -> ResponseReturnValue:
    """Erase the sound of a call before its time, with the reason."""
    call = reading().get(SimulatedCall, call_id)
    if call is None:
        raise NotFound
    person = reading().get_one(Person, call.person_id)
    reach(current_identity(), Permission.VOICE_ERASE, Subject(call.person_id, person.unit.path))
    with unit_of_work() as session:
        services.erase_call(session, call_id, reason=request.form.get("reason", ""), by=current_identity(),
                            now=request_time())
    flash(_("The recording is erased."), "ok")
    return redirect(url_for("calls.report", call_id=call_id))


def may_listen(call_id: UUID) -> bool:
    """Tell whether the signed-in person may hear a call: one of its sides, or whoever the policy lets."""
    call = reading().get(SimulatedCall, call_id)
    if call is None:
        return False
    if services.side_of(reading(), call, current_identity().person_id):
        return True
    person = reading().get_one(Person, call.person_id)
    return allows(current_identity(), Permission.VOICE_LISTEN, Subject(call.person_id, person.unit.path))
