"""Mark answers by hand: take some for a while, mark them one by one, pass one over.

A mark is acknowledged once it is committed. The same mark sent again is the same mark; another one under the same
revision is refused. The sitting is locked first, so that two last marks at once make one result.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.access.door import allows
from lms.access.identity import Identity, Role
from lms.access.permissions import Permission
from lms.access.rules import Subject
from lms.certification.library import ASSESSOR_LICENCE, TRAINER_LICENCE
from lms.certification.queries.licences import is_licensed
from lms.exams.models import CloseKind, ExamPurpose, ItemMarking, MarkingLease, MarkingSkip, Sitting, SittingItem
from lms.exams.queries.answers import final_answers_of
from lms.exams.queries.keys import corrections_in_force, hand_marks_of, keys_of
from lms.exams.queries.marking import waiting_answers
from lms.exams.rules.hand_marks import HandMark, MarkingTerms, Round, flaws_of, may_mark, may_revise, standing
from lms.exams.rules.items import Key, by_hand, parts_to_mark
from lms.exams.services.closing import locked_sitting
from lms.exams.services.settling import mark_items, settle
from lms.kernel.errors import Conflict, Invalid, NotFound, Problem, Refused
from lms.kernel.i18n import _
from lms.people.models import Person
from lms.people.queries.mentors import mentors_of
from lms.people.queries.zones import zone_of_person

LEASE = timedelta(minutes=20)
BATCH = 20
LONGEST_REMARK = 1_000


@dataclass(frozen=True)
class MarkReceipt:
    """What is on disk: the round and revision of the mark, when it was first kept, whether it was there before."""

    round: Round
    revision: int
    marked_at: datetime
    repeated: bool
    settled: bool


def refusal_to_mark(session: Session, by: Identity, *, now: datetime) -> str:
    """Return why somebody may not mark anything, as a code; empty when they may: a licence in force is needed."""
    if by.person_id is None:
        return "marking.licence"
    codes = [code for role, code in ((Role.ASSESSOR, ASSESSOR_LICENCE), (Role.TRAINER, TRAINER_LICENCE))
             if by.has(role)]
    return "" if any(is_licensed(session, by.person_id, code, now) for code in codes) else "marking.licence"


def refusal_to_mark_sitting(session: Session, sitting: Sitting, by: Identity, *, now: datetime) -> str:
    """Return why somebody may not mark one sitting, as a code; empty when they may."""
    person = session.get_one(Person, sitting.person_id)
    if by.person_id == sitting.person_id:
        return "marking.own"
    if not allows(by, Permission.SITTING_MARK, Subject(person.id, person.unit.path)):
        return "marking.scope"
    if sitting.edition.exam.purpose == ExamPurpose.FINAL and _mentors(session, by, person.id, now):
        return "marking.mentee"
    return refusal_to_mark(session, by, now=now)


REFUSALS = {
    "marking.licence": lambda: _("Your licence isn't valid now. Ask the training administrator."),
    "marking.own": lambda: _("Nobody marks their own answers."),
    "marking.scope": lambda: _("This answer is none of yours to mark."),
    "marking.mentee": lambda: _("A mentor doesn't mark the final of their own learner."),
}


def _mentors(session: Session, by: Identity, learner_id: UUID, now: datetime) -> bool:
    today = now.astimezone(zone_of_person(session, learner_id)).date()
    return any(it.person_id == by.person_id for it in mentors_of(session, learner_id, today))


def take_answers(
    session: Session, edition_id: UUID, *, by: Identity, now: datetime, limit: int = BATCH
) -> tuple[MarkingLease, ...]:
    """Hold up to `limit` answers to one question for a marker, those held already first; nobody else gets them so long.

    Raises Refused when the licence isn't in force.
    """
    refusal = refusal_to_mark(session, by, now=now)
    if refusal:
        raise Refused(refusal, REFUSALS[refusal]())
    taken: list[MarkingLease] = []
    for waiting in waiting_answers(session, by, edition_id=edition_id, at=now):
        if len(taken) == limit:
            break
        sitting = session.get_one(Sitting, waiting.sitting_id)
        if not waiting.mine_to_mark or refusal_to_mark_sitting(session, sitting, by, now=now):
            continue
        lease = _lease(session, waiting.sitting_id, waiting.position, by, now=now)
        if lease is not None:
            taken.append(lease)
    return tuple(taken)


def _lease(session: Session, sitting_id: UUID, position: int, by: Identity, *, now: datetime) -> MarkingLease | None:
    """Take or prolong a lease by one statement; None while somebody else holds it."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"id": UUID(bytes=secrets.token_bytes(16)), "marker_id": by.person_id, "until": now + LEASE}
    free = (MarkingLease.until <= now) & (MarkingLease.marker_id != by.person_id)
    keys = [MarkingLease.sitting_id, MarkingLease.position]
    row = insert(MarkingLease).values(sitting_id=sitting_id, position=position, **values)
    session.execute(row.on_conflict_do_update(index_elements=keys, set_=values, where=free))
    lease = session.get_one(MarkingLease, (sitting_id, position), populate_existing=True, with_for_update=True)
    if lease.marker_id != by.person_id:
        return None
    lease.until = now + LEASE
    return lease


