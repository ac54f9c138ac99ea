"""Load the bundled exams and stations; what is there already is left as it is."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity
from lms.exams.models import Exam, ExamPurpose, Rubric, RubricEdition, Station
from lms.exams.rules.rubric import Criterion, Dimension, FailAll, Level, flaws
from lms.exams.rules.rubric import Rubric as RubricRule
from lms.exams.rules.rubric_json import rubric_to_json
from lms.exams.rules.terms import terms_from_json
from lms.exams.services.authoring import create_exam, publish_edition

ABOUT = frozenset({"code", "title", "title_en", "purpose"})
LIBRARY = Path(__file__).parent.parent / "library"


@dataclass(frozen=True)
class Loaded:
    """What a load added."""

    exams: tuple[str, ...]
    stations: tuple[str, ...]


def load_bundled(session: Session, *, by: Identity, now: datetime) -> Loaded:
    """Add and publish the bundled exams and stations that aren't there; load the question bank's own first.

    Raises Invalid when the question bank can't fill a bundled exam.
    """
    return Loaded(
        tuple(it["code"] for it in read_library("exams.yaml") if _load_exam(session, it, by=by, now=now)),
        tuple(it["code"] for it in read_library("stations.yaml") if _load_station(session, it, by=by, now=now)),
    )


def read_library(name: str) -> list[dict[str, Any]]:
    """Return what a file of the library says."""
    entries: list[dict[str, Any]] = yaml.safe_load((LIBRARY / name).read_text(encoding="utf-8"))
    return entries


def _load_exam(session: Session, entry: dict[str, Any], *, by: Identity, now: datetime) -> bool:
    if session.scalar(select(Exam.id).where(Exam.code == entry["code"])):
        return False
    terms = {name: value for name, value in entry.items() if name not in ABOUT}
    exam = create_exam(
        session, code=entry["code"], title=entry["title"], title_en=entry["title_en"],
        purpose=ExamPurpose(entry["purpose"]), terms=terms_from_json(terms), source="bundled", by=by, now=now,
    )
    publish_edition(session, exam.id, by=by, now=now)
    return True


def _load_station(session: Session, entry: dict[str, Any], *, by: Identity, now: datetime) -> bool:
    if session.scalar(select(Station.id).where(Station.code == entry["code"])):
        return False
    rubric = Rubric(code=entry["code"], title=entry["rubric"]["title"], source="bundled", created_at=now)
    session.add(rubric)
    session.flush()
    session.add(
        RubricEdition(
            rubric_id=rubric.id, number=1, content=rubric_to_json(rubric_of(entry)), published_at=now,
            published_by=by.person_id,
        )
    )
    session.add(
        Station(
            code=entry["code"], title=entry["title"], title_en=entry["title_en"], rubric_id=rubric.id,
            minutes=entry["minutes"], scenarios=entry["scenarios"], source="bundled", created_at=now,
        )
    )
    session.flush()
    return True


def rubric_of(entry: dict[str, Any]) -> RubricRule:
    """Return the rubric a station of the library brings. Raises ValueError when it has flaws."""
    stored = entry["rubric"]
    criteria = tuple(
        Criterion(
            it["code"], it["title"], it["note"], Dimension(it["dimension"]), it["marks"],
            tuple(Level(*level) for level in it["levels"]),
        )
        for it in stored["criteria"]
    )
    rubric = RubricRule(
        criteria, tuple(FailAll(**it) for it in stored["fail_all"]), stored["pass_percent"], tuple(stored["remarks"])
    )
    if flaws(rubric):
        raise ValueError(f"{entry['code']}: {flaws(rubric)}")
    return rubric
