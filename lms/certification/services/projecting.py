"""Permits: the gate's answers for all time, written down for speed; and the checker that recomputes them."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.certification.models import Departure, PermitRow, SupervisedPhase, SuspensionRow, Waiver
from lms.certification.models.certificate import Certificate
from lms.certification.queries.cases import KnownPerson, load_cases, load_cycles, load_history
from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.rules.cycles import Cycle
from lms.certification.rules.floor import Basis, Segment, timeline
from lms.certification.rules.projection import pack_reasons, state_of
from lms.certification.rules.replay import replay
from lms.people.models import Person, QueueMembership

CHUNK: Final = 400
PERMIT: Final = PermitRow.__table__.c
SHOWN: Final = ("queue_id", "starts_at", "ends_at", "allowed", "basis", "state", "until", "mentor_id", "reasons",
                "version")

@dataclass(frozen=True)
class Difference:
    """Something a recomputation found otherwise than it is written down."""

    person_id: UUID
    what: str
    written: str
    recomputed: str


def project(session: Session, person_ids: Collection[UUID], *, book: Rulebook | None = None) -> None:
    """Write down anew the gate's answers for people, for all time, as known now. book: the rules, if read already."""
    session.flush()
    book = book or load_rulebook(session)
    ids = list(dict.fromkeys(person_ids))
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        rows = [row for known in load_cases(session, book, part).values() for row in permits_of(session, book, known)]
        session.execute(delete(PermitRow).where(PermitRow.person_id.in_(part))
                        .execution_options(synchronize_session=False))
        if rows:
            session.execute(insert(PermitRow), rows, execution_options={"render_nulls": True})  # one statement


def rebuild(session: Session, person_ids: Collection[UUID] | None = None) -> int:
    """Write down anew the answers for these people, by default for everybody who has any; return how many people."""
    ids = list(person_ids) if person_ids is not None else concerned(session)
    project(session, ids)
    return len(ids)


def concerned(session: Session) -> list[UUID]:
    """Return everybody for whom anything opens or closes the floor."""
    sources = (Certificate, Departure, SuspensionRow, Waiver, SupervisedPhase)
    return sorted({person_id for source in sources for person_id in session.scalars(select(source.person_id))})


def check(session: Session) -> list[Difference]:
    """Recompute every certificate and permit from facts and acts, and return what differs: nothing must."""
    book = load_rulebook(session)
    with_facts = set(session.scalars(select(Person.id)))
    differences: list[Difference] = []
    for person_id in sorted(with_facts):
        differences += _check_certificates(session, book, person_id)
    ids = sorted(with_facts)
    for start in range(0, len(ids), CHUNK):
        part = ids[start : start + CHUNK]
        cases = load_cases(session, book, part)
        written = _written(session, part)
        for person_id, known in cases.items():
            expected = {_permit_text(row) for row in permits_of(session, book, known)}
            if expected != written.get(person_id, set()):
                differences.append(Difference(person_id, "permits", "; ".join(sorted(written.get(person_id, set()))),
                                              "; ".join(sorted(expected))))
    return differences


def permits_of(session: Session, book: Rulebook, known: KnownPerson) -> list[dict[str, Any]]:
    """Return the rows of a person's permits, one a stretch of time and queue; none where nothing ever happened."""
    return [_row(known.id, queue_id, segment, book.version)
            for queue_id in _queues_of(session, book, known)
            for segment in timeline(known.case, book.queues[queue_id], book.editions)]


def _queues_of(session: Session, book: Rulebook, known: KnownPerson) -> list[UUID]:
    """Return the queues for which there is anything to tell: something opens or closes them."""
    case = known.case
    held = {code for code, cycles in case.cycles.items() if any(it.voided_at is None for it in cycles)}
    named = {it.queue for it in case.openings} | {it.queue for it in case.suspensions}
    kept_off_everywhere = bool(case.away) or any(not it.queue for it in case.suspensions)
    member = set(session.scalars(select(QueueMembership.queue_id).where(QueueMembership.person_id == known.id))) \
        if kept_off_everywhere else set()
    return [queue_id for queue_id, rule in book.queues.items()
            if rule.code in named or queue_id in member or held & {code for code, _ in rule.required}]


def _row(person_id: UUID, queue_id: UUID, segment: Segment, version: int) -> dict[str, Any]:
    decision = segment.decision
    supervised = decision.basis is Basis.SUPERVISED
    return {
        "person_id": person_id, "queue_id": queue_id, "starts_at": segment.starts_at, "ends_at": segment.ends_at,
        "allowed": decision.allowed, "basis": decision.basis.value, "state": state_of(decision).value,
        "until": decision.until, "mentor_id": UUID(decision.reasons[0].about) if supervised else None,
        "reasons": pack_reasons(decision.reasons), "version": version,
    }


def _written(session: Session, person_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for row in session.execute(select(*PERMIT).where(PERMIT.person_id.in_(person_ids))).mappings():
        found.setdefault(row["person_id"], set()).add(_permit_text(dict(row)))
    return found


def _permit_text(row: dict[str, Any]) -> str:
    return " ".join(f"{name}={row[name]}" for name in SHOWN)


def _check_certificates(session: Session, book: Rulebook, person_id: UUID) -> list[Difference]:
    written = load_cycles(session, book, [person_id])[person_id]
    recomputed = replay(book.editions, load_history(session, book, person_id))
    return [
        Difference(person_id, f"certificates {code}", str(mine), str(theirs))
        for code in sorted(written.keys() | recomputed.keys())
        if (mine := [_plain(it) for it in written.get(code, [])])
        != (theirs := [_plain(it) for it in recomputed.get(code, ())])
    ]


def _plain(cycle: Cycle) -> dict[str, Any]:
    """Return a certificate without when it was written down: a new edition is applied some seconds after it begins."""
    return {**asdict(replace(cycle, issued_at=cycle.period.starts_at)), "kind": str(cycle.kind)}
