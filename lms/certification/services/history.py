"""Enter the past of many people: their facts first, then the certificates these make, in the order they were learned.

Issuing after every single fact costs most of what entering years of history costs. Here nothing is issued until all
facts stand; `replay` then says what would have been issued and when, which is what the checker compares with.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from lms.access.identity import SYSTEM, Identity
from lms.certification.queries.cases import load_cycles, load_history
from lms.certification.queries.rulebook import Rulebook, load_rulebook
from lms.certification.rules.cycles import Cycle
from lms.certification.rules.replay import replay
from lms.certification.services.issuing import issue, react_to_fact
from lms.certification.services.projecting import project
from lms.records.rules import Fact

WAITING: Final = "certification.history"

Learned = dict[UUID, dict[datetime, Identity]]  # person -> when facts were recorded -> by whom


def hear_of_fact(session: Session, fact: Fact, by: Identity, now: datetime) -> None:
    """React to a new fact at once, or keep it in mind while history is entered. Called for every appended fact."""
    waiting: Learned | None = session.info.get(WAITING)
    if waiting is None:
        react_to_fact(session, fact, by, now)
    else:
        waiting.setdefault(fact.person_id, {})[now] = by


@contextmanager
def entering_history(session: Session) -> Iterator[None]:
    """Let facts of the past be appended inside; at the end issue every certificate they make, and write permits anew.

    Corrections and revocations belong outside: what they take away is decided when they are made. Doesn't nest:
    RuntimeError.
    """
    if WAITING in session.info:
        raise RuntimeError("history is being entered already")
    learned: Learned = session.info.setdefault(WAITING, {})
    try:
        yield
    finally:
        del session.info[WAITING]
    _issue_all(session, learned)


def _issue_all(session: Session, learned: Learned) -> None:
    session.flush()
    book = load_rulebook(session)
    due = sorted(
        ((cycle.issued_at, person_id, cycle) for person_id in learned for cycle in _missing(session, book, person_id)),
        key=lambda it: (it[0], it[1], it[2].code),
    )
    for at, person_id, cycle in due:
        issue(session, book, person_id, cycle, by=learned[person_id].get(at, SYSTEM), now=at)
    project(session, learned, book=book)


def _missing(session: Session, book: Rulebook, person_id: UUID) -> list[Cycle]:
    """Return the certificates that a person's history makes and that nobody has written yet."""
    written = load_cycles(session, book, [person_id])[person_id]
    known = {(code, cycle.number) for code, cycles in written.items() for cycle in cycles}
    recomputed = replay(book.editions, load_history(session, book, person_id))
    return [it for cycles in recomputed.values() for it in cycles if (it.code, it.number) not in known]
