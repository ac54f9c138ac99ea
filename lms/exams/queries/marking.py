"""What waits for marks by hand, question by question, and what a marker's page shows: never whose answer it is."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.access.identity import Identity, Role
from lms.exams.models import (
    CloseKind,
    Exam,
    ExamEdition,
    MarkingLease,
    MarkingSkip,
    Sitting,
    SittingItem,
)
from lms.exams.queries.answers import final_answers_of
from lms.exams.queries.keys import corrections_in_force, hand_marks_of, keys_of
from lms.exams.queries.visits import within
from lms.exams.rules.hand_marks import HandMark, MarkingTerms, Round, may_mark, outcome_of
from lms.exams.rules.items import Key, by_hand, parts_to_mark
from lms.exams.titles import titled
from lms.people.models import Person, Unit
from question_bank import queries as bank
from question_bank.kinds import HandPart, Why
from question_bank.showing import plain_words


@dataclass(frozen=True)
class WaitingAnswer:
    """An answer that waits for a person. mine_to_mark: the reader hasn't looked at it and nobody else holds it."""

    sitting_id: UUID
    position: int
    edition_id: UUID
    exam: str
    closed_at: datetime
    needs: Round
    mine_to_mark: bool
    flags: tuple[str, ...]


@dataclass(frozen=True)
class QuestionQueue:
    """All that waits for one question. waiting: answers, mine: of them for the reader now, oldest: waiting since."""

    edition_id: UUID
    code: str
    number: int
    stem: str
    exams: tuple[str, ...]
    waiting: int
    mine: int
    second: int
    third: int
    flags: tuple[str, ...]
    oldest: datetime


@dataclass(frozen=True)
class PartToMark:
    """One thing to mark: what was asked, what was answered, what a good answer says."""

    part: HandPart
    answer: str


@dataclass(frozen=True)
class AnswerToMark:
    """One answer on a marker's page, under a random name."""

    lease_id: UUID
    label: str
    parts: tuple[PartToMark, ...]


@dataclass(frozen=True)
class MarkingPage:
    """What a marker sees of one question: the text all parts belong to, and the answers in hand."""

    code: str
    number: int
    kind: str
    content: dict[str, Any]
    answers: tuple[AnswerToMark, ...]
    waiting: int


def marking_scopes(by: Identity) -> tuple[str, ...]:
    """Return the parts of the organisation whose answers somebody may mark."""
    return by.scopes(Role.TRAINER, Role.ASSESSOR)


def waiting_answers(
    session: Session, by: Identity, *, edition_id: UUID | None = None, at: datetime
) -> tuple[WaitingAnswer, ...]:
    """Return the answers within a marker's reach that wait for a mark, oldest first; of one question, or of all."""
    query = (
        select(SittingItem, Sitting, Exam)
        .join(Sitting, Sitting.id == SittingItem.sitting_id).join(ExamEdition, ExamEdition.id == Sitting.edition_id)
        .join(Exam, Exam.id == ExamEdition.exam_id).join(Person, Person.id == Sitting.person_id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Sitting.closed_at.is_not(None), Sitting.points.is_(None), Sitting.close_kind != CloseKind.CANCELLED,
               SittingItem.why == Why.TO_BE_MARKED, SittingItem.points.is_(None), within(marking_scopes(by)),
               Sitting.person_id != by.person_id)
        .order_by(Sitting.closed_at, Sitting.id, SittingItem.position)
    )
    if edition_id is not None:
        query = query.where(SittingItem.edition_id == edition_id)
    rows = session.execute(query).tuples().all()
    ids = {sitting.id for _item, sitting, _exam in rows}
    marks, offered = hand_marks_of(session, ids), _offered(session, [item for item, _sitting, _exam in rows])
    held, (skipped, flags) = _held(session, ids, by, at), _skips(session, ids, by)
    found = []
    for item, sitting, exam in rows:
        key, terms = (item.sitting_id, item.position), MarkingTerms(**sitting.edition.marking)
        given, out_of = marks.get(key, []), offered[item.edition_id, item.out_of]
        needs = outcome_of(given, terms, out_of=out_of).needs
        if needs is not None and sitting.closed_at is not None:
            mine = key not in held and key not in skipped and _next(given, by, terms, out_of) is not None
            found.append(WaitingAnswer(sitting.id, item.position, item.edition_id, titled(exam), sitting.closed_at,
                                       needs, mine, tuple(flags.get(key, ()))))
    return tuple(found)


