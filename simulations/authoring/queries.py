"""Reads of authoring: drafts, versions, real traffic, replies nothing matched."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from lms.people.models import Person
from simulations import ENGINE_VERSION, PhraseLibrary
from simulations.analysis.graph import BranchKey
from simulations.authoring.models import CallTrail, DraftVersion, ReplyVerdict, ScriptDraft, UnmatchedReply
from simulations.engines import engine_of
from simulations.models import EditionState, ScriptEdition
from simulations.phrases.queries import citable
from simulations.script.diagnostics import Findings
from simulations.script.settings import read_settings
from simulations.script.tree import Script

TRAFFIC_CALLS: Final = 500


@dataclass(frozen=True)
class VersionLine:
    """One version of a draft. author: "" when unknown."""

    number: int
    saved_at: datetime
    author: str


def drafts() -> Select[ScriptDraft]:
    """Return the query of every draft, the last changed first."""
    return select(ScriptDraft).order_by(ScriptDraft.changed_at.desc())


def versions_of(session: Session, draft_id: UUID) -> list[VersionLine]:
    """Return a draft's versions, newest first."""
    rows = session.execute(
        select(DraftVersion.number, DraftVersion.saved_at, Person.name)
        .outerjoin(Person, Person.id == DraftVersion.saved_by)
        .where(DraftVersion.draft_id == draft_id).order_by(DraftVersion.number.desc()))
    return [VersionLine(number, at, name or "") for number, at, name in rows.tuples()]


def libraries_for(session: Session, base: ScriptEdition | None) -> dict[str, PhraseLibrary]:
    """Return the phrase libraries a draft may cite: all there are now, and those its base was published with."""
    own = engine_of(ENGINE_VERSION).libraries(base.phrases) if base else {}
    return {**own, **citable(session)}


def cited_phrases(session: Session, draft: ScriptDraft, tree: Script) -> list[tuple[str, str]]:
    """Return the names of the phrases of the libraries that a draft cites, each with an example of it ("" for none)."""
    there = libraries_for(session, base_of(session, draft))
    cited = [there[key] for key in read_settings(tree, Findings()).references if key in there]
    phrases = {phrase.name: (*phrase.positive, "")[0] for library in cited for phrase in library.phrases.values()}
    return sorted(phrases.items())


def base_of(session: Session, draft: ScriptDraft) -> ScriptEdition | None:
    """Return the edition a draft is measured against: the newest published one of its code, else what it began from."""
    newest = session.scalars(
        select(ScriptEdition).where(ScriptEdition.code == draft.code, ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.number.desc()).limit(1)).first()
    return newest or (session.get(ScriptEdition, draft.base_id) if draft.base_id else None)


def traffic_of(session: Session, edition_id: UUID | None) -> tuple[int, dict[BranchKey, int]]:
    """Return how many finished calls of an edition were counted, the last 500 at most, and each branch's number."""
    if edition_id is None:
        return 0, {}
    trails: Sequence[list[list[object]]] = session.scalars(
        select(CallTrail.branches).where(CallTrail.edition_id == edition_id)
        .order_by(CallTrail.call_id.desc()).limit(TRAFFIC_CALLS)).all()
    counted = Counter((str(kind), str(node), int(str(index))) for trail in trails for kind, node, index in trail)
    return len(trails), dict(counted)


@dataclass(frozen=True)
class ReplyLine:
    """The same words at the same node of a script, however often they were said."""

    id: UUID
    code: str
    node: str
    text: str
    times: int
    last_said: datetime


def unmatched(session: Session, code: str = "", *, limit: int = 100) -> list[ReplyLine]:
    """Return replies that nothing matched and nobody decided on, the most frequent first."""
    query = (
        select(func.min(cast(UnmatchedReply.id, String)), UnmatchedReply.code, UnmatchedReply.node, UnmatchedReply.text,
               func.count(), func.max(UnmatchedReply.said_at))
        .where(UnmatchedReply.verdict == ReplyVerdict.OPEN)
        .group_by(UnmatchedReply.code, UnmatchedReply.node, UnmatchedReply.text)
        .order_by(func.count().desc(), func.max(UnmatchedReply.said_at).desc()).limit(limit)
    )
    if code:
        query = query.where(UnmatchedReply.code == code)
    rows = session.execute(query).tuples()
    return [ReplyLine(UUID(first), code_, node, text, times, last) for first, code_, node, text, times, last in rows]


def count_unmatched(session: Session, code: str = "") -> int:
    """Return how many different replies nothing matched and nobody decided on, at whatever places of whatever calls."""
    query = select(UnmatchedReply.code, UnmatchedReply.node, UnmatchedReply.text).where(
        UnmatchedReply.verdict == ReplyVerdict.OPEN).distinct()
    if code:
        query = query.where(UnmatchedReply.code == code)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def newest_drafts(session: Session, codes: Collection[str]) -> dict[str, ScriptDraft]:
    """Return the draft of each script that was changed last, by the scripts' codes."""
    rows = session.scalars(
        select(ScriptDraft).where(ScriptDraft.code.in_(codes)).order_by(ScriptDraft.changed_at))
    return {draft.code: draft for draft in rows}


def newest_published(session: Session, codes: Collection[str]) -> dict[str, ScriptEdition]:
    """Return the newest published edition of each script by its code."""
    rows = session.scalars(
        select(ScriptEdition).where(ScriptEdition.code.in_(codes), ScriptEdition.state == EditionState.PUBLISHED)
        .order_by(ScriptEdition.number))
    return {edition.code: edition for edition in rows}


def wrote_on(session: Session, edition_id: UUID, person_id: UUID | None) -> bool:
    """Tell whether a person kept a version of the draft that an edition came from."""
    return session.scalar(
        select(DraftVersion.number).join(ScriptDraft, ScriptDraft.id == DraftVersion.draft_id)
        .where(ScriptDraft.edition_id == edition_id, DraftVersion.saved_by == person_id).limit(1)) is not None
