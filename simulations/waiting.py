"""What waits for whoever works with simulated calls: for assessors' words, and for a second person's yes."""

from dataclasses import dataclass

from sqlalchemy import Exists, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.access.door import allows, scopes_of
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.people.models import Person, Unit
from simulations.authoring.models import DraftVersion, ScriptDraft
from simulations.models import CallReview, EditionState, ScriptEdition, SimulatedCall
from simulations.phrases.models import PhraseEdition
from simulations.practice.models import CallExample, ExampleState
from simulations.queries import waiting_for_review
from simulations.recounting.models import CallAppeal, CallAppealDecision
from simulations.voice.words import spoken_calls

_LATER = aliased(ScriptEdition)


@dataclass(frozen=True)
class ForAssessor:
    """How much waits for an assessor.

    spoken    calls whose words are to be written down
    appeals   those that they may decide
    """

    calls: int
    spoken: int
    appeals: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.calls + self.spoken + self.appeals


@dataclass(frozen=True)
class ForTrainer:
    """How much waits for a trainer as the second person: what they neither wrote, nor spoke themselves."""

    scripts: int
    phrases: int
    examples: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.scripts + self.phrases + self.examples


def for_assessor(session: Session, by: Identity) -> ForAssessor:
    """Return what waits for an assessor in their part of the organisation."""
    query = waiting_for_review(scopes_of(by, Permission.CALL_CONFIRM), not_of=by.person_id).order_by(None)
    calls = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    return ForAssessor(calls, spoken_calls(session, by), _appeals(session, by))


def for_trainer(session: Session, by: Identity) -> ForTrainer:
    """Return what waits for a second trainer; nothing for whoever may not publish."""
    if not allows(by, Permission.SCRIPT_WRITE):
        return ForTrainer(0, 0, 0)
    wrote = exists().where(ScriptDraft.edition_id == ScriptEdition.id, DraftVersion.draft_id == ScriptDraft.id,
                           DraftVersion.saved_by == by.person_id)
    scripts = session.scalar(select(func.count()).select_from(ScriptEdition).where(
        ScriptEdition.state == EditionState.DRAFT, ~overtaken(), ~wrote,
        or_(ScriptEdition.written_by.is_(None), ScriptEdition.written_by != by.person_id))) or 0
    sent = session.scalars(select(PhraseEdition).where(
        PhraseEdition.state == EditionState.DRAFT, PhraseEdition.sent_at.is_not(None)))
    examples = session.scalar(
        select(func.count()).select_from(CallExample).join(SimulatedCall, SimulatedCall.id == CallExample.call_id)
        .where(CallExample.state == ExampleState.OFFERED, SimulatedCall.person_id != by.person_id)) or 0
    return ForTrainer(scripts, sum(not it.is_by(by.person_id) for it in sent), examples)


def overtaken() -> Exists:
    """Return the condition that a script has a later edition than this one."""
    return exists().where(_LATER.code == ScriptEdition.code, _LATER.number > ScriptEdition.number)


def _appeals(session: Session, by: Identity) -> int:
    inside = or_(*(Unit.path.startswith(it) for it in scopes_of(by, Permission.CALL_CONFIRM)))
    query = (
        select(func.count()).select_from(CallAppeal).join(SimulatedCall, SimulatedCall.id == CallAppeal.call_id)
        .join(Person, Person.id == SimulatedCall.person_id).join(Unit, Unit.id == Person.unit_id)
        .outerjoin(CallAppealDecision, CallAppealDecision.appeal_id == CallAppeal.id)
        .outerjoin(CallReview, CallReview.call_id == CallAppeal.call_id)
        .where(CallAppealDecision.appeal_id.is_(None), inside, SimulatedCall.person_id != by.person_id,
               or_(CallReview.id.is_(None), CallReview.assessor_id != by.person_id))
    )
    return session.scalar(query) or 0
