"""Numbers for new questions: one counter a prefix, safe against two writers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from question_bank.models import Question, QuestionCounter
from question_bank.rules import prefix_of


def next_codes(session: Session, points: Sequence[str]) -> list[str]:
    """Return a fresh code for each knowledge point given ("" for none), in order; numbers never come back."""
    prefixes = [prefix_of(point.split("/")[0]) for point in points]
    last = {prefix: raise_counter(session, prefix, by=count) - count for prefix, count in Counter(prefixes).items()}
    codes = []
    for prefix in prefixes:
        last[prefix] += 1
        codes.append(f"{prefix}-{last[prefix]:03d}")
    return codes


def raise_counter(session: Session, prefix: str, *, by: int = 0, to: int = 0) -> int:
    """Raise a prefix's counter by some, or to at least some number; return where it stands."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(QuestionCounter).values(prefix=prefix, last=max(by, to))
    raised = QuestionCounter.last + by
    if to:
        session.execute(statement.on_conflict_do_nothing())
        counter = session.get_one(QuestionCounter, prefix, with_for_update=True, populate_existing=True)
        counter.last = max(counter.last, to)
        session.flush()
        return counter.last
    statement = statement.on_conflict_do_update(index_elements=["prefix"], set_={"last": raised})
    return session.execute(statement.returning(QuestionCounter.last)).scalar_one()


def code_of(session: Session, question_id: UUID) -> str:
    """Return a question's code. Raises NoResultFound for an unknown id."""
    return session.get_one(Question, question_id).code
