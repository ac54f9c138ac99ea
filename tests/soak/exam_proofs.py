"""What must hold after an exam day, told from what the candidates were told alone."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.exams.models import CloseKind, GrantKind, Sitting, SittingAnswer, SittingEvent, SittingGrant, SittingItem
from lms.exams.rules.watching import EventKind
from lms.records.models import TrainingFact
from lms.records.queries import verify_ledger
from question_bank import kinds
from question_bank import queries as bank
from tests.soak.proofs import each_job_had_its_effect_once
from tests.soak.room import ANSWERS, BY_HAND, EXAM
from tests.soak.takers import FORGET, Kept, Seen


def prove_day(session: Session, seen: Seen, candidates: int, minutes: int, last: UUID | None) -> list[str]:
    """Return what is wrong after a day, in words: answers, deadlines, ends, marks, facts, jobs (see `Rest`), ledger."""
    sittings = session.scalars(select(Sitting)).unique().all()
    wrong = [] if len(sittings) == candidates else [f"{len(sittings)} sittings for {candidates} candidates"]
    return [
        *wrong, *answers_are_there(session, seen.kept), *deadlines_are_right(session, sittings, seen, minutes),
        *each_ended_once(session, sittings, candidates), *marks_are_right(session, sittings, seen.kept),
        *each_job_had_its_effect_once(session, last),
        *(f"the ledger is broken: {each}" for each in verify_ledger(session).breaks),
    ]


def answers_are_there(session: Session, kept: Sequence[Kept]) -> list[str]:
    """Compare what was acknowledged with the journal."""
    columns = SittingAnswer.sitting_id, SittingAnswer.item, SittingAnswer.epoch, SittingAnswer.sequence
    journal = {tuple(row[:4]): row.body for row in session.execute(select(*columns, SittingAnswer.body))}
    return [
        f"lost or changed: {it}" for it in kept
        if (body := journal.get((it.sitting_id, it.item, it.epoch, it.sequence))) is None
        or json.loads(body) != ANSWERS[it.answer]
    ]


def deadlines_are_right(session: Session, sittings: Sequence[Sitting], seen: Seen, minutes: int) -> list[str]:
    """A deadline is the start, the working time, the minutes that were given and the pauses that were taken."""
    extended: Counter[UUID] = Counter()
    for sitting_id, seconds in session.execute(
        select(SittingGrant.sitting_id, SittingGrant.seconds).where(SittingGrant.kind == GrantKind.EXTENSION)
    ):
        extended[sitting_id] += seconds
    paused = _paused(session)
    wrong = [f"{extended[it]} s were granted to {it}, {60 * times} s were given" for it, times in seen.extended.items()
             if extended[it] < 60 * times]
    return wrong + [
        f"wrong deadline: {it.id}" for it in sittings
        if it.deadline_at != it.started_at + timedelta(minutes=minutes, seconds=extended[it.id] + paused[it.id])
    ]


def _paused(session: Session) -> Mapping[UUID, int]:
    """Return how many seconds each sitting paused, from what the board wrote down."""
    total: defaultdict[UUID, int] = defaultdict(int)
    since = {}
    for event in session.scalars(
        select(SittingEvent).where(SittingEvent.kind.in_([EventKind.PAUSED, EventKind.RESUMED]))
        .order_by(SittingEvent.happened_at, SittingEvent.id)
    ):
        if event.kind == EventKind.PAUSED:
            since[event.sitting_id] = event.happened_at
        else:
            total[event.sitting_id] += max(1, math.ceil((event.happened_at - since[event.sitting_id]).total_seconds()))
    return total


def each_ended_once(session: Session, sittings: Sequence[Sitting], candidates: int) -> list[str]:
    """Every sitting ended in time, those nobody handed in at their deadline; each that is marked made one fact."""
    wrong = [f"never ended: {it.id}" for it in sittings if it.closed_at is None]
    wrong += [f"ended at another instant than its deadline: {it.id}" for it in sittings
              if it.close_kind == CloseKind.DEADLINE and it.closed_at != it.deadline_at]
    forgot = sum(it.close_kind == CloseKind.DEADLINE for it in sittings)
    if forgot < candidates // FORGET:
        wrong.append(f"{forgot} sittings ended at their deadline, expected {candidates // FORGET} or more")
    facts = Counter(session.scalars(
        select(TrainingFact.evidence).where(TrainingFact.activity.in_([f"exam:{EXAM}", f"exam:{BY_HAND}"]))))
    expected = {f"sitting:{it.id}": 1 for it in sittings if it.points is not None}
    return wrong + ([] if facts == expected else [f"{len(facts)} facts of {len(expected)} marked sittings"])


def marks_are_right(session: Session, sittings: Sequence[Sitting], kept: Sequence[Kept]) -> list[str]:
    """Mark every paper again by the last answer the candidate was told is on disk: by seat, then by sequence."""
    last: dict[tuple[UUID, int], Kept] = {}
    for it in sorted(kept, key=lambda it: (it.epoch, it.sequence)):
        last[it.sitting_id, it.item] = it
    papers: defaultdict[UUID, list[SittingItem]] = defaultdict(list)
    for item in session.scalars(select(SittingItem)):
        papers[item.sitting_id].append(item)
    editions = bank.editions(session, {item.edition_id for items in papers.values() for item in items})
    wrong = []
    for sitting in sittings:
        due: list[int | None] = []
        for item in papers[sitting.id]:
            found, edition = last.get((sitting.id, item.position)), editions[item.edition_id]
            answer = ANSWERS[found.answer] if found else None
            mark = kinds.mark(edition.kind, edition.content, answer, item.out_of)
            due.append(None if mark.why is kinds.Why.TO_BE_MARKED else mark.hundredths)
            if item.points != due[-1]:
                wrong.append(f"{edition.kind} {item.position} of {sitting.id}: {item.points} marks, due {due[-1]}")
        if sitting.points != (None if None in due else sum(it or 0 for it in due)):
            wrong.append(f"{sitting.points} marks for {sitting.id}, due {due}")
    return wrong
