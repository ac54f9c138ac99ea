"""Spot checks as people look at them: the list, one check with its draw, and the proof that the draw was fair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.exams.models import AssignmentState, Exam, ExamAssignment, Sitting, SpotCheck, SpotCheckPerson, SpotCheckState
from lms.exams.queries.papers import on_the_way
from lms.exams.queries.visits import within
from lms.exams.rules.spot_draw import Candidate, SizeKind, Verdict, draw, list_hash, sample_size
from lms.people.models import Person, Unit


@dataclass(frozen=True)
class Checked:
    """One person of a draw. state: passed, failed, sitting, missed or open; "" for whoever wasn't drawn."""

    person_id: UUID
    name: str
    staff_no: str
    unit_name: str
    unit_path: str
    verdict: str
    state: str
    sitting_id: UUID | None
    reason: str
    reason_by: str
    reason_at: datetime | None


@dataclass(frozen=True)
class Proof:
    """A draw made again from what is stored. holds: the list and everybody drawn are the same."""

    candidates: int
    drawn: int
    holds: bool


@dataclass(frozen=True)
class CheckLine:
    """A check in the list. drawn, missed: people within the reader's part of the organisation."""

    check: SpotCheck
    drawn: int
    missed: int


def check_list(paths: Sequence[str], person_id: UUID | None) -> Select[*tuple[Any, ...]]:
    """Return the selection of checks that `may_see` lets somebody know of, the newest first."""
    everybody = SpotCheck.unit_id.is_(None) if paths else false()
    theirs = (SpotCheck.state == SpotCheckState.STARTED) & or_(everybody, on_the_way(paths))
    return (
        select(SpotCheck).join(Exam, Exam.id == SpotCheck.exam_id).outerjoin(Unit, Unit.id == SpotCheck.unit_id)
        .where(or_(SpotCheck.created_by == person_id, theirs)).order_by(SpotCheck.starts_at.desc())
    )


def check_lines(session: Session, checks: Sequence[SpotCheck], scopes: Sequence[str]) -> tuple[CheckLine, ...]:
    """Return checks with how many were drawn and did not begin in time."""
    missed = case((ExamAssignment.state == AssignmentState.MISSED, 1), else_=0)
    rows = session.execute(
        select(SpotCheckPerson.check_id, func.count(), func.sum(missed))
        .join(ExamAssignment, ExamAssignment.id == SpotCheckPerson.assignment_id)
        .join(Person, Person.id == SpotCheckPerson.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(SpotCheckPerson.check_id.in_([it.id for it in checks]), within(scopes))
        .group_by(SpotCheckPerson.check_id)
    )
    found = {check_id: (drawn, late) for check_id, drawn, late in rows}
    return tuple(CheckLine(it, *found.get(it.id, (0, 0))) for it in checks)


def may_see(check: SpotCheck, paths: Sequence[str], person_id: UUID | None) -> bool:
    """Tell whether somebody who reads exams in these parts may know of a check: before it starts only its planner."""
    if check.created_by == person_id:
        return True
    path = check.unit.path if check.unit else "/"
    return check.state == SpotCheckState.STARTED and any(path.startswith(it) or it.startswith(path) for it in paths)


def people_of_check(session: Session, check_id: UUID, scopes: Sequence[str]) -> tuple[Checked, ...]:
    """Return everybody of a check's draw within these parts of the organisation: drawn first, then by staff number."""
    author = aliased(Person)
    rows = session.execute(
        select(SpotCheckPerson, Person.name, Person.staff_no, Unit.name, Unit.path, ExamAssignment.state, Sitting.id,
               Sitting.passed, author.name)
        .join(Person, Person.id == SpotCheckPerson.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(ExamAssignment, ExamAssignment.id == SpotCheckPerson.assignment_id)
        .outerjoin(Sitting, Sitting.assignment_id == ExamAssignment.id)
        .outerjoin(author, author.id == SpotCheckPerson.missed_by)
        .where(SpotCheckPerson.check_id == check_id, within(scopes))
        .order_by(SpotCheckPerson.verdict != Verdict.DRAWN, SpotCheckPerson.verdict, Person.staff_no)
    )
    return tuple(
        Checked(row.person_id, name, staff_no, unit, path, row.verdict, _state(state, sitting_id, passed), sitting_id,
                row.missed_reason, by or "", row.missed_at)
        for row, name, staff_no, unit, path, state, sitting_id, passed, by in rows
    )


def _state(assignment: str | None, sitting_id: UUID | None, passed: bool | None) -> str:
    if assignment is None:
        return ""
    if sitting_id is not None:
        return "sitting" if passed is None else "passed" if passed else "failed"
    return assignment


def draw_again(session: Session, check: SpotCheck) -> Proof:
    """Make the draw again from the stored candidates and seed, and compare."""
    rows = session.execute(
        select(SpotCheckPerson.person_id, SpotCheckPerson.stratum, SpotCheckPerson.verdict)
        .where(SpotCheckPerson.check_id == check.id, SpotCheckPerson.verdict.in_([Verdict.DRAWN, Verdict.NOT_DRAWN]))
    ).all()
    candidates = [Candidate(row.person_id.hex, row.stratum) for row in rows]
    stored = {row.person_id.hex for row in rows if row.verdict == Verdict.DRAWN}
    size = sample_size(SizeKind(check.size_kind), check.size, len(candidates))
    again = set(draw(candidates, size, seed=check.seed, stratified=check.stratified))
    return Proof(len(candidates), len(stored), again == stored and list_hash(candidates) == check.list_hash)