def _next(given: Collection[HandMark], by: Identity, terms: MarkingTerms, out_of: int) -> Round | None:
    return may_mark(given, str(by.person_id), terms, out_of=out_of)


def _offered(session: Session, items: Sequence[SittingItem]) -> dict[tuple[UUID, int], int]:
    """Return (edition, points of the item) -> hundredths that its hand-marked parts offer together."""
    corrections = corrections_in_force(session, {item.edition_id for item in items})
    keys = keys_of(session, {item.edition_id for item in items}, corrections)
    return {
        (edition_id, out_of): by_hand(keys[edition_id], out_of)
        for edition_id, out_of in {(item.edition_id, item.out_of) for item in items}
    }


def _held(session: Session, sitting_ids: Collection[UUID], by: Identity, at: datetime) -> set[tuple[UUID, int]]:
    rows = session.scalars(
        select(MarkingLease).where(MarkingLease.sitting_id.in_(sitting_ids), MarkingLease.until > at,
                                   MarkingLease.marker_id != by.person_id)
    )
    return {(row.sitting_id, row.position) for row in rows}


def _skips(
    session: Session, sitting_ids: Collection[UUID], by: Identity
) -> tuple[set[tuple[UUID, int]], dict[tuple[UUID, int], list[str]]]:
    """Return what this marker passed over, and the notes others left on an answer."""
    skipped: set[tuple[UUID, int]] = set()
    flags: defaultdict[tuple[UUID, int], list[str]] = defaultdict(list)
    for row in session.scalars(select(MarkingSkip).where(MarkingSkip.sitting_id.in_(sitting_ids))):
        if row.marker_id == by.person_id:
            skipped.add((row.sitting_id, row.position))
        if row.note:
            flags[row.sitting_id, row.position].append(row.note)
    return skipped, flags


def marking_queue(session: Session, by: Identity, *, at: datetime) -> tuple[QuestionQueue, ...]:
    """Return what waits, question by question: those with something for the reader first, then the longest waiting."""
    groups: defaultdict[UUID, list[WaitingAnswer]] = defaultdict(list)
    for it in waiting_answers(session, by, at=at):
        groups[it.edition_id].append(it)
    editions = bank.editions(session, groups)
    queues = [
        QuestionQueue(
            edition_id, editions[edition_id].code, editions[edition_id].number, _words(editions[edition_id]),
            tuple(sorted({it.exam for it in group})), len(group), sum(it.mine_to_mark for it in group),
            sum(it.needs is Round.SECOND for it in group), sum(it.needs is Round.THIRD for it in group),
            tuple(note for it in group for note in it.flags), min(it.closed_at for it in group),
        )
        for edition_id, group in groups.items()
    ]
    return tuple(sorted(queues, key=lambda it: (it.mine == 0, it.oldest, it.code)))


def _words(edition: bank.Edition) -> str:
    return plain_words(str(edition.content["stem"]), rich=bool(edition.content.get("rich")))


def marking_page(session: Session, edition_id: UUID, leases: Sequence[MarkingLease], *, waiting: int) -> MarkingPage:
    """Return a marker's page: the answers in hand, none of them with anything about whose it is."""
    corrections = corrections_in_force(session, [edition_id])
    key = keys_of(session, [edition_id], corrections)[edition_id]
    edition = bank.editions(session, [edition_id])[edition_id]
    answers = tuple(_answer(session, lease, key) for lease in leases)
    return MarkingPage(edition.code, edition.number, edition.kind, dict(key.content), answers, waiting)


def _answer(session: Session, lease: MarkingLease, key: Key) -> AnswerToMark:
    item = session.get_one(SittingItem, (lease.sitting_id, lease.position))
    answer = final_answers_of(session, lease.sitting_id).get(lease.position)
    parts = tuple(
        PartToMark(part, _said(answer, part.path)) for part in parts_to_mark(key, answer, item.out_of)
    )
    return AnswerToMark(lease.id, lease.id.hex[:4].upper(), parts)


def _said(answer: Any, path: str) -> str:
    said = answer if path == "" else answer[int(path)]
    return said if isinstance(said, str) else ""
