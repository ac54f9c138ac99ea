"""Migrating an empty database gives the very tables, indexes and triggers the models describe."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lms.app import create_app
from lms.exams.models import ExamEdition
from lms.exams.queries.edition import paper_of
from lms.exams.rules.paper import Part
from lms.exams.rules.terms import Terms
from lms.kernel.db import Base, db, reading
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


OLD_EXAM = (
    "INSERT INTO exam (id, code, title, title_en, purpose, source, draft, created_at, changed_at) VALUES "
    "(:id, 'old', '旧考试', '', 'stage', 'own', '{}', '2026-03-01 00:00:00', '2026-03-01 00:00:00')",
    "INSERT INTO exam_edition (id, exam_id, number, title, title_en, blueprint, questions, full_mark, "
    "duration_minutes, pass_percent, grace_seconds, shuffle_questions, shuffle_options, resit, release, marking, "
    "appeal_days, published_at) VALUES (:id, :id, 1, '旧考试', '', :blueprint, 2, 200, 60, 80, 10, true, true, "
    "'{}', '{}', '{}', 5, "
    "'2026-03-01 00:00:00')",
)


def test_papers_published_before_sections_go_on_unchanged(applications: tuple[Flask, Flask]):
    migrated, _created = applications
    with migrated.app_context():
        upgrade(revision="0001")
        with db.engine.connect().execution_options(writing=True) as connection:
            told = {"id": "0" * 32, "blueprint": '[{"count": 2, "points": 100}]'}
            for statement in OLD_EXAM:
                connection.execute(text(statement), {name: told[name] for name in told if f":{name}" in statement})
            connection.commit()
        upgrade()
        edition = reading().scalars(select(ExamEdition)).one()
        assert paper_of(edition) == Terms((Part(2, 100),))
        assert edition.forms == []
        reading().rollback()
        with db.engine.connect().execution_options(writing=True) as connection:
            with pytest.raises(DBAPIError, match="append-only"):
                connection.execute(text("UPDATE exam_edition SET sections = '[1]'"))
            connection.rollback()


def test_the_package_carries_its_migrations():
    folder = Path(create_app.__code__.co_filename).parent / "migrations"
    assert sorted(path.name for path in (folder / "versions").glob("*.py"))[0].startswith("0001_")


def test_a_database_of_the_first_release_with_rows_takes_monthly_exams_and_missed_ones(
    applications: tuple[Flask, Flask],
):
    migrated, _created = applications
    values = {name: str(number) * 32 for number, name in enumerate(("exam", "person", "unit", "series"), 1)}
    values["at"] = "2026-03-02 01:00:00+00:00"
    rows = (
        """INSERT INTO unit (id, code, name, name_en, kind, path, timezone)
           VALUES (:unit, 'u', 'U', '', 'site', '/u/', '')""",
        """INSERT INTO person (id, staff_no, name, name_latin, pinyin_initials, unit_id, employment, state, hired_on,
                               email, phone, locale, created_at)
           VALUES (:person, '1', '甲', '', '', :unit, 'full_time', 'active', '2026-01-01', '', '', '', :at)""",
        """INSERT INTO exam (id, code, title, title_en, purpose, source, draft, created_at, changed_at)
           VALUES (:exam, 'e', 'E', '', 'final', 'own', '{}', :at, :at)""",
        """INSERT INTO exam_assignment (id, person_id, exam_id, state, reason, extra_minutes, assigned_at, opens_at)
           VALUES (:series, :person, :exam, 'open', '', 0, :at, :at)""",
    )
    with migrated.app_context():
        upgrade(revision="0001")
        with db.engine.connect().execution_options(writing=True) as connection:
            for row in rows:
                connection.execute(text(row), values)
            connection.commit()
        upgrade()
        db.engine.dispose()
        with db.engine.connect().execution_options(writing=True) as connection:
            connection.execute(text("UPDATE exam SET purpose = 'monthly'"))
            connection.execute(text("UPDATE exam_assignment SET state = 'missed', closed_at = assigned_at"))
            assert connection.execute(text("SELECT count(*) FROM exam_assignment")).scalar() == 1
            with pytest.raises(IntegrityError):
                connection.execute(text("UPDATE exam SET purpose = 'other'"))
