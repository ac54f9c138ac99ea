"""`python -m simulations.engines.release`: keep the engine at work, as it is now, under its version for ever."""

import sys
from pathlib import Path
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from simulations import ENGINE_VERSION
from simulations.engines import FOLDER, package_of

SOURCES: Final = FOLDER.parent
MODULES: Final = ("__init__.py", "bundled.py", "console_view.py", "plan_runs.py")
FOLDERS: Final = ("library", "player", "scoring", "script", "wording")
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)  # an archive tells nothing of when and where it was made


def sources() -> dict[str, bytes]:
    """Return everything that the engine consists of, by its path within the package."""
    files = [SOURCES / name for name in MODULES]
    for folder in FOLDERS:
        files += [path for path in (SOURCES / folder).rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return {path.relative_to(SOURCES).as_posix(): path.read_bytes() for path in sorted(files)}


def archived(archive: Path) -> dict[str, bytes]:
    """Return what an archive holds, in the same form."""
    with ZipFile(archive) as kept:
        return {name.partition("/")[2]: kept.read(name) for name in kept.namelist()}


def release(folder: Path = FOLDER) -> Path:
    """Write the archive of the engine at work; return where it is. Raises FileExistsError for a version released before
    with other contents.
    """
    archive, contents = folder / f"{ENGINE_VERSION}.zip", sources()
    if archive.exists():
        if archived(archive) != contents:
            raise FileExistsError(f"{archive.name} was released and differs: give the engine another version")
        return archive
    with ZipFile(archive, "x", compression=ZIP_DEFLATED, compresslevel=9) as kept:
        for name, content in contents.items():
            entry = ZipInfo(f"{package_of(ENGINE_VERSION)}/{name}", _LONG_AGO)
            entry.external_attr, entry.compress_type = 0o644 << 16, ZIP_DEFLATED
            kept.writestr(entry, content)
    return archive


if __name__ == "__main__":
    sys.stdout.write(f"{release()}\n")
