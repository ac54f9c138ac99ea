"""Writing, reviewing, publishing and retiring questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.door import reach
from lms.access.identity import Identity
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.records.services import audit
from question_bank import kinds, rules
from question_bank.models import OPEN_STATES, EditionState, KnowledgePoint, Question, QuestionEdition, Source
from question_bank.services.codes import next_codes
from question_bank.texts import kept_beside
from question_bank.wording import say_refusal, say_where

_UNSAVABLE = frozenset({"stem_empty", "strange_sign", "too_long", "not_text"})


def save_draft(
    session: Session,
    question_id: UUID | None,
    *,
    kind: str,
    content: Mapping[str, Any],
    point: str,
    difficulty: str,
    points: int,
    by: Identity,
    now: datetime,
    unit_path: str = "/",
    version: int | None = None,
) -> QuestionEdition:
    """Save what an author wrote: as a new question, into the open edition, or as the next edition's draft.

    content    may still be flawed, but must have a stem and lengths that fit
    point      code of a knowledge point, "" for none yet
    points     hundredths of a mark, 1..10000
    version    the version of the open edition the author started from; another one is a Conflict

    A draft in review goes back to draft. Raises Invalid, NotFound, Conflict (also for bundled questions, which are
    copied rather than edited).
    """
    problems = [_problem(flaw) for flaw in kinds.validate(kind, content) if flaw.code in _UNSAVABLE]
    if not 1 <= points <= 10_000:
        problems.append(Problem("points", say_where("points_out_of_range", {"points": points / 100, "most": 100})))
    if problems:
        raise Invalid(problems)
    point_id = _point_id(session, point)
    if question_id is None:
        reach(by, Permission.QUESTION_WRITE, Subject(unit_path=unit_path))
        question = Question(
            code=next_codes(session, [point])[0],
            kind=kind,
            source=Source.OWN,
            unit_path=unit_path,
            created_at=now,
            created_by=by.person_id,
        )
        session.add(question)
        session.flush()
    else:
        question = own_question(session, question_id, by, Permission.QUESTION_WRITE)
    edition = _open_edition(session, question, by=by, now=now, version=version)
    before = {"stem": edition.stem or "", "difficulty": edition.difficulty, "points": edition.points}
    _fill(edition, kind, content, point_id=point_id, difficulty=difficulty, points=points)
    edition.state, edition.submitted_at, edition.submitted_by = EditionState.DRAFT, None, None
    edition.changed_at, edition.changed_by = now, by.person_id
    session.add(edition)
    session.flush()
    after = {"stem": edition.stem, "difficulty": edition.difficulty, "points": edition.points}
    changes = {name: [before[name], after[name]] for name in after if before[name] != after[name]}
    _note(session, "question.save", question, edition, by=by, now=now, changes=changes)
    return edition


def submit_for_review(session: Session, question_id: UUID, *, by: Identity, now: datetime) -> QuestionEdition:
    """Hand a draft to a second person. Raises Invalid with every flaw, Conflict when there is no draft."""
    question = own_question(session, question_id, by, Permission.QUESTION_WRITE)
    edition = open_edition(session, question.id)
    if edition is None or edition.state != EditionState.DRAFT:
        raise Conflict("question.no_draft", say_refusal("no_draft"))
    problems = [_problem(flaw) for flaw in kinds.validate(question.kind, edition.content)]
    if edition.knowledge_point_id is None:
        problems.append(Problem("point", say_refusal("no_point")))
    if problems:
        raise Invalid(problems)
    edition.state, edition.submitted_at, edition.submitted_by = EditionState.REVIEW, now, by.person_id
    edition.review_note = ""
    session.flush()
    _note(session, "question.submit", question, edition, by=by, now=now)
    return edition


def send_back(session: Session, question_id: UUID, *, note: str, by: Identity, now: datetime) -> QuestionEdition:
    """Return an edition in review to its author with a note. Raises Conflict when it is not in review."""
    question = own_question(session, question_id, by, Permission.QUESTION_PUBLISH)
    edition = open_edition(session, question.id)
    if edition is None or edition.state != EditionState.REVIEW:
        raise Conflict("question.not_in_review", say_refusal("not_in_review"))
    edition.state, edition.review_note = EditionState.DRAFT, note[:500]
    edition.submitted_at = edition.submitted_by = None
    session.flush()
    _note(session, "question.send_back", question, edition, by=by, now=now, reason=note)
    return edition


def publish(session: Session, question_id: UUID, *, by: Identity, now: datetime) -> QuestionEdition:
    """Publish the edition in review; the one before it is superseded but stays where papers pinned it.

    Raises Refused for one's own work, Conflict when nothing is in review or the question is retired.
    """
    question = own_question(session, question_id, by, Permission.QUESTION_PUBLISH)
    edition = open_edition(session, question.id)
    if edition is None or question.retired_at is not None:
        raise Conflict("question.not_in_review", say_refusal("retired" if question.retired_at else "not_in_review"))
    why = rules.why_not_publish(
        edition.state,
        authors={edition.created_by, edition.changed_by, edition.submitted_by},
        publisher=by.person_id,
        by_system=by.is_system,
        has_point=edition.knowledge_point_id is not None,
    )
    if why:
        raise (Refused if why == "own_work" else Conflict)(f"question.{why}", say_refusal(why))
    publish_edition(session, edition, by=by, now=now)
    _note(session, "question.publish", question, edition, by=by, now=now)
    return edition


def publish_edition(session: Session, edition: QuestionEdition, *, by: Identity, now: datetime) -> None:
    """Put an edition in the place of the published one."""
    session.flush()
    before = session.scalar(_published(edition.question_id))
    if before is not None:
        before.state = EditionState.SUPERSEDED
        session.flush()
    edition.state, edition.published_at, edition.published_by = EditionState.PUBLISHED, now, by.person_id
    session.flush()


def retire(
    session: Session,
    question_id: UUID,
    *,
    by: Identity,
    now: datetime,
    reason: str = "",
    replaced_by: UUID | None = None,
) -> None:
    """Take a question out of every draw from now on; retiring twice changes nothing but what replaces it.

    replaced_by   the question that takes its place: another one, in use and visible; Invalid at `replaced_by` otherwise
    """
    question = own_question(session, question_id, by, Permission.QUESTION_PUBLISH)
    successor = session.get(Question, replaced_by) if replaced_by else None
    if replaced_by and (successor is None or successor.id == question.id or successor.retired_at is not None):
        raise Invalid([Problem("replaced_by", say_refusal("no_successor"))])
    if question.retired_at is not None and question.replaced_by_id == replaced_by:
        return
    question.retired_at, question.replaced_by_id = question.retired_at or now, replaced_by
    session.flush()
    changes = {"replaced_by": ["", successor.code]} if successor else None
    subject = f"question:{question.code}"
    audit(session, by=by, action="question.retire", subject=subject, reason=reason, now=now, changes=changes)


def restore(session: Session, question_id: UUID, *, by: Identity, now: datetime) -> None:
    """Let a retired question be drawn again; restoring twice changes nothing."""
    question = own_question(session, question_id, by, Permission.QUESTION_PUBLISH)
    if question.retired_at is not None:
        question.retired_at = question.replaced_by_id = None
        audit(session, by=by, action="question.restore", subject=f"question:{question.code}", now=now)


def discard_draft(session: Session, question_id: UUID, *, by: Identity, now: datetime) -> bool:
    """Throw the open edition away; a question that has no other goes with it. Tell whether the question is gone."""
    question = own_question(session, question_id, by, Permission.QUESTION_WRITE)
    edition = open_edition(session, question.id)
    if edition is None:
        raise Conflict("question.no_draft", say_refusal("no_draft"))
    _note(session, "question.discard_draft", question, edition, by=by, now=now)
    session.delete(edition)
    session.flush()
    others = session.scalar(select(QuestionEdition.id).where(QuestionEdition.question_id == question.id).limit(1))
    if others is None:
        session.delete(question)
        session.flush()
    return others is None


def move_to_point(session: Session, question_id: UUID, point: str, *, by: Identity, now: datetime) -> QuestionEdition:
    """Put a question under another knowledge point: in its draft, or as a draft of the next edition."""
    return revise(session, question_id, by=by, now=now, point=point)


def revise(
    session: Session,
    question_id: UUID,
    *,
    by: Identity,
    now: datetime,
    point: str | None = None,
    difficulty: str | None = None,
    points: int | None = None,
) -> QuestionEdition:
    """Change what stands beside the wording, in the draft or as a draft of the next edition; None leaves it.

    points   hundredths of a mark, 1..10000

    What is in review goes back to draft. Raises Invalid, NotFound, Conflict for bundled questions.
    """
    if points is not None and not 1 <= points <= 10_000:
        problem = say_where("points_out_of_range", {"points": points / 100, "most": 100})
        raise Invalid([Problem("points", problem)])
    question = own_question(session, question_id, by, Permission.QUESTION_WRITE)
    edition = _open_edition(session, question, by=by, now=now, version=None)
    changes: dict[str, list[Any]] = {}
    if point is not None:
        edition.knowledge_point_id, changes["point"] = _point_id(session, point), ["", point]
    if difficulty is not None:
        edition.difficulty, changes["difficulty"] = difficulty, [edition.difficulty, difficulty]
    if points is not None:
        edition.points, changes["points"] = points, [edition.points, points]
    edition.state, edition.submitted_at, edition.submitted_by = EditionState.DRAFT, None, None
    edition.changed_at, edition.changed_by = now, by.person_id
    session.add(edition)
    session.flush()
    _note(session, "question.move" if point else "question.revise", question, edition, by=by, now=now, changes=changes)
    return edition


def own_question(session: Session, question_id: UUID, by: Identity, permission: Permission) -> Question:
    """Return a question this person may act on; NotFound for any other, Conflict for writing to bundled ones."""
    question = session.get(Question, question_id)
    if question is None:
        raise NotFound
    reach(by, permission, Subject(unit_path=question.unit_path))
    if question.source == Source.BUNDLED and permission is Permission.QUESTION_WRITE and not by.is_system:
        raise Conflict("question.bundled", say_refusal("bundled"))
    return question


def open_edition(session: Session, question_id: UUID) -> QuestionEdition | None:
    """Return the draft or the edition in review."""
    statement = select(QuestionEdition).where(
        QuestionEdition.question_id == question_id, QuestionEdition.state.in_(OPEN_STATES)
    )
    return session.scalar(statement)


def _open_edition(
    session: Session, question: Question, *, by: Identity, now: datetime, version: int | None
) -> QuestionEdition:
    """Return the open edition, or begin the next one as a copy of the published."""
    edition = open_edition(session, question.id)
    if edition is not None:
        if version is not None and edition.version != version:
            raise Conflict("question.changed_meanwhile", say_refusal("changed_meanwhile"))
        return edition
    published = session.scalar(_published(question.id))
    edition = QuestionEdition(
        question_id=question.id,
        number=published.number + 1 if published else 1,
        created_at=now,
        created_by=by.person_id,
        changed_at=now,
        changed_by=by.person_id,
    )
    if published is not None:
        _fill(
            edition,
            question.kind,
            published.content,
            point_id=published.knowledge_point_id,
            difficulty=published.difficulty,
            points=published.points,
        )
    return edition


def _fill(
    edition: QuestionEdition,
    kind: str,
    content: Mapping[str, Any],
    *,
    point_id: UUID | None,
    difficulty: str,
    points: int,
) -> None:
    edition.content = dict(content)
    for name, value in kept_beside(kind, content).items():
        setattr(edition, name, value)
    edition.knowledge_point_id, edition.difficulty, edition.points = point_id, difficulty, points


def _published(question_id: UUID) -> Any:
    return select(QuestionEdition).where(
        QuestionEdition.question_id == question_id, QuestionEdition.state == EditionState.PUBLISHED
    )


def _point_id(session: Session, code: str) -> UUID | None:
    if not code:
        return None
    found = session.scalar(select(KnowledgePoint.id).where(KnowledgePoint.code == code))
    if found is None:
        raise Invalid([Problem("point", say_refusal("no_such_point"))])
    return found


def _problem(flaw: kinds.Flaw) -> Problem:
    return Problem(flaw.where, say_where(flaw.code, flaw.detail))


def _note(
    session: Session,
    action: str,
    question: Question,
    edition: QuestionEdition,
    *,
    by: Identity,
    now: datetime,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    subject = f"question:{question.code}#{edition.number}"
    audit(session, by=by, action=action, subject=subject, now=now, reason=reason, changes=changes)
