"""A backup holds everything, and comes back on either database."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from courses.models import CoursePicture, CourseUnit
from lms.app import create_app
from lms.cli import main
from lms.cli.archive import decode, encode, parents_first
from lms.cli.backup import write_archive
from lms.desk.bundled import load_bundled_content
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.settings import Settings
from lms.people.models import Person, Unit
from lms.records.models import Outcome, TrainingFact
from lms.records.queries import verify_ledger
from lms.records.services import seal_day
from tests.factories import make_fact, make_person, make_unit
from tests.postgres import start_postgres

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def postgres():
    with start_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def address(postgres):
    """Return a function from a database's kind to the address of an empty one; empty for SQLite."""
    return lambda kind: postgres.new_database() if kind == "postgres" else ""


def installation(folder: Path, database_url: str) -> Flask:
    """Return an application on migrated, empty tables."""
    app = create_app(Settings(data_dir=folder, database_url=database_url))
    with app.app_context():
        upgrade()
    return app


def live_a_little(app: Flask) -> None:
    """Have published content, units in a tree, a corrected fact, a seal and an uploaded file."""
    with app.app_context(), clock.travel(NOW):
        with unit_of_work() as session:
            load_bundled_content(session, now=NOW - timedelta(days=3))
        site = make_unit("hz", name="杭州中心")
        person = make_person("甡龑", unit=make_unit("t01", parent=site), phone="16400000001")
        first = make_fact(person, "exam:gas-theory", Outcome.FAILED, score=60, at=NOW - timedelta(days=2))
        make_fact(person, "exam:gas-theory", Outcome.PASSED, score=90, at=NOW - timedelta(days=2), supersedes=first.id)
        with unit_of_work() as session:
            seal_day(session, now=clock.now(), today=NOW)
        media = app.extensions["settings"].media_dir / "ab"
        media.mkdir(parents=True)
        (media / "abc").write_bytes(b"a film")


@pytest.mark.parametrize(("origin", "goal"), [("sqlite", "postgres"), ("postgres", "sqlite")])
def test_an_installation_moves_from_one_database_to_the_other(tmp_path, address, origin, goal):
    app = installation(tmp_path / "old", address(origin))
    live_a_little(app)
    with app.app_context():
        write_archive(tmp_path / "backup.zip", tmp_path / "old", made_at=NOW.isoformat())
        db.session.remove()
        db.engine.dispose()
    where = {"FLOORREADY_DATA_DIR": str(tmp_path / "new"), "FLOORREADY_DATABASE_URL": address(goal)}
    result = CliRunner().invoke(main, ["restore", str(tmp_path / "backup.zip")], env=where)
    assert result.exit_code == 0, result.output
    assert "The ledger holds: 2 facts in 1 chains, 1 seals." in result.output
    with create_app(Settings(data_dir=tmp_path / "new", database_url=where["FLOORREADY_DATABASE_URL"])).app_context():
        assert reading().scalars(select(Person)).one().name == "甡龑"
        below = {unit.code: bool(unit.parent_id) for unit in reading().scalars(select(Unit))}
        assert below == {"hz": False, "t01": True}
        assert verify_ledger(reading()).holds
        with clock.travel(NOW + timedelta(days=1)):
            make_fact(reading().scalars(select(Person)).one(), "course:gas-leak", Outcome.COMPLETED, at=NOW)
        assert len(reading().scalars(select(TrainingFact)).all()) == 3
        for finished in (TrainingFact, CourseUnit, CoursePicture):
            with pytest.raises(DBAPIError), unit_of_work() as session:
                session.execute(delete(finished))
    assert (tmp_path / "new" / "media" / "ab" / "abc").read_bytes() == b"a film"
    assert (tmp_path / "new" / "keys" / "secret").read_text() == (tmp_path / "old" / "keys" / "secret").read_text()


def test_a_backup_is_readable_by_its_owner_alone(tmp_path):
    app = installation(tmp_path / "data", "")
    with app.app_context():
        write_archive(tmp_path / "backup.zip", tmp_path / "data", made_at="now")
    assert (tmp_path / "backup.zip").stat().st_mode & 0o077 == 0


@pytest.fixture
def archive(tmp_path) -> Path:
    """A backup of an installation with somebody in it."""
    app = installation(tmp_path / "data", "")
    live_a_little(app)
    with app.app_context():
        write_archive(tmp_path / "backup.zip", tmp_path / "data", made_at=NOW.isoformat())
    return tmp_path / "backup.zip"


def restore(archive: Path, folder: Path):
    return CliRunner().invoke(main, ["restore", str(archive)], env={"FLOORREADY_DATA_DIR": str(folder)})


def test_nothing_is_restored_over_people(tmp_path, archive):
    result = restore(archive, tmp_path / "data")
    assert result.exit_code == 1
    assert "holds keys" in result.output


def rewritten(archive: Path, change) -> Path:
    """Return a copy of an archive whose members went through `change(name, content) -> content or None`."""
    copy = archive.with_name("changed.zip")
    with ZipFile(archive) as old, ZipFile(copy, "w") as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return copy


def of_another_version(name, content):
    return json.dumps({**json.loads(content), "revision": "0000"}) if name == "manifest.json" else content


def without_people(name, content):
    return None if name == "tables/person.jsonl" else content


def with_a_half_line(name, content):
    return content[:-20] if name == "tables/person.jsonl" else content


@pytest.mark.parametrize("change", [of_another_version, without_people, with_a_half_line])
def test_a_backup_that_is_not_whole_is_refused_and_leaves_no_rows(tmp_path, archive, change):
    result = restore(rewritten(archive, change), tmp_path / "new")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    if (tmp_path / "new" / "floorready.sqlite3").exists():
        app = create_app(Settings(data_dir=tmp_path / "new"))
        with app.app_context():
            assert not db.inspect(db.engine).has_table("person") or not reading().scalars(select(Person)).all()


def test_what_is_no_zip_is_refused(tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK but no zip")
    result = restore(tmp_path / "broken.zip", tmp_path / "new")
    assert result.exit_code == 1
    assert "no whole backup" in result.output


def test_a_row_survives_the_way_through_json():
    row = {column.name: None for column in Person.__table__.columns} | {
        "id": UUID(int=7), "hired_on": date(2024, 2, 29), "created_at": NOW, "name": "㛃䶮",
    }
    assert decode(Person.__table__, json.loads(json.dumps(encode(Person.__table__, row)))) == row


def test_rows_come_after_those_they_refer_to():
    rows = [{"id": row, "parent_id": parent} for row, parent in ((3, 2), (2, 1), (1, None), (4, 4))]
    assert [row["id"] for row in parents_first(rows, [Unit.__table__.c.parent_id])] == [1, 2, 3, 4]
