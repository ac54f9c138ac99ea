"""Chunks on disk: stored once under their hash, outside of everything a web server may show; read as one recording."""

import io
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from lms.kernel.settings import get_settings
from lms.web.uploads import UNFINISHED, store

UNUSED_FOR: Final = timedelta(days=1)  # a file whose row was never written is deleted after it


def keep(content: bytes) -> str:
    """Write bytes to disk, whole and flushed, or not at all; return their sha256."""
    return store([content], None, max_bytes=len(content), folder=get_settings().voice_dir)[0]


def path_of(digest: str) -> Path:
    """Return where a chunk lies."""
    return get_settings().voice_dir / digest[:2] / digest


def delete(digests: Collection[str]) -> None:
    """Delete chunks; those that are gone already are gone."""
    for digest in digests:
        path_of(digest).unlink(missing_ok=True)


def lying_about(*, before: datetime) -> Iterator[str]:
    """Yield the hashes of files last written before an instant, unfinished ones left out."""
    for path in get_settings().voice_dir.glob("??/*"):
        if path.stat().st_mtime < before.timestamp():
            yield path.name


def delete_unfinished(*, before: datetime) -> int:
    """Delete files that a crash left half written before an instant; return how many."""
    written = get_settings().voice_dir.glob(f"{UNFINISHED}*")
    left = [path for path in written if path.stat().st_mtime < before.timestamp()]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


class Joined(io.RawIOBase):
    """Chunks one behind the other, as one file for reading that can be sought in.

    pieces   (sha256, size in bytes) of each. Raises FileNotFoundError on reading when one is gone.
    """

    def __init__(self, pieces: Sequence[tuple[str, int]]) -> None:
        self._pieces = [(path_of(digest), size) for digest, size in pieces]  # an answer is sent after its request
        self._at = 0
        self.size = sum(size for _digest, size in pieces)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return up to `size` bytes, from one chunk at a time; all that is left for a negative size."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        first = 0
        for path, length in self._pieces:
            if self._at < first + length:
                with path.open("rb") as chunk:
                    chunk.seek(self._at - first)
                    found = chunk.read(size)
                self._at += len(found)
                return found
            first += length
        return b""
