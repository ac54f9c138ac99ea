"""Migrating an empty database gives the very tables, indexes and triggers the models describe."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from lms.app import create_app
from lms.kernel.db import Base, db
from lms.kernel.settings import Settings
from tests.postgres import start_postgres

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def applications(request, tmp_path):
    """Two applications on empty databases of the same engine, their contexts not yet pushed."""
    if request.param == "sqlite":
        yield tuple(create_app(Settings(data_dir=tmp_path / name, testing=True)) for name in ("migrated", "created"))
        return
    with start_postgres() as server:
        made = tuple(
            create_app(Settings(data_dir=tmp_path / name, database_url=server.new_database(), testing=True))
            for name in ("migrated", "created")
        )
        yield made
        for app in made:
            with app.app_context():
                db.engine.dispose()


def squeezed(rows):
    return [(name, " ".join(definition.split())) for name, definition in rows]


def test_migrations_end_where_the_models_are(applications: tuple[Flask, Flask]):
    migrated, created = applications
    with migrated.app_context():
        upgrade()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            differences = compare_metadata(context, Base.metadata)
            found = squeezed(connection.execute(text(TRIGGERS[connection.dialect.name])))
    with created.app_context():
        db.create_all()
        with db.engine.connect() as connection:
            expected = squeezed(connection.execute(text(TRIGGERS[connection.dialect.name])))
    assert differences == []
    assert found == expected


def test_migrating_again_changes_nothing_and_keeps_every_row(applications: tuple[Flask, Flask]):
    migrated, _created = applications
    with migrated.app_context():
        upgrade()
        with db.engine.connect().execution_options(writing=True) as connection:
            connection.execute(
                text("INSERT INTO post (id, code, name, name_en) VALUES (:id, 'a', '话务员', '')"), {"id": "0" * 32}
            )
            connection.commit()
        upgrade()
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM post")).scalar() == 1


def test_the_package_carries_its_migrations():
    folder = Path(create_app.__code__.co_filename).parent / "migrations"
    assert sorted(path.name for path in (folder / "versions").glob("*.py"))[0].startswith("0001_")
