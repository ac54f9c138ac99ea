"""Reads of calibration: which editions mark alike, and what their double-marked calls prove."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.people.models import Person
from simulations import ENGINE_VERSION
from simulations.analysis.changes import changes
from simulations.analytics.calibration import Marked, Standing, is_false_pass, marks_alike, standing_of
from simulations.analytics.models import BlindMark, CallFigures
from simulations.models import CallState, EditionState, Purpose, ScriptEdition, SimulatedCall
from simulations.queries import compiled
from simulations.rules import points_for


def alike(session: Session, code: str) -> list[list[ScriptEdition]]:
    """Return a script's published editions, oldest first, in groups that mark alike."""
    found = session.scalars(
        select(ScriptEdition).where(ScriptEdition.code == code, ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.number)).all()
    groups = [[edition] for edition in found[:1]]
    for before, after in pairwise(found):
        if marks_alike(changes(compiled(before), compiled(after)), before.phrases, after.phrases):
            groups[-1].append(after)
        else:
            groups.append([after])
    return groups


def double_marked(session: Session, edition_ids: Sequence[UUID]) -> list[list[Marked]]:
    """Return the calls of these editions that a person marked blind, beside what the engine of today makes of them.

    Checkpoints that only people mark are left out: the system says nothing about them.
    """
    rows = session.execute(
        select(CallFigures.items, BlindMark.outcomes).join(BlindMark, BlindMark.call_id == CallFigures.call_id)
        .where(CallFigures.edition_id.in_(edition_ids), CallFigures.engine_version == ENGINE_VERSION)
        .order_by(BlindMark.marked_at, BlindMark.id)
    ).tuples()
    return [marks_of(items, outcomes) for items, outcomes in rows]


class _Kept:
    """A kept checkpoint as the rule about points reads it."""

    def __init__(self, item: dict[str, object]) -> None:
        self.id, self.dimension, self.critical = str(item["id"]), str(item["dimension"]), bool(item["critical"])
        self.outcome, self.sure = str(item["outcome"]), bool(item.get("sure", True))
        self.points, self.out_of = int(str(item["points"])), int(str(item["out_of"]))


def marks_of(items: Sequence[dict[str, object]], outcomes: dict[str, str]) -> list[Marked]:
    """Put one call's kept items beside a person's outcomes."""
    kept = [_Kept(item) for item in items if not item["human_only"] and item["id"] in outcomes]
    return [
        Marked(it.id, it.critical, it.outcome, outcomes[it.id], it.points, points_for(it, outcomes[it.id]), it.sure)
        for it in kept
    ]


@dataclass(frozen=True)
class ScriptStanding:
    """A script as the list of figures shows it. calls: finished ones for the record; marked: of them blind as well."""

    edition: ScriptEdition
    calls: int
    marked: int


def standings(session: Session) -> list[ScriptStanding]:
    """Return every published script in its newest edition, with the calls and blind marks of all its editions."""
    ended = (SimulatedCall.state == CallState.ENDED) & (SimulatedCall.purpose == Purpose.EXAM)
    counted = {
        code: (calls, marked) for code, calls, marked in session.execute(
            select(ScriptEdition.code, func.count(SimulatedCall.id), func.count(BlindMark.id))
            .join(SimulatedCall, SimulatedCall.edition_id == ScriptEdition.id)
            .outerjoin(BlindMark, BlindMark.call_id == SimulatedCall.id).where(ended).group_by(ScriptEdition.code)
        ).tuples()
    }
    newest = {edition.code: edition for edition in session.scalars(
        select(ScriptEdition).where(ScriptEdition.state == EditionState.PUBLISHED).order_by(ScriptEdition.number))}
    return [ScriptStanding(edition, *counted.get(code, (0, 0))) for code, edition in sorted(newest.items())]


def standing_now(session: Session, code: str) -> tuple[list[ScriptEdition], Standing]:
    """Return the editions that mark as the newest one does, and what their double-marked calls prove.

    Raises IndexError for a script without a published edition.
    """
    editions = alike(session, code)[-1]
    return editions, standing_of(double_marked(session, [edition.id for edition in editions]))


@dataclass(frozen=True)
class Compared:
    """One checkpoint as the system and a person marked it. outcome "": people alone mark it."""

    title: str
    critical: bool
    outcome: str
    by_person: str
    differs: bool
    false_pass: bool


@dataclass(frozen=True)
class Comparison:
    """A call marked twice. total, total_by_person: hundredths, without the checkpoints that people alone mark."""

    mark: BlindMark
    marker: Person
    rows: tuple[Compared, ...]
    total: int
    total_by_person: int


def comparison_of(session: Session, call_id: UUID) -> Comparison | None:
    """Return both marks of a call side by side, None when nobody marked it blind."""
    mark = session.scalar(select(BlindMark).where(BlindMark.call_id == call_id))
    kept = session.get(CallFigures, call_id)
    if mark is None or kept is None:
        return None
    marks = {it.id: it for it in marks_of(kept.items, mark.outcomes)}
    rows = tuple(_compared(item, marks.get(str(item["id"])), mark.outcomes) for item in kept.items)
    return Comparison(
        mark, session.get_one(Person, mark.assessor_id), rows, sum(it.points for it in marks.values()),
        sum(it.points_by_person for it in marks.values()),
    )


def _compared(item: dict[str, object], marked: Marked | None, outcomes: dict[str, str]) -> Compared:
    title, critical = str(item["title"]), bool(item["critical"])
    if marked is None:
        return Compared(title, critical, "", outcomes.get(str(item["id"]), ""), differs=False, false_pass=False)
    return Compared(title, critical, marked.outcome, marked.by_person, marked.outcome != marked.by_person,
                    is_false_pass(marked))
