"""Write everything an installation knows into one file, and bring it back."""

import json
import os
from pathlib import Path, PurePosixPath
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import Connection, create_engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from lms.app import PACKAGE, create_app
from lms.cli.archive import dump_tables, load_tables
from lms.kernel import clock
from lms.kernel.db import db, reading
from lms.kernel.settings import Settings
from lms.records.queries import verify_ledger

FORMAT = 1
FOLDERS = ("media", "voice", "keys", "seals")  # of the data folder; the rest of it can be made again
MANIFEST = "manifest.json"


@click.command()
@click.argument("target", required=False, type=click.Path(path_type=Path))
def backup(target: Path | None) -> None:
    """Write database, uploaded files and keys into one zip file; the installation may go on running.

    TARGET is the file, or a folder to put it into (default: here). Keep it as safe as the keys inside it.
    """
    now = clock.now()
    file = target or Path()
    if file.is_dir():
        file = file / f"floorready-{now:%Y%m%d-%H%M%S}.zip"
    app = create_app()
    with app.app_context():
        counts = write_archive(file, app.extensions["settings"].data_dir.resolve(), made_at=now.isoformat())
    click.echo(f"{file}: {sum(counts.values())} rows of {len(counts)} tables, {file.stat().st_size / 1e6:.1f} MB")


def write_archive(file: Path, data_dir: Path, *, made_at: str) -> dict[str, int]:
    """Write the archive, readable by its owner alone; return the number of rows of each table. Raises OSError.

    The rows are one snapshot. Files are copied after it: whatever a row speaks of was on disk before the row.
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw, ZipFile(raw, "w", ZIP_DEFLATED) as archive:
            with snapshot() as connection:
                counts = dump_tables(connection, archive)
                revision = revision_of(connection)
            for folder in FOLDERS:
                for path in sorted((data_dir / folder).rglob("*")):
                    if path.is_file():
                        archive.write(path, path.relative_to(data_dir).as_posix())
            manifest = {"format": FORMAT, "revision": revision, "made_at": made_at, "rows": counts}
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    return counts


def snapshot() -> Connection:
    """Return a connection that sees the database as it is now, whatever others write meanwhile."""
    connection = db.engine.connect()
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    return connection


def revision_of(connection: Connection) -> str:
    """Return the revision of the tables, empty when there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Bring a backup back into an empty installation, on SQLite or PostgreSQL, and verify its ledger.

    Nothing may run meanwhile. The database must hold no people yet; the data folder no keys.
    """
    settings = Settings()
    try:
        with ZipFile(file) as archive:
            manifest = read_manifest(archive)
            refuse_unless_empty(settings)
            extract_folders(archive, settings.data_dir.resolve())
            counts = restore_rows(archive, settings)
    except (BadZipFile, KeyError, ValueError) as error:
        raise click.ClickException(f"{file} is no whole backup: {error}") from error
    if counts != manifest["rows"]:
        raise click.ClickException("the archive holds other numbers of rows than its manifest says")
    click.echo(f"{sum(counts.values())} rows of {len(counts)} tables are back, as of {manifest['made_at']}.")
    _verify(settings)


def read_manifest(archive: ZipFile) -> dict[str, object]:
    """Return what the archive says of itself. ClickException when another version made it."""
    manifest: dict[str, object] = json.loads(archive.read(MANIFEST))
    ours = ScriptDirectory(str(PACKAGE / "migrations")).get_current_head()
    if manifest["format"] != FORMAT or manifest["revision"] != ours:
        raise click.ClickException(
            f"this backup has tables of revision {manifest['revision']}, this program {ours}: "
            "restore it with the version that made it, then upgrade"
        )
    return manifest


def refuse_unless_empty(settings: Settings) -> None:
    """Raise ClickException when the installation already holds people or keys."""
    keys = settings.data_dir.resolve() / "keys"
    if any(keys.glob("*")):
        raise click.ClickException(f"{keys} holds keys: restore into an empty data folder")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine(settings.database)
    try:
        with engine.connect() as connection:
            has_tables = inspect(connection).has_table("person")
            people = has_tables and connection.execute(text("SELECT 1 FROM person LIMIT 1")).first()
    except SQLAlchemyError as error:
        raise click.ClickException(f"the database cannot be reached: {error}") from error
    finally:
        engine.dispose()
    if people:
        raise click.ClickException("the database already holds people: restore into an empty one")


def extract_folders(archive: ZipFile, data_dir: Path) -> None:
    """Bring files and keys back, keys readable by their owner alone. ValueError for a name that leads elsewhere."""
    for name in archive.namelist():
        parts = PurePosixPath(name).parts
        if parts[0] not in FOLDERS:
            continue
        if ".." in parts:
            raise ValueError(f"the name {name!r}")
        target = data_dir.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.touch(mode=0o600)
        target.write_bytes(archive.read(name))


def restore_rows(archive: ZipFile, settings: Settings) -> dict[str, int]:
    """Make the tables and fill them, all or nothing; return how many rows each got."""
    with create_app(settings).app_context():
        upgrade()
        with db.engine.connect().execution_options(writing=True) as connection, connection.begin():
            return load_tables(connection, archive)


def _verify(settings: Settings) -> None:
    with create_app(settings).app_context():
        found = verify_ledger(reading())
    if not found.holds:
        raise click.ClickException(f"the ledger that came back does not hold: {len(found.breaks)} breaks")
    click.echo(f"The ledger holds: {found.facts} facts in {found.chains} chains, {found.seals} seals.")
