"""Corrected keys: what a proposal would change, computed from the papers that were sat, and how far an approval is."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from lms.exams.models import (
    CloseKind,
    ExamEdition,
    KeyCorrection,
    KeyCorrectionResult,
    Sitting,
    SittingAnswer,
    SittingItem,
)
from lms.exams.queries.edition import section_of
from lms.exams.queries.keys import hand_marks_of, keys_of
from lms.exams.rules.corrections import ItemResult, score_of
from lms.exams.rules.hand_marks import MarkingTerms
from lms.exams.rules.items import result_of_item
from lms.exams.rules.journal import Kept, Key, Save, Verdict, final_answers
from lms.exams.rules.marking import Standing, result_of_score
from lms.exams.rules.sections import SectionMark, all_reached, by_section, sections_from_json
from lms.kernel.db import new_id
from lms.people.models import Person
from lms.records.corrections import Consequence, consequences_of
from lms.records.models import Outcome, TrainingFact
from lms.records.queries import as_fact
from lms.records.rules import Fact
from question_bank import queries as bank
from question_bank.models import Question
from question_bank.showing import plain_words

PART = 400


@dataclass(frozen=True)
class Touched:
    """One sitting whose marks a correction would change. points, out_of: hundredths as they count, None: no result."""

    sitting_id: UUID
    person_id: UUID
    name: str
    staff_no: str
    title: str
    before: Standing
    after: Standing

    @property
    def rises(self) -> bool:
        """Whether it would pass and doesn't."""
        return self.after.passed is True and self.before.passed is False

    @property
    def falls(self) -> bool:
        """Whether it passes and would not."""
        return self.after.passed is False and self.before.passed is True


