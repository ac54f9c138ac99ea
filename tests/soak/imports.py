"""Imports from the file to the bank: damaged files write all or nothing, a very large one stays within its limits."""

from __future__ import annotations

import random
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, process_time
from typing import Final

from flask import Flask
from sqlalchemy import func, select, update

from lms.access.identity import Identity, Role
from lms.app import create_app
from lms.kernel import clock
from lms.kernel.db import db, reading, unit_of_work
from lms.kernel.errors import Conflict
from lms.kernel.jobs import run_due_jobs
from lms.kernel.settings import Settings
from lms.web.uploads import StoredFile, store_bytes
from question_bank import services
from question_bank.formats.entries import Entry
from question_bank.formats.workbook import write_bank
from question_bank.kinds import KindCode
from question_bank.models import Decision, ImportState, Question, QuestionImport, QuestionImportRow, Verdict
from tests.factories import identity_with, make_person
from tests.soak.fuzz import QUESTIONS, valid_files
from tests.soak.mutations import damaged

MANY: Final = 10_000
MOST_SECONDS, MOST_MEGABYTES = 20, 400
_OPENINGS: Final = ("先核对", "立即登记", "当场答复", "转接主管", "复述确认", "通知抢修队处理")


@contextmanager
def bank_of_its_own(folder: Path, url: str = "") -> Iterator[tuple[Flask, Identity]]:
    """Give an application with the bundled questions in a database of its own, and a trainer."""
    app = create_app(Settings(data_dir=folder, database_url=url, testing=True))
    with app.app_context():
        db.create_all()
        with unit_of_work() as session:
            services.load_bundled(session, now=clock.now())
        trainer = make_person(roles=[Role.TRAINER])
        yield app, identity_with(Role.TRAINER, person_id=trainer.id)
        db.session.remove()
        db.engine.dispose()


def half_imports(
    by: Identity, drawn: random.Random, *, each: int, importers: Sequence[str] = QUESTIONS
) -> tuple[int, list[str]]:
    """Send damaged files through the whole import; return how many wrote questions, and what is wrong with any."""
    wrong, files = [], 0
    for importer in importers:
        kind, content = valid_files()[importer]
        for number in range(each):
            before = _questions()
            bad = damaged(content, drawn)
            trial = _staged(bad, kind, by)
            if trial.state == ImportState.FAILED and _rows(trial):
                wrong.append(f"{importer} {number}: failed, with rows")
            if trial.state not in (ImportState.FAILED, ImportState.STAGED, ImportState.COLUMNS):
                wrong.append(f"{importer} {number}: left {trial.state}")
            if _questions() != before:
                wrong.append(f"{importer} {number}: wrote questions before it was confirmed")
            written = _written(trial, by) if trial.state == ImportState.STAGED else 0
            files += bool(written)
            if _questions() != before + written:
                wrong.append(f"{importer} {number}: {_questions() - before} questions of {written}")
    return files, wrong


def large_import(by: Identity) -> tuple[str, list[str]]:
    """Check and write a spreadsheet of 10,000 questions; return what it took, and what is too much."""
    content = write_bank(_made(number) for number in range(MANY))
    began, started = process_time(), monotonic()
    trial = _staged(content, "xlsx", by)
    checked = process_time() - began
    written = _written(trial, by)
    seconds, megabytes = process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = (
        f"{written} questions checked in {checked:.1f} s and written in {seconds - checked:.1f} s of CPU, "
        f"{monotonic() - started:.1f} s in all, peak memory {megabytes:.0f} MB"
    )
    wrong = [f"only {written} of {MANY} questions were written"] if written != MANY else []
    wrong += [f"it took more than {MOST_SECONDS} s"] if seconds > MOST_SECONDS else []
    return told, wrong + ([f"it took more than {MOST_MEGABYTES} MB"] if megabytes > MOST_MEGABYTES else [])


def _staged(content: bytes, kind: str, by: Identity) -> QuestionImport:
    with unit_of_work() as session:
        stored = StoredFile(store_bytes(content), len(content), kind, f"soak.{kind}")
        trial_id = services.start_import(session, stored, by=by, now=clock.now()).id
    run_due_jobs()
    return reading().get_one(QuestionImport, trial_id, populate_existing=True)


def _written(trial: QuestionImport, by: Identity) -> int:
    """Write everything fit, also what looks like a duplicate; return how many were written."""
    trial_id = trial.id
    with unit_of_work() as session:
        mine = update(QuestionImportRow).where(QuestionImportRow.import_id == trial_id)
        session.execute(mine.where(QuestionImportRow.verdict != Verdict.ERROR).values(decision=Decision.TAKE))
        session.execute(mine.where(QuestionImportRow.verdict == Verdict.ERROR).values(decision=Decision.SKIP))
    try:
        with unit_of_work() as session:
            return services.confirm_import(session, trial_id, by=by, now=clock.now())
    except Conflict:
        return 0


def _questions() -> int:
    reading().rollback()
    return reading().scalar(select(func.count()).select_from(Question)) or 0


def _rows(trial: QuestionImport) -> int:
    mine = select(func.count()).select_from(QuestionImportRow).where(QuestionImportRow.import_id == trial.id)
    return reading().scalar(mine) or 0


def _made(number: int) -> Entry:
    drawn = random.Random(number)
    deed = drawn.choice(_OPENINGS)
    stem = f"编号 {number * 104729 % 999983} 的用户第 {number} 次来电说表具异常，坐席{deed}后应当怎么做？"
    options = [{"id": sign, "text": f"{drawn.choice(_OPENINGS)}，{sign}"} for sign in "abcd"]
    content = {"stem": stem, "explanation": "按规程。", "options": options, "key": "a", "shuffle": True}
    return Entry("", KindCode.SINGLE, content, "接听", "medium", 200)
