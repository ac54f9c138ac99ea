"""Packages: zip files of others, measured before anything in them is used.

Names that lead out of the package, declared sizes beyond the limits and locked members are refused before a member is
opened; what really comes out is counted as it comes, whatever the archive says about itself.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from lms.web.spreadsheets.guard import FILE_LIMIT, MEGABYTE, UNPACKED_LIMIT, UnreadableFile

MOST_MEMBERS: Final = 12_000
MEMBER_LIMIT: Final = 24 * MEGABYTE
_CHUNK: Final = 1 << 18
_LOCKED: Final = 0x1


class Archive:
    """The members of a package by name; reading all of them never gives more than the limit."""

    def __init__(self, file: ZipFile) -> None:
        self._file = file
        self._left = UNPACKED_LIMIT
        self._infos = {info.filename: info for info in file.infolist() if not info.is_dir()}

    @property
    def names(self) -> list[str]:
        """Names of members, as they stand in the package."""
        return list(self._infos)

    def __contains__(self, name: object) -> bool:
        return name in self._infos

    def read(self, name: str) -> bytes:
        """Return a member. Raises UnreadableFile beyond the limits or where it is damaged; KeyError for none."""
        pieces, size = [], 0
        try:
            with self._file.open(self._infos[name]) as member:
                while piece := member.read(_CHUNK):
                    size += len(piece)
                    self._left -= len(piece)
                    if self._left < 0 or size > MEMBER_LIMIT:
                        raise UnreadableFile("archive_bomb", limit_mb=UNPACKED_LIMIT // MEGABYTE)
                    pieces.append(piece)
        except (BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
            if isinstance(error, UnreadableFile):
                raise
            raise UnreadableFile("archive_broken") from error
        return b"".join(pieces)


@contextmanager
def opened_archive(path: Path) -> Iterator[Archive]:
    """Open a package that is safe to read. Raises UnreadableFile for anything else."""
    if path.stat().st_size > FILE_LIMIT:
        raise UnreadableFile("file_too_large", limit_mb=FILE_LIMIT // MEGABYTE)
    try:
        file = ZipFile(path)
    except (BadZipFile, OSError, ValueError, EOFError, NotImplementedError, zlib.error) as error:
        raise UnreadableFile("archive_broken") from error
    with file:
        _check(file.infolist())
        yield Archive(file)


def _check(members: list[ZipInfo]) -> None:
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > UNPACKED_LIMIT:
        raise UnreadableFile("archive_bomb", limit_mb=UNPACKED_LIMIT // MEGABYTE)
    for member in members:
        path = PurePosixPath(member.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename:
            raise UnreadableFile("archive_path", name=member.filename[:60])
        if member.flag_bits & _LOCKED or member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise UnreadableFile("archive_locked")
