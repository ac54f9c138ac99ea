"""What every test stands on: an application with a fresh database, a client, a session, a clock at `NOW`."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy.orm import Session

from lms.access.identity import Role
from lms.app import create_app
from lms.kernel import clock
from lms.kernel.catalogues import compile_catalogues
from lms.kernel.db import db, reading
from lms.kernel.settings import Settings, get_settings
from lms.people.models import Person
from lms.web.pdf_fonts import prepare_fonts
from tests import factories
from tests.postgres import start_postgres

# The same examples everywhere: green here is green on the next machine. EXPLORE=1 draws new ones.
settings.register_profile("suite", deadline=None, derandomize=not os.environ.get("EXPLORE"))
settings.load_profile("suite")
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in Shanghai


class Backend:
    """One database engine under test: an application built once, and a way to make its database fresh again."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self.folder, self.address = folder, address
        if address:
            self._admin("CREATE DATABASE floorready")
        self.app = create_app(
            Settings(data_dir=folder, database_url=self._url("floorready"), testing=True, sample=True)
        )
        with self.app.app_context():
            db.create_all()
            db.engine.dispose()
        if address:
            self._admin("ALTER DATABASE floorready RENAME TO pristine")
        else:
            (folder / "floorready.sqlite3").rename(folder / "pristine.sqlite3")

    def _url(self, name: str) -> str:
        return f"{self.address}/{name}" if self.address else ""

    def _admin(self, statement: str) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def fresh(self) -> Flask:
        """Return the application on an empty database, with nothing left of what the test before did."""
        self.app.extensions["csp_reports"].clear()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        if self.address:
            self._admin("DROP DATABASE IF EXISTS floorready WITH (FORCE)")
            self._admin("CREATE DATABASE floorready TEMPLATE pristine")
        else:
            for leftover in self.folder.glob("floorready.sqlite3*"):
                leftover.unlink()
            shutil.copy(self.folder / "pristine.sqlite3", self.folder / "floorready.sqlite3")
        return self.app


@pytest.fixture(scope="session")
def sqlite_backend(tmp_path_factory: pytest.TempPathFactory) -> Backend:
    """SQLite, as a first installation has it."""
    compile_catalogues()
    return Backend(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of the suite's own; its address without a database name."""
    server = start_postgres()
    yield f"postgresql://floorready@127.0.0.1:{server.port}"
    server.stop()


@pytest.fixture(scope="session")
def postgres_backend(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Backend:
    """PostgreSQL, as a grown installation has it."""
    compile_catalogues()
    return Backend(tmp_path_factory.mktemp("postgres-data"), postgres_url)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests marked `both_databases` once on each."""
    if metafunc.definition.get_closest_marker("both_databases"):
        if "database" not in metafunc.fixturenames:
            metafunc.fixturenames.append("database")
        metafunc.parametrize("database", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The database a test runs on; SQLite unless it asks for both."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def app(request: pytest.FixtureRequest, database: str) -> Iterator[Flask]:
    """The application on an empty database, its clock at `NOW`, with no context pushed."""
    backend: Backend = request.getfixturevalue(f"{database}_backend")
    application = backend.fresh()
    clock.set_travel(NOW)
    yield application
    clock.set_travel(None)


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """Switch off pytest-flask's automatic request context: it leaks `g` and the session between requests."""


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The application with an application context pushed, for services and queries."""
    with app.app_context():
        yield app
        db.session.remove()


@pytest.fixture
def session(context: Flask) -> Session:
    """The session of the pushed context, for reading."""
    return reading()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without pictures."""
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    """The instant tests begin at."""
    return NOW


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Person]:
    """Sign a client in: a role makes a person who has it, a person is taken as they are."""

    def enter(client: FlaskClient, who: Role | Person) -> Person:
        with app.app_context():
            person = who if isinstance(who, Person) else factories.make_person(roles=[who])
            account = factories.account_of(person)
            token = account.fs_uniquifier
        with client.session_transaction() as cookie:
            cookie.clear()
            cookie.update(
                {
                    "_user_id": token,
                    "_fresh": True,
                    "fs_cc": "set",
                    "fs_paa": clock.now().timestamp(),
                    "identity.id": token,
                }
            )
        return person

    return enter


@pytest.fixture
def fonts(context, request) -> None:
    """The lean fonts, made once and kept between runs."""
    kept = Path(request.config.cache.mkdir("fonts"))
    prepare_fonts(kept)
    shutil.copytree(kept / "fonts", get_settings().data_dir / "fonts", dirs_exist_ok=True)
