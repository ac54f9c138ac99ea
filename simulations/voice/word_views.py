"""Pages where spoken words are written down, and the console's question to a recogniser."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.access.door import reach
from lms.access.identity import Role
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.db import reading, unit_of_work
from lms.kernel.errors import NotFound
from lms.kernel.i18n import _, ngettext
from lms.kernel.settings import get_settings
from lms.people.models import Person
from lms.web.guard import current_identity, page, request_time, requires
from lms.web.posted import json_object
from lms.web.tables import paginate
from simulations.lists import WORDS
from simulations.models import SimulatedCall
from simulations.services import Move
from simulations.views import answer
from simulations.voice import queries, words
from simulations.voice.views import bp

LONGEST_TRACK_MS = 6 * 3_600_000


@bp.post("/calls/<uuid:call_id>/spoken")
@requires(Permission.VOICE_RECORD)
def spoken(call_id: UUID) -> ResponseReturnValue:
    """Let the recogniser, where there is one, say what was just spoken, and play it as the learner's move."""
    call = reading().get(SimulatedCall, call_id)
    if call is None:
        raise NotFound
    reach(current_identity(), Permission.CALL_PLAY, Subject(call.person_id))
    body = json_object()
    try:
        span = (int(body["audio_ms"]), int(body["audio_to_ms"]))
        client_ms, client_seq = int(body["client_ms"]), int(body["client_seq"])
    except (KeyError, TypeError, ValueError):
        raise NotFound from None
    track, settings = words.track_of(reading(), call_id, str(body.get("track"))), get_settings()
    if track is None or track.person_id != call.person_id or not track.kind:
        raise NotFound
    heard = None
    if settings.recogniser and 0 <= span[0] <= span[1] < LONGEST_TRACK_MS:
        heard = words.listen(
            reading(), track, *span, command=settings.recogniser, seconds=settings.recogniser_seconds)
    if heard is None:
        return {"heard": None}
    with unit_of_work() as session:
        heard = words.keep_heard(session, track.id, *span, heard, now=request_time())
    return answer(call_id, Move("utterance", {
        "mode": "voice", "text": heard.text, "recogniser": heard.recogniser, "confidence": heard.confidence,
        "track": str(track.id), "audio_ms": span[0], "audio_to_ms": span[1],
    }, client_ms, client_seq), trusted=True)


@bp.get("/waiting")
@requires(Permission.CALL_CONFIRM)
def waiting() -> ResponseReturnValue:
    """Calls for the record whose words are to be written down, the oldest first."""
    table = WORDS.state(request.args)
    query = words.waiting_for_words(
        current_identity().scopes(Role.ASSESSOR), not_of=current_identity().person_id)
    return page("calls/words_waiting.html", state=table, calls=paginate(reading(), query, table))


@bp.get("/calls/<uuid:call_id>/words")
@requires(Permission.CALL_TRANSCRIBE)
def to_write_down(call_id: UUID) -> ResponseReturnValue:
    """Listen turn by turn, and type what is heard."""
    call = _heard_by_me(call_id)
    if not words.waits_for_words(reading(), call):
        return redirect(url_for("calls.report", call_id=call_id))
    return page("calls/words.html", call=call, turns=words.unheard(reading(), call),
                person=reading().get_one(Person, call.person_id), recordings=queries.recordings_of(reading(), call_id))


@bp.post("/calls/<uuid:call_id>/words")
@requires(Permission.CALL_TRANSCRIBE)
def write_down(call_id: UUID) -> ResponseReturnValue:
    """Keep what was heard; the last turn brings the score."""
    call = _heard_by_me(call_id)
    texts = {int(key.removeprefix("turn-")): value for key, value in request.form.items()
             if key.removeprefix("turn-").isdecimal() and len(key) < len("turn-000000")}
    with unit_of_work() as session:
        left = words.write_down(session, call_id, texts, by=current_identity(), now=request_time())
    if left:
        flash(ngettext("Kept. %(num)d turn still waits.", "Kept. %(num)d turns still wait.", left), "ok")
        return redirect(url_for(".to_write_down", call_id=call_id))
    flash(_("Everything is written down; the call is scored."), "ok")
    own = call.person_id == current_identity().person_id
    return redirect(url_for("calls.report" if own else "calls.review", call_id=call_id))


def _heard_by_me(call_id: UUID) -> SimulatedCall:
    """Return a finished call whose words the signed-in person may write down. Raises NotFound."""
    call = reading().get(SimulatedCall, call_id)
    if call is None or call.ended_at is None:
        raise NotFound
    person = reading().get_one(Person, call.person_id)
    reach(current_identity(), Permission.CALL_TRANSCRIBE, Subject(call.person_id, person.unit.path))
    own_exam = call.person_id == current_identity().person_id and call.purpose == "exam"
    if own_exam or (call.purpose != "exam" and call.person_id != current_identity().person_id):
        raise NotFound
    return call
