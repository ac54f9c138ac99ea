"""The bundled content in a test's database: loaded once a run and engine, then copied as a whole."""

import shutil
from datetime import datetime
from typing import Any

from sqlalchemy import select

from lms.access.identity import SYSTEM
from lms.exams.services.library import load_bundled
from lms.kernel.db import db, reading, unit_of_work
from lms.people.models import Person
from question_bank.services import load_bundled as load_questions

KEPT = "with_exams"


def put_content(backend: Any, now: datetime) -> None:
    """Put questions, exams and stations into the fresh database of a test, before anything else is in it."""
    assert reading().scalar(select(Person.id).limit(1)) is None, "ask for the content before making people"
    db.session.remove()
    if getattr(backend, KEPT, False):
        db.engine.dispose()
        _restore(backend)
        return
    with unit_of_work() as session:
        load_questions(session, now=now)
        load_bundled(session, by=SYSTEM, now=now)
    db.session.remove()
    db.engine.dispose()
    _keep(backend)
    setattr(backend, KEPT, True)


def _keep(backend: Any) -> None:
    if backend.address:
        backend._admin(f"CREATE DATABASE {KEPT} TEMPLATE floorready")
    else:
        shutil.copy(backend.folder / "floorready.sqlite3", backend.folder / f"{KEPT}.sqlite3")


def _restore(backend: Any) -> None:
    if backend.address:
        backend._admin("DROP DATABASE floorready WITH (FORCE)")
        backend._admin(f"CREATE DATABASE floorready TEMPLATE {KEPT}")
    else:
        for leftover in backend.folder.glob("floorready.sqlite3*"):
            leftover.unlink()
        shutil.copy(backend.folder / f"{KEPT}.sqlite3", backend.folder / "floorready.sqlite3")
