"""Reads of figures: the calls of a script that a reader may count, and the ways they took."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from lms.access.door import scopes_of
from lms.access.identity import Identity, Role
from lms.access.permissions import Permission
from lms.people.models import Person, Unit
from simulations.analysis.graph import BranchKey
from simulations.analytics.figures import (
    Overridden,
    Played,
    Reviewed,
    ScriptFigures,
    enough,
    figures_of,
    overridden,
)
from simulations.analytics.models import CallFigures
from simulations.authoring.models import CallTrail
from simulations.models import CallReview, Purpose, ScriptEdition, SimulatedCall

MOST_CALLS: Final = 2000  # the newest ones


@dataclass(frozen=True)
class Audience:
    """Whose calls a reader's figures count, as unit paths, and whether they see cells of fewer than five learners."""

    scopes: tuple[str, ...]
    whole: bool


def audience_of(identity: Identity) -> Audience:
    """Return what a reader of scripts may count: only who assesses everybody in it sees small cells."""
    scopes = scopes_of(identity, Permission.SCRIPT_READ)
    assessed = identity.scopes(Role.ASSESSOR)
    return Audience(scopes, bool(scopes) and all(any(scope.startswith(own) for own in assessed) for scope in scopes))


def script_figures(
    session: Session, code: str, audience: Audience, *, purpose: Purpose | None, edition: int | None = None
) -> ScriptFigures:
    """Return the figures of a script's newest calls, at most 2000, hidden where the reader may not see them.

    Tries are counted before anything is left out, so that an edition's first calls may be somebody's third.
    """
    where = _within(code, audience)
    if purpose is not None:
        where.append(SimulatedCall.purpose == purpose)
    rows = session.execute(
        select(SimulatedCall.person_id, ScriptEdition.number, CallFigures.total, CallFigures.passed, CallFigures.items)
        .join(CallFigures, CallFigures.call_id == SimulatedCall.id)
        .join(ScriptEdition, ScriptEdition.id == SimulatedCall.edition_id)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(*where).order_by(SimulatedCall.started_at.desc(), SimulatedCall.id.desc()).limit(MOST_CALLS)
    ).all()
    tries: Counter[UUID] = Counter()
    played = []
    for person_id, number, total, passed, items in reversed(rows):
        tries[person_id] += 1
        if edition is None or number == edition:
            played.append(Played(person_id, number, tries[person_id], total, passed, items))
    return figures_of(played, whole=audience.whole)


@dataclass(frozen=True)
class Heat:
    """Where an edition's calls went. nodes: key -> share of calls, 0..1; branches: how often each way was taken."""

    calls: int
    nodes: Mapping[str, float]
    branches: Mapping[BranchKey, int]


def heat_of(session: Session, edition: ScriptEdition, audience: Audience, *, purpose: Purpose | None) -> Heat:
    """Return where the newest calls of an edition went, without what the reader may not see."""
    where = [*_within(edition.code, audience), SimulatedCall.edition_id == edition.id]
    if purpose is not None:
        where.append(SimulatedCall.purpose == purpose)
    trails: Sequence[tuple[UUID, list[list[object]]]] = list(session.execute(
        select(SimulatedCall.person_id, CallTrail.branches).join(CallTrail, CallTrail.call_id == SimulatedCall.id)
        .join(ScriptEdition, ScriptEdition.id == SimulatedCall.edition_id)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(*where).order_by(SimulatedCall.started_at.desc()).limit(MOST_CALLS)).tuples())
    visits: Counter[str] = Counter()
    taken: Counter[BranchKey] = Counter()
    people: dict[str | BranchKey, set[UUID]] = defaultdict(set)
    for person_id, branches in trails:
        keys = [(str(kind), str(node), int(str(index))) for kind, node, index in branches]
        visits.update({node for _kind, node, _index in keys})
        taken.update(keys)
        for key in keys:
            people[key].add(person_id)
            people[key[1]].add(person_id)
    return Heat(
        len(trails),
        {node: n / len(trails) for node, n in visits.items() if enough(len(people[node]), whole=audience.whole)},
        {key: n for key, n in taken.items() if enough(len(people[key]), whole=audience.whole)},
    )


@dataclass(frozen=True)
class Overrides:
    """How often people decided otherwise than the system: by checkpoint id, and by assessor."""

    items: tuple[Overridden, ...]
    assessors: tuple[Overridden, ...]


def overrides_of(session: Session, code: str, audience: Audience) -> Overrides:
    """Return what assessors changed in the newest reviews of a script's calls."""
    rows = session.execute(
        select(CallReview.assessor_id, SimulatedCall.person_id, CallReview.overrides, CallFigures.items)
        .join(SimulatedCall, SimulatedCall.id == CallReview.call_id)
        .join(CallFigures, CallFigures.call_id == SimulatedCall.id)
        .join(ScriptEdition, ScriptEdition.id == SimulatedCall.edition_id)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .where(*_within(code, audience)).order_by(CallReview.reviewed_at.desc()).limit(MOST_CALLS)
    ).tuples().all()
    names = dict(session.execute(
        select(Person.id, Person.name).where(Person.id.in_({assessor for assessor, *_rest in rows}))).tuples().all())
    reviews = [Reviewed(names[assessor], learner, [item["id"] for item in items if not item["human_only"]], changed)
               for assessor, learner, changed, items in rows]
    return Overrides(overridden(reviews, by_assessor=False, whole=audience.whole),
                     overridden(reviews, by_assessor=True, whole=audience.whole))


def _within(code: str, audience: Audience) -> list[ColumnElement[bool]]:
    return [ScriptEdition.code == code, or_(*(Unit.path.startswith(scope) for scope in audience.scopes))]
