"""What tests of the question bank stand on: the bundled bank, people who write, review and import."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from lms.access.identity import Identity, Role, RoleGrant
from lms.kernel import clock
from lms.kernel.db import unit_of_work
from lms.kernel.errors import DomainError
from lms.kernel.jobs import run_due_jobs
from lms.web.uploads import StoredFile, store_bytes
from question_bank import services
from question_bank.models import QuestionEdition, QuestionImport
from tests import factories
from tests.question_bank.made import SINGLE


@contextmanager
def refused(kind: type[DomainError], code: str) -> Iterator[None]:
    """Expect a refusal of this kind with this code."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code


@pytest.fixture
def bank(context: Flask) -> Flask:
    """The application with the bundled questions loaded."""
    with unit_of_work() as session:
        services.load_bundled(session, now=clock.now())
    return context


def somebody(*roles: Role, unit_path: str = "/") -> Identity:
    """Return the identity of a new person with these roles."""
    person = factories.make_person(roles=list(roles))
    return Identity(
        person.id, person.name, person.staff_no, unit_path, frozenset(RoleGrant(role, unit_path) for role in roles)
    )


@pytest.fixture
def author(bank: Flask) -> Identity:
    """A trainer."""
    return somebody(Role.TRAINER)


@pytest.fixture
def reviewer(bank: Flask) -> Identity:
    """A business reviewer."""
    return somebody(Role.REVIEWER)


@pytest.fixture
def write(author: Identity) -> Callable[..., QuestionEdition]:
    """Save a draft: `write(question_id=None, **changes to the content)`."""

    def save(
        question_id: Any = None,
        *,
        by: Identity = author,
        point: str = "phone/answering",
        version: int | None = None,
        difficulty: str = "easy",
        points: int = 200,
        kind: str = "single",
        content: Any = None,
        **changes: Any,
    ) -> QuestionEdition:
        with unit_of_work() as session:
            return services.save_draft(
                session,
                question_id,
                kind=kind,
                content={**(content or SINGLE), **changes},
                point=point,
                difficulty=difficulty,
                points=points,
                by=by,
                now=clock.now(),
                version=version,
            )

    return save


@pytest.fixture
def hand_in(author: Identity) -> Callable[..., QuestionImport]:
    """Hand a file in and let the worker read it: `hand_in(data, kind="xlsx")`."""

    def begin(data: bytes, kind: str = "xlsx", *, by: Identity = author, name: str = "题库.xlsx") -> QuestionImport:
        with unit_of_work() as session:
            stored = StoredFile(store_bytes(data), len(data), kind, name)
            trial = services.start_import(session, stored, by=by, now=clock.now())
        run_due_jobs()
        return trial

    return begin


@pytest.fixture
def loaded(app):
    """The application with the bundled questions, and no context left open."""
    with app.app_context(), unit_of_work() as session:
        services.load_bundled(session, now=clock.now())
    return app


@pytest.fixture
def trainer(loaded, client, sign_in):
    """A client signed in as a trainer."""
    sign_in(client, Role.TRAINER)
    return client


@pytest.fixture
def reviewing(loaded, sign_in):
    """Another client, signed in as a business reviewer."""
    other = loaded.test_client()
    sign_in(other, Role.REVIEWER)
    return other


@pytest.fixture
def keep(loaded):
    """Save a draft of any kind and return its code: `keep(kind, content)`."""

    def save(kind: str, content: Any) -> str:
        with loaded.app_context():
            writer = somebody(Role.TRAINER)
            with unit_of_work() as session:
                edition = services.save_draft(
                    session,
                    None,
                    kind=kind,
                    content=content,
                    point="phone/answering",
                    difficulty="easy",
                    points=200,
                    by=writer,
                    now=clock.now(),
                )
                return services.code_of(session, edition.question_id)

    return save