@dataclass(frozen=True)
class Impact:
    """What a correction would do. sittings: closed ones with the question; running: marked by it when they close."""

    sittings: int
    running: int
    touched: tuple[Touched, ...]
    consequences: tuple[Consequence, ...]

    @property
    def rising(self) -> tuple[Touched, ...]:
        """Who would pass by it."""
        return tuple(it for it in self.touched if it.rises)

    @property
    def falling(self) -> tuple[Touched, ...]:
        """Who would no longer pass."""
        return tuple(it for it in self.touched if it.falls)

    def as_seen(self) -> dict[str, Any]:
        """Return the preview as it is kept beside a decision."""
        return {
            "sittings": self.sittings, "running": self.running,
            "changes": [[str(it.sitting_id), it.before.counted, it.before.out_of, it.before.passed,
                         it.after.counted, it.after.out_of, it.after.passed] for it in self.touched],
            "consequences": [{**asdict(it), "person_id": str(it.person_id)} for it in self.consequences],
        }

    @property
    def digest(self) -> str:
        """A word for exactly this preview: an approval names the one that was looked at."""
        seen = json.dumps(self.as_seen(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(seen.encode()).hexdigest()[:32]


def impact_of(session: Session, correction: KeyCorrection, *, at: datetime) -> Impact:
    """Return what marking by a correction would change now. Reads only the answers to the one question."""
    rows = session.execute(
        select(SittingItem, Sitting, Person.name, Person.staff_no)
        .join(Sitting, Sitting.id == SittingItem.sitting_id).join(Person, Person.id == Sitting.person_id)
        .where(SittingItem.edition_id == correction.edition_id, _over()).order_by(Person.staff_no, Sitting.closed_at)
    ).tuples().all()
    running = session.scalar(
        select(func.count()).select_from(SittingItem).join(Sitting, Sitting.id == SittingItem.sitting_id)
        .where(SittingItem.edition_id == correction.edition_id, Sitting.closed_at.is_(None))
    ) or 0
    after = _items_after(session, correction, [(item, sitting) for item, sitting, *_who in rows])
    others = _others(session, [sitting.id for _item, sitting, *_who in rows], correction.edition_id)
    touched = []
    for item, sitting, name, staff_no in rows:
        results = [(item.part, after[sitting.id]), *others.get(sitting.id, ())]
        score = score_of(result for _part, result in results)
        before = Standing(sitting.points, sitting.out_of, sitting.counted, sitting.passed)
        will = before
        if sitting.points is not None and score is not None:
            terms = sitting.edition
            will = result_of_score(
                score, cap_percent=sitting.cap_percent, pass_percent=terms.pass_percent,
                sections_reached=_sections_reached(terms, results),
            )
        now = ItemResult(item.points, item.out_of, item.why, item.counts)
        if will != before or (now.points, now.counts) != (after[sitting.id].points, after[sitting.id].counts):
            touched.append(
                Touched(sitting.id, sitting.person_id, name, staff_no, sitting.edition.title, before, will)
            )
    return Impact(len(rows), running, tuple(touched), _consequences(session, touched, at))


def _sections_reached(edition: ExamEdition, results: Sequence[tuple[int, ItemResult]]) -> bool:
    """Tell whether no section would fail the exam; `results` are (part, what the question comes to)."""
    marks = [SectionMark(section_of(edition, part), it.points or 0, it.out_of) for part, it in results if it.counts]
    return all_reached(by_section(marks, sections_from_json(edition.sections)))


def _over() -> ColumnElement[bool]:
    return Sitting.closed_at.is_not(None) & (Sitting.close_kind != CloseKind.CANCELLED)


def _items_after(
    session: Session, correction: KeyCorrection, rows: Sequence[tuple[SittingItem, Sitting]]
) -> dict[UUID, ItemResult]:
    """Return sitting -> what the question would come to."""
    key = keys_of(session, [correction.edition_id], {correction.edition_id: correction})[correction.edition_id]
    answers = _answers(session, {(item.sitting_id, item.position) for item, _sitting in rows})
    marks = hand_marks_of(session, {item.sitting_id for item, _sitting in rows})
    others = _others(session, [item.sitting_id for item, _sitting in rows], correction.edition_id)
    return {
        item.sitting_id: result_of_item(
            key, answers.get(item.sitting_id), item.out_of, marks.get((item.sitting_id, item.position), ()),
            MarkingTerms(**sitting.edition.marking),
            others_count=any(it.counts for _part, it in others.get(item.sitting_id, ())),
        )
        for item, sitting in rows
    }


def _answers(session: Session, wanted: Collection[tuple[UUID, int]]) -> dict[UUID, Any]:
    """Return sitting -> the answer that counts, of one question a sitting."""
    found: dict[UUID, Any] = {}
    positions: defaultdict[int, list[UUID]] = defaultdict(list)
    for sitting_id, position in wanted:
        positions[position].append(sitting_id)
    for position, ids in positions.items():
        for start in range(0, len(ids), PART):
            kept: defaultdict[UUID, list[Kept]] = defaultdict(list)
            for row in session.execute(
                select(SittingAnswer.sitting_id, SittingAnswer.epoch, SittingAnswer.sequence, SittingAnswer.body,
                       SittingAnswer.received_at, SittingAnswer.verdict)
                .where(SittingAnswer.sitting_id.in_(ids[start : start + PART]), SittingAnswer.item == position)
            ):
                save = Save(Key(position, row.epoch, row.sequence), row.body, row.received_at)
                kept[row.sitting_id].append(Kept(save, Verdict(row.verdict)))
            for sitting_id, saves in kept.items():
                body = final_answers(saves).get(position)
                if body is not None:
                    found[sitting_id] = json.loads(body)
    return found


def _others(
    session: Session, sitting_ids: Sequence[UUID], edition_id: UUID
) -> dict[UUID, list[tuple[int, ItemResult]]]:
    """Return sitting -> what its other questions come to, as it stands, each with the line that asked for it."""
    found: defaultdict[UUID, list[tuple[int, ItemResult]]] = defaultdict(list)
    for start in range(0, len(sitting_ids), PART):
        rows = session.execute(
            select(SittingItem.sitting_id, SittingItem.part, SittingItem.points, SittingItem.out_of, SittingItem.why,
                   SittingItem.counts)
            .where(SittingItem.sitting_id.in_(sitting_ids[start : start + PART]), SittingItem.edition_id != edition_id)
        )
        for row in rows:
            found[row.sitting_id].append((row.part, ItemResult(row.points, row.out_of, row.why, row.counts)))
    return found


def _consequences(session: Session, touched: Iterable[Touched], at: datetime) -> tuple[Consequence, ...]:
    """Return what the facts that would follow do to certificates and the floor."""
    recorded = [it for it in touched if it.before.recorded != it.after.recorded]
    facts: list[Fact] = []
    for it in recorded:
        sitting = session.get_one(Sitting, it.sitting_id)
        stands = session.get(TrainingFact, sitting.fact_id) if sitting.fact_id else None
        if stands is not None:
            outcome = Outcome.PASSED if it.after.passed else Outcome.FAILED
            facts.append(replace(as_fact(stands), id=new_id(), outcome=outcome.value, score=it.after.counted,
                                 out_of=it.after.out_of, recorded_at=at, supersedes=stands.id))
    return consequences_of(session, facts, at)


def sittings_to_mark_again(session: Session, correction: KeyCorrection) -> Sequence[UUID]:
    """Return the closed sittings that aren't marked by a correction yet; those alone, so that a retry goes on."""
    return session.scalars(
        select(SittingItem.sitting_id).join(Sitting, Sitting.id == SittingItem.sitting_id)
        .where(SittingItem.edition_id == correction.edition_id, _over(),
               or_(SittingItem.correction_id.is_(None), SittingItem.correction_id != correction.id))
        .order_by(SittingItem.sitting_id)
    ).all()


def sittings_by_edition(session: Session, edition_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return edition -> how many closed sittings had it on their paper."""
    rows = session.execute(
        select(SittingItem.edition_id, func.count()).join(Sitting, Sitting.id == SittingItem.sitting_id)
        .where(SittingItem.edition_id.in_(edition_ids), _over()).group_by(SittingItem.edition_id)
    )
    return dict(rows.tuples().all())


@dataclass(frozen=True)
class CorrectionLine:
    """A proposal in the list. verdict: None while it waits; done: sittings marked again so far, changed: of them."""

    id: UUID
    code: str
    stem: str
    number: int
    kind: str
    reason: str
    proposed_by: str
    proposed_at: datetime
    verdict: str | None
    done: int
    changed: int


def correction_list(session: Session, paths: Sequence[str], *, limit: int = 200) -> tuple[CorrectionLine, ...]:
    """Return the proposals about questions within these parts of the organisation: those that wait first, newest first.

    paths   unit paths; "/" for everything
    """
    inside = or_(false(), *(Question.unit_path.startswith(path, autoescape=True) for path in paths))
    rows = session.execute(
        select(KeyCorrection, Person.name)
        .join(Person, Person.id == KeyCorrection.proposed_by).join(Question, Question.id == KeyCorrection.question_id)
        .where(inside).order_by(KeyCorrection.proposed_at.desc()).limit(limit)
    ).tuples().all()
    editions = bank.editions(session, [it.edition_id for it, _name in rows])
    counts = {it.id: progress_of_correction(session, it.id) for it, _name in rows if it.decision}
    lines = [
        CorrectionLine(
            it.id, editions[it.edition_id].code, _words(editions[it.edition_id]),
            editions[it.edition_id].number, it.kind, it.reason, name, it.proposed_at,
            it.decision.verdict if it.decision else None, *counts.get(it.id, (0, 0)),
        )
        for it, name in rows
    ]
    return tuple(sorted(lines, key=lambda it: it.verdict is not None))


def _words(edition: bank.Edition) -> str:
    return plain_words(str(edition.content["stem"]), rich=bool(edition.content.get("rich")))


def progress_of_correction(session: Session, correction_id: UUID) -> tuple[int, int]:
    """Return how many sittings were marked again, and how many of them got another record."""
    row = session.execute(
        select(func.count(), func.count(KeyCorrectionResult.fact_id))
        .where(KeyCorrectionResult.correction_id == correction_id)
    ).one()
    return row[0], row[1]


@dataclass(frozen=True)
class Done:
    """What an approved correction did to one sitting, by name."""

    sitting_id: UUID
    name: str
    staff_no: str
    result: KeyCorrectionResult

    @property
    def turned(self) -> bool:
        """Whether it turned from passed to failed, or the reverse."""
        return self.result.passed_before is not None and self.result.passed_before != self.result.passed_after


def done_by(session: Session, correction_id: UUID, *, limit: int = 500) -> tuple[Done, ...]:
    """Return the sittings whose record changed, those that turned first."""
    rows = session.execute(
        select(KeyCorrectionResult, Person.name, Person.staff_no)
        .join(Sitting, Sitting.id == KeyCorrectionResult.sitting_id).join(Person, Person.id == Sitting.person_id)
        .where(KeyCorrectionResult.correction_id == correction_id, KeyCorrectionResult.fact_id.is_not(None))
        .order_by(Person.staff_no).limit(limit)
    ).tuples()
    found = [Done(it.sitting_id, name, number, it) for it, name, number in rows]
    return tuple(sorted(found, key=lambda it: not it.turned))
