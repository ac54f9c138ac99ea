"""Pictures and recordings: taken in from authors, sent to whoever a page has shown them to."""

from __future__ import annotations

from flask import jsonify, request, send_file
from flask.typing import ResponseReturnValue

from lms.access.door import allows
from lms.access.permissions import Permission
from lms.kernel.errors import Invalid, NotFound
from lms.web.guard import current_identity, request_time, requires
from lms.web.uploads import MEDIA_TYPES, stored_path
from question_bank.media import kind_of_stored, seal_holds, take_picture, take_recording
from question_bank.showing import media_url
from question_bank.views.blueprint import bp

A_DAY = 86_400


@bp.get("/media/<digest>")
@requires(Permission.QUESTION_MEDIA_READ)
def media(digest: str) -> ResponseReturnValue:
    """Send a picture or recording to an author, or to the person its address was sealed for."""
    identity, until = current_identity(), request.args.get("until", "")
    whole = int(until) if until.isascii() and until.isdecimal() and len(until) < 12 else 0
    sealed = seal_holds(digest, identity.person_id, whole, request.args.get("seal", ""), now=request_time())
    if not sealed and not allows(identity, Permission.QUESTION_READ):
        raise NotFound
    kind = kind_of_stored(digest)
    if kind is None:
        raise NotFound
    response = send_file(stored_path(digest), mimetype=MEDIA_TYPES[kind], conditional=True, etag=digest, max_age=A_DAY)
    response.cache_control.private = True
    response.headers["Content-Disposition"] = f'inline; filename="{digest[:8]}.{kind}"'
    return response


@bp.post("/pictures")
@requires(Permission.QUESTION_WRITE)
def add_picture() -> ResponseReturnValue:
    """Keep a picture for a question; answer with the Markdown that shows it."""
    try:
        digest = take_picture(request.files.get("picture"))
    except Invalid as refused:
        return jsonify(problem=refused.problems[0].text), refused.status
    return jsonify(digest=digest, markdown=f"![](media:{digest})", url=media_url(digest))


@bp.post("/recordings")
@requires(Permission.QUESTION_WRITE)
def add_recording() -> ResponseReturnValue:
    """Keep a recording for a question; answer with its digest."""
    try:
        digest = take_recording(request.files.get("audio_file"))
    except Invalid as refused:
        return jsonify(problem=refused.problems[0].text), refused.status
    return jsonify(digest=digest, url=media_url(digest))