def save_mark(
    session: Session, lease_id: UUID, *, points: Mapping[str, int], remark: str = "", revision: int, by: Identity,
    now: datetime,
) -> MarkReceipt:
    """Keep a mark, and settle the sitting when it was the last one missing.

    points     path -> hundredths, for every part that waits for a person
    revision   1 for the first mark, one more for each correction of it

    Raises NotFound for a lease nobody gave to this marker, Conflict when somebody else holds the answer by now, when
    the result stands or the revision is taken by another mark, Refused when they may not mark it, Invalid on points
    outside what is offered.
    """
    lease = _own_lease(session, lease_id, by)
    sitting = locked_sitting(session, lease.sitting_id)
    session.refresh(lease)
    refusal = refusal_to_mark_sitting(session, sitting, by, now=now)
    if refusal:
        raise Refused(refusal, REFUSALS[refusal]())
    item = session.get_one(SittingItem, (sitting.id, lease.position))
    marks = hand_marks_of(session, [sitting.id]).get((sitting.id, item.position), [])
    key = _key(session, item)
    answer = final_answers_of(session, sitting.id).get(item.position)
    offered = {part.path: part.out_of for part in parts_to_mark(key, answer, item.out_of)}
    repeated = _repeated(session, item, by, points, remark, revision)
    if repeated is not None:
        return MarkReceipt(Round(repeated.round), revision, repeated.marked_at, True, sitting.points is not None)
    round_ = _round(sitting, marks, by, revision, offered=by_hand(key, item.out_of) if offered else 0)
    if lease.marker_id != by.person_id or lease.id != lease_id:
        raise Conflict("marking.other_marker", _("Somebody else has this answer now."))
    problems = _problems(points, offered, remark)
    if problems:
        raise Invalid(problems, "marking.bad_mark")
    session.add(
        ItemMarking(
            sitting_id=sitting.id, position=item.position, round=round_, revision=revision, marker_id=by.person_id,
            points=dict(points), remark=remark.strip(), marked_at=now,
        )
    )
    session.execute(  # whoever goes on marking keeps what they hold
        update(MarkingLease).where(MarkingLease.marker_id == by.person_id, MarkingLease.until > now)
        .values(until=now + LEASE).execution_options(synchronize_session=False)
    )
    session.refresh(lease)
    lease.until = now  # free for a second marker; the first one may still correct it while nobody has it
    session.flush()
    settled = settle(session, sitting, mark_items(session, sitting), by=by, now=now)
    return MarkReceipt(round_, revision, now, False, settled)


def _own_lease(session: Session, lease_id: UUID, by: Identity) -> MarkingLease:
    lease = session.scalar(
        select(MarkingLease).where(MarkingLease.id == lease_id, MarkingLease.marker_id == by.person_id)
    )
    if lease is None or by.person_id is None:
        raise NotFound
    return lease


def _key(session: Session, item: SittingItem) -> Key:
    return keys_of(session, [item.edition_id], corrections_in_force(session, [item.edition_id]))[item.edition_id]


def _repeated(
    session: Session, item: SittingItem, by: Identity, points: Mapping[str, int], remark: str, revision: int
) -> ItemMarking | None:
    """Return the mark that stands under this revision; Raises Conflict when it says something else."""
    row = session.scalar(
        select(ItemMarking).where(
            ItemMarking.sitting_id == item.sitting_id, ItemMarking.position == item.position,
            ItemMarking.marker_id == by.person_id, ItemMarking.revision == revision, ItemMarking.round != Round.APPEAL,
        )
    )
    if row is not None and (row.points, row.remark) != (dict(points), remark.strip()):
        raise Conflict("marking.taken", _("Another mark of yours stands here already. Load the page again."))
    return row


def _round(sitting: Sitting, marks: Sequence[HandMark], by: Identity, revision: int, *, offered: int) -> Round:
    """Return the round that a new mark belongs to. Raises Conflict when there is none for this marker."""
    if sitting.points is not None or sitting.closed_at is None or sitting.close_kind == CloseKind.CANCELLED:
        raise Conflict("marking.settled", _("The result of this sitting stands; only an appeal changes it."))
    terms, marker = MarkingTerms(**sitting.edition.marking), str(by.person_id)
    again = may_revise(marks, marker)
    if again is not None and revision == standing(marks)[again].revision + 1:
        return again
    found = may_mark(marks, marker, terms, out_of=offered)
    if found is None or revision != 1 or not offered:
        raise Conflict("marking.not_yours", _("This answer has been marked."))
    return found


def _problems(points: Mapping[str, int], offered: Mapping[str, int], remark: str) -> list[Problem]:
    problems = [
        Problem(f"points-{path}", _("Give marks from 0 to what is offered.")) for path in flaws_of(points, offered)
    ]
    if len(remark) > LONGEST_REMARK or "\0" in remark:
        problems.append(Problem("remark", _("A remark has at most %(n)s characters.", n=LONGEST_REMARK)))
    return problems


def skip_answer(session: Session, lease_id: UUID, *, note: str = "", by: Identity, now: datetime) -> None:
    """Pass an answer over: this marker doesn't get it again; with a note it is flagged for others."""
    lease = _own_lease(session, lease_id, by)
    lease.until = now
    session.add(
        MarkingSkip(sitting_id=lease.sitting_id, position=lease.position, marker_id=by.person_id,
                    note=note.strip()[:LONGEST_REMARK].replace("\0", ""), skipped_at=now)
    )
