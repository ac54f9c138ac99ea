"""Pictures and recordings of questions: taken in after a look at their bytes, opened by whoever was shown their place.

Pictures are drawn anew, so that nothing but the picture is left of a file: no place where it was taken, no script
behind it. SVG is refused. Recordings must be what they say they are, with sound and without film.
"""

from __future__ import annotations

import io
import re
import warnings
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from flask import current_app
from itsdangerous import Signer
from PIL import Image, ImageOps, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _
from lms.web.formatting import filesize
from lms.web.uploads import HEAD, MEGABYTE, kind_of, receive_upload, store_bytes, stored_path

LARGEST_PICTURE, LARGEST_RECORDING = 5 * MEGABYTE, 20 * MEGABYTE
WIDEST, MOST_PIXELS = 1600, 40_000_000
PICTURES, RECORDINGS = ("png", "jpg", "webp", "gif"), ("mp3", "wav", "ogg")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OPEN_FOR = timedelta(hours=25)


def take_picture(upload: FileStorage | None) -> str:
    """Keep a picture, drawn anew and at most 1600 pixels wide; return its digest. Raises Invalid at `picture`."""
    if upload is None or not upload.filename:
        raise Invalid([Problem("picture", _("Choose a file first."))])
    content = upload.stream.read(LARGEST_PICTURE + 1)
    if len(content) > LARGEST_PICTURE or kind_of(content[:HEAD], "", PICTURES) is None:
        limit = filesize(LARGEST_PICTURE)
        raise Invalid([Problem("picture", _("A picture is a PNG, JPEG, WebP or GIF of up to %(limit)s.", limit=limit))])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return store_bytes(_drawn(content))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise Invalid([Problem("picture", _("The picture can't be read."))]) from error


def keep_picture(content: bytes, was: str) -> str:
    """Keep a picture that came inside a file; return its digest, "" for what is no picture.

    was   the digest it says it has; a picture that went out from here is found again by it, not drawn once more
    """
    if was and sha256(content).hexdigest() == was and kind_of_stored(was) in PICTURES:
        return was
    try:
        return take_picture(FileStorage(io.BytesIO(content), "picture"))
    except Invalid:
        return ""


def take_recording(upload: FileStorage | None) -> str:
    """Keep a recording; return its digest. Raises Invalid at `audio_file` for what is no sound."""
    stored = receive_upload(upload, max_bytes=LARGEST_RECORDING, kinds=RECORDINGS, where="audio_file")
    from pymediainfo import MediaInfo  # noqa: PLC0415 - loads a native library, wanted here alone

    tracks = {track.track_type for track in MediaInfo.parse(stored_path(stored.sha256)).tracks}
    if "Audio" not in tracks or "Video" in tracks:
        raise Invalid([Problem("audio_file", _("There is no sound in this file, or more than sound."))])
    return stored.sha256


def kind_of_stored(digest: str) -> str | None:
    """Return what a stored picture or recording is: png, webp, mp3 ...; None for what is neither, or not there."""
    if not _DIGEST.fullmatch(digest) or not stored_path(digest).is_file():
        return None
    with stored_path(digest).open("rb") as file:
        return kind_of(file.read(HEAD), "", (*PICTURES, *RECORDINGS))


def is_recording(digest: str) -> bool:
    """Tell whether a recording with this digest is in the store."""
    return kind_of_stored(digest) in RECORDINGS


def sealed_until(digest: str, person_id: UUID | None, *, now: datetime) -> tuple[int, str]:
    """Return until when (Unix seconds, a whole hour) a person may open a file, and the seal that says so."""
    until = (int((now + _OPEN_FOR).timestamp()) // 3600) * 3600
    return until, _signer().get_signature(_claim(digest, person_id, until)).decode()


def seal_holds(digest: str, person_id: UUID | None, until: int, seal: str, *, now: datetime) -> bool:
    """Tell whether a seal lets this person open a file at `now`."""
    if person_id is None or now.timestamp() >= until:
        return False
    return _signer().verify_signature(_claim(digest, person_id, until), seal.encode("ascii", "replace"))


def _claim(digest: str, person_id: UUID | None, until: int) -> str:
    return f"{digest}|{person_id}|{until}"


def _signer() -> Signer:
    return Signer(current_app.config["SECRET_KEY"], salt="question media")


def _drawn(content: bytes) -> bytes:
    """Return a picture drawn anew: WebP, or PNG where something shows through. Raises what Pillow raises."""
    with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP", "GIF")) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        turned = ImageOps.exif_transpose(opened) or opened
        shown = turned.convert("RGBA" if turned.mode in ("RGBA", "LA", "P", "PA") else "RGB")
    if shown.width > WIDEST:
        shown = shown.resize((WIDEST, max(1, shown.height * WIDEST // shown.width)))
    target = io.BytesIO()
    if shown.mode == "RGBA":
        shown.save(target, "PNG")
    else:
        shown.save(target, "WEBP", quality=88)
    return target.getvalue()
