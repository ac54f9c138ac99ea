"""Spot checks as people look at them: the list, one check with its draw, and the proof that the draw was fair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from lms.exams.models import ExamAssignment, Sitting, SpotCheck, SpotCheckPerson, SpotCheckState
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


def checks(session: Session, paths: Sequence[str], person_id: UUID | None) -> tuple[SpotCheck, ...]:
    """Return the checks somebody may see, the newest first: their own, and of their parts those that have started."""
    rows = session.scalars(select(SpotCheck).order_by(SpotCheck.starts_at.desc())).unique()
    return tuple(it for it in rows if may_see(it, paths, person_id))


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
