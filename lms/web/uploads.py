"""Files handed in: size and kind are checked by looking at the bytes; stored once, under the hash of their content."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePath
from tempfile import NamedTemporaryFile
from typing import IO, BinaryIO, Final, cast

from werkzeug.datastructures import FileStorage

from lms.kernel.errors import Invalid, NotFound, Problem
from lms.kernel.i18n import _
from lms.kernel.settings import get_settings
from lms.web.formatting import filesize, list_of

MEGABYTE: Final = 1_000_000
CHUNK: Final = 1 << 18
HEAD: Final = 4096  # bytes looked at to tell the kind
HASH_LENGTH: Final = 64
UNFINISHED: Final = ".new-"  # how the names of files begin that are being written

# What a file of a kind begins with, and where. A kind without an entry is text of some encoding.
MARKS: Final[dict[str, tuple[tuple[int, bytes], ...]]] = {
    "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "jpg": ((0, b"\xff\xd8\xff"),),
    "gif": ((0, b"GIF87a"), (0, b"GIF89a")),
    "webp": ((8, b"WEBP"),),
    "pdf": ((0, b"%PDF-"),),
    "mp4": ((4, b"ftyp"),),
    "webm": ((0, b"\x1a\x45\xdf\xa3"),),
    "mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "wav": ((8, b"WAVE"),),
    "ogg": ((0, b"OggS"),),
    "xlsx": ((0, b"PK\x03\x04"),),
    "docx": ((0, b"PK\x03\x04"),),
    "pptx": ((0, b"PK\x03\x04"),),
    "zip": ((0, b"PK\x03\x04"),),
    "xls": ((0, b"\xd0\xcf\x11\xe0"),),
}
SAME: Final = {"jpeg": "jpg", "m4v": "mp4", "mov": "mp4", "gift": "txt", "text": "txt", "markdown": "md"}
TEXTS: Final = frozenset({"csv", "txt", "md", "call", "lib", "json", "xml", "vtt"})
MEDIA_TYPES: Final = {
    "png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "pdf": "application/pdf",
    "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg", "wav": "audio/wav", "ogg": "audio/ogg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "txt": "text/plain", "md": "text/plain", "json": "application/json", "vtt": "text/vtt",
}


@dataclass(frozen=True)
class StoredFile:
    """A file that is safely on disk.

    sha256     hash of the content and its address in the store
    size       bytes
    kind       png, pdf, mp4, xlsx, csv ...: what the bytes are
    filename   the name it came with, without any folder
    """

    sha256: str
    size: int
    kind: str
    filename: str

    @property
    def media_type(self) -> str:
        """Return the media type to send it with; unknown kinds are never shown by a browser."""
        return MEDIA_TYPES.get(self.kind, "application/octet-stream")


def receive_upload(
    file: FileStorage | None, *, max_bytes: int, kinds: Collection[str], where: str = "file"
) -> StoredFile:
    """Store a file handed in with a form, if it is of one of the kinds and not too large.

    max_bytes   largest size taken
    kinds       e.g. {"xlsx", "csv"}; the bytes decide, not the name alone
    where       the form field, for the problem's place

    Raises Invalid with one clear sentence: nothing chosen, empty, too large, or not of a kind.
    """
    if file is None or not file.filename:
        raise Invalid([Problem(where, _("Choose a file first."))])
    name = PurePath(file.filename.replace("\\", "/")).name[-120:]
    head = file.stream.read(HEAD)
    if not head:
        raise Invalid([Problem(where, _("%(name)s is empty.", name=name))])
    kind = kind_of(head, name, kinds)
    if kind is None:
        wanted = list_of(sorted(kinds))
        raise Invalid([Problem(where, _("%(name)s is not a file of the kinds %(kinds)s: its content says otherwise.",
                                        name=name, kinds=wanted))])
    digest, size = store([head], file.stream, max_bytes=max_bytes, where=where, name=name)
    return StoredFile(digest, size, kind, name)


def store_bytes(content: bytes) -> str:
    """Store bytes made by the program (a certificate, a picture); return their hash."""
    return store([content], None, max_bytes=len(content))[0]


def store(
    first: Iterable[bytes], rest: IO[bytes] | None, *, max_bytes: int, where: str = "file", name: str = "",
    folder: Path | None = None,
) -> tuple[str, int]:
    """Write content to the store at once or not at all; return its hash and size.

    folder   another store than the one of uploads

    Raises Invalid when it is longer than `max_bytes`; nothing stays behind then.
    """
    folder = folder or get_settings().media_dir
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with NamedTemporaryFile(dir=folder, prefix=UNFINISHED, delete=False) as target:
        try:
            for chunk in _chunks(first, rest):
                size += len(chunk)
                if size > max_bytes:
                    raise Invalid([Problem(where, _("%(name)s is larger than %(limit)s.", name=name,
                                                    limit=filesize(max_bytes)))])
                digest.update(chunk)
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
            final = folder / digest.hexdigest()[:2] / digest.hexdigest()
            final.parent.mkdir(exist_ok=True)
            Path(target.name).replace(final)
        except BaseException:
            Path(target.name).unlink(missing_ok=True)
            raise
    return digest.hexdigest(), size


def stored_path(digest: str) -> Path:
    """Return where the content with this hash lies. Raises ValueError for anything but 64 hex digits."""
    if len(digest) != HASH_LENGTH or set(digest) - set("0123456789abcdef"):
        raise ValueError("not a SHA-256 in hex")
    return get_settings().media_dir / digest[:2] / digest


def open_stored(digest: str) -> BinaryIO:
    """Open stored content for reading. Raises NotFound when it isn't in the store."""
    try:
        return cast(BinaryIO, stored_path(digest).open("rb"))
    except FileNotFoundError:
        raise NotFound("file.missing") from None


def kind_of(head: bytes, name: str, kinds: Collection[str]) -> str | None:
    """Return which of the kinds the beginning of a file is, None when it is none of them.

    Kinds that share a beginning (xlsx and zip) are told apart by the name; text is anything without NUL bytes.
    """
    ending = PurePath(name).suffix.lower().lstrip(".")
    ending = SAME.get(ending, ending)
    matching = [kind for kind in kinds if any(head[at : at + len(mark)] == mark for at, mark in MARKS.get(kind, ()))]
    if matching:
        return ending if ending in matching else (sorted(matching)[0] if len(matching) == 1 else None)
    if ending in kinds and ending in TEXTS and (b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff")):
        return ending
    return None


def _chunks(first: Iterable[bytes], rest: IO[bytes] | None) -> Iterable[bytes]:
    yield from first
    while rest is not None and (chunk := rest.read(CHUNK)):
        yield chunk
