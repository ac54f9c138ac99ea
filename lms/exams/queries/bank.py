"""What the question bank can give a blueprint."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lms.exams.rules.paper import Candidate, Part, Supply, supply
from question_bank import queries as bank
from question_bank.kinds import KindCode


def candidates_for(session: Session, parts: Sequence[Part]) -> list[list[Candidate]]:
    """Return, for each part of a blueprint, every published question it may use."""
    picks = [
        bank.Pick(
            point=part.point, subject=part.subject, difficulty=part.difficulty,
            kind=KindCode(part.kind) if part.kind else None, count=part.count,
        )
        for part in parts
    ]
    return [
        [Candidate(str(it.question_id), str(it.edition_id), it.point, it.kind, it.difficulty) for it in pool]
        for pool in bank.candidates(session, picks)
    ]


def supply_of(session: Session, parts: Sequence[Part]) -> tuple[Supply, ...]:
    """Tell, part by part, what the bank can give a blueprint now."""
    return supply(parts, candidates_for(session, parts))
