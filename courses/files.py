"""Files of a course: taken in after a look at their content, kept under its hash, described for their unit."""

import re
from pathlib import PurePath
from typing import Any, BinaryIO, cast

from werkzeug.datastructures import FileStorage

from courses.captions import LARGEST, check_captions
from courses.videos import look_into
from lms.kernel.errors import Invalid, Problem
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.web.uploads import MEGABYTE, StoredFile, open_stored, receive_upload, store_bytes

LARGEST_PICTURE = 5 * MEGABYTE
PICTURES = ("png", "jpg", "webp", "gif")
FileInfo = dict[str, Any]


def take_film(upload: FileStorage | None) -> FileInfo:
    """Keep a film. Raises Invalid at `film` for anything a browser can't play; nothing is kept then."""
    film = look_into(_stream(_chosen(upload, "film")), _name(upload), where="film")
    stored = receive_upload(upload, max_bytes=_limit(), kinds={film.kind}, where="film")
    return _info(stored) | {"duration_ms": film.duration_ms, "width": film.width, "height": film.height}


def take_captions(upload: FileStorage | None) -> FileInfo:
    """Keep captions. Raises Invalid at `captions` for anything but WebVTT; nothing is kept then."""
    content = _chosen(upload, "captions").stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Invalid([Problem("captions", _("A caption file is smaller than one megabyte."))])
    cues = check_captions(content, _name(upload))
    digest = store_bytes(content)
    return {"sha256": digest, "size": len(content), "kind": "vtt", "filename": _name(upload), "cues": len(cues)}


def take_document(upload: FileStorage | None) -> FileInfo:
    """Keep a PDF. Raises Invalid at `document` for anything else; nothing is kept then."""
    return _info(receive_upload(upload, max_bytes=_limit(), kinds={"pdf"}, where="document"))


def take_picture(upload: FileStorage | None) -> tuple[str, FileInfo]:
    """Keep a picture; return the name that texts call it by, and its description. Raises Invalid at `picture`."""
    stored = receive_upload(upload, max_bytes=LARGEST_PICTURE, kinds=PICTURES, where="picture")
    stem = re.sub(r"[^a-z0-9]+", "-", PurePath(stored.filename).stem.lower()).strip("-")[:60]
    return f"{stem or stored.sha256[:8]}.{stored.kind}", _info(stored)


def captions_text(info: FileInfo) -> str:
    """Return the text of kept captions."""
    with open_stored(info["sha256"]) as file:
        return file.read().decode("utf-8-sig", errors="replace")


def _chosen(upload: FileStorage | None, where: str) -> FileStorage:
    if upload is None or not upload.filename:
        raise Invalid([Problem(where, _("Choose a file first."))])
    return upload


def _stream(upload: FileStorage) -> BinaryIO:
    return cast(BinaryIO, upload.stream)


def _name(upload: FileStorage | None) -> str:
    return PurePath((upload.filename or "").replace("\\", "/")).name[-120:] if upload else ""


def _limit() -> int:
    return get_settings().upload_limit_mb * MEGABYTE


def _info(stored: StoredFile) -> FileInfo:
    return {"sha256": stored.sha256, "size": stored.size, "kind": stored.kind, "filename": stored.filename}
